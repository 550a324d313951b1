from __future__ import annotations

import pytest

from gateway.detect.vbacode import LIMIT, code_hash, fold, lines, uncomment
from tests.builders.growth import linear


def test_logical_lines() -> None:
    source = 'Attribute VB_Name = "M"\r\n\' comment\r\nRem more\r\nx = "a" & _\r\n  "b" \' tail\r\n\r\n'
    assert lines(source) == ['x = "ab"']


@pytest.mark.parametrize(("line", "wanted"), [
    ("Chr(112) & Chr(&H6F) & \"wer\"", '"power"'), ('"cm" + "d"', '"cmd"'), ("ChrW$(119)", '"w"'), ("Chr(x)", "Chr(x)"), ("Chr(99999)", '" "'),
])
def test_folding(line: str, wanted: str) -> None:
    assert fold(line) == wanted


def test_apostrophes_in_strings_are_no_comments() -> None:
    assert uncomment('x = "it\'s" \' yes') == 'x = "it\'s" '


def test_hash_survives_formatting_only() -> None:
    one = code_hash(lines("Sub A()\r\n x = 1\r\nEnd Sub"))
    assert one == "8d9de20a76215547aa45d901063a3b7f2173d207b32b1cdce9ea657e39a8c64c"
    assert one == code_hash(lines("sub a() ' c\n\n  X  =  1\nend sub\n"))
    assert one != code_hash(lines("Sub A()\n x = 2\nEnd Sub"))


def test_long_input_is_cut() -> None:
    assert sum(map(len, lines("a\n" * LIMIT))) <= LIMIT


def test_blanks_within_a_character_are_read_once() -> None:
    assert linear(fold, lambda n: 'x = "a" & chr(1' + " " * n, 8_000)
