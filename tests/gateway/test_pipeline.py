"""The story in order: what each step is given, and what a failing step leads to."""

from __future__ import annotations

import asyncio
import hashlib
import os
from dataclasses import replace
from typing import Any

import pytest

from gateway.model.artifact import Artifact, ArtifactKind, ArtifactTree
from gateway.model.deadline import Limits
from gateway.model.decision import Disposition
from gateway.model.errors import CustodyUnavailable, GatewayFault, InspectionUnavailable
from gateway.model.finding import Finding, Incident, IncidentCode, Inspection, Severity
from gateway.model.ports import RelayResult
from gateway.model.reply import Reply
from gateway.model.transaction import AuthResult, Envelope, Message, Transaction
from gateway.pipeline import process
from tests.builders.edge import House, listener
from tests.gateway.effects.test_header import transaction
from tests.gateway.effects.test_perform import BAD, GOOD, FakeRelayer
from tests.gateway.effects.test_release import LINE as MARK
from tests.gateway.effects.test_release import VALUE

LISTENER = listener(1, hostname="mx.bank.test")


class Scene:
    def __init__(self, content: bytes = b"Subject: x\r\n\r\nbody\r\n", **extra: Any) -> None:
        self.house = House(extra=extra)
        self.relayer = FakeRelayer(self.house.custody, RelayResult(Reply(250, "2.0.0", "kept"), {}))
        fd = os.memfd_create("test")
        os.write(fd, content)
        basis = transaction()
        at = self.house.clock.monotonic() + 90
        self.transaction: Transaction = replace(
            basis, message=Message(fd, len(content), "ab" * 32, basis.message.received_at), deadline=replace(basis.deadline, at=at),
            envelope=Envelope(basis.envelope.reverse_path, (GOOD,)))

    async def play(self, settings: Any = LISTENER) -> Reply:
        ports = self.house.ports()
        reply = await process(self.transaction, self.relayer, settings, ports)
        await asyncio.gather(*ports.writing)
        return reply


class Inspector:
    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.seen = error, []

    async def inspect(self, fd, size, request, deadline) -> Inspection:
        self.seen.append((size, request, deadline))
        if self.error:
            raise self.error
        from tests.builders.passthrough import Passthrough
        return await Passthrough().inspect(fd, size, request, deadline)


async def test_clean_mail_goes_through() -> None:
    scene = Scene()
    assert (await scene.play()).code == 250
    (verdict,) = scene.house.recorder.named("verdict")
    assert (verdict["disposition"], verdict["verdict"], verdict["size"]) == ("deliver", "clean", 20)
    assert scene.house.journal.entries[0]["reply"].startswith("250 2.0.0 Ok: sekisho ")


async def test_what_the_cell_is_told() -> None:
    inspector = Inspector()
    scene = Scene(inspector=inspector)
    await scene.play()
    ((size, request, deadline),) = inspector.seen
    assert (size, request.reverse_path, request.recipients, request.our_domains) == (
        20, "a@partner.test", ("good@corp.test",), ("corp.test",))
    assert deadline.at <= scene.transaction.deadline.at - 25, "time is left for what follows"


