"""Numbers in ideographs, as Tesseract reads them."""

from __future__ import annotations

import pytest

from gateway.extract.pictures import numerals


@pytest.mark.parametrize(("read", "meant"), [
    ("楊宏    N一四六四五九二九八", "楊宏    N146459298"), ("陳芬立。 D一九二0八三二0四", "陳芬立。 D192083204"),
    ("O二四七九〇一六九七", "O247901697"), ("三一0一O四一九六二〇四0一00二六", "31010419620401" "0026"), ("ーー七三三六〇五三", "117336053")])
def test_numbers_are_told_in_digits(read: str, meant: str) -> None:
    assert numerals.read(read) == meant


@pytest.mark.parametrize("text", [
    "一二三四五六", "身分證字號", "0912345678", "OOOOOOOOO", "———————————", "ーーーーーーーーー", "1000000000", "民國九十八年十二月三十一日"])
def test_other_words_stay(text: str) -> None:
    assert numerals.read(text) == text


@pytest.mark.parametrize(("text", "said"), [
    ("身分證字號：N貳貳參陸參伍零陸玖", "身分證字號：N223635069"), ("D壹肆玖肆屆零壹伍柒", "D149420157"), ("N壹零壹屆捌參玖參肆", "N101083934"),
    ("新臺幣壹貳參肆伍陸柒捌玖元", "新臺幣壹貳參肆伍陸柒捌玖元"), ("A壹貳參肆伍陸柒捌捌", "A壹貳參肆伍陸柒捌捌"), ("A壹貳三號會議室一二樓", "A壹貳三號會議室一二樓")])
def test_identity_numbers_in_numerals_of_cheques_are_told(text, said):
    assert numerals.read(text) == said
