"""A house with very many held messages, five years of them, for measurements of lists: real rows, seals and terms, written past
the service in large transactions. Two cores make a million in some minutes.

Two spreads: "mixed" has old mail that is over and some twenty thousand open ones, "held" has nothing but HELD.
"""

from __future__ import annotations

import itertools
import json
import multiprocessing
import random
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from gateway.model.ids import new_message_id
from quarantine.keys import KeyRing, wrapped_under
from quarantine.models import ApprovalTask, AuditRecord, HeldRecipient, OutboxEntry, QuarantinedMessage, ReleaseRequest
from quarantine.sealing import MessageKeys
from quarantine.search import TABLE, Terms, facts_of, status_term
from quarantine.service import QuarantineService
from tests.builders.custody import START

BATCH = 4000
YEARS = timedelta(days=5 * 365)
BEGIN = START - YEARS
RECIPIENTS, STRANGERS, HASHES = 2000, 120_000, 60_000
RULES = (*(f"rule-{n:02d}" for n in range(29)), "rare-rule")
LEAKS = frozenset(RULES[3:29:4])         # rules about customer data
SUBJECTS = (
    "客戶名單 {n} 請查收", "印鑑変更の件 {n}", "転勤のお知らせ {n}", "关于账户对账单的通知 {n}", "Statement of account {n}", "Invoice {n} overdue",
    "Re: 貸款申請書補件 {n}", "【重要】パスワード再設定 {n}", "發票 {n} 已開立", "Meeting minutes {n}", "薪資單 {n}", "見積書送付の件 {n}")
WORDS = ("臺北分行", "資金部", "保險契約", "信用卡", "住宅融資", "口座開設", "基金定投", "外匯", "振込依頼", "理賠", "quarterly", "renewal", "audit")
NAMES = ("王大明", "陳怡君", "佐藤健", "鈴木花子", "张伟", "Smith", "Accounts payable", "林志玲")
FILES = ("invoice_{n}.docm", "名簿_{n}.xlsx", "報告書_{n}.pdf", "report.zip", "請求書_{n}.xls")
OVER = ("released", "expired", "purged", "denied", "returned", "withdrawn")
OVER_WEIGHTS = tuple(itertools.accumulate((30, 40, 22, 5, 2, 1)))
WAITING = ("held", "release_requested", "release_blocked", "delivery_unknown")
WAITING_WEIGHTS = tuple(itertools.accumulate((967, 20, 10, 3)))
DESTROYED = ("expired", "purged")
Fact = dict[str, Any]


class Zipf:
    """Numbers below `size`, the first one most often; s = 1."""

    def __init__(self, size: int) -> None:
        self.sums = list(itertools.accumulate(1 / (n + 1) for n in range(size)))

    def one(self, dice: random.Random) -> int:
        return bisect(self.sums, dice.random() * self.sums[-1])


def ours(number: int) -> str:
    return f"staff{number}@{('www', 'sales', 'loans', 'audit')[number % 4 if number % 40 < 8 else 0]}.bank.example"


def theirs(number: int) -> str:
    return f"person{number}@{('else', 'partner', 'shop')[number % 3]}{number % 900}.example"


def messages(count: int, spread: str, seed: int = 7) -> Iterator[Fact]:
    """Made-up facts of a message each, oldest first."""
    dice, people, strangers, rules = random.Random(seed), Zipf(RECIPIENTS), Zipf(STRANGERS), Zipf(29)
    for n in range(count):
        rule = RULES[rules.one(dice)] if n % 9973 else "rare-rule"
        leak = rule in LEAKS
        inside, outside = ours(people.one(dice)), theirs(strangers.one(dice))
        file = dice.choice(FILES).format(n=n % 7000)
        subject = f"{dice.choice(SUBJECTS).format(n=dice.randrange(10**7))} {dice.choice(WORDS)}"
        yield {
            "at": BEGIN + n * (YEARS / count), "rule": rule, "kind": "leak" if leak else "threat",
            "direction": "outbound" if leak else "inbound", "sender": inside if leak else outside,
            "recipient": outside if leak else inside, "status": status(n / count, spread, dice),
            "subject": subject + (" 珍獣観察" if n % 250_001 in (17, 249_900) else ""), "header_from": f"{dice.choice(NAMES)} <{outside}>",
            "identifiers": {"tw.national_id": n % 40, "phone": 3} | ({"cn.resident_id": 2} if n % 1009 == 5 else {}) if leak else {},
            "file": file, "sha256": f"{dice.randrange(HASHES) if n % 20 else 0:064x}", "persons": n % 40 if leak else 0}


def status(age: float, spread: str, dice: random.Random) -> str:
    """What was not decided is mostly of the last ninety days."""
    if dice.random() < (0.38 if age > 0.95 else 0.001):
        return dice.choices(WAITING, cum_weights=WAITING_WEIGHTS)[0]
    return "held" if spread == "held" else dice.choices(OVER, cum_weights=OVER_WEIGHTS)[0]


