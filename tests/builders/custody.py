"""Custody for tests: a database and a service for every test (a migrated template is copied), admissions, people."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from quarantine.settings import configure, sqlite_url, use_database

if not django_settings.configured:
    configure("sqlite:////nonexistent/nowhere.db", "tests")

from gateway.model.address import Mailbox
from gateway.model.custody import Actor, Admission, OutgoingMail, Role
from gateway.model.decision import Kind
from gateway.model.ids import new_message_id
from gateway.model.transaction import Direction, Envelope, Recipient, Session
from quarantine import database, keys
from quarantine.blobs import FileBlobs, no_failpoint
from quarantine.service import QuarantineService

START = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
MARKER = "機密-MARKER-6d1f"


class FakeClock:
    def __init__(self) -> None:
        self.at, self.ahead = START, 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp() - self.ahead

    def forward(self, **units: float) -> None:
        self.at += timedelta(**units)

    def leap(self, **units: float) -> None:
        """Somebody sets the clock: no time passes."""
        self.forward(**units)
        self.ahead += timedelta(**units).total_seconds()


class FakeAnswers:
    def __init__(self) -> None:
        self.told: list[tuple[str, str, str, str]] = []

    def compose(self, event: str, held: dict[str, Any], reason: str) -> list[OutgoingMail]:
        self.told.append((event, held["id"], reason, held["requested_by"]))
        return [OutgoingMail("boss@bank.example", f"Subject: {event} {MARKER}\r\n\r\n".encode(), "answer")]

    def digest(self, recipient: str, held: Sequence[Mapping[str, Any]]) -> OutgoingMail:
        return OutgoingMail(recipient, f"Subject: {len(held)} of {sorted({h['sender'] for h in held})}\r\n\r\n".encode(), "digest")


@dataclass
class House:
    """One state directory with everything in it."""

    directory: Path
    service: QuarantineService
    clock: FakeClock
    answers: FakeAnswers

    @property
    def key_file(self) -> Path:
        return self.directory / "quarantine.key"

    def again(self, **changes: Any) -> QuarantineService:
        """The service of a process started anew on the same state."""
        blobs = FileBlobs(self.directory / "blobs", reserve=0, failpoint=changes.get("failpoint", no_failpoint))
        return QuarantineService(keys.load(self.key_file), blobs, self.clock, **{"answers": self.answers} | changes)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Path:
    path = tmp_path_factory.mktemp("template") / "quarantine.sqlite"
    with django_db_blocker.unblock():
        use_database(sqlite_url(path))
        database.open_database(START)
        use_database("sqlite:////nonexistent/nowhere.db")
    return path


@pytest.fixture
def unblocked(django_db_blocker: Any) -> Iterator[None]:
    """These tests bring their own database files; pytest-django's guard is for those that do not."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def house(tmp_path: Path, template: Path, unblocked: None) -> Iterator[House]:
    shutil.copy(template, tmp_path / "quarantine.sqlite")
    use_database(sqlite_url(tmp_path / "quarantine.sqlite"))
    clock, answers = FakeClock(), FakeAnswers()
    ring = keys.create_key_file(tmp_path / "quarantine.key", START)
    service = QuarantineService(ring, FileBlobs(tmp_path / "blobs", reserve=0), clock, answers=answers)
    yield House(tmp_path, service, clock, answers)
    use_database("sqlite:////nonexistent/nowhere.db")


@pytest.fixture
def service(house: House) -> QuarantineService:
    return house.service


@pytest.fixture
def clock(house: House) -> FakeClock:
    return house.clock


def octets(text: str = MARKER) -> bytes:
    return f"From: a@else.example\r\nSubject: {text}\r\n\r\n{text}\r\n".encode() * 3


def admission(data: bytes, **changes: Any) -> Admission:
    """An inbound threat for one recipient."""
    recipients = changes.pop("recipients", ("staff@bank.example",))
    sender = changes.pop("sender", "stranger@else.example")
    envelope = Envelope(Mailbox.parse(sender) if sender else None, tuple(Recipient(Mailbox.parse(r)) for r in recipients))
    base = Admission(
        id=new_message_id(START), session=Session("inbound", "127.0.0.1", "192.0.2.1"), envelope=envelope,
        direction=Direction.INBOUND, kind=Kind.THREAT, verdict="malicious", disposition="quarantine", reason="block-executables",
        approvals=1, sha256=hashlib.sha256(data).hexdigest(), size=len(data), received_at=START, subject=f"Invoice {MARKER}",
        header_from="a@else.example", header_message_id="<1@else.example>", retry_key="",
        inspection={"findings": [{"code": "EXECUTABLE-PE", "severity": "high"}], "note": MARKER})
    return replace(base, **changes)


def leak(data: bytes, **changes: Any) -> Admission:
    """An outbound leak, sent by clerk@bank.example."""
    return admission(data, **{
        "direction": Direction.OUTBOUND, "kind": Kind.LEAK, "verdict": "sensitive", "disposition": "hold", "reason": "many-persons",
        "sender": "clerk@bank.example", "recipients": ("partner@else.example",), "persons": 5} | changes)


def memory(data: bytes) -> int:
    fd = os.memfd_create("test", os.MFD_CLOEXEC)
    os.write(fd, data)
    return fd


Held = Callable[..., str]


@pytest.fixture
def held(service: QuarantineService) -> Held:
    """Put one message into custody; returns its id."""
    def put(make: Callable[..., Admission] = admission, data: bytes | None = None, **changes: Any) -> str:
        content = octets() if data is None else data
        fd = memory(content)
        try:
            return service.admit_now(make(content, **changes), fd).id
        finally:
            os.close(fd)
    return put


def person(name: str, *roles: Role, mailbox: str = "", scopes: tuple[str, ...] = ()) -> Actor:
    return Actor(name, frozenset(roles), frozenset({mailbox} if mailbox else ()), scopes=frozenset(scopes))


ROOT = Actor("root", frozenset(), via="cli", system=True)
ANNA = person("anna", Role.ANALYST, mailbox="anna@bank.example")
BEN = person("ben", Role.ANALYST, mailbox="ben@bank.example")
BOSS = person("boss", Role.SUPERVISOR, mailbox="boss@bank.example")
STAFF = person("staff", Role.RECIPIENT, mailbox="staff@bank.example")
CLERK = person("clerk", Role.SENDER, mailbox="clerk@bank.example")
ADMIN = person("admin", Role.ADMIN)
AUDITOR = person("auditor", Role.AUDITOR)
