from __future__ import annotations

import random

import pytest

from gateway.reference import edm_chance
from gateway.reference.edm_chance import by_shape, explained, of_column


def test_equal_values_are_measured():
    assert of_column("text", ["M", "F"] * 500, 2 * 500 * 499 // 2, 1000) == pytest.approx(0.5, rel=0.02)


def test_unique_values_are_judged_by_the_space_they_leave():
    rng = random.Random(1)
    scattered = [str(rng.randrange(10**11, 10**12)) for _ in range(2000)]
    counted = [f"C{n:04d}" for n in range(2000)]
    assert of_column("phone", scattered, 0, 2000) < 1e-11
    assert of_column("code", counted, 0, 2000) == 1 / 2000            # any such number is one of them


def test_a_few_values_tell_little():
    assert of_column("name", ["林美玲"], 0, 1) == pytest.approx(1e-3, rel=0.5)
    assert of_column("birthdate", ["19800101"], 0, 1) == 1 / edm_chance.DAYS
    assert of_column("code", [], 0, 0) == 0


def test_a_code_may_have_a_check_digit():
    rng = random.Random(2)
    values = [str(rng.randrange(10**9)) for _ in range(100)]
    assert of_column("code", values, 0, 100) == pytest.approx(10 * of_column("phone", values, 0, 100))


def test_values_of_different_length_are_never_equal():
    assert by_shape(["AB", "ABC"] * 200) < by_shape(["ABC"] * 400)


@pytest.mark.parametrize(("count", "expected", "may"), [
    (1, 0.3, True), (3, 0.3, True), (10, 0.7, False), (1, 1e-8, False), (100, 100, True), (300, 100, False), (1, 0.0, False), (5, 1e9, True)])
def test_more_rows_than_chance_gives(count, expected, may):
    assert explained(count, expected) is may
