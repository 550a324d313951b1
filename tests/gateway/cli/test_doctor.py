import pytest

from gateway.app.checkup import GOOD, NOTE, RED, Line
from gateway.cli import doctor

LINES = [Line("libraries", GOOD, "click", "8"), Line("clock", NOTE, "synchronised", ""), Line("keys", RED, "/k", "bad\x1b[0m")]


@pytest.mark.parametrize(("lines", "status", "last"), [(LINES, 1, "1 red lines"), (LINES[:2], 0, "all is well")])
def test_a_red_line_is_status_one(state, monkeypatch, lines, status, last):
    monkeypatch.setattr(doctor, "everything", lambda config, clock: iter(lines))
    ran = state.run("doctor")
    assert ran.status == status and ran.out.splitlines()[-1] == last
    assert "\x1b" not in ran.out and ("\\u001b" in ran.out) == bool(status)
    assert ran.out.splitlines()[0] == "ok    libraries  click                        8"


def test_for_programs(state, monkeypatch):
    monkeypatch.setattr(doctor, "everything", lambda config, clock: iter(LINES))
    ran = state.run("doctor", "--json")
    assert ran.status == 1 and ran.rows[2] == {"area": "keys", "status": "RED", "what": "/k", "detail": "bad\x1b[0m"}


def test_the_real_thing_is_red_for_the_next_hop_alone(state):
    rows = state.run("doctor", "--json").rows
    assert {r["area"] for r in rows if r["status"] == "RED"} <= {"next hop", "libraries"}
    assert {"libraries", "files", "policy", "clock", "state", "keys", "cell", "next hop"} <= {r["area"] for r in rows}
    assert len([r for r in rows if r["area"] == "cell"]) == 4
