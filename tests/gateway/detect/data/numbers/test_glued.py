from __future__ import annotations

import base64
import random

import pytest

from gateway.detect.data.numbers.glued import LONGEST, glued, repeated
from tests.bench.test_data_cost import look
from tests.builders import leak_people
from tests.gateway.identifiers import makers

RNG = random.Random(3)
TW, CN = [makers.tw_id(RNG) for _ in range(6)], [makers.cn_id(RNG) for _ in range(6)]
MOBILE, HANDY = [f"09{RNG.randrange(10**8):08d}" for _ in range(6)], [f"13{RNG.randrange(10**9):09d}" for _ in range(6)]


def pairs(values):
    return "\n".join(a + b for a, b in zip(values[::2], values[1::2], strict=True))


@pytest.mark.parametrize(("text", "type"), [
    (pairs(TW), "tw.national_id"), ("".join(TW), "tw.national_id"), ("\n".join(a + b for a, b in zip(TW, MOBILE, strict=True)), "tw.national_id"),
    ("\n".join(f"王小明{a}{b}" for a, b in zip(TW, MOBILE, strict=True)), "tw.national_id"), ("\n".join(f"ID{t}" for t in TW), "tw.national_id"),
    ("".join(f"idno{a}tel{b}" for a, b in zip(TW, MOBILE, strict=True)), "tw.national_id"),
    ("".join(f"ID:{a}TEL:{b}" for a, b in zip(TW, MOBILE, strict=True)), "tw.national_id"),
    (pairs(CN), "cn.resident_id"), ("身份证号" + "".join(CN), "cn.resident_id"),
    ("\n".join(a + b for a, b in zip(CN, HANDY, strict=True)), "cn.resident_id"),
    ("".join(f"身分證{a}電話{b}" for a, b in zip(TW, MOBILE, strict=True)), "tw.national_id"),
    ("".join(f"{a}手機{b}" for a, b in zip(TW, MOBILE, strict=True)), "tw.national_id")])
def test_numbers_with_nothing_between(text, type):
    assert look(text).identifiers.get(type) == 6


def test_letters_of_chinese_numbers():
    value = next(v for v in (makers.cn_id(RNG) for _ in range(200)) if v[-1] == "X")
    assert [(t.shape, t.value) for t in glued(value + CN[0])] == [("D17X", value), ("D18" if CN[0][-1] != "X" else "D17X", CN[0])]


@pytest.mark.parametrize("text", [
    "".join(TW) + "Z", "SKU" + TW[0], TW[0] + "QQ" + TW[1], "x" + TW[0] + "y", TW[0], f"{TW[0]} {TW[1]}", TW[0] + "12", CN[0] + "99", "0" + CN[0] + CN[1],
    "no" * LONGEST + TW[0]])
def test_runs_with_other_parts_are_none(text):
    assert list(glued(text)) == []


def test_serials_of_the_shape_are_chance():
    rng = random.Random(9)

    def serial():
        return f"{rng.choice('ABCDEFGH')}{rng.choice('12')}{rng.randrange(10**8):08d}"

    assert look("\n".join(serial() + serial() for _ in range(100))).persons < 3
    assert look("\n".join(f"NO{serial()}" for _ in range(100))).persons < 3
    assert look("\n".join(f"{rng.randrange(10**35, 10**36)}" for _ in range(300))).persons < 3


def test_one_long_run_is_looked_at_once():
    assert list(glued(TW[0] * 200_000)) == []


JP, CARD, HK = ([make(RNG) for _ in range(6)] for make in (makers.my_number, makers.card, makers.hk_id))


@pytest.mark.parametrize(("values", "type"), [(JP, "jp.my_number"), (CARD, "card"), (HK, "hk.id")])
@pytest.mark.parametrize("around", ["{}", "名單：{}。", "{}\n" + "We meet on Friday at the usual place.\n" * 60])
def test_numbers_of_one_kind_against_one_another(values, type, around):
    assert look(around.format("".join(values))).identifiers == {type: 6}
    assert look(around.format("".join(values[:3]) + "\n" + "".join(values[3:]))).identifiers == {type: 6}


