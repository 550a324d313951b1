from __future__ import annotations

import pytest

from gateway.detect.data.table.blocks import apart
from gateway.identifiers.terms import Labels
from gateway.model.content import Table

LEFT, RIGHT = (("姓名", "身分證字號"), ("王小明", "A123456789")), (("戶名", "卡號"), ("李大同", "4539927047643834"))


def cut(*rows: tuple[str, ...]) -> list[tuple[tuple[str, ...], ...]]:
    return [table.rows for table in apart(Table("sheet", rows), Labels())]


def test_two_tables_side_by_side() -> None:
    rows = [(*left, "", *right) for left, right in zip(LEFT, RIGHT, strict=True)]
    assert cut(*rows) == [LEFT, tuple(("", *row) for row in RIGHT)]
    assert [len(rows) for rows in cut(("名單", "", "", "", ""), *rows)] == [3, 3]


@pytest.mark.parametrize("rows", [
    ((*LEFT[0], "", "卡號", "備註"), (*LEFT[1], "", "4539927047643834", "x")),          # one table with an empty column
    ((*LEFT[0], "", *RIGHT[0]), (*LEFT[1], "x", *RIGHT[1])),                            # the column is not empty
    ((*LEFT[0], *RIGHT[0], ""), (*LEFT[1], *RIGHT[1], "")), (("姓名",), ("王小明",)), (),
])
def test_what_is_one_table(rows: tuple[tuple[str, ...], ...]) -> None:
    assert cut(*rows) == [rows]
