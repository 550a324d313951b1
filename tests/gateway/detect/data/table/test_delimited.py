from __future__ import annotations

import random

import pytest

from gateway.detect.data.table.delimited import tabulated
from gateway.identifiers.normalise import view
from tests.gateway.detect.data.test_detector import scan
from tests.gateway.identifiers import makers

ROWS = [["姓名", "護照號碼", "電話"], ["王小明", "351234567", "0912-345-678"], ["李大華", "361234567", "0922-345-678"]]


def cells(text):
    return [[cell.strip() for cell in line.split("\t")] for line in tabulated(view(text))[0].split("\n")]


@pytest.mark.parametrize("mark", ["|", ";", ",", "^", " - ", " → ", " / ", " | "])
@pytest.mark.parametrize("filler", ["", "一行\n" * 800])
def test_marks_between_cells(mark, filler):
    assert cells(filler + "\n".join(map(mark.join, ROWS)))[-3:] == ROWS


@pytest.mark.parametrize("text", [
    " - one\n - two\n - three", "a - b\nc - d\ne - f", "530719 - 2990031 - x\n530719 - 2990032 - y\n530719 - 2990033 - z", "a-b-c\nd-e-f\ng-h-i"])
def test_marks_that_part_no_cells(text):
    assert "\t" not in tabulated(view(text))[0]


def test_boxes_of_two_strokes_a_cell():
    text = "┌──┬──┐\n│姓名│護照│\n" + "".join(f"├──┼──┤\n│王│31234567{i}│\n" for i in range(3)) + "└──┴──┘"
    assert scan(text)[0].identifiers["tw.passport"] == 3


def test_headings_with_double_marks():
    assert cells("||姓名||護照號碼||\n|王小明|351234567|\n|李大華|361234567|")[1][1:3] == ["王小明", "351234567"]
    assert scan("||姓名||護照號碼||\n" + "".join(f"|王小明|35123456{i}|\n" for i in range(4)))[0].identifiers["tw.passport"] == 4


def test_boxes_of_one_character():
    people = [makers.tw_id(random.Random(i)) for i in range(4)]
    rule = "├" + "─┼" * 9 + "─┤"
    text = "".join(f"身分證字號\n{rule}\n│{'│'.join(number)}│\n{rule}\n\n" for number in people)
    found = scan(text)[0].identifiers
    assert found["tw.national_id"] == 4
    assert "tw.national_id" not in scan("".join(f"│{'│'.join('537618294')}│\n" for _ in range(9)))[0].identifiers


BOXES = [("╔╦╗", "╠╬╣", "╚╩╝", "═", "║"), ("┏┳┓", "┣╋┫", "┗┻┛", "━", "┃"), ("┌┬┐", "├┼┤", "└┴┘", "─", "│"), ("+++", "+++", "+++", "-", "|")]


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("before", ["", "名單如下：\n", "mysql> select name,passport_no,phone from t;\n"])
def test_boxes_with_a_line_between_all_rows(box, before):
    top, middle, bottom, dash, bar = box
    lines = [mark[0] + dash * 8 + mark[1] + dash * 12 + mark[1] + dash * 14 + mark[2] for mark in (top, middle, bottom)]
    rows = f"\n{lines[1]}\n".join(f"{bar} {bar.join(row)} {bar}" for row in ROWS)
    found = cells(f"{before}{lines[0]}\n{rows}\n{lines[2]}")
    assert [row[1:-1] for row in found if len(row) == 5] == ROWS
