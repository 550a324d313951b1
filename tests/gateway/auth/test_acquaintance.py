"""First contacts and answers to nothing, with a history in memory; who may pass for a known sender, and who not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from gateway.auth.acquaintance import FIRST_CONTACT, UNKNOWN_THREAD, Acquaintances, held_findings, look, message_ids, release_words
from gateway.model.errors import CustodyUnavailable
from gateway.model.finding import Severity
from gateway.model.transaction import AuthResult, Direction
from tests.builders.custody import admission
from tests.builders.edge import Recorder
from tests.builders.mailfacts import outgoing, transaction

DKIM, SPF = AuthResult("dkim", "pass", "partner.example"), AuthResult("spf", "pass", "bounce.partner.example")
STRANGER = AuthResult("dkim", "pass", "evil.example")
WANG = b"From: Wang <Wang@Partner.example>\r\nMessage-ID: <1@partner.example>\r\n"
ANSWER = WANG + b"In-Reply-To: <q@bank.example>\r\nReferences: <a@bank.example>\r\n <q@bank.example>\r\n"


class Store:
    def __init__(self, fault: bool = False, learning: bool = False) -> None:
        self.words: set[str] = set()
        self.fault, self.learning = fault, learning

    async def recall(self, words):
        if self.fault:
            raise CustodyUnavailable("the keeper is gone")
        return None if self.learning else [w in self.words for w in words]

    async def acquaint(self, words):
        if self.fault:
            raise CustodyUnavailable("the keeper is gone")
        self.words.update(words)


def inbound(*auth: AuthResult):
    return transaction("wang@partner.example", auth=auth)


class Counting:
    """Learns, and counts what it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.told: list[list[str]] = []

    async def recall(self, words: Sequence[str]) -> None:
        self.asked += 1

    async def acquaint(self, words: Sequence[str]) -> None:
        self.told.append(list(words))


async def found(store: Store, headers: bytes, *auth: AuthResult) -> dict[str, Severity]:
    return {f.code: f.severity for f in await Acquaintances(store, Recorder(), 0).judge(inbound(*auth), headers)}


async def met(store: Store, headers: bytes, *auth: AuthResult) -> None:
    await Acquaintances(store, Recorder(), 0).remember(inbound(*auth), headers, ["ann@bank.example"])


async def wrote(store: Store, to: str, headers: bytes = b"Message-ID: <q@bank.example>\r\n") -> None:
    await Acquaintances(store, Recorder(), 0).remember(outgoing(to), headers, [to])


async def test_the_first_mail_and_the_second() -> None:
    store = Store()
    assert await found(store, WANG, DKIM) == {FIRST_CONTACT: Severity.LOW}
    await met(store, WANG, DKIM)
    assert await found(store, WANG, DKIM) == {}
    assert await found(store, WANG, DKIM, SPF) == {}, "one of those who vouch is known"


@pytest.mark.parametrize("auth", [(STRANGER,), (), (AuthResult("dkim", "fail", "partner.example"),), (AuthResult("spf", "softfail", "partner.example"),)])
async def test_a_known_address_that_nobody_known_vouches_for_is_a_stranger(auth) -> None:
    store = Store()
    await met(store, WANG, DKIM)
    await wrote(store, "wang@partner.example")
    assert await found(store, WANG, *auth) == {FIRST_CONTACT: Severity.LOW}


async def test_an_unsigned_sender_is_known_as_such() -> None:
    store = Store()
    await met(store, WANG)
    assert await found(store, WANG) == {}
    assert await found(store, WANG, STRANGER) == {FIRST_CONTACT: Severity.LOW}


@pytest.mark.parametrize(("auth", "known"), [((DKIM,), True), ((SPF,), True), ((STRANGER,), False), ((), False)])
async def test_to_whom_we_wrote_is_no_stranger_where_his_own_domain_vouches(auth, known: bool) -> None:
    store = Store()
    await wrote(store, "WANG@partner.example")
    assert (FIRST_CONTACT not in await found(store, WANG, *auth)) is known


async def test_another_person_of_a_known_domain() -> None:
    store = Store()
    await met(store, WANG, DKIM)
    (first,) = await Acquaintances(store, Recorder(), 0).judge(inbound(DKIM), WANG.replace(b"Wang@", b"Li@"))
    assert first.evidence == ("*@partner.example, vouched for by partner.example (a known domain)",)
    assert "li" not in first.evidence[0], "no local part"


async def test_answers() -> None:
    store = Store()
    assert await found(store, ANSWER, DKIM) == {FIRST_CONTACT: Severity.LOW, UNKNOWN_THREAD: Severity.MEDIUM}
    assert (await found(store, b"List-Id: <x>\r\n" + ANSWER, DKIM))[UNKNOWN_THREAD] is Severity.LOW
    await wrote(store, "other@x.example")
    assert await found(store, ANSWER, DKIM) == {FIRST_CONTACT: Severity.LOW}, "the mail it answers passed here"


