from __future__ import annotations

import pytest

from gateway.extract.base import Problem
from gateway.extract.records.bound import logged, rows
from tests.builders.growth import linear

LEE, HO = ("Lee", "336444213"), ("Ho", "377057786")


def bound(text: str) -> list[tuple[tuple[str, ...], ...]]:
    assert logged(text.encode())
    return [table.rows for table in rows(text)]


@pytest.mark.parametrize("record", [
    "DEBUG c.Mapper - ==>  Preparing: insert into c (name, passport_no) values (?, ?)\nDEBUG c.Mapper - ==> Parameters: {}(String), {}(String)\n",
    "==>  Preparing: UPDATE c SET name=? WHERE c.passport_no = ?\n==> Parameters: {}(String), {}(String)\n<==    Updates: 1\n",
    "SQL : insert into c (name,passport_no) values (?,?)\nbind : binding parameter (1:VARCHAR) <- [{}]\nbind : binding parameter (2:VARCHAR) <- [{}]\n",
    "SQL : \n  insert \n  into\n   c\n   (name, passport_no) \n  values\n   (?, ?)\nb : binding parameter [1] as [VARCHAR] - [{}]\n"
    "b : binding parameter [2] as [VARCHAR] - [{}]\n",
    "sql: INSERT INTO C (name, passport_no) VALUES (?, ?)\n\tbind => [{}, {}]\n",
    "SQL [select id from c where name like ? and passport_no = ?]\n"
    "value: column index 1, parameter value [{}], value class [java.lang.String]\nvalue: column index 2, parameter value [{}], value class [x]\n",
    "Executed DbCommand [Parameters=[@p0='{}' (Size = 50), @p1='{}' (Size = 9)], CommandType='Text']\n"
    "  INSERT INTO [c] ([name], [passport_no])\n  OUTPUT INSERTED.[id]\n  VALUES (@p0, @p1);\n",
    "INFO Engine INSERT INTO c (name, passport_no) VALUES (?, ?)\nINFO Engine [cached since 0.1s ago] ('{}', '{}')\n",
    "(0.001) INSERT INTO \"c\" (\"name\", \"passport_no\") VALUES (%s, %s); args=('{}', '{}'); alias=default\n",
    "query: INSERT INTO \"c\"(\"name\", \"passport_no\") VALUES ($1, $2) RETURNING \"id\" -- PARAMETERS: [\"{}\",\"{}\"]\n",
    "LOG:  execute <unnamed>: UPDATE c SET name = $1 WHERE passport_no = $2\nDETAIL:  parameters: $1 = '{}', $2 = '{}'\n",
])
def test_values_stand_under_the_columns_of_their_statement(record):
    assert bound("2026-05-04 start\n" + record.format(*LEE) + "a line\n" + record.format(*HO)) == [(("name", "passport_no"), LEE, HO)]


def test_several_rows_at_once_and_nothing_for_one_place():
    text = "INSERT INTO c (name, passport_no) VALUES (?, ?)\n[generated in 0.1s] [('Lee', '336444213'), ('Ho', '377057786')]"
    assert bound(text) == [(("name", "passport_no"), LEE, HO)]
    text = "==>  Preparing: insert into c (a, name, t, passport_no) values (?, ?, now(), ?)\n==> Parameters: null, Lee(String), 336444213(String)"
    assert bound(text)[0][1] == ("", *LEE)


def test_what_has_no_statement_or_no_places_gives_nothing():
    assert bound("Parameters: a(String), b(String)\nargs=('a', 'b')") == []
    assert bound("insert into c (a) values (1)\nParameters: 5(Integer)") == []
    assert not logged(b"insert into c (name) values ('Lee')")


def test_so_many_are_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gateway.extract.records.bound.MOST_RECORDS", 2)
    text = "insert into c (a) values (?)\nParameters: 5(Integer)\n" * 5
    assert Problem in map(type, rows(text))


@pytest.mark.parametrize("piece", ["insert into a (b) values (?)\nParameters: 1(Integer)\n", "Parameters: " + "a(S" * 40 + "\n", "update x set ",
                                   "a=? ", "INSERT INTO c(", "[generated in 1s] ('", "Parameters=[@a='"])
def test_each_line_is_read_once(piece):
    assert linear(lambda text: list(rows(text)), lambda n: piece * n, 1_000)
