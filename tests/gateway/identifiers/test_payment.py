from __future__ import annotations

import pytest

from gateway.identifiers import payment


@pytest.mark.parametrize("value", ["6235710349003986", "6217009102727020504", "340039982094838", "2720280877942865", "4579471809962802", "3563353670320171", "6759649826438453"])
def test_cards(value):
    assert payment.card(value)


@pytest.mark.parametrize("value", ["6235710349003987", "9900400910513764", "34003998209483", "4000000000000000", "411111111111111x", ""])
def test_no_cards(value):
    assert not payment.card(value)


@pytest.mark.parametrize("value", ["FR5340173921957800047557114", "NL86ABNA2065517012", "DE87323241372076973581", "GB09BARC12746957101399"])
def test_ibans(value):
    assert payment.iban(value)
    assert not payment.iban(value[:-1] + ("0" if value[-1] != "0" else "1"))
    assert not payment.iban(value + "0")


@pytest.mark.parametrize(("value", "valid"), [("DEUTDEFF", True), ("BKTWTWTP", True), ("DEUTDEFF500", True), ("DEUTXXFF", False), ("DEUTDEF", False)])
def test_swift(value, valid):
    assert payment.swift(value) is valid


def test_chinese_cards():
    assert payment.china_card("6217009102727020504")
    assert not payment.china_card("4579471809962802")
