from __future__ import annotations

import random

import pytest

from gateway.detect.data.numbers.broken import broken, places, spelled_ibans
from gateway.identifiers import characters
from tests.bench.test_data_cost import look
from tests.gateway.identifiers import makers

RNG = random.Random(15)
TW = [v for v in (makers.tw_id(RNG) for _ in range(20)) if v[0] not in "IO"][:4]
IBANS = [f"{country}{98 - int(''.join(str(int(c, 36)) for c in rest + country + '00')) % 97:02d}{rest}" for country, rest in (
    ("GB", "BARC20035312345671"), ("DE", "370400440532013711"), ("NL", "INGB0417164377"))]


@pytest.mark.parametrize("write", [
    lambda v: f"{v[:5]}\n\n{v[5:]}", lambda v: f"{v[:4]}\n-{v[4:]}", lambda v: f"{v[:5]}=\r\n{v[5:]}", lambda v: f"{v[:4]}-{v[4:6]}\n{v[6:8]}-{v[8:]}",
    lambda v: f"{v[:4]} {v[4:7]}\n> {v[7:]}", lambda v: "\n".join(v)])
def test_under_a_label(write):
    assert [(t.shape, t.value) for t in broken(f"身分證字號：{write(TW[0])}，生日")] == [("LD9", TW[0])]
    text = "\n".join(f"王小明 身分證字號:{write(v)} 生日79/05/01" for v in TW)
    assert look(text).identifiers.get("tw.national_id") == 4
    assert look("沒有號碼的一行\n" * 300 + text).identifiers.get("tw.national_id") == 4


@pytest.mark.parametrize("text", [TW[0], f"{TW[0][:5]},{TW[0][5:]}", f"{TW[0][:5]} {TW[0][5:]}", f"{TW[0][:4]}, {TW[0][4:]}", f"x{TW[0][:5]}\n\n{TW[0][5:]}", "123\n456\n789", "1, 2, 3, 4"])
def test_what_is_none(text):
    assert not list(broken(text))


def test_a_check_digit_has_to_speak_for_it():
    text = "\n".join(f"帳號：{RNG.randrange(10**5):05d}\n\n{RNG.randrange(10**7):07d}，金額 300" for _ in range(5))
    assert not look(text).identifiers.get("tw.bank_account")


def test_rows_of_numbers_are_no_number():
    rows = "\n".join(f"單號 {RNG.randrange(10**5):05d}\n\n數量 {RNG.randrange(10**4):04d}, {RNG.randrange(10**4):04d}" for _ in range(60))
    assert look(rows).persons == 0


def test_places_are_where_numbers_begin():
    text = "".join(f"王小明 身分證字號:{v[:4]}\n\n{v[4:]} 電話 02-2345-6789, 12:30\n" for v in TW * 20)
    starts = places(characters.Characters(text))
    assert [t.value for t in broken(text, starts)] == TW * 20 and len(starts) < len(text) / 8


@pytest.mark.parametrize("mark", [" ", "-", "\u00b7", " | ", "\n", "*"])
def test_ibans_one_character_a_place(mark):
    values = IBANS
    assert [t.value for t in spelled_ibans(f"IBAN: {mark.join(values[0])}, GBP")] == values[:1]
    text = "\n\n".join(f"Beneficiary: Ann Lee, IBAN: {mark.join(v)}, Amount: 300" for v in values)
    assert look(text).identifiers.get("iban") == 3


def test_other_letters_one_by_one_are_none():
    assert not list(spelled_ibans("D E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 1")) and not list(spelled_ibans("A B 1 2 C D"))


@pytest.mark.parametrize(("mark", "size"), [("_", 4), (".", 5), ("/", 4), (" - ", 4), ("\n", 5)])
def test_ibans_in_other_groups(mark, size):
    written = (mark.join(v[i:i + size] for i in range(0, len(v), size)) for v in IBANS)
    assert look("\n".join(f"Beneficiary: Ann Lee, IBAN: {v}, Amount: 300" for v in written)).identifiers.get("iban") == 3


def test_a_whole_number_does_not_go_on():
    cards = [makers.card(RNG) for _ in range(30)]
    text = "\n\n".join(f"{i + 1}\n0{i % 7}:00 Ann Lee, Card Number {v}" for i, v in enumerate(cards))
    assert look(text).identifiers.get("card") == len(cards)
    assert not list(broken(f"Card Number {cards[0]}\n\n2\n"))
