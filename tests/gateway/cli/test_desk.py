import os
import shutil
import threading

import pytest

from gateway.app.rights import Taken, lock
from gateway.cli import desk as module
from gateway.cli.common import Session
from gateway.cli.desk import OwnDesk, actor, alone_in, desk, refusals
from gateway.model.errors import SekishoError
from gateway.ops.clock import SystemClock
from quarantine.lifecycle import NOT_FOUND, Refused


def test_without_a_gateway_the_verbs_run_here(state):
    with desk(Session(state.config)) as custody:
        assert isinstance(custody, OwnDesk)
        assert [u["name"] for u in custody.call("user-list", actor(None)).body["users"]] == ["admin"]
        with pytest.raises(Taken):
            lock(state.state)
    os.close(lock(state.state))


def test_where_nothing_was_begun_nothing_is(state):
    """A wrong state_dir must not look like a custody in which nothing is held, nor get a key of its own."""
    shutil.rmtree(state.state)
    state.state.mkdir()
    for command in (("quarantine", "list"), ("audit", "verify"), ("user", "list")):
        done = state.run(*command)
        assert done.status == 2
        assert done.complaint == f"{state.state}/quarantine.db: no custody was begun there; make it with: sekisho init"
    assert {p.name for p in state.state.iterdir()} <= {"run", "console.secret"}
    table = state.state.parent / "people.csv"
    table.write_text("national_id,name\nA123456789,王小明\nB123456780,陳大文\n", "utf-8")
    assert state.run("edm", "import", "--name", "people", str(table)).status == 0          # who brings something begins one
    assert state.run("quarantine", "list").status == 0


def test_another_command_is_waited_for(state):
    held = lock(state.state, command=True)
    threading.Timer(0.3, os.close, (held,)).start()
    os.close(alone_in(state.state, SystemClock(), patience=10))


def test_patience_ends_with_what_to_do(state):
    held = lock(state.state, command=True)
    with pytest.raises(Taken, match=r"another command works here .*; try again when it is done"):
        alone_in(state.state, SystemClock(), patience=-1)
    os.close(held)


def test_a_gateway_without_its_keeper_is_said(state):
    held = lock(state.state)
    with pytest.raises(SekishoError, match="the gateway runs, but its keeper does not answer"):
        alone_in(state.state, SystemClock(), patience=-1)
    os.close(held)


def test_a_gateway_that_starts_is_waited_for(state, monkeypatch):
    held, answers = lock(state.state), iter([False, False, True])
    monkeypatch.setattr(module, "is_running", lambda path: next(answers))
    assert alone_in(state.state, SystemClock(), patience=100) is None
    os.close(held)


def test_a_running_keeper_is_asked(state, monkeypatch):
    asked = []

    class Running:
        def __init__(self, path):
            asked.append(path)

        def close(self):
            asked.append("closed")

    monkeypatch.setattr(module, "is_running", lambda path: True)
    monkeypatch.setattr(module, "KeeperDesk", Running)
    with desk(Session(state.config)) as custody:
        assert isinstance(custody, Running)
    assert asked == [state.state / "run" / "keeper.sock", "closed"]


def test_who_acts(monkeypatch):
    monkeypatch.setenv("SUDO_USER", "chen")
    assert (actor(None).name, actor(None).system, actor("anna").name, actor("anna").system) == ("chen", True, "anna", False)


def test_a_user_without_a_name_is_a_number(monkeypatch):
    """Containers run programs as users that no file of accounts knows."""
    for name in ("SUDO_USER", "LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
    assert actor(None).name == "uid4000000" and actor(None).system


def test_a_refusal_is_status_one(capsys):
    with pytest.raises(SystemExit) as ended, refusals():
        raise Refused(NOT_FOUND)
    assert ended.value.code == 1 and capsys.readouterr().err == f"sekisho: refused: {NOT_FOUND.text}\n"
