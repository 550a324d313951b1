import os
from datetime import timedelta

import pytest
import pyzipper

from gateway.cli import quarantine
from gateway.model.ids import new_message_id
from tests.builders.custody import START, FakeClock, leak, octets

FIELDS = {"id", "status", "kind", "direction", "verdict", "reason", "sender", "recipients", "subject", "header_message_id", "sha256",
          "size", "received_at", "expires_at", "persons", "identifiers"}


@pytest.fixture
def both(state):
    """A threat for one of ours, and a leak by one of ours."""
    later = START + timedelta(hours=1)
    state.hold()
    state.hold(leak, id=new_message_id(later), received_at=later)
    return state


def test_list_has_the_promised_fields_newest_first(both):
    rows = both.run("quarantine", "list", "--json").rows
    assert [r["kind"] for r in rows] == ["leak", "threat"] and all(set(r) >= FIELDS for r in rows)
    shown = both.run("quarantine", "list").out
    assert shown.splitlines()[0].split()[:3] == ["id", "status", "kind"] and rows[0]["id"] in shown


@pytest.mark.parametrize(("filters", "kinds"), [
    (["--status", "held"], ["leak", "threat"]), (["--status", "released"], []), (["--kind", "leak"], ["leak"]),
    (["--direction", "inbound"], ["threat"]), (["--sender", "clerk"], ["leak"]), (["--recipient", "partner@"], ["leak"]),
    (["--reason", "many-persons"], ["leak"]), (["--since", "2026-11-21"], ["leak", "threat"]), (["--until", "2026-11-20"], []),
    (["--limit", "1"], ["leak"]), (["--kind", "leak", "--kind", "threat"], ["leak", "threat"]),
])
def test_list_filters(both, filters, kinds):
    assert [r["kind"] for r in both.run("quarantine", "list", "--json", *filters).rows] == kinds


def test_nothing_is_said(state):
    assert state.run("quarantine", "list").out == "nothing is held\n" and state.run("quarantine", "list", "--json").out == ""


def test_pages_follow_one_another(state, monkeypatch):
    monkeypatch.setattr(quarantine, "PAGE", 2)
    ids = {state.hold(data=octets(str(n))) for n in range(5)}
    assert {r["id"] for r in state.run("quarantine", "list", "--json").rows} == ids


def test_show_for_people_and_programs(state):
    id = state.hold()
    assert state.run("quarantine", "show", id, "--json").rows[0]["inspection"]["findings"]
    with_path = {"findings": [{"code": "EXECUTABLE-PE", "severity": "high", "artifact": "message > a.exe\u202e", "evidence": ["MZ"]}],
                 "incidents": [{"code": "DEPTH", "artifact": "message > b.zip"}],
                 "artifacts": [{"path": "message", "detected_type": "message/rfc822", "size": 3}]}
    shown = state.run("quarantine", "show", state.hold(data=octets("x"), inspection=with_path)).out
    assert "EXECUTABLE-PE" in shown and "DEPTH" in shown and "message/rfc822  3 octets" in shown
    assert "\u202e" not in shown and "\\u202e" in shown


@pytest.mark.parametrize("command", ["show", "export", "preview"])
def test_who_is_not_entitled_is_refused_with_status_one(state, command):
    id = state.hold()
    state.run("user", "add", "other", "--role", "recipient", "--mailbox", "other@bank.example")
    ran = state.run("quarantine", command, id, "--as", "other")
    assert (ran.status, ran.octets) == ((2, b"") if command == "preview" else (1, b"")), ran
    assert state.run("quarantine", "show", "nothing").errors.startswith("sekisho: refused: ")


def test_export_raw_is_the_octets_and_zip_needs_its_password(state, tmp_path, monkeypatch):
    id = state.hold()
    assert state.run("quarantine", "export", id, "--raw").octets == octets()
    monkeypatch.chdir(tmp_path)
    said = state.run("quarantine", "export", id).out
    path = tmp_path / f"{id}.zip"
    assert path.stat().st_mode & 0o777 == 0o600
    with pyzipper.AESZipFile(path) as packed:
        (member,) = packed.infolist()
        with pytest.raises(RuntimeError, match="password"):
            packed.read(member)
        packed.setpassword(said.rpartition("once: ")[2].strip().encode())
        assert packed.read(member) == octets()
    assert f"{id}.zip exists already" in state.run("quarantine", "export", id).complaint
    actions = [row["action"] for row in reversed(state.run("audit", "list", "--json").rows)]
    assert actions.count("export") == 2                                                  # nothing was taken out the third time


def test_half_a_zip_is_not_left(state, tmp_path, monkeypatch):
    id = state.hold()

    def full(fd, mode):
        os.close(fd)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(quarantine, "open", full, raising=False)
    said = state.run("quarantine", "export", id, "--output", str(tmp_path / "x.zip")).complaint
    assert said == f"{tmp_path}/x.zip: No space left on device; nothing was written" and not (tmp_path / "x.zip").exists()


@pytest.mark.parametrize("filters", [("--since", "0001-01-01"), ("--until", "9999-12-31T23:59:59"), ("--since", "0001-01-01", "--text", "invoice"),
                                     ("--until", "9999-12-31", "--text", "invoice")])
