from __future__ import annotations

import csv
import io

import pytest

from gateway.reports.sheet import AUDIT_COLUMNS, audit_row, cell, sheet


@pytest.mark.parametrize("text", ["=1+1", "+886", "-1", "@SUM(A1)", "\tx", "\r=x", "＝1", "  =1", "\u3000=cmd|' /C calc'!A0", "＠x"])
def test_what_a_spreadsheet_would_calculate_is_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("value", [0, -5, 1.5, True, "王小明", "a=b", "", "1-2"])
def test_what_is_harmless_stays(value: object) -> None:
    assert cell(value) == value


def test_the_form() -> None:
    made = sheet(("名", "n"), [("a\r\nb", -1), ('"x",y', None), ("\0", 2)])
    assert made.startswith(b"\xef\xbb\xbf") and made.endswith(b"\r\n")
    rows = list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline="")))
    assert rows == [["名", "n"], ["a\r\nb", "-1"], ['"x",y', ""], ["\ufffd", "2"]]


def test_a_record_is_one_line() -> None:
    record = dict.fromkeys(AUDIT_COLUMNS, "x") | {"detail": {"b": 1, "a": "王"}}
    assert audit_row(record)[-1] == '{"a": "王", "b": 1}'
