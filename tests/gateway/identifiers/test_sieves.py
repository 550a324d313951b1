from __future__ import annotations

import random

import pytest

from gateway.identifiers import payment
from gateway.identifiers.registry import TYPES
from gateway.identifiers.sieves import Columns

RNG = random.Random(5)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def digits(count):
    return "".join(RNG.choice("0123456789") for _ in range(count))


def day():
    return f"{RNG.choice((1849, 1850, 1980, 2024, 2099, 2100))}{RNG.randrange(14):02d}{RNG.randrange(33):02d}"


MAKERS = {
    "jp.my_number": lambda: RNG.choice((digits(12), RNG.choice("0123456789") * 12)),
    "jp.driver_licence": lambda: RNG.choice(("30", "43", "62", "15")) + digits(10),
    "card": lambda: RNG.choice(("4", "51", "62", "2", "34", "9558", "81")) + digits(RNG.choice((11, 12, 13, 14, 15, 17))),
    "tw.national_id": lambda: RNG.choice(LETTERS) + RNG.choice("123") + digits(8),
    "tw.resident_id": lambda: RNG.choice(LETTERS) + RNG.choice("789ABCDE") + digits(8),
    "cn.resident_id": lambda: RNG.choice(("110101", "160101", "830000")) + day() + digits(3) + RNG.choice("0123456789X"),
    "kr.rrn": lambda: f"{RNG.randrange(100):02d}" + day()[4:] + digits(7),
    "iban": lambda: RNG.choice(("DE", "GB", "ZZ", "de", "MT")) + digits(2) + RNG.choice(("", "WEST", "west")) + digits(18),
    "tw.bank_account": lambda: RNG.choice(("1", "12", "120")) * 4 + RNG.choice(("", "1", "7", "0202"))}


@pytest.mark.parametrize("name", MAKERS)
def test_the_arrays_say_what_the_check_says(name):
    values = list(dict.fromkeys(MAKERS[name]() for _ in range(16_000)))
    found = Columns(values).passing(name, TYPES[name].check)
    assert sorted(found) == sorted(v for v in values if TYPES[name].check(v))
    assert 0 < len(found) < len(values)


@pytest.mark.parametrize("name", MAKERS)
def test_values_of_other_forms_pass_nowhere(name):
    values = ["", "1", "A" * 10, "A" * 12, "X" * 13, "A12345678Z", "12345678901A", "Z" * 15, "4" + "X" * 15, "1101011980010112ZX", "1" * 20, "Z" * 18]
    assert Columns(values).passing(name, TYPES[name].check) == [v for v in values if TYPES[name].check(v)] == []


def test_chinese_numbers_of_fifteen_digits():
    values = ["110101" + day()[2:] + digits(3) for _ in range(2000)]
    check = TYPES["cn.resident_id"].check
    assert Columns(values).passing("cn.resident_id", check) == [v for v in values if check(v)] != []


def test_all_values_of_one_length_pass_in_their_order():
    check = TYPES["tw.bank_account"].check
    values = ["1234567890123", "12345678901234", "9876543210987"]
    assert Columns(values).passing("tw.bank_account", check) == ["1234567890123", "9876543210987", "12345678901234"]


def test_cards_but_for_their_check_digit():
    values = [MAKERS["card"]() for _ in range(3000)] + ["x" * 16, "４" * 16, ""]
    assert Columns(values).issued() == sum(map(payment.issued, [v for v in values if v.isascii() and v.isdigit()])) > 100


def test_types_without_arrays_and_digits_of_other_scripts_are_left_to_the_check():
    assert Columns(["1", "2"]).passing("hk.id", lambda value: value == "2") == ["2"]
    assert Columns(["４" * 16]).passing("card", lambda value: True) == ["４" * 16]
