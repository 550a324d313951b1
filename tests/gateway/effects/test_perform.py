"""Actions: order, replies, and what is left after each failure."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

import pytest

from gateway.effects.header import examine
from gateway.effects.perform import Case, Hands, entry, perform
from gateway.model.action import Action, Defer, Hold, Notify, Record, Refuse, Relay
from gateway.model.address import Mailbox
from gateway.model.artifact import Artifact, ArtifactKind, ArtifactTree
from gateway.model.custody import OutgoingMail
from gateway.model.deadline import Deadline
from gateway.model.decision import Decision, Disposition, Kind, Party
from gateway.model.errors import CustodyUnavailable, GatewayFault, NextHopUnavailable
from gateway.model.finding import Inspection, Verdict
from gateway.model.ports import RelayResult
from gateway.model.reply import Reply
from gateway.model.transaction import AuthResult, Envelope, Recipient, Transaction
from tests.builders.edge import FakeCustody, Recorder
from tests.gateway.effects.test_header import transaction

BLOCK = b"X-Sekisho-Id: forged\r\nSubject: x\r\n\r\n"
GOOD, BAD, WORSE = (Recipient(Mailbox.parse(f"{name}@corp.test")) for name in ("good", "bad", "worse"))


class FakeRelayer:
    def __init__(self, custody: FakeCustody, answer: RelayResult | Exception) -> None:
        self.custody, self.answer = custody, answer
        self.sent: list[tuple[tuple[str, ...], bytes, int, int]] = []
        self.abandoned = False

    async def offer(self, envelope: Envelope, recipient: Recipient) -> Reply:
        return Reply(250, "2.1.5", "Ok")

    async def relay(self, envelope: Envelope, recipients: Sequence[Recipient], head: bytes, fd: int, offset: int, size: int,
                    deadline: Deadline) -> RelayResult:
        self.custody.order.append("relay")
        self.sent.append((tuple(r.mailbox.local for r in recipients), head, offset, size))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    async def abandon(self) -> None:
        self.abandoned = True


class Scene:
    def __init__(self, answer: RelayResult | Exception | None = None, trusted: bool = False) -> None:
        self.custody, self.recorder = FakeCustody(), Recorder()
        self.relayer = FakeRelayer(self.custody, answer or RelayResult(Reply(250, "2.0.0", "queued as 4711"), {}))
        fd = os.memfd_create("test")
        os.write(fd, BLOCK + b"body\r\n")
        basis = transaction(trusted=trusted)
        self.transaction: Transaction = basis.__class__(
            basis.id, basis.session, Envelope(basis.envelope.reverse_path, (GOOD, BAD, WORSE)),
            basis.message.__class__(fd, len(BLOCK) + 6, "ab" * 32, basis.message.received_at), basis.direction, basis.deadline)
        inspection = Inspection(ArtifactTree((Artifact(0, None, ArtifactKind.MESSAGE),)))
        self.case = Case(self.transaction, inspection, [decision(GOOD, Disposition.DELIVER), decision(BAD, Disposition.QUARANTINE)],
                         examine(BLOCK, "mx.bank.test", "inbound"))
        self.hands = Hands(self.custody, self.recorder, self.recorder,
                           lambda t, i, rs: ",".join(r.mailbox.text for r in rs),
                           lambda n, t, i, identity, waiting: OutgoingMail(n.recipient, " ".join([identity, *(r.mailbox.local for r in waiting)]).encode(), "notice"), "mx.bank.test")

    async def play(self, *actions: Action) -> Reply:
        return await perform(self.case, (*actions, Record(())), self.relayer, self.hands)


def decision(recipient: Recipient, disposition: Disposition, rule: str = "r") -> Decision:
    return Decision(recipient, disposition, Verdict.MALICIOUS, rule=rule, approvals=2)


def hold(recipient: Recipient, disposition: Disposition = Disposition.QUARANTINE, rule: str = "r") -> Hold:
    return Hold((recipient,), Kind.THREAT, decision(recipient, disposition, rule))


RELAY = Relay((GOOD,), ("external",))


async def test_relay_alone() -> None:
    scene = Scene()
    reply = await scene.play(RELAY)
    assert str(reply) == f"250 2.0.0 Ok: sekisho {scene.transaction.id}"
    ((who, head, offset, size),) = scene.relayer.sent
    assert who == ("good",) and (offset, size) == (len(BLOCK), 6)
    assert head.startswith(b"Received: ") and head.endswith(b"X-Sekisho-Tags: external\r\nSubject: x\r\n\r\n")
    assert b"forged" not in head
    assert scene.custody.order == ["relay"] and scene.recorder.named("delivered")


async def test_trusted_peers_see_the_next_hops_text() -> None:
    scene = Scene(trusted=True)
    assert (await scene.play(RELAY)).text == f"Ok: sekisho {scene.transaction.id} (queued as 4711)"


async def test_hold_alone_is_held_at_once() -> None:
    scene = Scene()
    reply = await scene.play(hold(BAD))
    assert str(reply) == f"250 2.0.0 Ok: sekisho {scene.transaction.id}"
    assert scene.custody.order == ["admit held"] and scene.relayer.abandoned
    admission, octets = scene.custody.held[scene.transaction.id]
    assert octets == BLOCK + b"body\r\n", "as received: forged fields and all"
    assert [r.mailbox.local for r in admission.envelope.recipients] == ["bad"]
    assert (admission.disposition, admission.verdict, admission.reason, admission.approvals) == ("quarantine", "malicious", "r", 2)


@pytest.mark.parametrize(("disposition", "word"), [
    (Disposition.HOLD, "hold"), (Disposition.QUARANTINE, "quarantine"), (Disposition.STRIP, "strip"), (Disposition.REJECT, "quarantine")])
async def test_dispositions_of_custody(disposition: Disposition, word: str) -> None:
    scene = Scene()
    await scene.play(hold(BAD, disposition))
    assert scene.custody.held[scene.transaction.id][0].disposition == word


async def test_mixed_is_admitted_relayed_confirmed() -> None:
    scene = Scene()
    assert (await scene.play(hold(BAD), RELAY)).code == 250
    assert scene.custody.order == ["admit pending", "relay", "confirm"]


async def test_two_holds_stand_or_fall_together() -> None:
    scene = Scene()
    await scene.play(hold(BAD), hold(WORSE, rule="s"))
    assert scene.custody.order == ["admit pending", "admit pending", "confirm", "confirm"]
    assert len(scene.custody.held) == 2 and scene.transaction.id in scene.custody.held


@pytest.mark.parametrize("answer", [RelayResult(Reply(554, "5.6.0", "no"), {}), RelayResult(Reply(451, "4.3.0", "later"), {}),
                                    NextHopUnavailable("down")])
async def test_a_relay_that_fails_leaves_nothing(answer: RelayResult | Exception) -> None:
    scene = Scene(answer)
    reply = await scene.play(hold(BAD), RELAY)
    assert reply.code == (answer.reply.code if isinstance(answer, RelayResult) else 451)
    assert scene.custody.order == ["admit pending", "relay", "drop"] and not scene.custody.held


async def test_an_uncertain_relay_keeps_what_is_held() -> None:
    scene = Scene(RelayResult(Reply(451, "4.4.2", "lost"), {}, uncertain=True))
    assert (await scene.play(hold(BAD), RELAY)).code == 451
    assert scene.custody.order == ["admit pending", "relay", "confirm"]
    await scene.play(hold(BAD), RELAY)
    assert len(scene.custody.held) == 1, "the retry is recognised"


async def test_a_failing_retry_does_not_drop_what_an_earlier_one_holds() -> None:
    scene = Scene()
    await scene.play(hold(BAD))
    scene.relayer.answer = NextHopUnavailable("down")
    assert (await scene.play(hold(BAD), RELAY)).code == 451
    assert len(scene.custody.held) == 1


async def test_no_custody_means_no_delivery() -> None:
    scene = Scene()
    scene.custody.broken = {"admit"}
    with pytest.raises(CustodyUnavailable):
        await scene.play(hold(BAD), RELAY)
    assert scene.relayer.sent == []


async def test_the_second_admission_fails() -> None:
    scene = Scene()
    real, calls = scene.custody.admit, []

    async def admit(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise CustodyUnavailable("test")
        return await real(*arguments)
    scene.custody.admit = admit  # type: ignore[method-assign]
    with pytest.raises(CustodyUnavailable):
        await scene.play(hold(BAD), hold(WORSE, rule="s"), RELAY)
    assert not scene.custody.held and scene.relayer.sent == []


@pytest.mark.parametrize("broken", ["confirm", "drop"])
async def test_custody_lost_on_the_way_is_told(broken: str) -> None:
    scene = Scene(None if broken == "confirm" else NextHopUnavailable("down"))
    scene.custody.broken = {broken}
    assert (await scene.play(hold(BAD), RELAY)).code == (250 if broken == "confirm" else 451)
    assert scene.recorder.named("incident") and scene.custody.held


@pytest.mark.parametrize("action", [Refuse(Reply(550, "5.7.1", "no")), Defer(Reply(451, "4.3.0", "later"))])
async def test_refusals_touch_nothing(action: Action) -> None:
    scene = Scene()
    assert await scene.play(action) == action.reply  # type: ignore[union-attr]
    assert scene.custody.order == [] and scene.relayer.abandoned


async def test_nothing_settled_is_our_fault() -> None:
    with pytest.raises(GatewayFault):
        await Scene().play()


async def test_notices_leave_with_the_message_they_speak_of() -> None:
    scene = Scene()
    told = [Notify(Party.RECIPIENT, name, decision(BAD, Disposition.QUARANTINE, rule), Kind.THREAT) for name, rule in
            (("one", "r"), ("two", "s"), ("three", "unknown"))]
    await scene.play(hold(BAD), hold(WORSE, rule="s"), *told)
    notices = [sorted(n.recipient for n in admission.notices) for admission, _ in scene.custody.held.values()]
    assert notices == [["one", "three"], ["two"]]
    for id, (admission, _) in scene.custody.held.items():
        assert {n.content.decode() for n in admission.notices} == {f"{id} bad worse"}, "each names the held message it speaks of, and who waits"


async def test_what_was_known_of_the_sender_is_kept_with_the_inspection() -> None:
    scene = Scene()
    seen = AuthResult("dmarc", "fail", "partner.test", "policy=reject")
    scene.case = replace(scene.case, transaction=replace(scene.transaction, auth=(seen,)))
    await scene.play(hold(BAD))
    wanted = [{"method": "dmarc", "result": "fail", "domain": "partner.test"}]
    admission, _ = scene.custody.held[scene.transaction.id]
    assert admission.inspection["auth"] == entry(scene.case, Reply(250, "2.0.0", "Ok"))["auth"] == wanted


def test_the_journal_entry_is_plain_data() -> None:
    import json
    found = entry(Scene().case, Reply(250, "2.0.0", "Ok"))
    assert json.loads(json.dumps(found))["decisions"][1]["disposition"] == "quarantine"
