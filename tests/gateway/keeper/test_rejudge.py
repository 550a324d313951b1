"""A later word opens what is held: the keeper's part, with a cell and a policy that are told what to say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.keeper.rejudge import Rejudge, judged_anew
from gateway.model.artifact import Artifact, ArtifactKind, ArtifactTree
from gateway.model.custody import Admission
from gateway.model.decision import Decision, Disposition, Kind
from gateway.model.errors import GatewayFault, InspectionUnavailable
from gateway.model.finding import Fault, Incident, IncidentCode, Inspection, Verdict
from quarantine.lifecycle import Refused
from quarantine.models import QuarantinedMessage
from tests.builders.custody import ROOT, admission, octets
from tests.builders.keeper import Scene
from tests.gateway.keeper.test_server import of, put, status, wait_for

WORD = "Sakura-2026"
TREE = ArtifactTree((Artifact(0, None, ArtifactKind.MESSAGE), Artifact(1, 0, ArtifactKind.PART, ("a.zip",))))
LOCKED = {"findings": [], "artifacts": [{}, {}], "incidents": [{"code": "ENCRYPTED", "artifact": "message > 1 a.zip"}],
          "auth": [{"method": "spf", "result": "pass", "domain": "else.example"}]}


class Cell:
    """Opens what WORD opens."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.fails: BaseException | None = None

    async def rescan(self, fd: int, size: int, admission: Admission) -> Inspection:
        self.asked.append(admission.passwords)
        if self.fails is not None:
            raise self.fails
        if WORD in admission.passwords:
            return Inspection(TREE)
        return Inspection(TREE, incidents=(Incident(IncidentCode.ENCRYPTED, 1),))


def decide(admission: Admission, inspection: Inspection) -> list[Decision]:
    held = Disposition.QUARANTINE if inspection.incidents else Disposition.DELIVER
    verdict = Verdict.UNINSPECTABLE if inspection.incidents else Verdict.CLEAN
    return [Decision(r, held, verdict, rule="incomplete" if inspection.incidents else "") for r in admission.envelope.recipients]


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks come by the clock, soon."""
    monkeypatch.setattr("gateway.keeper.rejudge.TICK", 0.2)


@pytest.fixture
def untimed(often: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before `scene`: no look comes by the clock."""
    monkeypatch.setattr("gateway.keeper.rejudge.TICK", 3600.0)


@pytest.fixture
def cell(scene: Scene) -> Cell:
    found = Cell()
    scene.keeper.rejudge.cell, scene.keeper.rejudge.decide = found, decide
    scene.keeper.outbox.rescan = found
    return found


async def locked(scene: Scene, **changes: Any) -> str:
    return (await put(scene, kind=Kind.UNINSPECTABLE, verdict="uninspectable", inspection=LOCKED, **changes)).id


async def announce(scene: Scene, *words: str, sender: str = "stranger@else.example", to: str = "staff@bank.example") -> int:
    answer = await scene.client.ask({"verb": "remember", "sender": sender, "recipients": [to], "words": list(words)})
    return int(answer.body["marked"])


async def test_the_later_mail_brings_the_word(scene: Scene, cell: Cell) -> None:
    id = await locked(scene)
    await wait_for(lambda: not QuarantinedMessage.objects.get(pk=id).recheck)
    assert cell.asked == [], "no word is known: nothing to judge"
    assert await announce(scene, "Kaede9", WORD) == 1
    await wait_for(lambda: status(id) == "released")
    assert scene.events.named("rejudged")[0]["outcome"] == "released"
    assert cell.asked[0] == ("Kaede9", WORD) and WORD in cell.asked[-1], "and the judgement at the release knows it too"
    assert scene.delivery.releases[0][3] == octets()
    assert WORD not in str(scene.events.lines)


async def test_the_word_came_between_inspection_and_custody(scene: Scene, cell: Cell) -> None:
    await announce(scene, WORD)
    id = await locked(scene)
    await wait_for(lambda: status(id) == "released")


async def test_the_edge_asks_for_words(scene: Scene) -> None:
    await announce(scene, WORD)
    asked = {"verb": "words", "sender": "staff@bank.example", "recipients": ["stranger@else.example"]}
    assert (await scene.client.ask(asked)).body == {"words": [WORD]}
    assert (await scene.client.ask(asked | {"sender": "other@bank.example"})).body == {"words": []}


