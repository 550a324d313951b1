from __future__ import annotations

import random

import pytest

from gateway.detect.data.numbers.marked import marked, places
from gateway.identifiers import characters
from tests.bench.test_data_cost import look
from tests.gateway.identifiers import makers

RNG = random.Random(11)
TW = [makers.tw_id(RNG) for _ in range(4)]


def values(text):
    return [(token.shape, token.value) for token in marked(text)]


@pytest.mark.parametrize("write", [
    lambda v: f"{v[:4]}**{v[4:7]}**{v[7:]}", lambda v: f"{v[:3]}-{v[3:5]}.{v[5:]}", lambda v: f"({v[0]}){v[1:]}", lambda v: f"[{v[0]}] {v[1:]}",
    lambda v: f"{v[0]}字第{v[1:]}號", lambda v: f"{v[0]}#{v[1:5]} - {v[5:]}", lambda v: f"{v[:5]} _{v[5:]}", lambda v: f"{v[:2]}~{v[2:6]}/{v[6:]}",
    lambda v: f"'{v[:4]}' '{v[4:]}'", lambda v: f"({v[0]}) ({v[1:]})"])
def test_marks_of_any_kind(write):
    assert values(f"身分證字號 {write(TW[0])}，生日") == [("LD9", TW[0])]
    lines = "\n".join(f"王小明，身分證字號：{write(v)}，生日：79/05/01" for v in TW)
    assert look(lines).identifiers.get("tw.national_id") == 4
    assert look("沒有號碼的一行\n" * 300 + lines).identifiers.get("tw.national_id") == 4


def test_the_first_digits_of_an_amount_are_no_part_of_a_number():
    assert ("D18", "622296428583267783") not in values("卡号 6222964285832677 83,433.00")
    assert values("卡号 6222-9642-8583-2677 83,433.00") == [("D16", "6222964285832677")]


def test_check_characters():
    assert values("HKID E-C-6-4-5-1-7-2-A") == [("LLD7", "EC645172A")]
    assert values("HKID A123456[3]") == [("LD7", "A1234563")]
    value = next(v for v in iter(lambda: makers.cn_id(RNG), None) if v[-1] == "X")
    assert values(f"{value[:17]} X.") == [("D17X", value)]


@pytest.mark.parametrize("text", [
    TW[0], f"{TW[0][:4]},{TW[0][4:]}", f"{TW[0][:4]}\n{TW[0][4:]}", f"x{TW[0][:4]}*{TW[0][4:]}", "A12*345.67-8", "2026-11-09 10:00", "12/29 - 4/5"])
def test_what_is_none(text):
    assert values(text) == []


def test_without_a_label_it_is_nothing():
    cards = [makers.card(random.Random(seed)) for seed in range(4)]
    assert look("\n".join(f"{v[:4]}*{v[4:9]}*{v[9:]}" for v in cards)).identifiers == {}


@pytest.mark.parametrize("seed", range(4))
def test_no_number_begins_anywhere_else(seed):
    rng = random.Random(seed)
    text = "".join(rng.choice(("1", "23", "A", "BC", " ", "*", "-", "字第", "。", "\n", "X", "[", "]", "4567")) for _ in range(4000))
    assert list(marked(text, places(characters.of(text)))) == list(marked(text))


def test_what_stands_behind_a_whole_number_is_none_of_it():
    for written in ("6225653183634106.0", "6225653183634106 0", "6225653183634106 - 0"):
        assert values(written) == [], written             # with the nought its check digit is right again


def test_of_taiwan_those_that_fail_tell_chance():
    assert values(f"{TW[0][:4]}*{TW[0][4:9]}{(int(TW[0][9]) + 1) % 10}")[0][0] == "LD9"
    right = [f"{v[0]}({v[1:4]})({v[4:7]})##{v[7:]}##" for v in TW[:4]]
    assert look("\n".join(right)).identifiers == {"tw.national_id": 4}
    wrong = [f"A({n}23)(456)(78{n})" for n in range(1, 9)]
    assert look("\n".join(right[:3] + wrong)).identifiers == look("\n".join(wrong)).identifiers == {}
