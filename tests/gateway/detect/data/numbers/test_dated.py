from __future__ import annotations

import random

import pytest

from tests.bench.test_data_cost import look
from tests.gateway.identifiers import makers

RNG = random.Random(11)


def digits(n):
    return "".join(RNG.choice("0123456789") for _ in range(n))


def born():
    return f"{RNG.randrange(1945, 2005)}{RNG.randrange(1, 13):02d}{RNG.randrange(1, 29):02d}"


@pytest.mark.parametrize(("make", "type"), [
    (makers.tw_id, "tw.national_id"), (makers.tw_resident, "tw.resident_id"), (makers.my_number, "jp.my_number"), (makers.card, "card")])
@pytest.mark.parametrize("line", ["{n:06d}{id}{born}{rest}", "D{n:04d}{born}{id}{rest}"])
def test_three_records_with_birth_dates(make, type, line):
    numbers = [make(RNG) for _ in range(3)]
    text = "\n".join(line.format(n=n, id=number, born=born(), rest=digits(11)) for n, number in enumerate(numbers))
    assert look(text).identifiers == {type: 3}


@pytest.mark.parametrize("line", [
    "{n:06d}{id}{rest}", "{n:06d}{id}20240102{rest}", "{n:06d}{serial}{born}{rest}", "{n:06d}{id}19801330{rest}", "{same}{born}{rest}"])
def test_serials_and_numbers_without_a_birth_date(line):
    same = makers.tw_id(RNG)
    for _ in range(20):
        text = "\n".join(line.format(n=n, id=makers.tw_id(RNG), serial="A" + digits(9), same=same, born=born(), rest=digits(11))
                         for n in range(4))
        assert look(text).identifiers == {}
