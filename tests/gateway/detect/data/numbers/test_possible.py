from __future__ import annotations

import random

import pytest

from gateway.detect.base import Scope, TooMuch
from gateway.detect.data.detector import CustomerData
from gateway.detect.data.numbers import possible
from gateway.model.content import Text
from gateway.model.transaction import Direction

SOUP = "the report 的一是三二 ol O I | ー12 ４５ ① ٣ é😀\n"


@pytest.mark.parametrize("seed", range(8))
def test_a_long_text_is_read_as_the_pattern_reads_it(seed, monkeypatch):
    monkeypatch.setattr(possible, "PIECE", 300)
    rng = random.Random(seed)
    soup = SOUP[:-4] if seed % 2 else SOUP
    texts = ["".join(rng.choice(soup[:14 + seed * 5]) for _ in range(rng.randrange(1000, 3000))) for _ in range(60)]
    texts += [text[:rng.randrange(60)] for text in texts]
    texts += [text[:at] + "1 2-3.4 5/6" + text[at:] for text in texts[:20] for at in (0, 295, len(text))]
    assert [possible.number(text) for text in texts] == [possible.NUMBER.search(text) is not None for text in texts]


@pytest.mark.parametrize("number", ["123456", "１２３４５６", "一二三四五六", "1 2 3 4 5 6", "(1)(2)(3)(4)(5)(6)", "12\n34\n56", "lO1234", "𝟏𝟐𝟑𝟒𝟓𝟔", "🄁🄂 🄃🄄 🄅🄆"])
def test_numbers_of_all_kinds(number):
    for text in (number, "word " * 400 + number, "字" * 1500 + number + "字", "word " * 26000 + number, "word " * 400 + number + "\U00020000"):
        assert possible.number(text)


@pytest.mark.parametrize("text", ["", "12345", "in 1999, then 200", "1a2b3c4d5e6f", "1        2 3 4 5 6"])
def test_what_is_no_number(text):
    assert not possible.number(text)
    assert not possible.number("word. " * 400 + text)
    assert not possible.number("字。" * 800 + text)


@pytest.mark.parametrize("digits", ["༠༡༢༣༤༥༦༧༨༩", "၀၁၂၃၄၅၆၇၈၉", "᠐᠑᠒᠓᠔᠕᠖᠗᠘᠙", "០១២៣៤៥៦៧៨៩", "௦௧௨௩௪௫௬௭௮௯", "〇〡〢〣〤〥〦〧〨〩"])
def test_digits_of_every_script(digits):
    assert possible.number(digits) and possible.number("字" * 2000 + digits)


@pytest.mark.parametrize("line", ["1.23.4-567.89 ", "123-45-6789 1 ", "12 34 56 7890 "])
def test_groups_of_digits_without_end_are_counted_before_any_is_looked_at(line):
    look = CustomerData(Scope(Direction.OUTBOUND, "a@bank.example", (), ()))
    half = line * (possible.JOINED // 2)
    assert possible.joined(half) > possible.JOINED
    with pytest.raises(TooMuch):
        look._text(Text(half, "body"), 0)


@pytest.mark.parametrize("line", ["2026-05-12 12:01:09.123 INFO [w-01] id=123456789012 from 10.1.3.1 took 12 ms\n", "0912345678,A123456789,Taipei\n"])
def test_logs_and_tables_of_25_megabytes_are_no_storm(line):
    assert possible.joined(line * (25_000_000 // len(line))) < possible.JOINED
