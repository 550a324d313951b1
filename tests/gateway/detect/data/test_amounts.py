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


def test_products_in_a_table_whose_columns_are_called_otherwise():
    rows = [(name, str(amount(12)), "1.25%") for name in ("活期儲蓄存款", "綜合存款", "數位帳戶") * 2]
    assert accounts(table=Table("sheet", (("產品", "產品代號", "利率"), *rows))) == 0
    assert accounts("產品 產品代號 利率\n" + "\n".join(map(" ".join, rows))) == 0
    assert accounts(table=Table("sheet", (("產品", "帳號", "利率"), *rows))) == 6
    mail = [("普通", str(amount(7)), str(n)) for n in range(10, 14)]
    assert accounts(table=Table("sheet", (("郵便種別", "お問い合わせ番号", "通数"), *mail))) == 0


def test_the_last_cell_of_a_row_says_nothing_of_the_next_row():
    rows = [(str(amount(8)), "規定の改定", "山口 彩", "普通") for _ in range(5)]
    assert accounts("決裁番号\t件名\t担当\t区分\n" + "\n".join(map("\t".join, rows))) == 0
    assert accounts("決裁番号      件名      担当    区分\n" + "\n".join(map("      ".join, rows))) == 0
    assert accounts("\n".join(f"振替依頼人 佐藤{n}、口座番号\n{amount(7)}" for n in range(3))) == 3


def test_totals_of_accounts():
    assert accounts("\n".join(f"Total in bank accounts {amount(11)}" for _ in range(4))) == 0
    assert accounts("\n".join(f"Transfer to bank account {amount(11)}" for _ in range(4))) == 4


@pytest.mark.parametrize("long", [1, 9])
def test_counts_of_years_under_a_heading(long):
    years = [str(1950 + n) for n in range(8 * long)]
    rows = [(year, str(RNG.randrange(10 ** 8, 10 ** 9)), str(RNG.randrange(3 * 10 ** 8, 4 * 10 ** 8))) for year in years]
    for first, last in (("年度", "護照"), ("year", "Passports")):
        assert not scan(tables=[Table("sheet", ((first, "入出境", last), *rows))])[0].identifiers
    people = [(f"王小{'明華美玲'[n % 4]}", year, passport) for n, (year, _, passport) in enumerate(rows)]
    assert scan(tables=[Table("sheet", (("姓名", "年度", "護照"), *people))])[0].identifiers["tw.passport"] == len(rows)


def test_days_units_and_tables_of_programs():
    assert accounts("\n".join(f"口座番号桁数変更 山口 彩 202401{day}" for day in range(11, 20))) == 0
    assert accounts("\n".join(f"普通預金 {amount(7)} 百万円、口座 {amount(7)} 口座" for _ in range(4))) == 0
    assert accounts("\n".join(f"BANK_ACCOUNT{n}: {amount(10)} rows" for n in range(4))) == 0
    rows = [(f"BANK_ACCOUNT{n}", str(amount(10)), str(amount(12))) for n in range(4)]
    assert accounts(table=Table("sheet", (("table_name", "rows", "bytes"), *rows))) == 0
    assert accounts("\n".join(f"口座番号 {amount(7)} 山口 彩" for _ in range(4))) == 4


@pytest.mark.parametrize("line", [
    "戶名:王小明\n銀行:台灣銀行\n帳戶:{0}\n金額:{1}\n", "口座名義:佐藤 健一\n銀行:みずほ銀行\n口座:普通 {2}\n金額:{1}\n", "普通預金 {2}\n元金 {1}\n利息 {1}\n",
    "ｻﾄｳ ｹﾝｲﾁ 普通 {2} {1}\n", "CHEN, YI-CHUN 帳戶 {0} {1}\n", "陳O君 帳戶 {0} {1}\n", "佐藤** 普通 {2} {1}\n", "株式会社山本製作所 普通 {2} {1}\n",
    "2024-05-07 普通預金口座 {2} {1} {1}\n", "總額 {1} 入帳帳戶 {0}\n", "合計 {1}円 普通 {2}\n"])
def test_payments_of_people_are_no_statements(line):
    assert accounts("".join(line.format(amount(12), amount(6), amount(7)) for _ in range(4))) == 4


def test_a_column_of_numbers_of_accounts_is_none_of_amounts():
    rows = "".join(f"活期存款      {amount(12)}      {amount(6)}\n" for _ in range(4))
    assert accounts("存款種類      帳號      金額\n" + rows) == 4
    periods = [(f"2024-{n:02d}", str(amount(12)), str(amount(6))) for n in range(1, 9)]
    assert accounts(table=Table("sheet", (("月份", "帳號", "金額"), *periods))) == 8
    assert accounts(table=Table("sheet", (("年度", "帳戶", "金額"), *(("113年", *row[1:]) for row in periods)))) == 8
    letters = [(f"2024-{n:02d}", f"TK{amount(7)}") for n in range(1, 9)]
    assert scan(tables=[Table("sheet", (("年月", "旅券"), *letters))])[0].identifiers["jp.passport"] == 8


