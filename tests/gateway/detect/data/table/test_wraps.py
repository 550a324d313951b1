from __future__ import annotations

import pytest

from gateway.detect.data.table.layout import paper
from gateway.detect.data.table.wraps import gathered, whole
from tests.gateway.detect.data.test_detector import scan

PROSE = "".join(f"客戶{name}於2026-05-0{i}來行辦理{'存款' * i}開戶，其帳號為0893644164{i}096，護照號碼為31234567{i}，聯絡電話0932-162-02{i}。"
                for i, name in enumerate(("王小明", "李大華", "陳美玲", "張志明")))


@pytest.mark.parametrize("width", range(24, 44))
def test_numbers_that_the_end_of_a_line_cuts(width):
    text = "\n".join(PROSE[i:i + width] for i in range(0, len(PROSE), width))
    tally, _ = scan(text)
    assert (tally.identifiers["tw.bank_account"], tally.identifiers["tw.passport"], tally.persons) == (4, 4, 4)


def by_columns(text, columns):
    line, lines = "", []
    for character in text:
        if paper(line + character) > columns:
            lines.append(line)
            line = ""
        line += character
    return "\r\n".join([*lines, line])


def test_lines_of_one_width_on_paper():
    for columns in range(60, 80):
        assert scan(by_columns(PROSE, columns))[0].identifiers["tw.passport"] == 4, columns


@pytest.mark.parametrize("text", [
    "王小明 A123456789 帳號\n李大華 B123456780 帳號\n陳美玲 C123456789 帳號\n1、以上", "帳號為\n123456789012，請查收\n謝謝",
    "姓名：王小明，帳號：12345678\n姓名：李大華，帳號：12345679\n姓名：陳美玲，帳號：12345670\n12、附件", "a\n" * 5000 + "帳\n123，"])
def test_lists_stay_lists(text):
    assert whole(text).count("\n") == text.count("\n")


@pytest.mark.parametrize("mark", ["> ", ">", "> > ", ">> "])
def test_quoted_prose(mark):
    text = "收到，見下。\n\n" + "\n".join(mark + PROSE[i:i + 32] for i in range(0, len(PROSE), 32))
    assert scan(text)[0].identifiers["tw.bank_account"] == 4
    assert whole("好。\n> 王小明 A123456789\n> 李大華 B123456780\n").count("\n") == 3


@pytest.mark.parametrize("text, told", [
    ("block 5412 1844\n2218 1886 (Ho Ka Ho), please", "block 5412 1844 2218 1886\n (Ho Ka Ho), please"),
    ("> card 5412\r\n> 1844 2218 1886.", "> card 5412 1844 2218 1886\n."), ("card: 5412-1844-2218-\n1886", "card: 5412-1844-2218-1886\n"),
    ("in 2024 2025\n2026 2027 2028", None), ("1234 5678\n2218 1886", None), ("a 1234 5678\n2218 1886 1234", None),
    ("a 5412 1844\n2218-1886-1234-5678", None), ("tel 5412 1844\nfax 2218 1886", None), ("x 15412 1844\n2218 1886", None)])
def test_cards_that_are_cut_between_two_groups(text, told):
    assert gathered(text) == (told or text)


def test_rows_of_cells_are_no_prose():
    rows = "".join(f"{1000 + n},当座預金,{766743669 + 977 * n},{n}\n" for n in range(8)) + "99,現金,1,0\n"
    assert whole(rows) == rows