@pytest.mark.parametrize(("content", "code"), [
    (b"Received: from a by b\r\n" * 51 + b"\r\n", "554 5.4.6"),
    (b"Received: from a by b\r\n" * 50 + b"\r\n", "250 2.0.0"),
    (b"Received: from a by mx.bank.test (sekisho/inbound) with SMTP id 1;\r\n\tdate\r\n\r\n", "554 5.4.6"),
    (b"\r\n" + b"Received: from a by b\r\n" * 60, "250 2.0.0"),
    (b"A: b\r\n" * (Limits().header_bytes // 6 + 1) + b"\r\n", "552 5.3.4"),
])
async def test_loops_and_monsters(content: bytes, code: str) -> None:
    scene = Scene(content)
    assert str(await scene.play()).startswith(code)
    assert bool(scene.relayer.sent) is (code[0] == "2")
    assert scene.relayer.abandoned is (code[0] == "5")


async def test_no_inspection_means_no_delivery() -> None:
    scene = Scene(inspector=Inspector(InspectionUnavailable("no child")))
    with pytest.raises(InspectionUnavailable):
        await scene.play()
    assert scene.relayer.sent == []


async def test_observing_stands_in_nobodys_way() -> None:
    scene = Scene(inspector=Inspector(InspectionUnavailable("no child")))
    assert (await scene.play(replace(LISTENER, observe=True))).code == 250
    assert scene.house.recorder.named("incident")


async def test_observing_delivers_what_it_would_have_held() -> None:
    scene = Scene()
    scene.transaction = replace(scene.transaction, envelope=Envelope(None, (replace(BAD, mailbox=replace(BAD.mailbox, local="hold")), GOOD)))
    assert (await scene.play(replace(LISTENER, observe=True))).code == 250
    assert scene.relayer.sent[0][0] == ("hold", "good") and not scene.house.custody.held
    assert scene.house.recorder.named("verdict")[0]["disposition"] == "hold", "the same verdict is recorded"


async def test_sender_authentication_reaches_the_policy_and_the_header() -> None:
    class Voucher:
        async def vouch(self, transaction, inspection, headers):
            assert headers == b"Subject: x\r\n\r\n"
            return [AuthResult("spf", "pass", "partner.test")]
    scene = Scene(voucher=Voucher())
    await scene.play()
    assert b"Authentication-Results: mx.bank.test;\r\n\tspf=pass smtp.mailfrom=partner.test\r\n" in scene.relayer.sent[0][1]


async def test_nothing_decided_is_our_fault() -> None:
    scene = Scene(decide=lambda *_: ())
    with pytest.raises(GatewayFault):
        await scene.play()


class BrokenJournal:
    async def record(self, entry: object) -> None:
        raise GatewayFault("full")


async def test_the_journal_is_best_effort() -> None:
    scene = Scene(journal=BrokenJournal())
    assert (await scene.play()).code == 250
    assert scene.house.recorder.named("incident")[0]["reason"] == "not recorded: GatewayFault"


async def test_unless_recording_is_required() -> None:
    scene = Scene(journal=BrokenJournal(), record_required=True)
    with pytest.raises(GatewayFault):
        await scene.play()
    assert scene.relayer.sent == [], "what is not on record does not pass"


async def test_held_mail() -> None:
    scene = Scene()
    scene.transaction = replace(scene.transaction, envelope=Envelope(None, (replace(BAD, mailbox=replace(BAD.mailbox, local="quarantine")),)))
    assert (await scene.play()).code == 250
    assert len(scene.house.custody.held) == 1
    assert scene.house.recorder.named("verdict")[0]["disposition"] == Disposition.QUARANTINE.word


class Marks:
    """The keeper's answers about marks."""

    def __init__(self, genuine: bool) -> None:
        self.genuine, self.asked, self.freed = genuine, [], []

    async def use_mark(self, line: str, recipients: list[str], sha256: str) -> bool:
        self.asked.append((line, recipients, sha256))
        return self.genuine

    async def free_mark(self, line: str, recipients: list[str]) -> None:
        self.freed.append((line, recipients))


RELEASED = b"Subject: x\r\n\r\nbody\r\n"


async def test_a_release_that_passes_again_is_not_judged_twice() -> None:
    inspector, marks = Inspector(), Marks(True)
    scene = Scene(b"Received: from a by b\r\n" + MARK + RELEASED, inspector=inspector, marks=marks)
    assert (await scene.play()).code == 250
    assert not inspector.seen and scene.house.journal.entries[0]["decisions"][0]["rule"] == "release"
    assert marks.asked == [(VALUE, ["good@corp.test"], hashlib.sha256(RELEASED).hexdigest())] and not marks.freed
    ((_, head, *_),) = scene.relayer.sent
    assert b"X-Sekisho-Release" not in head, "a mark goes no further than the listener that it was for"
    assert scene.house.recorder.named("release-passed")


async def test_a_forged_mark_is_taken_out_and_the_mail_judged() -> None:
    inspector = Inspector()
    scene = Scene(MARK + RELEASED, inspector=inspector, marks=Marks(False))
    assert (await scene.play()).code == 250
    ((_, head, *_),) = scene.relayer.sent
    assert len(inspector.seen) == 1 and b"X-Sekisho-Release" not in head


async def test_a_mark_is_given_back_where_the_next_hop_does_not_take_it() -> None:
    marks = Marks(True)
    scene = Scene(MARK + RELEASED, marks=marks)
    scene.relayer.answer = RelayResult(Reply(451, "4.3.0", "later"), {})
    assert (await scene.play()).code == 451
    assert marks.freed == [(VALUE, ["good@corp.test"])] and not scene.house.recorder.named("held")


TREE = ArtifactTree((Artifact(0, None, ArtifactKind.MESSAGE), Artifact(1, 0, ArtifactKind.PART, ("a.zip",))))


class LockedMail:
    """A cell that opens what WORD opens."""

    WORD = "Sakura-2026"

    def __init__(self, error: Exception | None = None) -> None:
        self.tried: list[tuple[str, ...]] = []
        self.error = error

    async def inspect(self, fd, size, request, deadline) -> Inspection:
        self.tried.append(request.passwords)
        if self.error is not None and len(self.tried) > 1:
            raise self.error
        locked = () if self.WORD in request.passwords else (Incident(IncidentCode.ENCRYPTED, 1),)
        return Inspection(TREE, incidents=locked, announced=("Momiji7",))


class Words:
    """The keeper's memory of announced words."""

    def __init__(self, *known: str, error: Exception | None = None) -> None:
        self.known, self.error, self.asked, self.kept = known, error, [], []

    async def words(self, sender: str, recipients: list[str]) -> list[str]:
        self.asked.append((sender, list(recipients)))
        if self.error is not None:
            raise self.error
        return list(self.known)

    async def remember(self, sender: str, recipients: list[str], words: tuple[str, ...]) -> None:
        if self.error is not None:
            raise self.error
        self.kept.append((sender, list(recipients), tuple(words)))


async def test_words_of_earlier_mail_open_a_later_one() -> None:
    words, cell = Words(LockedMail.WORD), LockedMail()
    scene = Scene(inspector=cell, words=words, passwords=("configured",))
    await scene.play()
    assert cell.tried == [("configured",), (LockedMail.WORD, "configured")]
    assert words.asked == [("a@partner.test", ["good@corp.test"])]
    assert words.kept == [("a@partner.test", ["good@corp.test"], ("Momiji7",))]
    assert scene.house.recorder.named("verdict")[0]["complete"]
    assert LockedMail.WORD not in str(scene.house.journal.entries) + str(scene.house.recorder.events)
    assert "Momiji7" not in str(scene.house.journal.entries) + str(scene.house.recorder.events)


async def test_held_mail_keeps_the_words_that_opened_it() -> None:
    scene = Scene(inspector=LockedMail(), words=Words(LockedMail.WORD))
    scene.transaction = replace(scene.transaction, envelope=Envelope(
        scene.transaction.envelope.reverse_path, (replace(BAD, mailbox=replace(BAD.mailbox, local="quarantine")),)))
    await scene.play()
    assert [a.passwords for a, _ in scene.house.custody.held.values()] == [(LockedMail.WORD,)]


@pytest.mark.parametrize(("words", "cell", "tries"), [
    (Words(), LockedMail(), 1), (Words("wrong"), LockedMail(), 2), (Words(error=CustodyUnavailable("gone")), LockedMail(), 1),
    (Words("x"), LockedMail(InspectionUnavailable("late")), 2), (None, LockedMail(), 1)])
async def test_without_the_word_it_stays_as_it_is(words: Words | None, cell: LockedMail, tries: int) -> None:
    scene = Scene(inspector=cell, words=words)
    await scene.play()
    assert len(cell.tried) == tries and not scene.house.recorder.named("verdict")[0]["complete"]


async def test_nobody_is_asked_for_mail_that_is_open() -> None:
    words = Words(LockedMail.WORD)
    await Scene(words=words).play()
    assert words.asked == [] and words.kept == []


async def test_words_of_the_null_sender_belong_to_nobody() -> None:
    words = Words()
    scene = Scene(inspector=LockedMail(), words=words)
    scene.transaction = replace(scene.transaction, envelope=replace(scene.transaction.envelope, reverse_path=None))
    await scene.play()
    assert words.kept == []


class Acquaintance:
    """Calls everybody a stranger; says whom it was told of."""

    def __init__(self) -> None:
        self.told: list[tuple[bytes, list[str]]] = []

    async def judge(self, transaction: Transaction, headers: bytes) -> tuple[Finding, ...]:
        return (Finding("IMPERSONATION-FIRST-CONTACT", "impersonation", Severity.LOW, 0),)

    async def remember(self, transaction: Transaction, headers: bytes, recipients: Any) -> None:
        self.told.append((headers, list(recipients)))


async def test_what_the_history_says_reaches_the_decision_and_who_got_it_is_remembered() -> None:
    history, decided = Acquaintance(), []
    scene = Scene(acquaintance=history)
    decide = scene.house.ports().decide
    scene.house.extra["decide"] = lambda t, i, p, n: decided.append([f.code for f in i.findings]) or decide(t, i, p, n)
    await scene.play()
    assert decided == [["IMPERSONATION-FIRST-CONTACT"]]
    assert history.told == [(b"Subject: x\r\n\r\n", ["good@corp.test"])]


@pytest.mark.parametrize("local", ["quarantine", "reject"])
async def test_what_nobody_got_is_not_remembered(local: str) -> None:
    history = Acquaintance()
    scene = Scene(acquaintance=history)
    scene.transaction = replace(scene.transaction, envelope=Envelope(None, (replace(BAD, mailbox=replace(BAD.mailbox, local=local)),)))
    await scene.play()
    assert history.told == []