@pytest.mark.parametrize("long", [1, 9])
def test_columns_of_balances_and_of_months(long):
    rows = [(f"大安{n}", str(amount(12)), str(amount(12))) for n in range(8 * long)]
    assert accounts(table=Table("sheet", (("分行", "活期存款", "定期存款"), *rows))) == 0
    months = [(f"{n}月", str(amount(12)), str(amount(7))) for n in range(1, 13)]
    assert accounts(table=Table("sheet", (("月份", "帳戶", "銷戶"), *months))) == 0


def test_codes_of_products_that_begin_with_0():
    rows = [(name, f"0{amount(11)}", "1.25%") for name in ("活期儲蓄存款", "綜合存款", "數位帳戶") * 2]
    assert accounts(table=Table("sheet", (("產品", "產品代號", "利率"), *rows))) == 0


def test_numbers_of_applications_and_patents():
    for text, digits in (("申辦護照 收件號 {}", 9), ("口座認証方法 特許番号 {}", 7), ("AWS 帳戶 {}", 12), ("Passport renewal application {}", 9)):
        assert not scan("\n".join(text.format(amount(digits)) for _ in range(5)))[0].identifiers


TABLES = ("CUST_MASTER", "PASSPORT_IMG", "TXN_HIST", "ACCT_BAL", "LOG_AUDIT", "passport", "CARD_INFO", "BRANCH", "CORE.ACCOUNT_NO")


@pytest.mark.parametrize("times", [1, 12])
@pytest.mark.parametrize("row", ["{}   {}   {}   2024-05-06    \n", "{}\t{}\t{}\t2024-05-06\n", "{} {} {}\n"])
def test_a_table_about_tables(row, times):
    text = "".join(row.format(name, amount(RNG.choice((7, 8, 9, 10))), amount(12)) for name in TABLES * times)
    assert not scan("TABLE_NAME NUM_ROWS BYTES\n" + text)[0].identifiers


def test_a_record_set_on_its_side_is_no_table_about_tables():
    rows = ["seq\t11\t12\t13", "cust_name\t陳怡君\t林志明\t黃雅婷", "branch\t1001\t1002\t1003", "limit\t50000\t60000\t7000000",
            f"passport_no\t{amount(9)}\t{amount(9)}\t{amount(9)}", f"acct_no\t{amount(12)}\t{amount(14)}\t{amount(12)}"]
    found = scan("\n".join(rows))[0].identifiers
    assert (found["tw.passport"], found["tw.bank_account"]) == (3, 3)


def test_numbers_side_by_side_are_no_pieces_of_one():
    rows = [(str(amount(12)), name, str(amount(n)), str(amount(m))) for name, n, m in (
        ("活期存款", 7, 5), ("綜合存款", 10, 6), ("外幣活存", 9, 5), ("活期儲蓄存款", 7, 7), ("證券戶", 6, 4))]
    assert accounts(table=Table("sheet", (("代碼", "產品名稱", "餘額", "戶數"), *rows))) == 0
    listed = [(f"D{n}", "護照查驗作業", str(n), f"2024050{n}") for n in range(1, 9)]
    assert not scan(tables=[Table("sheet", (("文件編號", "文件名稱", "版次", "發行日"), *listed))])[0].identifiers
    assert not scan("\n".join(map(" ".join, listed)))[0].identifiers
    cut = [("銀行帳號", str(amount(3)), str(amount(4)), str(amount(6))) for _ in range(4)]
    assert accounts(table=Table("sheet", tuple(cut))) == 4
    boxes = [("護照號碼(九碼)", *str(amount(9))) for _ in range(4)]
    assert scan(tables=[Table("sheet", tuple(boxes))])[0].identifiers["tw.passport"] == 4


def test_positions_reports_and_headings_that_blanks_part():
    assert accounts("\n".join(f"2024-11-0{n} 普通預金 {amount(7)} 小口現金 {amount(5)}" for n in range(1, 6))) == 0
    assert accounts("\n".join(f"账户总量 {amount(9)} 户，活期存款 {amount(12)}；主持：王伟" for _ in range(4))) == 0
    assert accounts("\n".join(f"普通預金 {amount(7)} 現金 {amount(5)} 田中 恵子" for _ in range(4))) == 4
    rows = [f"徐汇{n} {amount(12)} {amount(10)}" for n in range(4)]
    assert accounts("支行 活期存款 定期存款\n" + "\n".join(rows)) == 0
    assert accounts("支行 帳號 定期存款\n" + "\n".join(rows)) >= 4