def test_three_against_one_another_beside_a_name():
    assert look("山田太郎 " + "".join(JP[:3])).identifiers == {"jp.my_number": 3}
    assert look("マイナンバー：" + "".join(JP[:3])).identifiers == {"jp.my_number": 3}
    assert list(repeated("".join(JP[:2]))) == []


def serials(seed):
    rng = random.Random(seed)
    return {
        "36 digits": lambda: f"{rng.randrange(10**35, 10**36)}", "48 digits": lambda: f"{rng.randrange(10**47, 10**48)}",
        "codes": lambda: "".join(f"{rng.choice('ABCDEFXYZ')}{rng.randrange(10**7):07d}" for _ in range(3)),
        "hex": lambda: "".join(rng.choice("0123456789ABCDEF") for _ in range(96)),
        "base64": lambda: base64.b64encode(rng.randbytes(60)).decode(), "dna": lambda: "".join(rng.choice("ACGT") for _ in range(120)),
        "telephones": lambda: "".join(f"09{rng.randrange(10**8):08d}" for _ in range(6)),
        "times": lambda: "".join(f"202605{rng.randrange(1, 29):02d}12{rng.randrange(60):02d}{rng.randrange(60):02d}" for _ in range(6)),
        "noughts": lambda: f"{rng.randrange(10**4):048d}"}


@pytest.mark.parametrize("name", serials(0))
@pytest.mark.parametrize("seed", range(4))
def test_long_serials_are_chance(name, seed):
    made = serials(f"{name}{seed}")[name]
    assert look("\n".join(made() for _ in range(60))).persons == 0
    assert sum(look(f"No. {made()} shipped").persons for _ in range(60)) == 0


def test_a_serial_speaks_against_no_other_number():
    beside = "\n".join(f"山田太郎 {value}" for value in JP[:4])
    assert look(beside).persons == look(beside + "\nNo. " + "123456789123" * 2 + "777000777001").persons == 4


BORN = ["19951021", "19560418", "20020311", "19991029", "19800101", "19771231"]


@pytest.mark.parametrize(("values", "type"), [
    (TW, "tw.national_id"), (CN, "cn.resident_id"), ([makers.licence(RNG) for _ in range(6)], "jp.driver_licence"),
    ([makers.my_number(RNG) for _ in range(6)], "jp.my_number")])
def test_a_birth_date_right_behind_a_number(values, type):
    assert look("\n".join(f"蘇文雄{a}{b}" for a, b in zip(values, BORN, strict=True))).identifiers.get(type) == 6


def test_a_telephone_number_right_behind_a_japanese_one():
    values = [makers.licence(RNG) for _ in range(6)]
    assert look("\n".join(f"林拓也{a}0904159{n}329" for n, a in enumerate(values))).identifiers.get("jp.driver_licence") == 6
    assert not look("\n".join(f"{RNG.randrange(10**11, 10**12)}20261109" for _ in range(20))).identifiers


def test_korean_and_chinese_numbers_against_one_another():
    korean = "".join(leak_people.rrn(random.Random(n), 1960 + n, 1 + n, 5) for n in range(6))
    assert {t.shape for _, t in repeated(korean)} >= {"D13"} and len([t for _, t in repeated(korean) if t.shape == "D13"]) == 6
    assert len([t for _, t in repeated("110101199003077758" * 4) if t.shape == "D18"]) == 4


def test_dates_in_the_years_of_taiwan():
    text = "\n".join(f"{n}0{RNG.randrange(40, 99)}0512{tw}{mobile}" for n, tw, mobile in zip("王李陳林張黃", TW, MOBILE, strict=True))
    assert [token.value for token in glued(text)] == TW
    assert not list(glued(text.replace("0512", "1333")))
