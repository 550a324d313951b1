from __future__ import annotations

import random
import re

import pytest

from gateway.identifiers.characters import Characters
from gateway.identifiers.trie import Trie

WORDS = ["bank account no", "account no", "customer id", "card_number", "e-mail", "mail", "id no", "card", "id", "no", "身分證字號", "身分證", "(普)", "客戶id", "паспорт", "號"]


BEGIN = "(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))"


def spelled(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join((BEGIN if w[0].isascii() and w[0].isalpha() else "") + "(?i:" + re.escape(w).replace("\\ ", "[ _-]?") + ")" for w in words))


def found(words: list[str], text: str) -> list[tuple[int, int, str]]:
    trie = Trie(words)
    return [(s, e, trie.written[n]) for s, e, n in zip(*(a.tolist() for a in trie.find(Characters(text))), strict=True)]


@pytest.mark.parametrize("seed", range(40))
def test_finds_what_the_alternatives_find(seed):
    rng = random.Random(seed)
    parts = [*WORDS, "ID", "Mail", "ACCOUNT", "account", " ", "_", "-", "  ", "\n", "x", "nothing", "證", "😀", "\ud800", "1", "客戶", "bank", "ПАСПОРТ", "No", "xCard"]
    text = "".join(rng.choice(parts) for _ in range(rng.randrange(200)))
    if seed % 2:
        text = text.encode("ascii", "ignore").decode()
    assert found(WORDS, text) == [(*m.span(), m.group().lower()) for m in spelled(WORDS).finditer(text)]


def test_the_earlier_word_goes_before_the_longer_one():
    assert found(["id no", "idnox"], "idnox") == [(0, 4, "idno")]
    assert found(["idnox", "id no"], "idnox") == [(0, 5, "idnox")]


def test_words_over_the_border_of_two_pieces_and_at_the_end():
    for length in range((1 << 20) - 8, (1 << 20) + 4, 3):
        assert found(WORDS, "." * length + "customer-ID") == [(length, length + 11, "customer-id")]


@pytest.mark.parametrize("text", ["", "m", "mai", "身"])
def test_texts_shorter_than_a_word(text):
    assert found(WORDS, text) == []
    assert found(WORDS, text + "\nno")[-1][2] == "no"


def test_as_many_words_as_there_are():
    words = [f"{n:05d}号" for n in range(0, 20000, 3)]
    assert found(words, "".join(words)) == [(n * 6, n * 6 + 6, word) for n, word in enumerate(words)]


def test_characters_behind_the_basic_plane():
    assert found(["𠮷田", "id"], "𠮷田 𠮶田 ID 😀") == [(0, 2, "𠮷田"), (6, 8, "id")]
    assert found(["\uffff"], "😀\uffff") == [(1, 2, "\uffff")]
    assert found([], "id") == []
