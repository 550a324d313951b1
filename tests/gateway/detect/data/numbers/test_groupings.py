from __future__ import annotations

import random
import re

from gateway.detect.data.numbers.groupings import between, customary, lettered
from gateway.detect.data.numbers.tokens import tokens
from tests.gateway.identifiers import makers

RNG = random.Random(21)


def found(text):
    return [(t.shape, t.value) for t in tokens(text)]


def test_a_telephone_behind_a_number_in_groups_is_none_of_its_digits():
    number = makers.cn_id(RNG)[:17] + "1"
    grouped = f"{number[:6]} {number[6:10]} {number[10:14]} {number[14:]}"
    for phone in ("13812345678", "138-1234-5678", "138 1234 5678"):
        assert ("D18", number) in found(f"王五 {grouped} {phone}"), phone
        assert ("LD9", "Z188629996") in found(f"張怡 Z 188 629 996 {phone}"), phone
        assert ("LD9", "A123456789") in found(f"張怡 A12 345 6789 {phone}"), phone
        assert ("D13", "9401011234567") in found(f"김민수 940101 1234567 {phone}"), phone


def test_other_numbers_are_not_taken_for_such_groups():
    for text, count in (("941301 1234567 123", 0), ("991012 1990 1345 1234", 0), ("1234 5678 9012 34", 3), ("1234-5678 9012", 0)):
        groups = [match.span() for match in re.finditer("[0-9]+", text)]
        assert customary(text, groups, [end - begin for begin, end in groups], 0, text.replace(" ", "")) == count, text
    assert lettered([3, 3, 3, 4], "5123456781234") == 0
    assert ("LD9", "M345678901") not in found("型號 M 345 678 901 0912-345-678")


def test_one_number_has_one_mark_between_its_groups():
    assert found("090-1234-5678 1234 5678 9018") == [("D12", "123456789018")]
    assert ("D16", "4539148803436467") in found("090-1234-5678 4539 1488 0343 6467")


def test_the_end_of_an_amount_begins_no_number():
    assert found("金額 12,731 1234 5678 9018") == [("D12", "123456789018")]
    assert found("1,731 4539 1488 0343 6467") == [("D16", "4539148803436467")]


def test_the_number_of_an_item_with_a_letter_is_no_part():
    assert found("A1 4539 1488 0343 6467") == [("D16", "4539148803436467")]


def test_a_run_of_thousands_of_dates_is_cut_once() -> None:
    assert found("1990/01/02 19900102 79.01.02 " * 20_000) == [("D8", "19900102")] * 20_000
    many = found("1990/01/02 1234567890123456 " * 3_000)
    assert many == [("D16", "1234567890123456")] * 3_000


def test_what_stands_between_dates() -> None:
    groups = [(0, 2), (3, 5), (6, 8), (9, 11), (12, 14)]
    assert list(between(groups, [(3, 8)])) == [[(0, 2)], [(9, 11), (12, 14)]]
    assert list(between(groups, [(0, 2), (12, 14)])) == [[], [(3, 5), (6, 8), (9, 11)], []]
