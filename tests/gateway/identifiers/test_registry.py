from __future__ import annotations

from gateway.identifiers.registry import PAN_SHAPES, SHAPES, TYPES, WEAK

CONTRACT = """tw.national_id tw.resident_id tw.passport tw.nhi_card tw.ubn tw.bank_account cn.resident_id cn.passport cn.bank_card cn.uscc hk.id jp.my_number jp.corporate_number jp.bank_account jp.driver_licence jp.passport jp.residence_card kr.rrn us.ssn card iban swift email phone address name birthdate edm fingerprint label"""


def test_every_type_of_the_contract_is_somewhere():
    elsewhere = {"cn.bank_card", "edm", "fingerprint", "label", *WEAK}   # a subset of card; detectors of their own
    assert set(CONTRACT.split()) == set(TYPES) | elsewhere


def test_every_shape_names_known_types():
    assert {name for names in SHAPES.values() for name in names} <= set(TYPES)
    assert set(SHAPES) >= PAN_SHAPES


def test_types_without_a_check_digit_need_a_label():
    assert all(t.labelled for t in TYPES.values() if t.chance == 1.0)
