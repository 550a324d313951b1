from __future__ import annotations

import random

import pytest

from gateway.detect.data.glued import LONGEST, glued
from tests.bench.test_data_cost import look
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
