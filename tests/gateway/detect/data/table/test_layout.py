from __future__ import annotations

import random
import re

import pytest

from gateway.detect.data.table import layout
from gateway.identifiers.terms import Labels
from gateway.model.content import Table, Text
from tests.bench.test_data_cost import look
from tests.gateway.detect.data.test_detector import scan
from tests.gateway.identifiers import makers

LABELS = Labels()


def grid(text):
    return layout.from_text(1, Text(text, "body"), LABELS)


def kinds(text, value):
    seen = grid(text)
    at = seen.text.index(value)
    row = seen.row(at)
    return layout.label(seen, LABELS, row, seen.column(row, at), at)


def test_lines_of_equal_width_become_cells():
    seen = grid("前言\n姓名,身分證字號,手機\n陳,V115718705,0915\n黃,B148515413,0912\n結尾, 謝謝")
    assert seen.text.count("\t") == 6
    assert len(seen.headings) == 1


def test_a_comma_in_prose_is_no_column():
    assert "\t" not in grid("Hello, friend.\nAll is well, thanks, really.\nBye").text


def test_heading_over_the_column():
    assert kinds("姓名\t身分證字號\n陳\tV115718705\n", "V115") == (frozenset({"tw.national_id"}), True)


def test_label_in_the_same_cell_is_nearer_than_the_heading():
    found, headed = kinds("姓名\t電話\n陳\t身分證 V115718705\n", "V115")
    assert not headed
    assert "tw.national_id" in found


def test_label_before_the_value():
    assert "jp.my_number" in kinds("氏名：高橋、マイナンバー：025001799188、", "0250")[0]


def test_label_on_the_line_above():
    assert "us.ssn" in kinds("Social security number\n080-57-1085", "080")[0]


def test_no_label():
    assert kinds("see 025001799188", "0250") == (frozenset(), False)


def test_headings_that_blanks_part_are_found_from_both_ends():
    text = "口座名義 銀行名 支店番号 種別 口座番号\n山田 零 みずほ銀行 542 当座 3749289\n"
    assert "jp.bank_account" in kinds(text, "3749289")[0]
    assert "jp.bank_account" not in kinds(text, "542")[0]


def test_a_table_of_cells():
    seen = layout.from_table(1, Table("sheet", (("Name", "SSN"), ("A\nB", "080-57-1085"))), LABELS)
    assert seen.text == "Name\tSSN\nA B\t080-57-1085"
    assert seen.heading(1, 1) == frozenset({"us.ssn"})
    assert seen.heading(1, 7) == frozenset()


def test_cells_of_a_row_are_counted_from_its_own_start():
    seen = grid("a\tb\tc\nno cell\n\td\t")
    assert [seen.tabbed(row) for row in range(3)] == [True, False, True]
    assert [seen.column(0, at) for at in range(5)] == [0, 0, 1, 1, 2]
    assert [seen.column(2, seen.starts[2] + at) for at in range(4)] == [0, 1, 1, 2]
    assert not grid("without any").tabbed(0)


def test_a_line_may_be_had_in_part():
    seen = grid("0123456789\nabc")
    assert (seen.line(0), seen.line(0, 4), seen.line(1, 4)) == ("0123456789", "0123", "abc")


def test_rules_between_rows_part_no_table():
    text = "+----+------+\n| 姓名 | 統一證號 |\n+----+------+\n| 鄭宗翰 | T979883643 |\n| 朱美玲 | B806772270 |\n+----+------+\n"
    assert kinds(text, "B806") == (frozenset({"tw.resident_id"}), True)


def test_columns_as_wide_as_on_paper():
    text = ("0顧客名     住所                 在留カード番号  融資額\n ======================\n"
            " 藤井 裕子  横浜市中区本町1-11-5  ED99690722HJ    6303735\n 加藤葵     新宿区西新宿4-20-18  MC25512043GG    2456927\n")
    assert kinds(text, "MC25") == (frozenset({"jp.residence_card"}), True)
    assert "jp.residence_card" not in kinds(text, "2456927")[0]


def test_forms_have_names_and_values_side_by_side():
    seen = layout.from_table(1, Table("t", (("", "戶名", "", "陳碧雲", "", "健保卡號", "", "000012345678"),)), LABELS)
    at = seen.text.index("000012345678")
    assert layout.label(seen, LABELS, 0, seen.column(0, at), at) == (frozenset({"tw.nhi_card"}), False)
    other = layout.from_table(1, Table("t", (("身分證", "A", "123456789"),)), LABELS)
    assert layout.label(other, LABELS, 0, 2, other.text.index("123"))[0] == frozenset()


