from __future__ import annotations

from gateway.detect.data.numbers.splits import left_of, split_cells, wrapped_cells
from gateway.detect.data.table import layout
from gateway.identifiers.terms import Labels
from gateway.model.content import Table, Text
from tests.gateway.detect.data.test_detector import scan


def found(*rows):
    grid = layout.from_table(1, Table("t", rows), Labels())
    return {(t.shape, t.value, column) for t, column in split_cells(grid)}


def test_pieces_of_neighbouring_cells():
    assert ("LD9", "A123456789", (1, 4)) in found(("x y", "A123", "456", "789", "05/30"))
    assert ("D16", "3567353050027343", (1, 4)) in found(("Andrew", "356735", "305002", "7343", "10/31"))


def test_a_row_number_in_front_does_not_hide_it():
    assert ("D16", "3567353050027343", (1, 4)) in found(("1", "356735", "305002", "7343"))


def test_whole_numbers_are_no_pieces():
    assert found(("123456789012", "4111111111111111")) == set()


def test_one_character_a_cell():
    assert ("LLD8", "JD86970106", (0, 10)) in found(tuple("JD86970106"))
    assert {(shape, value) for shape, value, _ in found(("x y", *"A123456A"))} == {("LD6A", "A123456A")}
    assert {(shape, value) for shape, value, _ in found(("x y", *"A1234563"))} == {("LD7", "A1234563")}


def test_groups_of_boxes_with_an_empty_cell_between():
    cells = ("個人番号", "", *"1234", "", *"5678", "", *"9012", "")
    assert ("D12", "123456789012", (2, 16)) in found(cells)
    assert found(("x", "1", "", "2", "", "3", "4", "", "5")) == set()                       # a table of small counts with gaps
    assert not {v for _, v, _ in found((*"1234", "", "", *"5678"))} & {"12345678"}


def test_boxes_under_or_beside_their_label():
    grid = layout.from_table(1, Table("t", (("戶名", "帳號"), ("林", *"29893863928763"), ("陳", *"54196145766383"))), Labels())
    assert [t.value for t, _ in split_cells(grid)] == ["29893863928763", "54196145766383"]     # no number a digit shorter
    grid = layout.from_table(1, Table("t", (("個人番号", "", *"125646829892"), ("第 1 回", *"12345678"))), Labels())
    assert (left_of(grid, 0, 2), left_of(grid, 1, 1), left_of(grid, 0, 0)) == ("個人番号", "", "")


def test_cells_that_go_on_in_the_row_below():
    def wrapped(*rows):
        grid = layout.from_table(1, Table("t", rows), Labels())
        return [(t.shape, t.value, column) for t, column in wrapped_cells(grid)]

    assert wrapped(("吕霞", "120101", "139"), ("", "195102032364", ""), ("赵燕", "440305", "150"), ("", "19960203789X", "")) == [
        ("D18", "120101195102032364", (1, 2)), ("D17X", "44030519960203789X", (1, 2))]
    assert wrapped(("吕霞", "120101", "139"), ("赵燕", "195102032364", "150")) == []
    assert wrapped(("", "120101", ""), ("", "195102032364", "150")) == []


def test_the_long_rest_of_a_number():
    assert ("D18", "110101199003074512", (1, 4)) in found(("x y", "1101", "0119", "9003074512"))
    assert found(("1", "22", "123456789012")) == set()


def test_rows_of_a_long_text_are_looked_at_but_those_of_thousands_of_cells():
    grid = layout.from_text(1, Text("1\t" * 3000 + "\n" + "A123\t456\t789\n" * 200, "body"), Labels())
    assert [(t.value, t.start >= 6000) for t, _ in split_cells(grid) if t.shape == "LD9"] == [("A123456789", True)] * 200


def test_a_check_character_in_a_cell_of_its_own():
    text = "Name\tHKID\tCheck Digit\n" + "\n".join(f"x\t{number}\t{check}" for number, check in (("F290678", "A"), ("H293900", "4"), ("H103404", "0")))
    assert scan(text)[0].identifiers["hk.id"] == 3
    assert scan("no digits and no cells here\n" * 200 + text)[0].identifiers["hk.id"] == 3


def test_columns_of_other_things_are_no_pieces():
    rows = [("name", "accountNumber", "branch"), *(("佐藤 太郎", f"123456{i}", f"10{i}") for i in range(5))]
    found = scan(tables=(Table("t", tuple(rows)),))[0].identifiers
    assert found["jp.bank_account"] == 5 and "tw.bank_account" not in found


def test_a_letter_and_its_number_and_the_halves_of_cards_and_chinese_numbers():
    assert found(("王小明", "A", "123456789", "0912-345-678")) == {("LD9", "A123456789", (1, 3))}
    assert found(("Ann", "356735", "3050027343", "x")) == {("D16", "3567353050027343", (1, 3))}
    assert found(("吕霞", "120101", "195102032364")) == {("D18", "120101195102032364", (1, 3))}
    assert found(("棟", "A", "523456789")) == found(("x", "12010", "195102032364")) == found(("x", "120101", "19510203236")) == set()
    many = [("王小明", "A", "123456789", "0912-345-678")] * 3000
    assert len(found(*many)) == 1                          # long tables are looked at with arrays


def test_buildings_and_running_numbers_are_no_numbers_of_people():
    rows = [("棟", "料號", "庫存"), *(("ABCDEF"[n % 6], str(100_000_000 + n * 7919), str(n)) for n in range(40))]
    assert not scan(tables=[Table("t", tuple(rows))])[0].identifiers
    rows = [("年月", "流水號", "金額"), *((f"2026{n % 12 + 1:02}", f"{n * 7_919_003:010}", str(n)) for n in range(60))]
    assert not scan(tables=[Table("t", tuple(rows))])[0].identifiers


def test_groups_of_a_card_in_every_other_cell():
    assert ("D16", "3567353050027343", (1, 8)) in found(("Ann", "3567", "", "3530", "", "5002", "", "7343", "", "x"))
    assert found(("Ann", "3567", "", "", "3530", "", "", "5002", "", "", "7343")) == set()
    rows = [("科目", "2023年", "", "2024年", "", "2025年", "", "2026年"), *(("租金", str(4100 + n), "", "5312", "", "6011", "", "7102") for n in range(9))]
    assert not scan(tables=[Table("t", tuple(rows))])[0].identifiers
