from __future__ import annotations

import pytest

from gateway.reference.values import normal, number, pair, value


@pytest.mark.parametrize(("a", "b"), [
    ("0912-345-678", "+886 912 345 678"), ("０９１２３４５６７８", "0912345678"), ("090-1561-4014", "+81 90 1561 4014"), ("138 4064 3734", "+86 13840643734"),
    ("(02) 2345-6789", "00886 2 2345 6789")])
def test_one_telephone_number(a, b):
    assert number(a) == number(b) != ""


def test_other_numbers_stay_apart():
    assert number("0912345678") != number("0912345679")


def test_names_and_addresses_without_blanks_and_width():
    assert normal("岡田 太郎") == normal("岡田\u3000太郎")
    assert normal("Sarah Miller") == normal("SARAH  MILLER")
    assert normal("000123") == normal("123") == "123"


def test_kinds():
    assert value("birthdate", "民國48年05月20日") == "19590520"
    assert value("birthdate", "unknown") == ""
    assert value("email", " A@B.example ") == "a@b.example"
    assert value("phone", "0912 345 678") == "912345678"
    assert pair("a", "b") != pair("ab", "")
