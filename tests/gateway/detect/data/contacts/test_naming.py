from __future__ import annotations

import pytest

from gateway.detect.data.contacts import naming
from gateway.detect.data.table import layout
from gateway.identifiers.terms import Labels
from gateway.model.content import Text


@pytest.mark.parametrize(("line", "name"), [
    ("陳小明 A123456789", "陳小明"), ("陳小明 先生 A123456789", "陳小明"), ("佐藤 太郎 0912345678", "佐藤 太郎"), ("信義路 3號", ""),
    ("13812345678 陳小明", "陳小明"), ("MECARD:N:佐藤 太郎;TEL:09012345678;;", "佐藤 太郎"), ("13812345678 信義路", ""),
    ("12 陳小明   0980-366-859   復興路5段78號", "陳小明"), ("3 年   0980-366-859", ""), ("106 信義路   02-2345-6789", "")])
def test_the_name_that_a_line_begins_with(line, name):
    assert naming.name_in(layout.from_text(1, Text(line, "body"), Labels()), 0) == name


@pytest.mark.parametrize("piece, name", [("客户李敏的手机是", "李敏"), ("會員陳小明先生電話", "陳小明"), ("お客様佐藤花子様の電話番号は", "佐藤花子"),
                                         ("客服的電話是多少", "客服的電話是多少"), ("王小明", "王小明")])
def test_the_name_in_a_sentence(piece, name):
    assert naming.spoken(piece) == name


def test_a_surname_a_name_and_more_words():
    for line in ("1．佐藤 太郎　本人確認書類：在留カード（番号：AB12345678CD）", "高橋 花子　書類：在留カード（番号：AB12345678CD）"):
        assert naming.name_in(layout.from_text(1, Text(line, "body"), Labels()), 0).startswith(("佐藤", "高橋"))
    assert naming.name_in(layout.from_text(1, Text("本人 確認 書類：（番号：AB12345678CD）", "body"), Labels()), 0) == ""


@pytest.mark.parametrize("mark", ["→", "⇒", " ➔ ", "：", " "])
def test_marks_between_a_name_and_a_number(mark):
    assert naming.name_in(layout.from_text(1, Text(f"12. 王小明{mark}0912-345-678", "body"), Labels()), 0) == "王小明"


def test_names_in_capitals_under_their_heading():
    grid = layout.from_text(1, Text("姓名\t證件種類\t證件號碼\n王小明\t身分證\tA123456789\nWANG HSIAO-MING\t護照\t312345678", "body"), Labels())
    assert [naming.name_in(grid, row) for row in (1, 2)] == ["王小明", "WANG HSIAO-MING"]
