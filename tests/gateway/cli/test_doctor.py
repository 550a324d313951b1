import pytest

from gateway.app.checkup import GOOD, NOTE, RED, Line
from gateway.cli import doctor
from tests.builders.commands import State
from tests.builders.zones import NameServer

LINES = [Line("libraries", GOOD, "click", "8"), Line("clock", NOTE, "synchronised", ""), Line("keys", RED, "/k", "bad\x1b[0m")]


@pytest.mark.parametrize(("lines", "status", "last"), [(LINES, 1, "1 red line"), ([*LINES, *LINES], 1, "2 red lines"), (LINES[:2], 0, "all is well")])
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


def domain_state(state: State, port: int) -> None:
    state.config.write_text(state.config.read_text() + f'\n[auth]\nnameservers = ["127.0.0.1:{port}"]\n')


def test_what_others_see_of_a_domain(state: State) -> None:
    with NameServer({"good.example": [("TXT", "v=spf1 +all"), ("MX", (0, ""))]}) as server:
        domain_state(state, server.port)
        ran = state.run("doctor", "--domain", "GOOD.example", "--json", "--seconds", "30")
        told = state.run("doctor", "--domain", "good.example", "--seconds", "30")
    rows = {(row["area"], row["what"]): row for row in ran.rows}
    assert ran.status == 1 and rows["spf", "strangers"]["status"] == "RED" and "-all" in rows["spf", "strangers"]["mend"]
    assert rows["mx", "null MX"]["status"] == "ok"
    assert told.status == 1 and "+all lets everybody send as this domain" in told.out and "→ end the record" in told.out


@pytest.mark.parametrize("arguments", [
    ("--domain", "no domain"), ("--domain", "localhost"), ("--domain", "a..example"), ("--domain", ""), ("--domain", "x" * 300 + ".example"),
    ("--selector", "s1"), ("--domain", "good.example", "--selector", "a b"), ("--domain", "good.example", "--seconds", "0"),
    ("--domain", "good.example", "--seconds", "nan"), ("--domain", "good.example", "--seconds", "inf"),
])
def test_bad_arguments_are_one_line(state: State, arguments: tuple[str, ...]) -> None:
    ran = state.run("doctor", *arguments)
    assert ran.status == 2 and len(ran.complaint.splitlines()) == 1
