import json
import sqlite3
from pathlib import Path

import pytest

from gateway.cli import audit
from gateway.cli.audit import events
from gateway.model.errors import SekishoError
from tests.builders.commands import run


def test_a_good_chain(state):
    assert state.run("audit", "verify").out == "1 records, 0 checkpoints, 0 flaws\n"
    assert state.run("audit", "verify", "--json").rows == [{"records": 1, "checkpoints": 0, "flaws": []}]


def test_a_changed_record_is_named_with_status_one(state):
    with sqlite3.connect(state.state / "quarantine.db") as database:
        database.execute("UPDATE quarantine_auditrecord SET actor = 'somebody else' WHERE seq = 1")
    ran = state.run("audit", "verify")
    assert ran.status == 1 and "seq=1 text=the record was changed" in ran.out


def test_every_record_is_exported(state):
    state.run("user", "add", "anna", "--role", "auditor")
    rows = [json.loads(line) for line in state.run("audit", "export", "--as", "anna").octets.splitlines()]
    assert [(r["type"], r.get("seq"), r.get("action")) for r in rows] == [
        ("record", 1, "user-add"), ("record", 2, "user-add"), ("record", 3, "audit-export"), ("checkpoint", 3, None),
        ("record", 4, "checkpoint"), ("end", None, None)]
    assert rows[2]["actor"] == "anna" and rows[1]["previous"] == rows[0]["digest"]


def test_an_outside_log_shows_a_chain_that_was_cut(state, tmp_path):
    log = tmp_path / "events"
    log.write_text(json.dumps({"event": "ready"}) + "\n" + json.dumps(
        {"event": "audit-checkpoint", "node": "elsewhere", "seq": 9, "digest": "0" * 64, "at": "x", "key_id": "none", "signature": "00"}) + "\n")
    ran = state.run("audit", "verify", "--outside", log)
    assert ran.status == 1 and "node=elsewhere seq=9" in ran.out


def test_only_checkpoints_of_a_log_count(tmp_path):
    rows = [{"event": "audit-checkpoint", "seq": 1}, {"type": "checkpoint", "seq": 2}, {"event": "verdict"}, ["x"]]
    (tmp_path / "log").write_text("".join(json.dumps(r) + "\n" for r in rows))
    assert [r["seq"] for r in events(tmp_path / "log")] == [1, 2]


@pytest.mark.parametrize(("content", "said"), [(b"{\n", ":1: not a line of an event log"), (b"\xff", "is not UTF-8 text"), (None, "No such file")])
def test_an_outside_log_that_is_none(tmp_path, content, said):
    if content:
        (tmp_path / "log").write_bytes(content)
    with pytest.raises(SekishoError, match=said):
        events(tmp_path / "log")


def test_a_file_without_lines_is_not_read_to_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr(audit, "LONGEST_LINE", 1000)
    assert "/dev/zero:1: not a line of an audit export" in run("audit", "verify", "--file", "/dev/zero").complaint
    with pytest.raises(SekishoError, match="/dev/zero:1: not a line of an event log"):
        events(Path("/dev/zero"))
    (tmp_path / "log").write_text("[" * 900)
    with pytest.raises(SekishoError, match=":1: not a line"):
        events(tmp_path / "log")


def test_an_export_is_verified_elsewhere(state, tmp_path):
    file = tmp_path / "audit.jsonl"
    file.write_bytes(state.run("audit", "export").octets)
    (key,) = state.run("audit", "keys", "--json").rows
    ran = run("audit", "verify", "--file", file)
    assert ran.status == 0 and key["public_key"] in ran.out and "0 flaws" in ran.out
    assert run("audit", "verify", "--file", file, "--key", key["public_key"].upper()).status == 0
    other = run("audit", "verify", "--file", file, "--key", "ab" * 32, "--json")
    assert other.status == 1 and other.rows[0]["flaws"][0]["text"] == "the signature of a checkpoint is wrong"
    file.write_text(file.read_text().replace("user-add", "user-odd", 1))
    assert "seq=1 text=the record was changed" in run("audit", "verify", "--file", file).out


@pytest.mark.parametrize(("content", "said"), [
    ("{}", ":1: not a line of an audit export"), ("[1]", ":1: not a line"), ('{"type": "record", "node": "x", "seq": "y"}', ":1: not a line"),
    ('{"type": "record", "node": "x", "seq": 1, "digest": "", "at": "", "action": "checkpoint", "detail": "{}"}', ":1: not a line"),
    ('{"type": "record", "node": "x", "seq": 1}', ":1: not a line"), ('{"type": "other"}', ":1: not a line"), ("{" * 5000, ":1: not a line"),
    ('{"type": "checkpoint", "node": "x", "seq": [], "digest": "", "at": "", "signature": ""}', ":1: not a line")])
def test_an_export_that_is_none(tmp_path, content, said):
    file = tmp_path / "x"
    file.write_text(content)
    assert said in run("audit", "verify", "--file", file).complaint
    assert "64 hexadecimal digits" in run("audit", "verify", "--file", file, "--key", "xyz").complaint


def test_records_are_listed(state):
    state.run("user", "add", "=anna", "--role", "auditor")
    assert [r["action"] for r in state.run("audit", "list", "--json").rows] == ["user-add", "user-add"]
    assert state.run("audit", "list", "--actor", "nobody").out == "no record\n"
    assert state.run("audit", "list", "--since", "2099-01-01", "--json").rows == []
    assert state.run("audit", "list", "--limit", "1", "--json").rows[0]["number"] == 2
    made = state.run("audit", "list", "--csv").octets
    assert made.startswith(b"\xef\xbb\xbfnumber,node,at,") and made.count(b"\r\n") == 3
