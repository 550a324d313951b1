from __future__ import annotations

import random

import pytest

from gateway.detect.data.numbers.alphabet import spoken
from tests.bench.test_data_cost import look
from tests.gateway.identifiers import makers


@pytest.mark.parametrize(("said", "read"), [
    ("A for Apple, 123 456 789", "A123 456 789"), ("C as in Charlie 123456789", "C123456789"), ("ID: Whiskey 223456789", "ID: W223456789"),
    ("B (Bravo) 123456789", "B123456789"), ("Juliett-123456789", "J123456789")])
def test_letters_as_people_say_them(said: str, read: str) -> None:
    assert spoken(said) == read


@pytest.mark.parametrize("text", [
    "Flight Tango 323456789", "Plan B for Apple 12345", "Hotel 2234567890", "Golf 12345678", "I like Apple, 023456789", "GOLF 123456789",
    "Delta flies at 123456789 feet"])
def test_other_words_stay(text: str) -> None:
    assert spoken(text) == text


def test_three_people_and_three_hotels() -> None:
    rng = random.Random(4)
    names = {"A": "Alpha", "B": "Bravo", "C": "Charlie", "D": "Delta", "H": "Hotel"}
    numbers = [next(v for v in iter(lambda: makers.tw_id(rng), None) if v[0] == letter) for letter in "ABC"]
    assert look("\n".join(f"John Lee ID: {names[v[0]]} {v[1:]}" for v in numbers)).identifiers == {"tw.national_id": 3}
    assert look("\n".join(f"Hotel {rng.randrange(10**8, 3 * 10**8)} booked" for _ in range(20))).identifiers == {}
