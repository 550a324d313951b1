from __future__ import annotations

import sqlite3

import pytest

from gateway.extract.records.sqlite_pages import BrokenDatabase, _columns, tables
from tests.builders.growth import linear


def made(tmp_path, *statements, encoding="UTF-8", page=4096):
    path = tmp_path / "x.db"
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA page_size={page}")
    connection.execute(f"PRAGMA encoding='{encoding}'")
    for statement, rows in statements:
        if rows is None:
            connection.execute(statement)
        else:
            connection.executemany(statement, rows)
    connection.commit()
    connection.close()
    return path.read_bytes()


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16le", "UTF-16be"])
@pytest.mark.parametrize("page", [512, 4096, 65536])
def test_rows_over_many_pages(tmp_path, encoding, page):
    rows = [(n, f"林美玲{n}", f"{123456789012 + n}", n / 2) for n in range(1, 800)]
    data = made(tmp_path, ("CREATE TABLE customers (id INTEGER PRIMARY KEY, 姓名 TEXT, number TEXT, share REAL)", None),
                ("INSERT INTO customers VALUES (?,?,?,?)", rows), encoding=encoding, page=page)
    (name, found), = tables(data)
    assert name == "customers"
    assert found[0] == ("id", "姓名", "number", "share")
    assert len(found) == 800
    assert found[7] == ("7", "林美玲7", "123456789019", "3.5")


def test_long_values_on_overflow_pages(tmp_path):
    data = made(tmp_path, ("CREATE TABLE t (a TEXT)", None), ("INSERT INTO t VALUES (?)", [("x" * 20000 + "end",)]), page=512)
    (_, found), = tables(data)
    assert found[1][0] == "x" * 20000 + "end"


def test_integers_of_all_sizes(tmp_path):
    values = [0, 1, -1, 127, 32767, 8388607, 2147483647, 140737488355327, 9223372036854775807]
    data = made(tmp_path, ("CREATE TABLE t (k INTEGER PRIMARY KEY, a INTEGER)", None), ("INSERT INTO t(a) VALUES (?)", [(v,) for v in values]))
    (_, found), = tables(data)
    assert [row[1] for row in found[1:]] == [str(v) for v in values]


def test_broken_files_are_refused(tmp_path):
    data = made(tmp_path, ("CREATE TABLE t (a TEXT)", None), ("INSERT INTO t VALUES (?)", [("x",)]))
    for broken in (b"", data[:600], data[:4096], data[:100] + b"\xff" * (len(data) - 100)):
        with pytest.raises(BrokenDatabase):
            list(tables(broken))


def test_a_page_that_points_to_itself(tmp_path):
    data = bytearray(made(tmp_path, ("CREATE TABLE t (a TEXT)", None), ("INSERT INTO t VALUES (?)", [("x" * 90,)] * 200), page=512))
    root = 1                                              # page 2 is the interior page of t
    data[root * 512 + 8:root * 512 + 12] = (2).to_bytes(4, "big")
    with pytest.raises(BrokenDatabase):
        list(tables(bytes(data)))


@pytest.mark.parametrize(("statement", "names"), [
    ("CREATE TABLE a (id INTEGER, [name] VARCHAR(10, 2), UNIQUE (id, name))", ("id", "name", "UNIQUE")), ("CREATE TABLE a", ()), ("a ) (", ()), ("a ()", ("",)),
])
def test_columns(statement: str, names: tuple[str, ...]) -> None:
    assert _columns(statement) == names


@pytest.mark.parametrize("unit", ["(", ",", "(,"])
def test_long_statements_are_read_once(unit: str) -> None:
    assert linear(_columns, lambda n: "(" + unit * n + ")", 15_000)


@pytest.mark.parametrize("page", [512, 4096])
def test_tables_without_rowid_and_virtual_ones(tmp_path, page):
    rows = [(f"A{100000000 + n}", f"林美玲{n}" * (n % 40 + 1)) for n in range(700)]
    data = made(tmp_path, ("CREATE TABLE people (number TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID", None),
                ("INSERT INTO people VALUES (?,?)", rows), ("CREATE VIRTUAL TABLE words USING fts5(body)", None),
                ("INSERT INTO words VALUES (?)", [("王小明",)]), page=page)
    found = dict(tables(data))
    assert sorted(found["people"][1:]) == sorted(rows) and "words" not in found
    assert any("王小明" in row for row in found["words_content"])
