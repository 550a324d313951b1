"""A truth table of resemblances."""

import pytest

from gateway.detect.lookalike import main_label, mixed_scripts, one_slip, resemblance, skeleton
from gateway.model.address import normalise_domain

BANK = "examplebank.com.tw"


@pytest.mark.parametrize(("domain", "looks"), [
    ("examplebank.com.tw", ""), ("mail.examplebank.com.tw", ""), ("bank.com.tw", ""), ("example.com.tw", ""), ("com.tw", ""), ("", ""),
    ("otherbank.com.tw", ""), ("examplebakery.com.tw", ""), ("myexamplebankers.com", ""), ("notexamplebank.com.tw", ""),
    ("examplebnks.com.tw", ""), ("exampleblank.org", ""),
    ("exаmplebank.com.tw", "same"), ("mail.exаmplebank.com.tw", "same"), ("examp1ebank.com.tw", "same"),
    ("exarnplebank.com.tw", "same"), ("exampIebank.com.tw", "same"), ("examplebânk.com.tw", "same"), ("eхаmрlеbаnk.com.tw", "same"),
    ("examp\u04cfebank.com.tw", "same"), ("exаmplebank.com.tw".encode("idna").decode(), "same"), ("examplebank.c0m.tw", "same"),
    ("exampelbank.com.tw", "slip"), ("examplebnk.com.tw", "slip"), ("examplebankk.com.tw", "slip"), ("exampledank.com.tw", "slip"),
    ("exanplebank.com.tw", "slip"),
    ("examplebank.com", "suffix"), ("examplebank.co.jp", "suffix"),
    ("examplebank-login.com", "words"), ("secure-examplebank.net", "words"), ("examplebanktw.com", "words"),
    ("my-examplebank-online.info", "words"), ("examp1ebank-support.com", "words"),
    ("examplebank-com-tw.evil.com", "prefix"), ("examplebank-com.tw.xyz", "prefix"), ("examplebank.com.tw-login.xyz", "prefix"),
    ("mail.examplebank-com-tw.xyz", "prefix"), ("my-examplebank-com-two.xyz", ""),
    ("examplebank.com.tw.evil.com", "prefix"), ("www.examplebank.com.tw.evil.com", "prefix"),
])
def test_resemblance(domain, looks):
    assert resemblance(normalise_domain(domain), BANK) == looks


@pytest.mark.parametrize(("domain", "protected", "looks"), [
    ("関西口座.jp", "関西ロ座.jp", "same"), ("大陽銀行.jp", "太陽銀行.jp", "same"), ("台北銀行.tw", "臺北银行.tw", "same"), ("工行.cn", "エ行.cn", "same"),
    ("東京銀行.jp", "大阪銀行.jp", ""), ("b.tw", "d.tw", ""), ("hsbs.com", "hsbc.com", ""), ("abcd.com", "abce.com", ""),
    ("bannk.example", "bank.example", "slip"), ("bnak.example", "bank.example", "slip"), ("bamk.example", "bank.example", "slip"),
    ("rank.example", "bank.example", ""), ("bonk.example", "bank.example", ""), ("bans.example", "bank.example", ""),
    ("banks.example", "bank.example", ""), ("bank.com", "bank.example", ""), ("east-bank.com.tw", "bank.com", ""),
    ("my-bank.example", "bank.example", ""), ("west-bank-example.org", "bank.example", ""), ("hsbc.com", "hsbc.com", ""),
    ("hbsc.com", "hsbc.com", "slip"), ("cat.com", "act.com", ""),
])
def test_short_names_and_east_asian_ones(domain, protected, looks):
    assert resemblance(domain, protected) == looks


@pytest.mark.parametrize(("domain", "label"), [
    ("bank.com.tw", "bank"), ("a.bank.co.jp", "bank"), ("mail.bank.example", "bank"), ("bank", "bank"), ("com.tw", "com"), ("b.idv.tw", "b"),
])
def test_main_label(domain, label):
    assert main_label(domain) == label


@pytest.mark.parametrize(("domain", "mixed"), [
    ("exаmple.com", True), ("пример.com", False), ("example.com", False), ("銀行bank.tw", False), ("παράδειγμα.gr", False), ("bοnk.gr", True),
])
def test_mixed_scripts(domain, mixed):
    assert mixed_scripts(domain) is mixed


@pytest.mark.parametrize(("a", "b", "slip"), [
    ("bank", "bnak", True), ("bank", "banks", True), ("bank", "ank", True), ("bank", "bonk", True), ("bank", "bank", False),
    ("bank", "nabk", False), ("bank", "ba", False), ("", "a", True), ("ab", "ba", True), ("abcd", "badc", False),
])
def test_one_slip(a, b, slip):
    assert one_slip(a, b) is slip and one_slip(b, a) is slip


def test_long_names_cost_little():
    assert skeleton("ａ" * 250) == "a" * 250 and resemblance("a." * 5000 + "com", BANK) == ""
