from __future__ import annotations

import random

import pytest

from gateway.model.content import Table
from tests.gateway.detect.data.test_detector import scan

RNG = random.Random(23)
NAMES = {
    "tw": (12, ("現金", "活期存款", "支票存款", "定期存款", "放款", "應付費用", "存款帳戶", "證券戶")),
    "jp": (7, ("現金", "普通預金", "当座預金", "貯蓄預金", "貸出金", "買掛金", "預金口座", "未払費用")),
    "en": (11, ("Cash", "Bank account", "Savings account", "Loans", "Deposit account", "Payables", "Settlement account", "Bonds"))}


def amount(digits: int) -> int:
    return RNG.randrange(10 ** (digits - 1), 10 ** digits)


def accounts(text: str = "", table: Table | None = None) -> int:
    found = scan(text, tables=[table] if table else ())[0].identifiers
    return found.get("tw.bank_account", 0) + found.get("jp.bank_account", 0)


@pytest.mark.parametrize("years", [1, 2, 6])
@pytest.mark.parametrize("country", NAMES)
@pytest.mark.parametrize("long", [1, 40])
def test_statements_have_amounts_behind_the_names_of_accounts(country, years, long):
    digits, names = NAMES[country]
    rows = [(name, *(str(amount(digits)) for _ in range(years))) for name in names * (long if years > 1 else 1)]
    filler = "x" * 1600 + "\n\n" if long > 1 else ""
    assert accounts(table=Table("sheet", (("", *map(str, range(2020, 2020 + years))), *rows))) == 0
    assert accounts(filler + "\n".join(map("\t".join, rows))) == 0
    assert accounts(filler + "\n".join("   ".join(row) for row in rows)) == 0


@pytest.mark.parametrize("names", [
    ("帳號", "存款帳號", "扣款帳號"), ("普通預金口座番号", "口座番号", "口座No"), ("Account No.", "Bank account number", "Account #")])
def test_numbers_of_accounts_are_no_amounts(names):
    rows = [f"{name}\t{amount(7 if '口座' in name else 12)}\t{amount(6)}" for name in names for _ in range(2)]
    assert accounts("\n".join(rows)) == 6


def test_whose_or_which_banks_account_it_is_makes_it_one():
    assert accounts("\n".join(f"王小{n}\t活期存款\t{amount(12)}\t{amount(6)}" for n in "明華美")) == 3
    assert accounts("\n".join(f"みずほ銀行 新宿支店 普通預金 {amount(7)} {amount(6)}" for _ in range(3))) == 3
    assert accounts("\n".join(f"活期存款 0{amount(11)} {amount(6)}" for _ in range(3))) == 3
    assert accounts("\n".join(f"活期存款 {amount(12)}" for _ in range(3))) == 3
    assert accounts("\n".join(f"活期存款 ${amount(12)}" for _ in range(3))) == 0
