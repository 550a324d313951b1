"""The truth table: what a set of decisions makes us do."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from gateway.model.action import Action, Defer, Hold, Notify, Record, Refuse, Relay
from gateway.model.decision import Decision, Disposition, Kind, Party
from gateway.model.finding import Summary, Verdict
from gateway.model.transaction import Direction, Transaction
from gateway.policy.settle import kind_of, retry_key, settle
from tests.builders.mailfacts import inspection, outgoing, transaction

D = Disposition
OWNER = "postmaster@bank.example"
DOMAINS = ("bank.example",)


def decided(mail: Transaction, *dispositions: Disposition, verdict: Verdict = Verdict.MALICIOUS,
            notify: tuple[Party, ...] = (Party.RECIPIENT,), rule: str = "r") -> list[Decision]:
    return [Decision(r, d, verdict, rule, notify, tags=("t",) if d is D.ANNOTATE else ())
            for r, d in zip(mail.envelope.recipients, dispositions, strict=True)]


def names(actions: tuple[Action, ...]) -> list[str]:
    return [type(a).__name__ for a in actions]


TABLE: list[tuple[tuple[Disposition, ...], list[str]]] = [
    ((D.DELIVER,), ["Relay", "Record"]),
    ((D.ANNOTATE, D.DELIVER), ["Relay", "Record"]),
    ((D.HOLD,), ["Hold", "Notify", "Record"]),
    ((D.QUARANTINE, D.DELIVER), ["Hold", "Relay", "Notify", "Record"]),
    ((D.HOLD, D.QUARANTINE), ["Hold", "Hold", "Notify", "Notify", "Record"]),
    ((D.QUARANTINE, D.QUARANTINE), ["Hold", "Notify", "Notify", "Record"]),
    ((D.STRIP,), ["Hold", "Notify", "Record"]),
    ((D.REJECT,), ["Refuse", "Record"]),
    ((D.REJECT, D.REJECT), ["Refuse", "Record"]),
    ((D.REJECT, D.DELIVER), ["Hold", "Relay", "Notify", "Record"]),
    ((D.REJECT, D.QUARANTINE), ["Hold", "Hold", "Notify", "Notify", "Record"]),
    ((D.DEFER,), ["Defer", "Record"]),
    ((D.DEFER, D.QUARANTINE), ["Defer", "Record"]),
    ((D.DEFER, D.REJECT), ["Defer", "Record"]),
]


@pytest.mark.parametrize(("dispositions", "actions"), TABLE)
def test_actions(dispositions: tuple[Disposition, ...], actions: list[str]) -> None:
    mail = transaction(recipients=[f"u{n}@bank.example" for n in range(len(dispositions))])
    found = settle(mail, inspection(), decided(mail, *dispositions), OWNER, DOMAINS)
    assert names(found) == actions
    relayed = [r for a in found if isinstance(a, Relay) for r in a.recipients]
    held = [r for a in found if isinstance(a, Hold) for r in a.recipients]
    if "Refuse" not in actions and "Defer" not in actions:
        assert sorted(r.mailbox.text for r in relayed + held) == sorted(r.mailbox.text for r in mail.envelope.recipients)


def test_replies() -> None:
    mail = transaction()
    refuse = settle(mail, inspection(), decided(mail, D.REJECT))[0]
    assert isinstance(refuse, Refuse) and str(refuse.reply) == f"550 5.7.1 Refused by policy: sekisho {mail.id}"
    defer = settle(mail, inspection(), decided(mail, D.DEFER))[0]
    assert isinstance(defer, Defer) and str(defer.reply).startswith("451 4.3.0 ")


def test_holds_are_grouped_by_kind_and_rule() -> None:
    mail = transaction(recipients=["a@bank.example", "b@bank.example", "c@bank.example"])
    decisions = decided(mail, D.QUARANTINE, D.QUARANTINE, D.QUARANTINE)
    decisions[1] = Decision(decisions[1].recipient, D.QUARANTINE, Verdict.UNINSPECTABLE, "other")
    holds = [a for a in settle(mail, inspection(), decisions, OWNER, DOMAINS) if isinstance(a, Hold)]
    assert [(h.kind, [r.mailbox.local for r in h.recipients]) for h in holds] == [
        (Kind.UNINSPECTABLE, ["b"]), (Kind.THREAT, ["a", "c"])]


def test_tags_of_all_that_pass_are_joined() -> None:
    mail = transaction(recipients=["a@bank.example", "b@bank.example"])
    relay = settle(mail, inspection(), decided(mail, D.ANNOTATE, D.DELIVER), OWNER, DOMAINS)[0]
    assert isinstance(relay, Relay) and relay.tags == ("t",)


NOTICES: list[tuple[str, Transaction, tuple[Party, ...], list[tuple[Party, str]]]] = [
    ("inside recipient", transaction(), (Party.RECIPIENT,), [(Party.RECIPIENT, "ann@bank.example")]),
    ("the outside sender is never told", transaction(), (Party.SENDER,), [(Party.OWNER, OWNER)]),
    ("a forged inside sender is not told", transaction(sender="boss@bank.example"), (Party.SENDER,), [(Party.OWNER, OWNER)]),
    ("inside sender", outgoing(), (Party.SENDER,), [(Party.SENDER, "ann@bank.example")]),
    ("null sender", outgoing(sender=None), (Party.SENDER,), [(Party.OWNER, OWNER)]),
    ("a sender of another domain", outgoing(sender="x@else.example"), (Party.SENDER,), [(Party.OWNER, OWNER)]),
    ("the outside recipient is never told", outgoing(), (Party.RECIPIENT,), [(Party.OWNER, OWNER)]),
    ("one notice for many recipients", outgoing("a@x.example", "b@x.example"), (Party.SENDER,),
     [(Party.SENDER, "ann@bank.example")]),
    ("owner", outgoing(), (Party.OWNER, Party.SENDER), [(Party.OWNER, OWNER), (Party.SENDER, "ann@bank.example")]),
    ("supervisor", outgoing(), (Party.SUPERVISOR,), [(Party.SUPERVISOR, OWNER)]),
    ("nobody", transaction(), (), []),
]


@pytest.mark.parametrize(("why", "mail", "notify", "told"), NOTICES, ids=[n[0] for n in NOTICES])
def test_who_is_told(why: str, mail: Transaction, notify: tuple[Party, ...], told: list[tuple[Party, str]]) -> None:
    decisions = decided(mail, *[D.QUARANTINE] * len(mail.envelope.recipients), notify=notify)
    found = settle(mail, inspection(), decisions, OWNER, DOMAINS)
    assert [(a.party, a.recipient) for a in found if isinstance(a, Notify)] == told


@pytest.mark.parametrize(("sender", "header_names", "actions"), [
    (None, ("from", "auto-submitted"), ["Hold", "Record"]), (None, ("from",), ["Hold", "Notify", "Record"]),
    ("a@partner.example", ("from", "auto-submitted"), ["Hold", "Notify", "Record"])])
def test_no_notice_about_a_notice(sender: str | None, header_names: tuple[str, ...], actions: list[str]) -> None:
    mail = transaction(sender=sender, recipients=["u@bank.example"])
    found = settle(mail, inspection(summary=Summary(header_names=header_names)), decided(mail, D.QUARANTINE), OWNER, DOMAINS)
    assert names(found) == actions


def test_an_answering_machine_that_leaks_is_told_of() -> None:
    mail = outgoing(sender=None)
    found = settle(mail, inspection(summary=Summary(header_names=("auto-submitted",))),
                   decided(mail, D.HOLD, verdict=Verdict.SENSITIVE, notify=(Party.SENDER,)), OWNER, DOMAINS)
    assert names(found) == ["Hold", "Notify", "Record"]


def test_without_an_owner_nobody_is_made_up() -> None:
    mail = outgoing(sender=None)
    assert names(settle(mail, inspection(), decided(mail, D.HOLD, notify=(Party.SENDER,)))) == ["Hold", "Record"]


@pytest.mark.parametrize(("verdict", "kind"), [
    (Verdict.MALICIOUS, Kind.THREAT), (Verdict.SUSPICIOUS, Kind.THREAT), (Verdict.SENSITIVE, Kind.LEAK),
    (Verdict.UNINSPECTABLE, Kind.UNINSPECTABLE), (Verdict.CLEAN, Kind.THREAT)])
def test_kind(verdict: Verdict, kind: Kind) -> None:
    assert kind_of(decided(transaction(), D.HOLD, verdict=verdict)[0]) is kind


def test_record_names_every_decision() -> None:
    mail = transaction(recipients=["a@bank.example", "b@bank.example"])
    record = settle(mail, inspection(), decided(mail, D.DELIVER, D.HOLD), OWNER, DOMAINS)[-1]
    assert isinstance(record, Record) and len(record.decisions) == 2


SUMMARY = Summary(header_message_id="<1@x>", date="Sat, 21 Nov 2026", body_sha256="aa")


def test_a_retry_has_the_same_key_and_another_mail_has_not() -> None:
    def key(mail: Transaction, summary: Summary = SUMMARY) -> str:
        return retry_key(mail, inspection(summary=summary), mail.envelope.recipients)

    first = key(transaction(recipients=["a@bank.example", "b@bank.example"]))
    assert first == key(transaction(recipients=["B@bank.example", "a@bank.example"], client="198.51.100.9"))
    others = [
        key(transaction(recipients=["a@bank.example"])),
        key(transaction(sender=None, recipients=["a@bank.example", "b@bank.example"])),
        key(transaction(recipients=["a@bank.example", "b@bank.example"]), Summary(header_message_id="<2@x>", body_sha256="aa")),
        key(transaction(recipients=["a@bank.example", "b@bank.example"]), Summary("", "", "<1@x>", "Sat, 21 Nov 2026", "bb")),
    ]
    assert first not in others and len(set(others)) == len(others)
    assert key(transaction(), Summary(date="\ud800"))                         # lone surrogates of a hostile header


def test_mail_of_which_nothing_is_known_is_told_apart_by_its_octets() -> None:
    def key(sha256: str, body: str = "") -> str:
        mail = transaction()
        found = inspection(summary=Summary(subject="s", header_message_id="<1@x>", body_sha256=body))
        return retry_key(replace(mail, message=replace(mail.message, sha256=sha256)), found, mail.envelope.recipients)

    assert key("aa") == key("aa") != key("bb")
    assert key("aa", hashlib.sha256(b"").hexdigest()) != key("bb", hashlib.sha256(b"").hexdigest()), "all of it is header"
    assert key("aa", "cc") == key("bb", "cc"), "an MTA in front adds a line above"


def test_mail_that_nothing_tells_from_its_repetition_is_no_retry() -> None:
    """A device sends the same report every day, without Message-ID and Date: the second would be lost as a retry of the first."""
    def key(**known: str) -> str:
        mail = transaction()
        return retry_key(mail, inspection(summary=Summary(subject="s", body_sha256="aa", **known)), mail.envelope.recipients)

    assert key() == ""
    assert key(header_message_id="<1@x>") and key(date="Sat, 21 Nov 2026") and key(header_message_id="<1@x>") != key(date="Sat, 21 Nov 2026")


def test_internal_direction_of_a_listener() -> None:
    mail = transaction("ann@bank.example", ["bob@bank.example"], Direction.INTERNAL)
    found = settle(mail, inspection(), decided(mail, D.QUARANTINE), OWNER, DOMAINS)
    assert [a.recipient for a in found if isinstance(a, Notify)] == ["bob@bank.example"]
