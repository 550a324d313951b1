from __future__ import annotations

import pytest

from gateway.identifiers import cn


@pytest.mark.parametrize("value", ["61011320030430823X", "440103199601129836", "11010519491231002X", "330203198511277961"])
def test_resident_id(value):
    assert cn.resident_id(value)


@pytest.mark.parametrize("value", [
    "610113200304308230", "990113200304308232", "610113200313308238", "61011320030230823X", "61011320030430823x", "6101132003043082"])
def test_no_resident_id(value):
    assert not cn.resident_id(value)


def test_old_fifteen_digits_by_place_and_date():
    assert cn.resident_id("110105491231002")
    assert not cn.resident_id("110105491331002")


def test_plausible_asks_no_check_digit():
    assert cn.plausible_id("610113200304308230")
    assert not cn.plausible_id("990113200304308230")


@pytest.mark.parametrize(("value", "valid"), [("E12345678", True), ("G12345678", True), ("EA1234567", True), ("EI1234567", False), ("X12345678", False)])
def test_passport(value, valid):
    assert cn.passport(value) is valid


def test_credit_code():
    assert cn.uscc("91110000600037341L")
    assert not cn.uscc("91110000600037341M")
