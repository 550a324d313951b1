from __future__ import annotations

import random

from gateway.identifiers import kr


def _check_digit(stem: str) -> str:
    return next(d for d in "0123456789" if kr.rrn(stem + d))


def test_one_check_digit_fits():
    rng = random.Random(5)
    for _ in range(20):
        stem = f"{rng.randrange(50, 99)}0{rng.randrange(1, 10)}15{rng.choice('12')}{rng.randrange(10**5):05d}"
        assert [d for d in "0123456789" if kr.rrn(stem + d)] == [_check_digit(stem)]


def test_date_and_century():
    assert kr.plausible_rrn("0003013123456")
    assert not kr.plausible_rrn("0013013123456")
    assert not kr.rrn("900101123456")


def test_numbers_of_foreigners():
    assert kr.rrn("6006035099424") and kr.rrn("8807136907462")
    assert not kr.rrn("6006035099422")
