"""The table of identifier types: what shape they have, what checks them, how often chance passes, what label they need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gateway.identifiers import bank, cn, hk, jp, kr, payment, tw, us


@dataclass(frozen=True, slots=True)
class IdentifierType:
    """One type of the contract.

    `chance` is the share of random values of the shape that pass `check`. `labelled` types have no check digit worth the
    name and count only under their own label. `strong` types make a person; the others are counted and shown.
    `labels` are the kinds of signatures/terms that speak for the type.
    """

    name: str
    check: Callable[[str], bool]
    labels: frozenset[str]
    chance: float = 1.0
    labelled: bool = False
    strong: bool = True
    plausible: Callable[[str], bool] | None = None
    # ^ where given, only values it accepts are compared in the pass rate's chance
    among: Callable[[str], bool] | None = None
    # ^ where given, a group in which some fail must also be beyond chance among the values it accepts
    own_label: Callable[[str], bool] | None = None
    # ^ where given, what is enough under the type's own name: numbers that are issued without a check digit


def _type(name: str, check: Callable[[str], bool], labels: str = "", chance: float = 1.0, labelled: bool = False,
          strong: bool = True, plausible: Callable[[str], bool] | None = None,
          among: Callable[[str], bool] | None = None, own_label: Callable[[str], bool] | None = None) -> IdentifierType:
    return IdentifierType(name, check, frozenset([name, *labels.split()]), chance, labelled, strong, plausible, among, own_label)


TYPES: dict[str, IdentifierType] = {t.name: t for t in (
    _type("tw.national_id", tw.national_id, "id tw.resident_id", 0.04),
    _type("tw.resident_id", tw.resident_id, "id tw.national_id", 0.04),
    _type("tw.passport", tw.passport, "passport", labelled=True),
    _type("tw.nhi_card", tw.nhi_card, labelled=True),
    _type("tw.ubn", tw.ubn, labelled=True, strong=False),
    _type("tw.bank_account", bank.tw_account, labelled=True),
    _type("cn.resident_id", cn.resident_id, "id tw.national_id", 0.01, among=cn.plausible_id),
    _type("cn.passport", cn.passport, "passport", labelled=True),
    _type("cn.uscc", cn.uscc, labelled=True, strong=False),
    _type("hk.id", hk.hkid, "id tw.national_id cn.resident_id", 1 / 11),
    _type("jp.my_number", jp.my_number, "id", 0.1),
    _type("jp.corporate_number", jp.corporate_number, labelled=True, strong=False),
    _type("jp.bank_account", jp.bank_account, labelled=True),
    _type("jp.driver_licence", jp.driver_licence, "", 0.06, own_label=jp.licence_digits),
    _type("jp.passport", jp.passport, "passport", labelled=True),
    _type("jp.residence_card", jp.residence_card, "id", labelled=True),
    _type("kr.rrn", kr.rrn, "id", 0.005, among=kr.plausible_rrn, own_label=kr.plausible_rrn),
    _type("us.ssn", us.ssn, labelled=True),
    _type("card", payment.card, "cn.bank_card tw.bank_account", 0.1, plausible=payment.issued),
    _type("iban", payment.iban, "", 0.01),
    _type("swift", payment.swift, labelled=True, strong=False),
)}

ACCOUNTS = frozenset({"tw.bank_account", "jp.bank_account"})
"""What no check digit tells from an amount."""
IDENTIFYING = frozenset(TYPES) | {"id", "passport", "cn.bank_card"}
"""Kinds of words that announce an identifier."""

SHAPES: dict[str, tuple[str, ...]] = {
    # letters as L, digits as D with their number; P marks a check character in parentheses
    "LD9": ("tw.national_id", "tw.resident_id"),
    "LLD8": ("tw.resident_id",),
    "LLD8LL": ("jp.residence_card",),
    "LD8": ("cn.passport",),
    "LLD7": ("cn.passport", "jp.passport", "hk.id"),
    "LD7": ("hk.id",), "LD6A": ("hk.id",), "LD6P": ("hk.id",), "LLD6P": ("hk.id",),
    "D7": ("jp.bank_account",),
    "D8": ("tw.ubn", "jp.bank_account"),
    "D9": ("us.ssn", "tw.passport"),
    "D10": ("tw.bank_account",), "D11": ("tw.bank_account",),
    "D12": ("jp.my_number", "jp.driver_licence", "tw.nhi_card", "tw.bank_account"),
    "D13": ("kr.rrn", "jp.corporate_number", "card", "tw.bank_account"),
    "D14": ("card", "tw.bank_account"),
    "D15": ("card", "cn.resident_id", "tw.bank_account"),
    "D16": ("card", "tw.bank_account"),
    "D17": ("card",), "D19": ("card",),
    "D18": ("cn.resident_id", "card", "cn.uscc"),
    "D17X": ("cn.resident_id",),
    "PAN": ("card", "cn.resident_id", "tw.bank_account"),
}
"""Which types a token of a shape may be; tried in this order."""

PAN = "PAN"
PAN_SHAPES = frozenset({"D14", "D15", "D16", "D17", "D19"})
"""Lengths that one column of card numbers mixes: judged together."""

WEAK = ("email", "phone", "address", "name", "birthdate")
"""Types counted in contact records only."""