async def test_an_answer_to_what_we_never_saw_from_a_known_sender_is_information() -> None:
    store = Store()
    await met(store, WANG, DKIM)
    assert await found(store, ANSWER, DKIM) == {UNKNOWN_THREAD: Severity.LOW}
    assert (await found(store, ANSWER.replace(b"Wang@", b"Li@"), DKIM))[UNKNOWN_THREAD] is Severity.LOW, "of a known domain"


async def test_a_thread_goes_on_through_mail_that_came_in() -> None:
    store = Store()
    await met(store, WANG, DKIM)
    answer = b"From: Li <li@third.example>\r\nIn-Reply-To: <1@partner.example>\r\n"
    assert await found(store, answer, AuthResult("dkim", "pass", "third.example")) == {FIRST_CONTACT: Severity.LOW}


@pytest.mark.parametrize("headers", [
    b"From: a@x.example, b@y.example\r\n", b"From: a@x.example\r\nFrom: b@y.example\r\n", b"Subject: x\r\n", b"From: nobody\r\n", b"",
])
async def test_no_author_no_first_contact(headers: bytes) -> None:
    assert await found(Store(), headers, DKIM) == {}


async def test_bounces_and_our_own_mail_are_not_asked_about() -> None:
    one = Acquaintances(Store(), Recorder(), 0)
    assert await one.judge(replace(inbound(DKIM), envelope=transaction(None).envelope), ANSWER) == ()
    assert await one.judge(outgoing(), ANSWER) == ()


@pytest.mark.parametrize("store", [Store(fault=True), Store(learning=True)])
async def test_without_a_history_nobody_is_a_stranger_and_trouble_is_told(store: Store) -> None:
    recorder = Recorder()
    one = Acquaintances(store, recorder, 0)
    assert await one.judge(inbound(DKIM), ANSWER) == ()
    await one.remember(inbound(DKIM), ANSWER, ["ann@bank.example"])
    assert [e["reason"] for e in recorder.named("incident")] == (
        ["no history: the keeper is gone", "not remembered: the keeper is gone"] if store.fault else [])


async def test_nobody_got_it_nothing_is_remembered() -> None:
    store = Store()
    await Acquaintances(store, Recorder(), 0).remember(inbound(DKIM), WANG, [])
    assert store.words == set()


def test_endless_references_are_bounded_and_keep_the_first() -> None:
    many = b"References:" + b"".join(b"\r\n <%d@x.example>" % n for n in range(500)) + b"\r\n"
    seen = look(inbound(), WANG + many)
    assert len(seen.references) == 12 and seen.references[0] == "499@x.example" and seen.references[-1] == "0@x.example"


@pytest.mark.parametrize(("value", "wanted"), [
    (b"<a@b>", ["a@b"]), (b" <a@b>\r\n\t<c@d> ", ["a@b", "c@d"]), (b"a@b", []), (b"<>", []), (b"<a b@c>", []), (b"<" + b"x" * 500 + b">", []),
    ("<張@b>".encode(), ["張@b"]),
])
def test_message_ids(value: bytes, wanted: list[str]) -> None:
    assert message_ids(b"In-Reply-To: " + value + b"\r\n", b"in-reply-to") == wanted


def test_what_a_release_teaches() -> None:
    held = admission(b"x", header_message_id="<9@bank.example>", recipients=("Li@partner.example",))
    assert release_words(held) == ["m:9@bank.example"]
    assert release_words(replace(held, direction=Direction.OUTBOUND)) == ["m:9@bank.example", "t:li@partner.example"]


def test_what_the_history_said_of_held_mail_is_not_forgotten_when_it_is_judged_again() -> None:
    stored = {"findings": [{"code": FIRST_CONTACT, "severity": "low"}, {"code": UNKNOWN_THREAD, "severity": "medium"}, {"code": "MACRO-ANY", "severity": "high"}]}
    assert [(f.code, f.severity) for f in held_findings(admission(b"x", inspection=stored))] == [
        (FIRST_CONTACT, Severity.LOW), (UNKNOWN_THREAD, Severity.MEDIUM)]
    assert held_findings(admission(b"x")) == ()


async def test_many_mails_are_remembered_with_one_question() -> None:
    store = Counting()
    one = Acquaintances(store, Recorder(), 0.01)
    await asyncio.gather(*(one.remember(outgoing(f"b{n}@partner.example"), b"Message-ID: <%d@bank.example>\r\n" % n,
                                        [f"b{n}@partner.example"]) for n in range(40)))
    assert [len(words) for words in store.told] == [64, 16]


async def test_who_only_learns_is_asked_again_after_a_hundred_mails() -> None:
    store = Counting()
    one = Acquaintances(store, Recorder(), 0)
    for _ in range(203):
        assert await one.judge(inbound(DKIM), WANG) == ()
    assert store.asked == 3