def detail(one: Fact, id: str) -> Fact:
    whole = {"path": "message", "kind": "message", "name": "", "declared_type": "message/rfc822", "detected_type": "message/rfc822",
             "size": 20000, "sha256": "0" * 63 + "1"}
    text = {"path": "message > 1", "kind": "part", "name": "", "declared_type": "text/plain", "detected_type": "text/plain",
            "size": 900, "sha256": id.rjust(64, "0")}
    file = {"path": f"message > 2 {one['file']}", "kind": "part", "name": one["file"], "declared_type": "application/octet-stream",
            "detected_type": "application/zip", "size": 18000, "sha256": one["sha256"]}
    found = {"code": "MACRO-AUTOEXEC", "category": "macro", "severity": "high", "artifact": file["path"], "count": 1,
             "evidence": ["AutoOpen"], "rule": ""}
    return {"id": id, "kind": one["kind"], "direction": one["direction"], "reason": one["rule"], "subject": one["subject"],
            "header_from": one["header_from"], "persons": one["persons"], "identifiers": one["identifiers"],
            "session": {"listener": "inbound", "peer": "192.0.2.1", "client": "192.0.2.1"}, "envelope": {}, "notices": [],
            "inspection": {"complete": True, "artifacts": [whole, text, file], "findings": [found] * 3, "incidents": [],
                           "rule": one["rule"]}}


class Quick(Terms):
    """The same terms; pieces come again and again."""

    def __init__(self, terms: Terms) -> None:
        self._hash = terms._hash
        self.one = lru_cache(maxsize=1_000_000)(super().one)  # type: ignore[method-assign]


@dataclass(frozen=True, slots=True)
class Made:
    """What takes long: seals and terms."""

    fact: Fact
    id: str
    wrapped: bytes | None
    detail: bytes
    terms: str


class Maker:
    """In each process once."""

    ring: KeyRing
    quick: Quick

    @classmethod
    def begin(cls, ring: KeyRing, terms: Terms) -> None:
        cls.ring, cls.quick = ring, Quick(terms)


def made(facts: Sequence[Fact]) -> list[Made]:
    return [_made(one) for one in facts]


def _made(one: Fact) -> Made:
    id = new_message_id(one["at"])
    keys, known = MessageKeys.new(id), detail(one, id)
    facts = facts_of(known, [one["recipient"]], one["sender"])
    if one["status"] in DESTROYED:
        return Made(one, id, None, b"", " ".join((*Maker.quick.envelope(facts), status_term(one["status"]))))
    return Made(one, id, keys.wrap(Maker.ring), keys.seal_detail(json.dumps(known).encode()),
                " ".join((*Maker.quick.message(facts), status_term(one["status"]))))


def batches(facts: Iterable[Fact]) -> Iterator[list[Fact]]:
    facts = iter(facts)
    while some := list(itertools.islice(facts, BATCH)):
        yield some


def fill(service: QuarantineService, count: int, spread: str = "mixed") -> None:
    terms = service.terms
    connection.close()                   # none of it goes along into the other processes
    with multiprocessing.get_context("fork").Pool(2, Maker.begin, (service.ring, terms)) as pool, quickly():
        place = 0
        for some in pool.imap(made, batches(messages(count, spread)), chunksize=1):
            with transaction.atomic():
                write(some, place)
            place += len(some)
        with transaction.atomic():
            people_wait(service)


@contextmanager
def quickly() -> Iterator[None]:
    """Without the safety of a commit, indexes made at the end, the full-text index in few large pieces."""
    pragmas = ("journal_mode=OFF", "synchronous=OFF", "secure_delete=OFF", "cache_size=-400000")
    tables = tuple(model._meta.db_table for model in (QuarantinedMessage, HeldRecipient, AuditRecord))
    with connection.cursor() as cursor:
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (%s, %s, %s)", tables)
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute(f"INSERT INTO {TABLE} ({TABLE}, rank) VALUES ('hashsize', 40000000)")
        yield
        cursor.execute(f"INSERT INTO {TABLE} ({TABLE}, rank) VALUES ('hashsize', 1048576)")
        for _, sql in indexes:
            cursor.execute(sql)
        cursor.execute("PRAGMA journal_mode=WAL")
    connection.close()


class Row:
    """INSERT of a model with its defaults; only some columns differ."""

    def __init__(self, model: type[Model], same: Mapping[str, Any], *differ: str) -> None:
        fields = [f for f in model._meta.concrete_fields if not f.primary_key or f.attname in differ]
        filled = model(**same)
        self.base = [f.get_db_prep_save(getattr(filled, f.attname), connection) for f in fields]
        self.places = [next(n for n, f in enumerate(fields) if f.attname == name) for name in differ]
        columns, marks = ", ".join(f'"{f.column}"' for f in fields), ", ".join("?" * len(fields))
        self.sql = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks})'

    def put(self, rows: Iterable[Sequence[Any]]) -> None:
        connection.ensure_connection()
        connection.connection.executemany(self.sql, map(self._row, rows))

    def _row(self, values: Sequence[Any]) -> list[Any]:
        row = self.base.copy()
        for place, value in zip(self.places, values, strict=True):
            row[place] = value
        return row


