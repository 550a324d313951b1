from __future__ import annotations

import random

import pytest

from gateway.detect.data.table.headed import rows
from gateway.identifiers.terms import Labels
from tests.gateway.detect.data.test_detector import scan


@pytest.mark.parametrize("mark", ["、", "/", " / ", "-", ":", "→", "=", "#", "*", "·", "__", "->", "::", "$$"])
def test_the_line_of_headings_says_what_parts_cells(mark):
    text = "\n".join(mark.join(row) for row in (
        ("姓名", "護照號碼", "分行"), ("王小明", "312345678", "12"), ("李大華", "312345679", "34"), ("陳美玲", "312345670", "56")))
    read = rows(text, Labels())
    assert len(read) == len(text)
    assert read.split("\n")[1].split() == ["王小明", "312345678", "12"]
    tally, _ = scan(text)
    assert (tally.identifiers["tw.passport"], tally.persons) == (3, 3)


def test_dates_are_no_cells():
    read = rows("氏名/生年月日/旅券番号\n山田/1980/1/2/TR1234567\n佐藤/1981/12/2/TR1234568\n", Labels())
    assert read == "氏名\t生年月日\t旅券番号\n山田\t1980/1/2\tTR1234567\n佐藤\t1981/12/2\tTR1234568\n"


def test_a_long_vowel_is_no_mark():
    read = rows("氏名、在留カ-ド番号\n山田、AB12345678CD\n佐藤、AB12345679CD", Labels())
    assert read.split("\n")[1] == "山田\tAB12345678CD"


@pytest.mark.parametrize("text", [
    "品名、料號、數量\n螺絲、312345678、12\n螺帽、312345679、34\n墊片、312345670、56",
    "請備妥護照、身分證、印章\n櫃檯電話、02-23456789\n地址、台北市1234號",
    "姓名、護照號碼\n\n王小明、312345678\n李大華、312345679",
    "姓名、護照號碼\n王小明、312345678"])
def test_other_lines_stay_as_they_are(text):
    assert rows(text, Labels()) == text


def test_numbers_of_orders_are_no_passports():
    rng = random.Random(2)
    text = "客戶/訂單編號/數量\n" + "\n".join(f"王小{i}/{rng.randrange(10 ** 8, 10 ** 9)}/{i}" for i in range(9))
    assert not scan(text)[0].identifiers.get("tw.passport")