def test_names_of_columns_in_a_database():
    seen = layout.from_table(1, Table("records", (("seq", "passport_no", "bal"), ("1", "388546073", "20"))), LABELS)
    at = seen.text.index("388546073")
    assert layout.label(seen, LABELS, 1, 1, at) == (frozenset({"passport"}), True)
    prose = layout.from_table(1, Table("t", (("see passport", "Anna, Bob", "x"), ("1", "388546073", "20"))), LABELS)
    assert not prose.headings


def test_a_row_of_name_and_value_is_no_heading_for_the_rows_below():
    seen = layout.from_table(1, Table("t", (("戶名", "", "楊欣怡"), ("銀行", "", "中國信託"), ("帳號", "", "340044401182"))), LABELS)
    assert layout.label(seen, LABELS, 2, 2, seen.text.index("3400")) == (frozenset({"tw.bank_account"}), False)


def test_one_heading_of_a_type_is_enough_over_numbers():
    table = "Employee,SSN,Wages,Fed withheld\nDavid Jackson,170561907,48641.56,3548.00\nDavid Clark,772526513,43980.93,3537.00\n"
    assert kinds(table, "170561907") == (frozenset({"us.ssn"}), True)
    assert not kinds("品項\t信用卡\t說明\n早餐\t可\t48641560\n", "48641560")[0]
    assert not kinds("notes\tpassport\tpaid by 3 people\na\t349586580\tb\n", "349586580")[0]


def test_commas_of_amounts_part_no_cells():
    seen = grid("身分證^戶名^餘額\nJ121212456^簡正義^1,053,980\nZ175680494^江子涵^1,220,849\n")
    assert [line.count("\t") for line in seen.text.splitlines()] == [2, 2, 2]


def test_cells_that_two_blanks_part_are_counted():
    text = "員工姓名  戶籍地  健保IC卡號  到職日  出生日\n石月娥  臺北市信義區忠孝東路  000087096599  108/01/31  0360927\n"
    assert kinds(text, "000087096599")[0] == {"tw.nhi_card"}
    assert kinds(text, "0360927")[0] == {"birthdate"}


def test_one_heading_over_columns_that_blanks_part():
    text = "Social Security# Employee             Issued\n681-29-4134        James Jones      11/10/2015\n"
    assert "us.ssn" in kinds(text, "681-29")[0]
    assert not kinds("see the passport list below\nJames Jones        681294134\n", "6812")[0]


def test_cells_that_markup_parts():
    typst = "#table(\n  [氏名], [旅券番号],\n  [佐藤 蓮], [TK1234567],\n  [伊藤 葵], [TK7654321],\n)"
    assert grid(typst).heading(3, 1) == {"jp.passport", "passport"}
    assert kinds("[tr][td]姓名[/td][td]護照號碼[/td][/tr]\n" + "[tr][td]陳志明[/td][td]351234567[/td][/tr]\n" * 3, "351234567")[0] == {"passport"}
    assert "\t" not in grid("see [1], [2]\nand [3]").text


def test_a_heading_at_the_side_of_a_long_table():
    rows = tuple(("存款帳號", "陳志明", f"3512345{n:05d}") for n in range(90))
    assert look("\n".join("\t".join(row) for row in rows)).identifiers["tw.bank_account"] == 90


def test_a_heading_at_the_side():
    rows = (("護照號碼", "陳志明", "351234567"), ("護照號碼", "林美玲", "351234568"), ("統計", "第2季", "351234569"))
    seen = layout.from_table(1, Table("t", rows), LABELS)
    for value, expected in (("351234567", {"passport"}), ("351234568", {"passport"}), ("351234569", set())):
        at = seen.text.index(value)
        assert layout.label(seen, LABELS, seen.row(at), seen.column(seen.row(at), at), at)[0] == expected


def test_headings_without_cells_say_nothing_of_rows_that_have_them():
    text = "INSERT INTO c (name, email, cardNumber)\n" + "UNION SELECT N'陳', N'a@x.example', N'3540499567433193', N'7,466,384'\n" * 3
    assert kinds(text, "3540499567433193")[0] == frozenset()


def test_a_number_or_two_in_the_line_above():
    assert kinds("주민등록번호(13자리)\n9001011234567", "9001011234567")[0] == {"kr.rrn"}
    assert kinds("주민등록번호 2026/11\n9001011234567", "9001011234567")[0] == frozenset()


def test_names_at_the_left_of_a_long_text_with_headings():
    text = "name\tpassport\n" + "".join(f"-[ RECORD {n} ]-\nfull name\t陳\npassport_no\tE88{n:06d}\n" for n in range(90))
    assert look(text).identifiers["cn.passport"] == 90


