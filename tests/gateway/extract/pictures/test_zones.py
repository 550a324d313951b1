from __future__ import annotations

import pytest

from gateway.extract.pictures import zones

FILLERS = "<<<<<<<<<<<<<<<4"


def told(*readings):
    return [text for language, text in zones.beside(("eng", reading) for reading in readings) if language == "zone"]


@pytest.mark.parametrize(("line", "number"), [
    ("MS94774702JPN6611189M2711184", "旅券番号: MS9477470"), ("MS94774702IJPN6611189M2711184", "旅券番号: MS9477470"),
    ("MS28836876JPN6/710118F3210112", "旅券番号: MS2883687"), ("TZ10291056 JPN9202047F3102042", "旅券番号: TZ1029105"),
    ("7Z1O291056JPN9202047F3102042", "旅券番号: TZ1029105"), ("3878410791 TWN5808223F 3408227", "護照號碼: 387841079"),
    ("E123456782CHN8001014M3001019", "护照号码: E12345678")])
def test_the_number_is_told_whatever_got_into_its_line(line, number):
    assert told(f"P<JPNDOE<<JANE<<<<\n{line}{FILLERS}\n") == [number]


@pytest.mark.parametrize("line", [
    "MS94774703JPN6611189M2711184", "MS9477470 JPN", "XX94774702KOR6611189M2711184", "Order 3878410791 TWN 20261120", "TWN CHN JPN", ""])
def test_other_lines_tell_none(line):
    assert told(f"{line}{FILLERS if line else ''}") == []


def test_readings_that_agree_tell_a_number_once_and_are_passed_on():
    line = f"MS94774702JPN6611189M2711184{FILLERS}"
    assert list(zones.beside([("eng", line), ("jpn", line)])) == [("eng", line), ("jpn", line), ("zone", "旅券番号: MS9477470")]
