from __future__ import annotations

import pytest

from gateway.detect.data.table import headings
from gateway.identifiers.terms import Labels

LABELS = Labels()


def rows(lines: list[str]) -> list[tuple[int, list[frozenset[str]]]]:
    return headings.rows("\n".join(lines), LABELS)


def test_data_is_no_heading():
    assert headings.kinds_of(["身分證字號 V115718705", "姓名"], LABELS) is None
    assert headings.kinds_of(["foo", "bar"], LABELS) is None


@pytest.mark.parametrize("above", [
    ["^ 姓名 ^ 護照號碼 ^ 生日 ^"], ["(NAME, PASSPORT_NO, BIRTH)", "BEGINDATA"],
    ["@relation r", "@attribute name string", "@attribute passport_no string", "@attribute birth string", "@data"],
    ["CREATE TABLE c (", "  name varchar(40),", "  passport_no char(9),", "  birth date", ");"]])
def test_names_above_the_rows(above):
    cells = 4 if above[0][0] == "^" else 3
    row = "\t".join(("", "陳志明", "351234567", "1980-01-02", "")[1 - (cells == 4):1 - (cells == 4) + cells + (cells == 4)])
    found = rows([*above, row, row])
    assert any("passport" in kinds for kinds in found[0][1])
    assert found[0][0] == len(above)


def test_words_above_a_table_name_no_columns():
    assert rows(["Dear customer,", "the passport of", "Mr Chen", "1\t2\t3", "4\t5\t6"]) == []
    assert rows(["姓名,護照號碼,生日,電話", "1\t2\t3"]) == []


def test_a_title_is_no_heading_and_each_table_of_a_sheet_has_its_own():
    first, second = ["Batch A\t\t", "姓名\t護照號碼\t生日", "陳志明\t351234567\t1980-01-02", "\t\t"], ["Batch B\t\t", "護照號碼\t姓名\t", "351234568\t林\t"]
    found = rows([*first, *second])
    assert [row for row, _ in found] == [2, 6]
    assert "passport" in found[0][1][1] and "passport" in found[1][1][0]


def test_two_rows_of_headings() -> None:
    lines = ["Name\tRef\tInfo", "氏名\tマイナンバー\t電話(10桁)", "佐藤\t123456789012\t0312345678"]
    assert rows(lines) == [(1, [{"name"}, {"jp.my_number"}, {"phone"}])]
    three = ["持卡人\t\t卡片與帳戶\t", "姓名\t證件\t卡號\t扣款", "\t種類\t\t帳號", "陳\t護照\t1\t2"]
    assert rows(three) == [(1, [{"name"}, {"id"}, {"card"}, {"tw.bank_account", *LABELS.heading("帳號")}])]
    assert rows(["Name\tPhone", "陳\t0912345678"])[0][0] == 1


def test_names_in_the_last_row():
    kinds = rows(["陳大文\t349586580", "王小明\t388546073", "姓名\t護照號碼"])
    assert [row for row, _ in kinds] == [0] and kinds[0][1] == [{"name"}, LABELS.heading("護照號碼")]
    assert rows(["a1\t349586580", "b1\t388546073", "合計\t2"]) == []


def test_names_above_in_wikis_and_latex():
    for above, row in (("! 姓名 !! 護照號碼", "\t 陳大文 \t\t 349586580"), ("姓名 & 護照號碼 \\\\", "陳大文 \t 349586580 \\\\")):
        (first, kinds), = rows([above, row, row, row])
        assert first == 1 and LABELS.heading("護照號碼") in kinds


def test_a_heading_in_parts() -> None:
    lines = ["氏名\t本人確認\t電話", "\t旅券番号\t", "佐藤\tTK1234567\t0312345678"]
    assert rows(lines)[0][1][1] == {"jp.passport", "passport"}


def test_headings_within_a_block():
    lines = ["申请人\t金额\t出生年月日", "彭国庆\t4,170,435\t1966-05-04", "护照号码\t\t", "G77138487\t\t", "姓名\t备注\t", "王伟\tx\t"]
    found = rows(lines)
    assert [row for row, _ in found] == [1, 3] and "passport" in found[1][1][0]
    assert [row for row, _ in rows([*lines[:3], "王伟\t\t"])] == [1]


def test_names_in_a_remark_above_rows_of_a_program():
    row = "    ('王小明',\t'351234567',\t'000012345678'),\t"
    for mark in ("# ", "// ", "-- ", "/* "):
        found = rows([f"{mark}姓名, 護照號碼, 健保卡號", "ROWS = [", row, row])
        assert found[0][0] == 2 and "passport" in found[0][1][1], mark


def test_a_heading_over_several_columns():
    row = "1\t佐藤 太郎\tみずほ銀行\t1234567"
    found = rows(["\t基本\t口座\t", "No\t氏名\t銀行\t番号", row, row])
    assert "jp.bank_account" in found[0][1][3]
    assert not any("jp.bank_account" in kinds[3:] for _, kinds in rows(["\t基本\t口座\t", "No\t氏名\t銀行\t電話", row, row]))


def test_a_label_and_its_value_above_another_label_are_no_heading():
    assert rows(["氏名\t中村 花子", "口座番号\t6021729", "旅券番号\tTK3662081"]) == []
    assert rows(["氏名\t備考", "中村 花子\t6021729", "加藤 太郎\t7364925"])[0][0] == 1


def test_a_sentence_with_a_date_is_no_heading():
    assert rows(["客戶楊宗婷於民國50年6月6日出生\t其所持之護照號碼為", "無\t無"]) == []
    assert rows(["出生年月日\t護照號碼", "無\t無"])[0][0] == 1


def test_a_heading_of_people_and_their_numbers():
    kinds = rows(["No.\t氏名 旅券番号\t国籍", "1\tLI WEI TK3662081\t中国"])
    assert kinds == [(1, [frozenset(), frozenset({"name", "passport", "jp.passport"}), frozenset()])]
    assert rows(["No.\t氏名 備考\t国籍", "1\tLI WEI TK3662081\t中国"]) == []
    assert rows(["No.\t旅券番号\t国籍", "1\tLI WEI TK3662081\t中国"]) == []


def test_a_line_with_a_value_names_no_column():
    columns = ["ID_NO CHAR(10)", "ACCT_NO CHAR(14)"]
    below = ["A1\t7816576948", "A2\t7852480957"]
    assert rows([*columns, *below])[0][1] == [LABELS.heading("ID_NO"), LABELS.heading("ACCT_NO")]
    assert rows([f"{columns[0]} 123456789012", f"{columns[1]} 12345678901234", *below]) == []


def test_what_the_column_beside_numbers_says_of_them():
    head = "PAYEE_NAME\tPAYEE_TIN\tTIN_TYPE\tBOX1_AMT"
    people = [f"JOHN LEE\t12345678{i}\tSSN\t700.00" for i in range(3)]
    assert rows([head, *people])[0][1][1] == {"us.ssn"}
    assert not rows([head, people[0], people[1].replace("SSN", "EIN"), people[2]])[0][1][1] & {"us.ssn"}
    assert rows(["NAME\tORDER\tPAID WITH", "LEE\t2026-11-02\tpassport", "FOX\t2026-11-03\tpassport"])[0][1][1] != {"passport"}