def test_a_word_that_the_window_cuts_is_none():
    text = 'x = list(nhi_card_no = c("000082268494", "000083563428"))'
    assert kinds(text, "000083563428")[0] == frozenset()
    assert kinds(text, "000082268494")[0] == {"tw.nhi_card"}


def test_amounts_are_no_columns() -> None:
    """Lines of as many thousands one after the other."""
    text = "姓名 授信額度 護照號碼\n" + "\n".join(f"王大明 9,{n}24,815 31234567{n}" for n in range(1, 4))
    assert "\t" not in grid(text).text
    assert kinds(text, "312345672")[0]
    assert grid("a,123,456\nb,124,457\nc,125,458").text.count("\t") == 6


def test_a_heading_may_say_how_many_digits_its_numbers_have() -> None:
    assert kinds("姓名 健保卡號(12碼) 日期\n王大明 000012345678 x", "000012345678")[0] == {"tw.nhi_card"}
    assert not kinds("房間 健保卡號12 日期\n王大明 000012345678 x", "000012345678")[0]


def test_columns_that_end_together():
    text = "     name    nhiCardNo       mobile\n1  馬佩珊 000087862988   0909028356\n2  簡哲瑋 000021368022 0919 000 326\n3   許璇 000091341574 0964-823-240\n"
    assert look(text).identifiers.get("tw.nhi_card") == 3


def test_headings_say_nothing_of_lines_without_cells():
    text = "Amount\nEmail\nAddress\n9 Lake St, Austin, TX 73190\n4 Maple St, Austin, TX 74663\n7 Oak St, Austin, TX 76589\nCard Number\n" + "\n".join(
        makers.card(random.Random(n)) for n in range(5))
    assert look(text).identifiers.get("card") == 5


def test_a_telephone_under_two_headings():
    text = "序號 轉出帳號 姓名 手機 銀行\n1 23650251399104 潘昱辰 0901-039-828 第一銀行\n2 90653634386140 施柏翰 0984 244 127 第一銀行\n3 80518805052099 謝玉珍 0919793609 中國信託\n"
    assert look(text).identifiers.get("tw.bank_account") == 3


def test_leaders_between_a_label_with_a_note_and_its_value():
    text = "\n".join(f"健保卡號(12碼)\t........\t0000{n:08d}\n姓名\t........\t王小明" for n in range(44010725, 44010729))
    assert look(text).identifiers.get("tw.nhi_card") == 4


def test_a_colon_in_a_cell_of_its_own_is_no_label():
    tally, _ = scan("\n".join(f"護照號碼\t：\t{number}" for number in (312345678, 312345679, 312345670)))
    assert tally.identifiers["tw.passport"] == 3


def test_a_key_of_its_own_is_not_under_the_one_to_the_left():
    text = "\n".join(f"https://x.example/api?acct_no=0786728209468{i}&ts=177700000{i}" for i in range(5))
    assert scan(text)[0].identifiers["tw.bank_account"] == 5


def test_a_window_cuts_no_label():
    """健保卡號 ends as 卡號 does, which is a card."""
    text = "健保卡號: 000000380661, 000018069180, 000017607058, 000027166677, 000053830806"
    assert scan(text)[0].identifiers["tw.nhi_card"] == 5


def test_a_label_of_several_words_is_no_line_of_headings():
    text = "Residence Card No.:\n" + "\n".join(f"NF1965451{i}EW" for i in range(4))
    assert scan(text)[0].identifiers["jp.residence_card"] == 4


def test_a_statement_is_no_line_of_headings():
    text = ("CREATE TABLE customer (id BIGINT, passport_no VARCHAR(9), ssn CHAR(9));\n"
            "INSERT INTO orders VALUES (123456789,3),(323456789,3),(323456781,3);")
    assert not layout.from_text(1, Text(text, "body"), Labels()).spaced


def test_headings_of_several_words_that_one_blank_parts():
    rows = "".join(f"{i} PARK SEOYEON F 17/02/1981 E8874640{i} 27/05/2031\n" for i in range(5))
    found = scan("No. Name Sex Date of Birth Passport No. Expiry\n" + rows)[0].identifiers
    assert found["cn.passport"] == 5


@pytest.mark.parametrize("text, count", [
    ("> LIN CHIH WEI, ID 12, mobile 0912-345-678, second line, passport\n> 35123456{i}, and so on;\n", 4),
    ("本次申請人之中有數位需補件，其電話0912-345-678，護照號碼為\n35123456{i}，請查照。\n", 4),
    ("本次申請人之中有數位需補件，請帶護照前來\n35123456{i}，請查照。\n", None),
    ("the order number\n35123456{i} and so on\n", None)])
