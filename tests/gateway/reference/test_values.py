from __future__ import annotations

import pytest

from gateway.reference.values import address, normal, number, pair, value


@pytest.mark.parametrize(("a", "b"), [
    ("0912-345-678", "+886 912 345 678"), ("０９１２３４５６７８", "0912345678"), ("090-1561-4014", "+81 90 1561 4014"), ("138 4064 3734", "+86 13840643734"),
    ("(02) 2345-6789", "00886 2 2345 6789")])
def test_one_telephone_number(a, b):
    assert number(a) == number(b) != ""


def test_other_numbers_stay_apart():
    assert number("0912345678") != number("0912345679")


def test_names_and_addresses_without_blanks_and_width():
    assert normal("岡田 太郎") == normal("岡田\u3000太郎")
    assert normal("Sarah Miller") == normal("SARAH  MILLER")
    assert normal("000123") == normal("123") == "123"


def test_kinds():
    assert value("birthdate", "民國48年05月20日") == "19590520"
    assert value("birthdate", "unknown") == ""
    assert value("name", "渡邊 结衣") == value("name", "渡辺結衣") != value("name", "渡部結衣")
    assert value("address", "台北县中华路7号") == value("address", "臺北縣中華路7號")
    assert value("email", " A@B.example ") == "a@b.example"
    assert value("phone", "0912 345 678") == "912345678"
    assert pair("a", "b") != pair("ab", "")


@pytest.mark.parametrize(("a", "b"), [
    ("東京都港区赤坂3丁目4番5号", "〒107-0052 東京都港区赤坂3-4-5"), ("東京都港区赤坂三丁目4番地5", "東京都港区赤坂3-4-5"),
    ("110 臺北市信義區信義路五段7號十二樓", "台北市信義區信義路5段7號12F"), ("110台北市信義區西村里8鄰信義路5段7號", "台北市信義區信義路５段７號"),
    ("台北市民生路12號之3", "台北市民生路12之3號"), ("台北市民生路12號之3", "台北市民生路12-3號")])
def test_one_postal_address(a, b):
    assert address(a) == address(b) != ""


def test_other_addresses_stay_apart():
    assert address("東京都港区赤坂3丁目4番5号") != address("東京都港区芝3丁目4番5号")
    assert address("台北市信義路5段7號") != address("台北市信義路5段8號")
    assert address("台北市二二八路3號") != ""
    assert address("312號") == "312"                       # no post code
    assert address("民生路7號12樓") != address("民生路71號2樓")
    assert address("Minato-ku 3-4-5") == address("Minato ku 3-4-5")
