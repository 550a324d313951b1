from __future__ import annotations

import pytest

from gateway.identifiers import jp


@pytest.mark.parametrize("value", ["025001799188", "264287242210", "621498320257", "123456789018"])
def test_my_number(value):
    assert jp.my_number(value)


@pytest.mark.parametrize("value", ["025001799189", "000000000000", "62149832025", "6214983202570"])
def test_no_my_number(value):
    assert not jp.my_number(value)


@pytest.mark.parametrize("value", ["443135447340", "446659911961", "305210052420"])
def test_driver_licence_check_digit_stands_before_the_last(value):
    assert jp.driver_licence(value)
    assert jp.driver_licence(value[:11] + "9")


@pytest.mark.parametrize("value", ["443135447350", "993135447340", "44313544734"])
def test_no_driver_licence(value):
    assert not jp.driver_licence(value)


@pytest.mark.parametrize(("check", "good", "bad"), [
    (jp.passport, "TS5874092", "T55874092"), (jp.residence_card, "AB12345678CD", "AB1234567CDE"),
    (jp.bank_account, "1234567", "7777777"), (jp.corporate_number, "7000012050002", "7000012050003")])
def test_shapes(check, good, bad):
    assert check(good)
    assert not check(bad)