def test_a_line_that_ends_with_the_label_of_the_next_one(text, count):
    assert scan("".join(text.format(i=i) for i in range(4)))[0].identifiers.get("tw.passport") == count


def _named(lines: list[str]) -> list[frozenset[str]]:
    seen = grid("\n".join(lines))
    return [layout.spaced_label(seen, seen.row(m.start()), m.start()) for m in re.finditer("[0-9]{9,14}", seen.text)]


@pytest.mark.parametrize("lines", [
    ["客戶        護照          存款", "姓名        號碼          帳號", "-" * 44, "王翰淑      370220193     03136327638681"],
    ["Customer       Passport     Bank Account", "Name           Number       Number", "============== ============ ============",
     "WONG KA YAN    370220193    03136327638681"],
    ["   戶  名        護  照  號  碼     存  款  帳  號", "   王翰淑        370220193          03136327638681"],
])
def test_headings_over_two_lines_and_spread_over_their_columns(lines):
    passport, account = _named(lines)
    assert "passport" in passport and "tw.bank_account" in account


@pytest.mark.parametrize("lines", [
    ["物品        訂單          批次", "名稱        號碼          號碼", "-" * 44, "螺絲        370220193     03136327638681"],
    ["   品  名        訂  單  號  碼     餘    額", "   螺  絲        370220193          03136327638681"],
])
def test_such_headings_of_goods_name_none(lines):
    assert not any(kinds & {"passport", "tw.bank_account"} for kinds in _named(lines))


def test_a_value_whose_label_ends_the_line_above():
    for text in ("whose social security number\n    is 231-10-8987, applied", "whose social security number is\n    231-10-8987, applied"):
        assert layout.label(grid(text), LABELS, 1, 0, text.index("231")) == ({"us.ssn"}, False), text
    text = "whose tracking code\n    is 231-10-8987, applied"
    assert layout.label(grid(text), LABELS, 1, 0, text.index("231"))[0] == frozenset()


def test_records_that_are_columns_with_names_over_them():
    tally, _ = scan("項目\t申込者1\t申込者2\t申込者3\n旅券番号\tTZ4990253\tTK7769362\tTK6759023\n口座番号\t7273865\t3579089\t1744658")
    assert (tally.identifiers["jp.passport"], tally.identifiers["jp.bank_account"], tally.persons) == (3, 3, 3)
    tally, _ = scan("項目\t申込者1\t申込者2\t申込者3\n注文番号\tTZ4990253\tTK7769362\tTK6759023\n整理番号\t7273865\t3579089\t1744658")
    assert not tally.identifiers


def test_labels_of_two_words_that_the_end_of_a_line_parts():
    lines = "update the file of Ho Ka Ho (passport\nnumber 312345678), of Li Na (passport number\n323456789) and of Lin Chih Wei (account\nno. 05191945841364)"
    assert scan(lines)[0].identifiers == {"tw.passport": 2, "tw.bank_account": 1}
    assert not scan(lines.replace("passport", "ticket").replace("account", "case"))[0].identifiers


def test_notes_between_headings_and_rows():
    rows = "\n".join(f"王小明　　{n}　　0{n}12345" for n in (312345678, 323456789, 334567890))
    text = f"姓名　　護照號碼　　存款帳號\n\n※ 以上資料僅供內部使用。\n* 未提供者以空白表示\n\n{rows}"
    assert scan(text)[0].identifiers == {"tw.passport": 3, "tw.bank_account": 3}
    assert not scan(text.replace("護照", "訂單").replace("存款帳號", "批次編號"))[0].identifiers


def test_a_word_further_left_does_not_speak_before_the_heading():
    held = "Branch        Name           Passport no.  Expiry\nNorth branch  David Garcia   312345678     02/27\n"
    assert kinds(held, "312345678") == (frozenset({"passport"}), True)
    rooms = held.replace("Passport no.", "Room no.    ")
    assert "passport" not in kinds(rooms, "312345678")[0]
    said = held.replace("David Garcia   ", "Order no.:     ")
    assert "passport" not in kinds(said, "312345678")[0]


def test_cells_that_are_set_backwards():
    numbers = [makers.tw_id(random.Random(n)) for n in range(3)]
    table = Table("table", (("姓名", "身分證字號"), *(("王小明", f"\u202e{number[::-1]}\u202c") for number in numbers)))
    seen = layout.from_table(1, table, LABELS)
    assert [seen.line(row).split("\t")[1] for row in (1, 2, 3)] == numbers
