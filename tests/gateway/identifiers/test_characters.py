from __future__ import annotations

import random
import re

import numpy as np
import pytest

from gateway.identifiers import characters
from gateway.identifiers.characters import (
    DIGIT,
    FORMAT,
    IDEOGRAPH,
    LETTER,
    MARGIN,
    NUMERAL,
    SEPARATOR,
    UPPER,
    Characters,
    ahead,
    matches,
)


@pytest.mark.parametrize(("kinds", "pattern"), [
    (DIGIT, "[0-9]"), (LETTER, "[A-Za-z]"), (UPPER, "[A-Z]"), (SEPARATOR, r"[ \-._/·]"), (IDEOGRAPH, f"[{characters.IDEOGRAPHS}]"),
    (NUMERAL, f"[{characters.NUMERALS}]"), (FORMAT, f"[{characters.FORMATS}{characters.MARKS}]"), (DIGIT | UPPER, "[0-9A-Z]")])
def test_kinds_are_what_a_pattern_says(kinds, pattern):
    everything = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x11000), 0x1D7D0, *range(0xDFFF0, 0xE0100), 0x10FFFF)))
    for text in (everything, everything[:128]):
        found = Characters(text)
        assert found.places(found.are(kinds)).tolist() == [m.start() for m in re.finditer(pattern, text)]


def test_a_few_characters_and_what_is_ahead():
    found = Characters("a-b·c-d")
    dash = found.among("-·")
    assert found.places(dash).tolist() == [1, 3, 5]
    assert found.places(ahead(dash, 1)).tolist() == [0, 2, 4]
    assert found.places(ahead(dash, -1)).tolist() == [2, 4, 6]
    assert not ahead(dash, MARGIN)[-1]


def test_half_of_a_pair_is_a_character():
    assert Characters("1\ud8002").inner.tolist() == [0x31, 0xD800, 0x32]


@pytest.mark.parametrize("text", ["a|b", "王|李"])
def test_other_code_points(text):
    codes = Characters(text).codes.copy()
    codes[codes == ord("|")] = 9
    changed, found = Characters(text).replaced(codes)
    assert changed == found.text == text.replace("|", "\t")
    assert found.inner.tolist() == [ord(c) for c in changed]


def test_the_same_text_is_not_looked_at_twice():
    found = Characters("abc")
    assert found.of(found.text) is found
    assert found.of("abd").text == "abd"


def test_short_texts_are_left_to_the_patterns():
    assert characters.of("x" * (characters.LEAST - 1)) is None
    assert characters.of("x" * characters.LEAST) is not None


@pytest.mark.parametrize("bounds", [(0, 10 ** 6), (7, 180), (50, 51)])
def test_matches_are_those_of_the_pattern(bounds):
    rng = random.Random(4)
    text = "".join(rng.choice("012A-") for _ in range(200))
    pattern = re.compile(r"(?<!A)[0-9]{2}-?(?:[0-9]+|$)")
    digits = np.array([i for i, c in enumerate(text) if c.isdigit()])
    wanted = [m.span() for m in pattern.finditer(text, *bounds)]
    assert [m.span() for m in matches(pattern, text, digits, *bounds)] == wanted
    assert [m.span() for m in matches(pattern, text, None, *bounds)] == wanted
    assert bounds[0] == 50 or wanted


@pytest.mark.parametrize("text", ["", "one line 12", "a1\n" * 60_000, "王 12\n" + "x9 " * 70_000 + "\n\n34", "\n" * 140_000])
def test_pieces_are_the_text(text):
    found = Characters(text)
    pieces = list(found.pieces())
    assert "".join(piece.text for _, piece in pieces) == text
    assert all(text.startswith(piece.text, begin) and piece.inner.tolist() == [ord(c) for c in piece.text] for begin, piece in pieces)
    assert all(piece.text.endswith("\n") for _, piece in pieces[:-1])
    begins = found.gathered(lambda piece: piece.digits()[0] - MARGIN)
    assert begins.tolist() == [m.start() for m in re.finditer("[0-9]+", text)]


def test_halves_that_met_stay_two_characters():
    text = "\ud83d\ude00|1"
    assert len(text) == 4
    assert characters.decoded(Characters(text).inner) == text
    assert Characters("😀1").inner.tolist() == [0x1F600, 0x31]


def test_words_in_a_text_are_looked_for_by_their_characters():
    assert characters.says("a 番号 b", "番号")
    assert not characters.says("号番 b", "番号")
    assert not characters.says("a b", "番号")


@pytest.mark.parametrize("text", ["0123456789" * 20, "王李陳林張" * 40, "王\U0001f600" * 100])
def test_what_stands_around_spans(text):
    found, where = Characters(text).around(np.array([[0, 3], [60, 62], [70, 71], [199, 230]]), 5)
    stretches = [(0, 8), (55, 76), (194, 200)]
    assert found.text == ("\0" * MARGIN).join(text[begin:end] for begin, end in stretches)
    assert [i for i in where.tolist() if i >= 0] == [i for begin, end in stretches for i in range(begin, end)]
    assert found.codes.tolist() == [ord(text[i]) if i >= 0 else 0 for i in where.tolist()]
    assert Characters(text).around(np.array([[0, 60]]), 5) is None