def test_times_before_and_after_all_times(state, filters):
    id = state.hold()
    assert [row["id"] for row in state.run("quarantine", "list", *filters, "--json").rows] == [id]


@pytest.mark.parametrize("verb", ["request", "approve", "deny", "release", "return", "delete", "withdraw", "keep", "lift"])
def test_a_reason_is_compulsory(state, verb):
    assert "Missing option '--reason'" in state.run("quarantine", verb, "1").complaint
    ran = state.run("quarantine", verb, state.hold(leak), "--reason", " ")
    assert ran.status == 1 and ran.errors.startswith("sekisho: refused: "), ran


def test_one_approves_what_another_asks_for(state):
    id = state.hold(leak)
    for name, role, mailbox in (("clerk", "sender", "clerk@bank.example"), ("boss", "supervisor", "boss@bank.example")):
        assert state.run("user", "add", name, "--role", role, "--mailbox", mailbox).status == 0
    asked = state.run("quarantine", "request", id, "--as", "clerk", "--reason", "contract", "--json").rows[0]
    assert (asked["status"], asked["approvals"], asked["needed"]) == ("release_requested", 0, 1)
    own = state.run("quarantine", "approve", id, "--as", "clerk", "--reason", "me")
    assert own.status == 1 and own.errors.startswith("sekisho: refused: ")
    assert state.run("quarantine", "approve", id, "--as", "boss", "--reason", "fine").out == f"{id} releasing\n"


@pytest.mark.parametrize(("verb", "status"), [("return", "returned"), ("delete", "purged"), ("release", "releasing")])
def test_verbs_and_what_they_lead_to(state, verb, status):
    id = state.hold(leak)
    assert state.run("quarantine", verb, id, "--reason", "x", "--json").rows[0]["status"] == status


def test_denied_is_final_for_the_request(state):
    id = state.hold(leak)
    state.run("quarantine", "request", id, "--reason", "x")
    assert state.run("quarantine", "deny", id, "--reason", "no", "--json").rows[0]["status"] in ("denied", "held")


def test_release_wait_says_that_no_gateway_runs(state):
    ran = state.run("quarantine", "release", state.hold(leak), "--wait", "--reason", "x")
    assert ran.status == 1 and "no gateway runs" in ran.errors


@pytest.mark.parametrize("verb", ["release", "delete"])
def test_of_several_the_one_that_is_refused_is_named_and_stops_no_other(state, verb):
    first, last = state.hold(leak), state.hold(leak, data=octets("y"))
    ran = state.run("quarantine", verb, first, "nothing", last, "--reason", "x", "--json")
    assert ran.status == 1 and [row["id"] for row in ran.rows] == [first, last]
    assert ran.errors == "sekisho: nothing: refused: there is no such message, or it is not yours to see\n"


def test_export_is_told_to_programs(state, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    id = state.hold()
    [row] = state.run("quarantine", "export", id, "--json").rows
    assert row["id"] == id and row["octets"] == (tmp_path / row["file"]).stat().st_size and row["password"]
    assert "--output has no place" in state.run("quarantine", "export", id, "--raw", "--output", "x").complaint
    assert "--json has no place" in state.run("quarantine", "export", id, "--raw", "--json").complaint
    assert state.run("quarantine", "export", "x" * 5000).status == 1


class Looks:
    """A desk that shows one body after the other."""

    def __init__(self, *bodies):
        self.bodies = list(bodies)

    def call(self, verb, actor, **_):
        return type("Answer", (), {"body": self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0]})


def test_waiting_ends_with_the_delivery_or_with_patience():
    clock, way, done = FakeClock(), {"status": "releasing"}, {"status": "released", "note": "y@p.example: 550 no"}
    assert quarantine.settled(Looks(way, done), None, "1", clock) == {**done, "delivered": True}
    assert quarantine.settled(Looks(way), None, "1", clock, seconds=-1) == {"status": "releasing", "delivered": False, "note": ""}


def test_waiting_looks_ever_more_seldom(monkeypatch):
    """Each look stands in the audit chain for ever."""
    pauses = []
    monkeypatch.setattr(quarantine.time, "sleep", pauses.append)
    quarantine.settled(Looks(*[{"status": "releasing"}] * 9, {"status": "released"}), None, "1", FakeClock())
    assert pauses == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0, 5.0]


@pytest.mark.parametrize(("said", "delivered"), [("delivered", True), ("550 5.1.1 no", False), ("", False)])
def test_held_again_is_delivered_only_where_they_took_it(said, delivered):
    body = {"status": "held", "note": "x@p.example: 550 5.1.1 no", "outcomes": {"X@p.example": said, "y@p.example": ""}}
    found = quarantine.settled(Looks(body), None, "1", FakeClock(), ["x@P.example"])
    assert found == {"status": "held", "delivered": delivered, "note": body["note"]}
    assert quarantine.settled(Looks(body), None, "1", FakeClock())["delivered"] is False


def test_why_it_was_not_delivered_is_said(capsys):
    quarantine.tell({"id": "1", "status": "held", "note": "x@p.example: 550 5.1.1\x1b no"}, False)
    assert capsys.readouterr().out == "1 held: x@p.example: 550 5.1.1\\u001b no\n"


def test_a_preview_needs_a_gateway(state):
    assert "a preview needs a running gateway" in state.run("quarantine", "preview", state.hold()).complaint
