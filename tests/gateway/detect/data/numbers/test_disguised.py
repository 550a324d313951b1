from __future__ import annotations

import random

import pytest

from gateway.detect.data.numbers.disguised import disguised, disguises
from gateway.identifiers import characters
from tests.bench.test_data_cost import look
from tests.gateway.identifiers import makers

RNG = random.Random(12)
LIKE = str.maketrans("0158", "OISB")
OTHERS = str.maketrans("269", "Zbg")


@pytest.mark.parametrize("like", [LIKE, OTHERS])
@pytest.mark.parametrize(("make", "label", "kind"), [
    (makers.tw_id, "身分證字號", "tw.national_id"), (makers.cn_id, "身份证号", "cn.resident_id"), (makers.my_number, "個人番号", "jp.my_number")])
def test_letters_that_look_like_digits(like, make, label, kind):
    def write(value):
        return value[:1] + value[1:].translate(like)

    numbers = [v for v in (make(RNG) for _ in range(200)) if any(c in write(v)[1:] for c in "SBZbg") and sum(map(str.isdigit, write(v))) * 4 >= len(v)][:5]
    assert [t.value for v in numbers for t in disguised(f"{label} {write(v)}。")] == numbers
    lines = "\n".join(f"王小明 {label}：{write(v)}" for v in numbers)
    for text in (lines, "沒有號碼的一行\n" * 300 + lines):
        assert look(text).identifiers.get(kind) == 5


def test_codes_under_a_label_are_chance():
    rng = random.Random(3)
    codes = ("".join(rng.choice("0123456789SBZ") for _ in range(12)) for _ in range(400))
    assert look("\n".join(f"個人番号 {code}" for code in codes)).persons == 0
    assert look("\n".join(f"訂單編號 {makers.my_number(rng).translate(LIKE)}" for _ in range(40))).persons == 0


@pytest.mark.parametrize("text", ["S123456789", "ABSB12345678", "SSSSBBBBB1", "12345678", "xS12345678", "12S4567"])
def test_what_is_none(text):
    assert list(disguised(text)) == []


@pytest.mark.parametrize("seed", range(4))
def test_no_number_begins_anywhere_else(seed):
    rng = random.Random(seed)
    text = "".join(rng.choice(("1", "23", "A", "S", "B", "OO", " ", "-", "。", "X", "4567")) for _ in range(4000))
    assert list(disguised(text, disguises(characters.of(text)))) == list(disguised(text))
