from __future__ import annotations

import random
import time

import pytest

from gateway.detect.data.numbers import fixed
from gateway.detect.data.table import layout
from gateway.identifiers.characters import Characters
from gateway.identifiers.terms import Labels
from gateway.model.content import Text
from tests.bench.test_data_cost import look
from tests.builders import leak_people
from tests.gateway.identifiers import makers

RNG = random.Random(5)


def digits(n):
    return "".join(RNG.choice("0123456789") for _ in range(n))


@pytest.mark.parametrize(("make", "type"), [
    (makers.tw_id, "tw.national_id"), (makers.tw_resident, "tw.resident_id"), (makers.cn_id, "cn.resident_id"), (makers.my_number, "jp.my_number")])
@pytest.mark.parametrize("behind", ["", "  王小明", "\t王小明"])
def test_one_place_of_every_line(make, type, behind):
    numbers = [make(RNG).replace("-", "") for _ in range(16)]
    text = "\n".join(f"2{i:05d}{digits(3)}{number}{RNG.randrange(10**7):011d}{behind}" for i, number in enumerate(numbers))
    assert look(text).identifiers.get(type) == len(set(numbers))


@pytest.mark.parametrize("before", ["x\n" * 21_000, "\n".join(f"{n:020d}" for n in range(21_000)) + "\n"])
def test_many_other_lines_before_them(before):
    numbers = [makers.tw_id(RNG) for _ in range(16)]
    text = before + "\n".join(f"2{i:05d}{digits(3)}{number}{RNG.randrange(10**7):011d}" for i, number in enumerate(numbers))
    assert look(text).identifiers.get("tw.national_id") == len(set(numbers))


def test_lines_of_every_length_cost_little():
    text = "\n".join(digits(size) for size in range(fixed.SHORTEST, fixed.LONGEST) for _ in range(fixed.LEAST))
    grid = layout.from_text(1, Text(text, "body"), Labels())
    began = time.process_time()
    assert list(fixed.columns(grid)) == []
    assert time.process_time() - began < 1


def test_letters_that_are_read_as_digits():
    numbers = [next(v for v in iter(lambda: makers.tw_id(RNG), None) if v[0] == letter) for letter in "OIOIABCO"]
    assert look("\n".join(f"0001{number}00012345" for number in numbers)).identifiers.get("tw.national_id") == 8


@pytest.mark.parametrize("line", [
    lambda i: f"2{i:05d}{digits(12)}{digits(11)}", lambda i: f"D{digits(14)}{RNG.choice('ABCDEF')}{digits(18)}", lambda i: f"{i:06d}978{digits(16)}",
    lambda i: f"{1793800000 + 10 * i}{digits(16)}", lambda i: f"{RNG.getrandbits(128):032X}{digits(20)}", lambda i: "0" * 40])
def test_serials(line):
    for _ in range(20):
        grid = layout.from_text(1, Text("\n".join(line(i) for i in range(40)), "body"), Labels())
        assert list(fixed.columns(grid)) == []


def test_numbers_behind_the_code_of_a_record():
    def lines(count, made):
        return "\n".join(f"50{made()}王小明      {digits(10)}115" for _ in range(count))
    assert look(lines(20, lambda: makers.tw_id(RNG))).identifiers["tw.national_id"] == 20
    assert look(lines(200, lambda: f"A{RNG.choice('12')}{digits(8)}")).identifiers == {}
    assert look(lines(200, lambda: digits(12))).identifiers == {}


def test_few_lines_say_nothing():
    assert look("\n".join(f"2{i:05d}{makers.tw_id(RNG)}{digits(9)}" for i in range(4))).identifiers == {}



@pytest.mark.parametrize("apart", [2, 60, 400])
def test_runs_are_found_as_the_pattern_finds_them(apart):
    rng = random.Random(apart)
    text = "".join("".join(rng.choices("0123456789ABCX", k=rng.choice((3, 10, 11, 12, 15, 16, 40, 400, 401))))
                   + rng.choice((" ", "a", "\n", "王")) + "x " * rng.randrange(apart) for _ in range(300))
    spans = [list(match.span()) for match in fixed.RUN.finditer(text)]
    assert Characters(text).gathered(fixed._long).reshape(-1, 2).tolist() == spans != []
    assert Characters("x 1234567890 " * 200).gathered(fixed._long).tolist() == []


def test_shorter_cards_end_where_those_of_sixteen_do():
    cards = [makers.card(RNG) for _ in range(9)] + [leak_people.amex(RNG) for _ in range(3)]
    text = "\n".join(f"D{n:07d}{card:<19}CHAN TAI MAN" for n, card in enumerate(cards))
    assert look(text).identifiers["card"] == 12
    other = "\n".join(f"D{n:07d}{card if len(card) == 16 else digits(15):<19}CHAN TAI MAN" for n, card in enumerate(cards))
    assert look(other).identifiers["card"] < 12


def test_fields_before_a_name_of_any_length():
    names = ("LIN CHIH WEI", "CHEUNG WING SZE", "LI NA", "HO KA HO", "SUZUKI HANAKO", "PARK SEOYEON")
    ids = [makers.tw_id(RNG) for _ in names]
    rows = [f"{n:06d}{tw}0750312M{digits(19)}{name:<20}" for n, (tw, name) in enumerate(zip(ids, names, strict=True))]
    assert look("\n".join(rows)).identifiers == {"tw.national_id": 6}
    serials = [f"{n:06d}A{digits(9)}0750312M{digits(19)}{name:<20}" for n, name in enumerate(names)]
    assert look("\n".join(serials)).identifiers == {}
