import json
import sqlite3

import pytest

from gateway.cli.audit import events
from gateway.model.errors import SekishoError


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
    assert [(r["seq"], r["action"]) for r in rows] == [(1, "user-add"), (2, "user-add"), (3, "audit-export")]
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


@pytest.mark.parametrize(("content", "said"), [(b"{\n", ":1: not a line of an event log"), (b"\xff", "codec"), (None, "No such file")])
def test_an_outside_log_that_is_none(tmp_path, content, said):
    if content:
        (tmp_path / "log").write_bytes(content)
    with pytest.raises(SekishoError, match=said):
        events(tmp_path / "log")
