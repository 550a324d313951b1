from __future__ import annotations

import random

import pytest

from gateway.identifiers.registry import TYPES
from gateway.identifiers.sieves import EXACT, LEAST, sieve

RNG = random.Random(5)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def digits(count):
    return "".join(RNG.choice("0123456789") for _ in range(count))


MAKERS = {
    "jp.my_number": lambda: digits(12), "jp.driver_licence": lambda: RNG.choice(("30", "43", "62")) + digits(10),
    "card": lambda: RNG.choice(("4", "51", "62")) + digits(RNG.choice((13, 14, 15, 17))),
    "tw.national_id": lambda: RNG.choice(LETTERS) + RNG.choice("12") + digits(8),
    "tw.resident_id": lambda: RNG.choice(LETTERS) + RNG.choice("89ABCD") + digits(8),
    "cn.resident_id": lambda: "1101011980" + RNG.choice(("0101", "1231")) + digits(3) + RNG.choice("0123456789X"),
    "kr.rrn": lambda: "8001011" + digits(6)}


@pytest.mark.parametrize("name", MAKERS)
def test_a_sieve_loses_nothing_and_keeps_little_else(name):
    values = list(dict.fromkeys(MAKERS[name]() for _ in range(3000)))
    right = {v for v in values if TYPES[name].check(v)}
    left = set(sieve(name, values))
    assert right <= left
    assert 20 < len(right) <= len(left) < len(values) * 0.75


@pytest.mark.parametrize("name", sorted(EXACT))
def test_an_exact_sieve_says_what_the_check_says(name):
    values = list(dict.fromkeys(RNG.choice(LETTERS) + digits(9) for _ in range(3000)))
    assert set(sieve(name, values)) == {v for v in values if TYPES[name].check(v)}


def test_few_values_and_types_without_sieve_pass_as_they_are():
    assert list(sieve("card", ["1"] * (LEAST - 1))) == ["1"] * (LEAST - 1)
    assert list(sieve("hk.id", ["1"] * LEAST)) == ["1"] * LEAST


def test_digits_of_other_scripts_are_left_to_the_check():
    values = ["４" * 16] * LEAST
    assert list(sieve("card", values)) == values