def moment(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", timespec="microseconds")


def write(some: Sequence[Made], place: int) -> None:
    at = START
    messages = Row(
        QuarantinedMessage, {"verdict": "malicious", "disposition": "quarantine", "listener": "inbound", "size": 20000,
                             "received_at": at, "admitted_at": at, "changed_at": at, "expires_at": at + timedelta(days=900)},
        "id", "status", "kind", "direction", "reason", "sender", "sender_key", "sha256", "received_at", "admitted_at", "changed_at",
        "persons", "identifiers", "retry_key", "wrapped_key", "key_id", "detail", "place", "blob", "ended_as")
    recipients = Row(HeldRecipient, {"position": 0}, "message_id", "address", "key")
    records = Row(AuditRecord, {"node": "bench", "via": "keeper", "previous": "0" * 64, "digest": "0" * 64},
                  "seq", "at", "actor", "action", "message_id", "detail")
    messages.put(_message(m, place + n) for n, m in enumerate(some, 1))
    recipients.put((m.id, m.fact["recipient"], m.fact["recipient"]) for m in some)
    records.put(row for n, m in enumerate(some) for row in _records(m, place + n))
    connection.connection.executemany(f"INSERT INTO {TABLE} (rowid, terms) VALUES (?, ?)",
                                      ((place + n, m.terms) for n, m in enumerate(some, 1)))


def _message(m: Made, place: int) -> tuple[Any, ...]:
    one, at = m.fact, moment(m.fact["at"])
    key_id = wrapped_under(m.wrapped) if m.wrapped else ""
    return (m.id, one["status"], one["kind"], one["direction"], one["rule"], one["sender"], one["sender"], m.id.rjust(64, "0"), at, at, at,
            one["persons"], json.dumps(one["identifiers"]), m.id, m.wrapped, key_id, m.detail, place,
            f"{m.id[:2]}/{m.id}" if m.wrapped else "", "expired" if one["status"] == "purged" else "")


def _records(m: Made, n: int) -> Iterator[tuple[Any, ...]]:
    """Its admission, and its end where it has one; now and then a look."""
    said = json.dumps({"kind": m.fact["kind"], "reason": m.fact["rule"], "size": 20000})
    at = m.fact["at"]
    yield 3 * n + 1, at.isoformat(timespec="milliseconds"), "keeper", "admit", m.id, said
    if n % 4 == 0:
        yield 3 * n + 2, (at + timedelta(hours=1)).isoformat(timespec="milliseconds"), f"analyst{n % 13}", "show", m.id, "{}"
    if m.fact["status"] in OVER:
        verb = {"released": "release", "denied": "deny", "expired": "expire", "purged": "purge"}.get(m.fact["status"], "return")
        yield 3 * n + 3, (at + timedelta(hours=2)).isoformat(timespec="milliseconds"), f"analyst{n % 7}", verb, m.id, '{"reason":"x"}'


def people_wait(service: QuarantineService) -> None:
    """Requests, tasks, finished and waiting entries of the outbox, as many as such a house has."""
    rows = QuarantinedMessage.objects.order_by()
    asked = list(rows.filter(status="release_requested").values_list("pk", "received_at"))
    ReleaseRequest.objects.bulk_create(
        (ReleaseRequest(message_id=id, requester="staff", reason="needed", requested_at=at) for id, at in asked), batch_size=500)
    open_leaks = rows.filter(status="held", kind="leak", place__gt=0).order_by("-place")[:4000].values_list("pk", "received_at")
    ApprovalTask.objects.bulk_create(
        (ApprovalTask(message_id=id, approver="boss@www.bank.example", asked_at=at, due_at=at + timedelta(hours=4))
         for id, at in list(open_leaks)), batch_size=500)
    over = list(rows.filter(status="released").values_list("pk", "received_at")[:300_000])
    entries = Row(OutboxEntry, {"purpose": "release", "created_at": START, "next_at": START, "attempts": 1}, "id", "message_id",
                  "state", "created_at", "next_at", "finished_at")
    entries.put((id, id, "done", moment(at), moment(at), moment(at)) for id, at in over)
    notices = Row(OutboxEntry, {"purpose": "notice", "created_at": START, "next_at": START, "attempts": 1, "content": b""},
                  "id", "state", "recipient", "created_at", "next_at", "finished_at")
    dice = random.Random(3)
    made = (START - timedelta(seconds=dice.randrange(30 * 86400)) for _ in range(60_000))
    notices.put((new_message_id(at), "done" if n % 100 else "ready", ours(n % RECIPIENTS), moment(at), moment(at), moment(at) if n % 100 else None)
                for n, at in enumerate(made))