async def test_a_word_that_does_not_fit(scene: Scene, cell: Cell) -> None:
    id = await locked(scene)
    await announce(scene, "wrong")
    await wait_for(lambda: QuarantinedMessage.objects.get(pk=id).rechecks == 1)
    assert await of(status, id) == "held"


async def test_the_word_comes_while_another_one_is_tried(untimed: None, scene: Scene, cell: Cell) -> None:
    rescan = cell.rescan

    async def meanwhile(fd: int, size: int, admission: Admission) -> Inspection:
        cell.rescan = rescan                                                                # type: ignore[method-assign]
        assert await announce(scene, WORD) == 0, "marked still"
        return await rescan(fd, size, admission)
    cell.rescan = meanwhile                                                                 # type: ignore[method-assign]
    id = await locked(scene)
    await announce(scene, "wrong")
    scene.keeper.rejudge.wake.set()
    await wait_for(lambda: status(id) == "released")


async def test_a_person_gives_the_password(scene: Scene, cell: Cell) -> None:
    id = await locked(scene)
    assert (await scene.client.call("rejudge", ROOT, id=id, passwords=["wrong"])).body["outcome"] == "locked"
    assert (await scene.client.call("rejudge", ROOT, id=id, passwords=["nearly", WORD])).body["outcome"] == "released"
    await wait_for(lambda: status(id) == "released")
    with pytest.raises(Refused) as caught:
        await scene.client.call("rejudge", ROOT, id=id, passwords=[WORD])
    assert caught.value.code in ("ALREADY-RELEASED", "ALREADY-RELEASING")


@pytest.mark.parametrize("passwords", [[], ["x"] * 21, ["y" * 129], [""]])
async def test_bad_passwords(scene: Scene, cell: Cell, passwords: list[str]) -> None:
    with pytest.raises(Refused) as caught:
        await scene.client.call("rejudge", ROOT, id=await locked(scene), passwords=passwords)
    assert caught.value.code == "BAD-PASSWORDS"


async def test_our_own_fault_keeps_the_mark(scene: Scene, cell: Cell) -> None:
    id = await locked(scene)
    await wait_for(lambda: not QuarantinedMessage.objects.get(pk=id).recheck)
    cell.fails = InspectionUnavailable("no child in time")
    await announce(scene, WORD)
    await wait_for(lambda: bool(cell.asked))
    assert await of(lambda: QuarantinedMessage.objects.get(pk=id).recheck)
    cell.fails = None
    scene.keeper.rejudge.wake.set()
    await wait_for(lambda: status(id) == "released")


async def test_without_a_cell(scene: Scene) -> None:
    id = await locked(scene)
    with pytest.raises(Refused) as caught:
        await scene.client.call("rejudge", ROOT, id=id, passwords=[WORD])
    assert caught.value.code == "NO-CELL"


def test_policy_that_cannot_decide_is_our_fault() -> None:
    held = replace(admission(b"x"), inspection=LOCKED)
    deferred = [Decision(r, Disposition.DEFER, Verdict.UNINSPECTABLE) for r in held.envelope.recipients]
    for decisions in ([], deferred):
        with pytest.raises(GatewayFault):
            judged_anew(held, Inspection(TREE), decisions)


def test_the_strongest_decision_counts_and_what_was_known_of_the_sender_stays() -> None:
    held = replace(admission(b"x", recipients=("a@bank.example", "b@bank.example")), inspection=LOCKED)
    one, other = held.envelope.recipients
    judged = judged_anew(held, Inspection(TREE, persons=9, identifiers={"card": 2}), [
        Decision(one, Disposition.DELIVER, Verdict.CLEAN),
        Decision(other, Disposition.HOLD, Verdict.SENSITIVE, rule="many", approvals=2)])
    assert (judged.holds, judged.kind, judged.disposition, judged.rule, judged.approvals) == (True, Kind.LEAK, "hold", "many", 2)
    assert (judged.persons, judged.identifiers, judged.inspection["auth"]) == (9, {"card": 2}, LOCKED["auth"])


async def test_a_gateway_incident_is_no_judgement(scene: Scene) -> None:
    class Late(Cell):
        async def rescan(self, fd: int, size: int, admission: Admission) -> Inspection:
            return Inspection(TREE, incidents=(Incident(IncidentCode.TIMEOUT, 0, Fault.GATEWAY),))

    rejudge = Rejudge(scene.keeper.committer, scene.keeper.readers, Late(), decide, scene.keeper.ports.events)
    with pytest.raises(GatewayFault):
        await rejudge.rejudge(await locked(scene), [WORD])
