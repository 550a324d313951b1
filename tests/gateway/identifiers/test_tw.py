from __future__ import annotations

import pytest

from gateway.identifiers import tw


@pytest.mark.parametrize("value", ["A123456789", "F259151029", "H217152135", "O296981196", "I289091677", "W141947809"])
def test_national_id_with_its_check_digit(value):
    assert tw.national_id(value)


@pytest.mark.parametrize("value", ["A123456788", "A323456789", "123456789A", "A12345678", "a123456789", "A1234567890", "Ａ123456789"])
def test_no_national_id(value):
    assert not tw.national_id(value)


def test_every_other_check_digit_fails():
    assert [d for d in "0123456789" if tw.national_id("F25915102" + d)] == ["9"]


@pytest.mark.parametrize("value", ["L806814075", "X827464476", "QC56641300", "SD50150457", "BA86429370"])
def test_resident_numbers_new_and_old(value):
    assert tw.resident_id(value)


@pytest.mark.parametrize("value", ["L806814076", "QE56641300", "QC56641301", "L706814075", "Q956641300"])
def test_no_resident_number(value):
    assert not tw.resident_id(value)


@pytest.mark.parametrize(("value", "valid"), [("01738800", True), ("00501503", True), ("04595257", True), ("12345678", False), ("00000000", False)])
def test_ubn_multiple_of_five_since_2023(value, valid):
    assert tw.ubn(value) is valid


def test_ubn_with_seven_in_the_seventh_place_may_count_one_more():
    assert tw.ubn("10458575")


def test_passport_and_health_card_are_shapes():
    assert tw.passport("301234567")
    assert not tw.passport("30123456A")
    assert tw.nhi_card("000012345678")
    assert not tw.nhi_card("0000123456789")
