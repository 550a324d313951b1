import os

import pytest

from gateway.app.registered import Text
from gateway.cli import edm
from gateway.model.errors import SekishoError

TABLE = "姓名,身分證字號,電話\n王小明,A123456789,0912345678\n林美玲,B223456782,0922333444\n"
DOCUMENT = "本行明年度之營運計畫與各單位預算分配原則如下,屬內部文件。" * 30


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "customers.csv"
    path.write_text(TABLE, "utf-8")
    return path


def test_import_status_drop(state, table):
    assert "in force from the next start on" in state.run("edm", "import", "--name", "customers", table).out
    (row,) = state.run("edm", "status", "--json").rows
    assert (row["name"], row["rows"], row["columns"]) == ("customers", 2, {"姓名": "name", "身分證字號": "code*", "電話": "phone*"})
    assert "姓名:name" in state.run("edm", "status").out
    assert state.run("edm", "drop", "customers").out == "customers dropped\n"
    assert state.run("edm", "status").out == "no table is imported\n"
    assert "there is no index 'customers'" in state.run("edm", "drop", "customers").complaint
    actions = [(r["action"], r["detail"]) for r in state.run("audit", "list", "--json").rows]
    assert ("edm-import", {"name": "customers", "rows": 2}) in actions and ("edm-drop", {"name": "customers"}) in actions


def test_columns_and_keys_override(state, table):
    (row,) = state.run("edm", "import", "--name", "a", "--columns", "姓名=code,電話=text", "--keys", "電話", "--json", table).rows
    assert row["columns"] == {"姓名": "code", "身分證字號": "code", "電話": "text*"}


def test_a_table_no_row_of_which_can_be_found_is_refused(state, table):
    ran = state.run("edm", "import", "--name", "a", "--keys", "姓名", table)       # too short to find anybody by
    assert "line 1: no column finds a row by itself: name one with --keys" in ran.complaint


def test_a_table_in_another_charset(state, tmp_path):
    (tmp_path / "big5.csv").write_bytes(TABLE.encode("big5"))
    assert state.run("edm", "import", "--name", "a", "--charset", "big5", "--json", tmp_path / "big5.csv").rows[0]["rows"] == 2
    (tmp_path / "sjis.csv").write_bytes("氏名,電話番号\n山田太郎,0312345678\n".encode("cp932"))
    assert state.run("edm", "import", "--name", "b", "--json", tmp_path / "sjis.csv").rows[0]["charset"] == "cp932"


@pytest.mark.parametrize(("arguments", "said"), [
    (["--columns", "電話=nope"], "--columns 電話=nope: give COLUMN=KIND"), (["--columns", "電話"], "--columns 電話: give"),
    (["--columns", "nope=phone"], "customers.csv: line 1: no column 'nope'"), (["--keys", "nope"], "no column 'nope'"),
    (["--charset", "klingon"], "--charset klingon: no such charset"), (["--name", "../x"], "a name is letters"),
])
def test_what_cannot_be_imported_changes_nothing(state, table, arguments, said):
    state.run("edm", "import", "--name", "a", table)
    before = state.run("edm", "status", "--json").out
    assert said in state.run("edm", "import", "--name", "a", *arguments, table).complaint
    assert state.run("edm", "status", "--json").out == before
    assert not [p for p in (state.state / "edm").iterdir() if p.name.startswith(".")]


@pytest.mark.parametrize(("charset", "said"), [
    ("utf-7", "the file is not in utf-7"), ("ascii", "the file is not in ascii"), ("undefined", "no such charset"), ("a b", "no such charset")])
def test_a_charset_that_cannot_be(state, tmp_path, charset, said):
    (tmp_path / "t.csv").write_text("name,phone\n王小明,0912-345-678\n", encoding="utf-16")
    assert said in state.run("edm", "import", "--name", "t", "--charset", charset, tmp_path / "t.csv").complaint
    assert state.run("edm", "status", "--json").rows == []


def test_a_broken_row_is_named_by_line_and_column(state, tmp_path):
    (tmp_path / "bad.csv").write_text("name,phone\na,1\nb\n")
    assert state.run("edm", "import", "--name", "a", tmp_path / "bad.csv").complaint == (
        f"{tmp_path}/bad.csv: line 3, column 2: 1 columns where the header has 2")
    assert "does not exist" in state.run("edm", "import", "--name", "a", tmp_path / "none.csv").complaint


def test_roots_own_file_is_read_before_the_rights_go(table, monkeypatch):
    monkeypatch.setattr(edm.os, "geteuid", lambda: 0)
    with edm.source(str(table)) as path:
        table.unlink()
        assert path.read_text("utf-8") == TABLE and str(path).startswith("/proc/self/fd/")


def test_anyone_elses_file_is_not_copied(table, monkeypatch):
    monkeypatch.setattr(edm.os, "geteuid", lambda: 1000)
    with edm.source(str(table)) as path:
        assert path == table


def test_words():
    assert edm.listed(["a, b", "c,"]) == ["a", "b", "c"]
    assert edm.kinds_of(["a=b=phone"]) == {"a=b": "phone"}
    with pytest.raises(SekishoError):
        edm.kinds_of(["=phone,x"])


def test_documents_are_added_listed_and_removed(state, tmp_path):
    (tmp_path / "plan.txt").write_text(DOCUMENT, "utf-8")
    added = state.run("fingerprint", "add", tmp_path / "plan.txt", "--json").rows
    assert added == state.run("fingerprint", "list", "--json").rows and added[0]["name"] == "plan.txt"
    assert added[0]["characters"] > 500
    assert "plan.txt" in state.run("fingerprint", "list").out
    assert state.run("fingerprint", "remove", "plan.txt").out == "plan.txt removed\n"
    assert state.run("fingerprint", "list").out == "no document is registered\n"
    assert "there is no document" in state.run("fingerprint", "remove", "plan.txt").complaint


def test_a_document_without_text_is_refused_and_one_too_long_is_said(state, tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"x")

    async def found(config, documents):
        return [Text(DOCUMENT if name == "long" else "", cut=name == "long") for name, _ in documents]

    monkeypatch.setattr(edm, "texts", found)
    assert "0 characters of text; at least 50 are needed" in state.run("fingerprint", "add", tmp_path / "a").complaint
    (tmp_path / "long").write_bytes(b"x")
    assert "long: too long, only its first" in state.run("fingerprint", "add", tmp_path / "long").errors


def test_who_runs_is_told(state, monkeypatch):
    monkeypatch.setattr(edm, "running", lambda folder: os.getpid())
    assert f"the running gateway (pid {os.getpid()}) takes it within 60 s" in edm.in_force(edm.state_of(_session(state)))


def _session(state):
    from gateway.cli.common import Session

    return Session(state.config)
