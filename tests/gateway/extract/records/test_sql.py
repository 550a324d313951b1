from __future__ import annotations

import pytest

from gateway.extract.base import Problem
from gateway.extract.records.sql import inserted, selected
from gateway.extract.records.structured import _looks
from gateway.model.content import Table
from tests.builders.growth import linear


def test_blanks_in_a_statement_are_read_once() -> None:
    assert linear(lambda text: list(inserted(text)), lambda n: "insert into a" + " " * n, 12_000)


def test_statements_without_their_end() -> None:
    found = list(inserted("INSERT INTO a (x, y) VALUES (1, 'in''s')\ninsert into b values ('it\\'s'), (2)\nINSERT INTO c VALUES ('rest"))
    assert [t.rows for t in found if isinstance(t, Table)] == [(("x", "y"), ("1", "in's")), (("it\\'s",), ("2",))]


def test_a_statement_for_each_row_is_one_table(monkeypatch: pytest.MonkeyPatch) -> None:
    found = list(inserted("insert into a (x, y) values (1, 2);\ninsert into b values (5);\n" + "insert into a (x, y) values (3, 4);\n" * 2))
    assert [t.rows for t in found if isinstance(t, Table)] == [(("x", "y"), ("1", "2"), ("3", "4"), ("3", "4")), (("5",),)]
    monkeypatch.setattr("gateway.extract.records.sql.MOST_RECORDS", 3)
    assert Problem in map(type, inserted("insert into a values (1);" * 3)) and Problem not in map(type, inserted("insert into a values (1);" * 2))


@pytest.mark.parametrize("text", [
    "INSERT INTO c (name, id_no)\nSELECT N'O''Neil', '1' UNION ALL\nSELECT N'Lee' AS n, '2';",
    "insert into c (name, id_no) select 'O''Neil', 1 union select 'Lee', 2",
    "SELECT * FROM (VALUES\n ('O''Neil', '1'),\n ('Lee', 2)\n) AS v(name, id_no);",
    "MERGE INTO c AS t USING (VALUES\n (N'O''Neil', '1'),\n ('Lee', 2)\n) AS v (name, id_no) ON t.id_no = v.id_no",
    "INSERT INTO c\nSELECT 'O''Neil' AS name, '1' AS id_no\nUNION ALL\nSELECT 'Lee', 2;",
    "select N'O''Neil' as [name], 1 as \"id_no\" union all select 'Lee' as name, 2 as id_no",
])
def test_rows_of_literals(text):
    assert [t.rows for t in selected(text)] == [(("name", "id_no"), ("O'Neil", "1"), ("Lee", "2"))]


def test_queries_without_literals_or_names_give_nothing():
    for text in ("insert into c (a, b) select x, y from d", "select * from (values (1, 2))", "values (1)", "insert into c (a) values (1)"):
        assert list(selected(text)) == []


@pytest.mark.parametrize("text", [
    "merge into c using (values ('Lee', '1')) as v (name, id_no) on 1 = 1", "SELECT 'Lee' AS name, '1' AS id_no UNION ALL SELECT 'Ho', '2'"])
def test_such_queries_are_told_by_the_beginning_of_their_file(text):
    assert _looks(text.encode()) == "sql"
    assert _looks(b"select * from c where name = 'Lee'") == ""


def test_queries_without_end_are_read_once():
    assert linear(lambda text: list(selected(text)), lambda n: "select '" * n, 3_000)
    assert linear(lambda text: list(selected(text)), lambda n: "select 'a' as b " * n, 3_000)
    assert linear(lambda text: list(selected(text)), lambda n: "insert into a (b) select '1' union all " + "select '1', " * n, 3_000)
    assert linear(lambda text: list(selected(text)), lambda n: "(values (" * n, 3_000)


def test_statements_of_sql_server():
    found = list(inserted("INSERT [dbo].[c] ([name], [id_no]) VALUES (N'Lee', N'1')\nGO\nINSERT [dbo].[c] ([name], [id_no]) VALUES (N'Ho', N'2')\nGO\n"))
    assert [t.rows for t in found] == [(("name", "id_no"), ("Lee", "1"), ("Ho", "2"))]
