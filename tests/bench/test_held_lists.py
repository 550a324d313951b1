"""Every list, search and detail of the console with very many held messages on SQLite, through its views with accounts.

`SEKISHO_HELD` says how many (a million by itself), `SEKISHO_HELD_SPREAD` what they are (see tests/builders/held_million.py),
`SEKISHO_HELD_DIR` where the house is kept: a second run there measures at once; `SEKISHO_HELD_RUNS` how often each page is opened.
"""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.builders.custody import ROOT, START, FakeAnswers, House  # isort: skip - configures Django before its models
from django.db import connection
from django.test import override_settings

from gateway.console import dashboard
from gateway.journal import store
from gateway.journal.entry import row
from gateway.model.custody import Actor
from quarantine import keys, trail
from quarantine.blobs import FileBlobs
from quarantine.models import AuditRecord, DirectoryEntry, OutboxEntry, Profile, QuarantinedMessage
from quarantine.reading import Query
from quarantine.service import QuarantineService
from quarantine.settings import sqlite_url, use_database
from tests.builders import past
from tests.builders.console import Browser, FakeKeeper, Site, site_settings
from tests.builders.held_million import RULES, fill, ours, theirs

HELD = int(os.environ.get("SEKISHO_HELD", "1000000"))
SPREAD = os.environ.get("SEKISHO_HELD_SPREAD", "mixed")
LIMIT = 0.3                              # seconds, p95
RUNS = int(os.environ.get("SEKISHO_HELD_RUNS", "20"))
JOURNAL_DAY = 2_000_000                  # entries
Pages = Mapping[str, Sequence[str]]
PEOPLE: Mapping[str, tuple[Sequence[str], Sequence[str], Sequence[str]]] = {      # roles, mailboxes, scopes
    "anna": (("analyst",), ("anna@bank.example",), ()),
    "narrow": (("analyst",), ("narrow@bank.example",), ("audit.bank.example", "kind:leak")),
    "kinds": (("analyst",), ("kinds@bank.example",), ("kind:leak", "direction:outbound")),
    "boss": (("supervisor",), ("boss@bank.example",), ("loans.bank.example",)),
    "www": (("supervisor",), ("www@bank.example",), ("www.bank.example",)),
    "chief": (("supervisor",), ("chief@bank.example",), ("department:資金部",)),
    "staff": (("recipient", "sender"), (ours(77),), ()), "busy": (("recipient",), (ours(0),), ()),
    "audrey": (("auditor",), (), ()), "root": (("admin",), (), ()),
}


class RunningClock:
    """Begins when the mail ends."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    def now(self) -> datetime:
        return START + timedelta(seconds=self.monotonic() - self.began)

    def monotonic(self) -> float:
        return time.monotonic()


def day(ago: int) -> str:
    return (START - timedelta(days=ago)).date().isoformat()


def asked(*queries: Mapping[str, str]) -> list[str]:
    return [f"/quarantine?{urlencode(query)}" for query in queries]


def lists() -> Pages:
    """For whoever sees everything."""
    single: dict[str, Sequence[Mapping[str, str]]] = {
        "unfiltered": [{}], "waiting": [{"status": "waiting"}],
        **{f"status {status}": [{"status": status}] for status in
           ("held", "release_requested", "delivery_unknown", "released", "denied", "purged", "withdrawn", "pending")},
        "kind": [{"kind": "threat"}, {"kind": "leak"}], "kind that is not": [{"kind": "uninspectable"}],
        "direction": [{"direction": "inbound"}, {"direction": "outbound"}], "direction that is not": [{"direction": "internal"}],
        "rule, frequent": [{"rule": RULES[0]}, {"rule": RULES[3]}], "rule, rare": [{"rule": "rare-rule"}], "rule, none": [{"rule": "x"}],
        "data class": [{"data": "tw.national_id"}, {"data": "persons"}], "data class, rare": [{"data": "cn.resident_id"}],
        "data class, none": [{"data": "jp.my_number"}],
        "sender, frequent": [{"sender": theirs(0)}, {"sender": ours(0)}], "sender": [{"sender": theirs(n * 97)} for n in range(1, 20)],
        "sender, none": [{"sender": "nobody@else.example"}], "part of a sender": [{"sender": "person1234"}, {"sender": "@shop7"}],
        "part of a sender, short": [{"sender": "on"}, {"sender": "q"}], "part of a sender, none": [{"sender": "zebra"}],
        "recipient, frequent": [{"recipient": ours(0)}], "recipient": [{"recipient": ours(n * 31)} for n in range(1, 20)],
        "part of a recipient": [{"recipient": "staff1999"}, {"recipient": "@loans"}],
        "file, frequent": [{"hash": "0" * 64}], "file": [{"hash": f"{n * 997:064x}"} for n in range(1, 20)],
        "file, none": [{"hash": "f" * 64}], "text, frequent": [{"text": "印鑑"}, {"text": "Statement"}], "text, rare": [{"text": "珍獣観察"}],
        "text, none": [{"text": "木枯"}, {"text": "オールド"}], "text, words apart": [{"text": "印鑑 信用卡"}, {"text": "statement 臺北分行"}],
        "text, pieces only": [{"text": "更変鑑印"}, {"text": "認鑑印鑑"}, {"text": "stat invoic"}], "text, a number": [{"text": "9876543"}],
        "text, one character": [{"text": "印"}, {"text": "獣"}], "text, two letters": [{"text": "ov"}, {"text": "qz"}],
        "a day long ago": [{"since": day(900), "until": day(900)}], "a month long ago": [{"since": day(930), "until": day(900)}],
        "since a week": [{"since": day(7)}], "until four years ago": [{"until": day(1460)}], "before all": [{"until": day(3000)}],
    }
    pairs: dict[str, Sequence[Mapping[str, str]]] = {
        "waiting + kind": [{"status": "waiting", "kind": "leak"}, {"status": "waiting", "kind": "threat"}],
        "waiting + rule": [{"status": "waiting", "rule": rule} for rule in (*RULES[:3], "rare-rule")],
        "requested + kind": [{"status": "release_requested", "kind": "leak"}], "denied + rare rule": [{"status": "denied", "rule": "rare-rule"}],
        "purged + data class": [{"status": "purged", "data": "tw.national_id"}], "purged + text": [{"status": "purged", "text": "印鑑"}],
        "leak + inbound, never": [{"kind": "leak", "direction": "inbound"}], "rule + rule's other kind": [{"rule": RULES[0], "kind": "leak"}],
        "sender + text": [{"sender": theirs(0), "text": "印鑑"}], "sender + recipient": [{"sender": theirs(3), "recipient": ours(900)}],
        "sender part + recipient part": [{"sender": "person9", "recipient": "staff9"}], "rule + text, rare": [{"rule": RULES[20], "text": "珍獣"}],
        "file + kind": [{"hash": "0" * 64, "kind": "leak"}], "text + status": [{"text": "名單", "status": "waiting"}],
        "text + a day": [{"text": "印鑑", "since": day(900), "until": day(900)}], "rare rule + until": [{"rule": "rare-rule", "until": day(900)}],
        "class + year": [{"data": "cn.resident_id", "since": day(800), "until": day(430)}],
        "text none + status": [{"text": "木枯", "status": "waiting"}], "unknown + threat": [{"status": "delivery_unknown", "kind": "threat"}],
        "five filters": [{"status": "released", "kind": "threat", "direction": "inbound", "rule": RULES[1], "text": "invoice"}],
        "short text + waiting": [{"text": "印", "status": "waiting"}], "short text + leak": [{"text": "qz", "kind": "leak"}],
    }
    return {name: asked(*queries) for name, queries in {**single, **pairs}.items()}


def deep() -> Pages:
    """Pages in the middle and at the end."""
    rows = [QuarantinedMessage.objects.filter(place__gte=HELD * part // 10).order_by("place").first() for part in (1, 5, 9)]
    ends = [f"{row.received_at.isoformat()} {row.pk}" for row in rows if row is not None]
    places = [f"#{HELD * part // 10}" for part in (1, 5, 9)]
    return {
        "deep, unfiltered": asked(*({"after": end} for end in ends)), "deep, held": asked(*({"status": "held", "after": end} for end in ends)),
        "deep, released": asked(*({"status": "released", "after": end} for end in ends)),
        "deep, kind": asked(*({"kind": "leak", "after": place} for place in places)),
        "deep, text": asked(*({"text": "印鑑", "after": place} for place in places)),
        "deep, rule + status": asked(*({"rule": RULES[5], "status": "denied", "after": place} for place in places))}


def details() -> Pages:
    held = QuarantinedMessage.objects.filter(status="held").order_by("-received_at").values_list("pk", flat=True)
    logo = QuarantinedMessage.objects.filter(place__in=range(HELD // 20 * 19 // 20 * 20 + 1, HELD, 20)).values_list("pk", flat=True)
    return {"detail": [f"/quarantine/{id}" for id in held[:2000:101]], "detail, a frequent file": [f"/quarantine/{id}" for id in logo[:20]]}


MINE: Pages = {
    "unfiltered": asked({}), "waiting": asked({"status": "waiting"}), "released": asked({"status": "released"}), "kind": asked({"kind": "leak"}),
    "rule": asked({"rule": RULES[1]}), "rare rule": asked({"rule": "rare-rule"}), "text": asked({"text": "印鑑"}, {"text": "statement"}),
    "text, none": asked({"text": "木枯"}), "text, two letters": asked({"text": "qz"}), "waiting + text": asked({"status": "waiting", "text": "名單"}),
    "a month long ago": asked({"since": day(930), "until": day(900)}), "denied + rule": asked({"status": "denied", "rule": RULES[25]}),
    "overview": ["/"],
}
AUDIT = ({}, {"by": "analyst3"}, {"action": "show"}, {"action": "admit"}, {"by": "analyst3", "action": "deny"}, {"by": "keeper", "action": "show"},
         {"by": "nobody"}, {"since": day(900), "until": day(890)}, {"by": "analyst5", "since": day(1700), "until": day(1690)},
         {"action": "show", "until": day(1500)})
OTHERS: Mapping[str, Pages] = {
    "audrey": {"audit": [f"/audit?{urlencode(query)}" for query in AUDIT], "overview": ["/"], "outbox": ["/outbox"], "outbox, all": ["/outbox?all=yes"]},
    "anna": {"overview": ["/"]}, "root": {"users": ["/users"], "overview": ["/"]},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, template: Path, django_db_blocker: Any) -> Iterator[Path]:
    given = os.environ.get("SEKISHO_HELD_DIR")
    folder = Path(given) if given else tmp_path_factory.mktemp("million")
    folder.mkdir(exist_ok=True)
    database, key = folder / "quarantine.sqlite", folder / "quarantine.key"
    with django_db_blocker.unblock():
        if not (folder / "filled").exists():
            for old in (database, key):
                old.unlink(missing_ok=True)
            shutil.copy(template, database)
            use_database(sqlite_url(database))
            made = QuarantineService(keys.create_key_file(key, START), FileBlobs(folder / "blobs", reserve=0), RunningClock())
            began = time.monotonic()
            fill(made, HELD, SPREAD)
            journal(folder)
            (folder / "filled").touch()
            print(f"\n{HELD} messages in {time.monotonic() - began:.0f} s, {database.stat().st_size / 1e9:.2f} GB")
        use_database(sqlite_url(database))
        yield folder
        use_database("sqlite:////nonexistent/nowhere.db")


def journal(folder: Path) -> None:
    """Two weeks of a busy house as its counts, and the entries of the last minutes."""
    (folder / "journal.db").unlink(missing_ok=True)
    journal = store.open_writer(folder / "journal.db", False)
    quarters = range(int((START - timedelta(days=15)).timestamp()) // store.QUARTER, int(START.timestamp()) // store.QUARTER)
    kinds = [("inbound", "deliver", ""), ("outbound", "deliver", ""), ("inbound", "reject", "r")] + [("inbound", "quarantine", rule) for rule in RULES]
    journal.execute("BEGIN")
    journal.executemany("INSERT INTO counts VALUES (?, ?, ?, ?, ?)",
                        ((quarter, *kind, JOURNAL_DAY // 96 // len(kinds)) for quarter in quarters for kind in kinds))
    journal.execute("COMMIT")
    store.write(journal, [row(past.entry(START + timedelta(seconds=n / 100))) for n in range(JOURNAL_DAY // 96)])
    journal.close()


@pytest.fixture(scope="module")
def site(folder: Path, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    clock: Any = RunningClock()
    service = QuarantineService(keys.load(folder / "quarantine.key"), FileBlobs(folder / "blobs", reserve=0), clock, answers=FakeAnswers())
    house = House(folder, service, clock, FakeAnswers())
    work = tmp_path_factory.mktemp("console")
    keeper = FakeKeeper(service)
    values = site_settings(work, keeper, house) | {"PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}
    (work / "journal.db").symlink_to(folder / "journal.db")
    with override_settings(**values):
        known = set(Profile.objects.values_list("user__username", flat=True))
        for name, (roles, mailboxes, scopes) in PEOPLE.items():
            if name not in known:
                service.user_add(ROOT, name, roles, mailboxes, password="correct horse battery", scopes=scopes)
        if not DirectoryEntry.objects.exists():
            DirectoryEntry.objects.bulk_create(
                DirectoryEntry(mailbox=ours(n), department="資金部" if n % 8 == 1 else "業務部") for n in range(2000))
        yield Site(house, keeper, values["CONSOLE"].book, lambda: None)


@pytest.fixture(scope="module")
def slow() -> list[str]:
    return []


def begin_anew(folder: Path) -> None:
    """As after a start of the service on a machine that read none of it lately."""
    gc.collect()
    gc.freeze()                          # the garbage of a test runner is none of the product's
    connection.close()
    dashboard._counted.clear()
    for file in folder.glob("*.sqlite*"):
        with file.open("rb") as opened:
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def times(work: Callable[[str], Any], arguments: Sequence[str], runs: int = RUNS) -> list[tuple[float, float]]:
    """Seconds of the wall and of the processor, for each run."""
    found = []
    for argument in itertools.islice(itertools.cycle(arguments), max(runs, len(arguments))):
        began, spent = time.perf_counter(), time.process_time()
        work(argument)
        found.append((time.perf_counter() - began, time.process_time() - spent))
    return found


def percentile(values: Sequence[float], part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def measure(who: str, name: str, work: Callable[[str], Any], arguments: Sequence[str], folder: Path, slow: list[str]) -> None:
    begin_anew(folder)
    (cold, cold_cpu), = times(work, arguments[:1], 1)
    warm = times(work, arguments)
    walls, cpus = [wall for wall, _ in warm], [cpu for _, cpu in warm]
    wall, cpu = percentile(walls, 0.95), percentile(cpus, 0.95)
    flag = "SLOW" if cpu > LIMIT else "wall" if wall > LIMIT else ""
    print(f"{who:7} {name:30} wall p50 {percentile(walls, 0.5) * 1000:6.1f}  p95 {wall * 1000:6.1f}  max {max(walls) * 1000:6.1f}   "
          f"cpu p50 {percentile(cpus, 0.5) * 1000:6.1f}  p95 {cpu * 1000:6.1f}  max {max(cpus) * 1000:6.1f}   "
          f"cold {cold * 1000:6.1f} / {cold_cpu * 1000:6.1f} ms  {flag}")
    slow += [f"{who} {name}: {cpu:.3f} s of processor, {wall:.3f} s"] if cpu > LIMIT or (wall > LIMIT and os.getloadavg()[0] < 2) else []


def pages_of(who: str) -> Pages:
    if who == "anna":
        return {**OTHERS[who], **lists(), **deep(), **details()}
    return OTHERS.get(who, MINE)


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("who", PEOPLE)
def test_pages(who: str, site: Site, folder: Path) -> None:
    slow: list[str] = []
    browser = Browser()
    assert browser.login(who).status_code == 303
    print(f"\nload {os.getloadavg()}, {SPREAD}")

    def opened(path: str) -> None:
        answer = browser.open(path)
        assert answer.status_code == 200, path

    for name, paths in pages_of(who).items():
        measure(who, name, opened, paths, folder, slow)
    assert slow == []


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_beside_the_pages(site: Site, folder: Path) -> None:
    """The interface for programs, counts, the turn of a notice, numbers for the metrics."""
    slow: list[str] = []
    service = site.house.service
    token = service.token_add(ROOT, "anna", "bench", 30)["token"]
    browser = Browser()

    def program(path: str) -> None:
        answer = browser.get(f"/api/v1{path}", headers={"host": "127.0.0.1:8080", "authorization": f"Bearer {token}"})
        assert answer.status_code in (200, 429), answer.content

    def actor(name: str) -> Actor:
        return service.actor(name, "console")

    notices = list(OutboxEntry.objects.filter(state="ready", purpose="notice").values_list("pk", flat=True)[:RUNS])
    for name, work, arguments in (
        ("GET /messages", program, ["/messages", "/messages?kind=leak", f"/messages?reason={RULES[9]}&status=held"]),
        ("GET /messages/counts", program, ["/messages/counts"]), ("GET /messages, 200", program, ["/messages?limit=200"]),
        ("turn of a notice", lambda id: service.turn(id, 50), notices), ("totals", lambda _: service.totals(), [""]),
        ("audit trail, deep", lambda n: trail.find(trail.Wanted(after=n)), [str(pk) for pk in AuditRecord.objects.order_by("id").values_list("pk", flat=True)[:3]]),
        ("due entries", lambda _: service.due(), [""]), ("batch to expire", lambda _: service.expire(1), [""]),
        ("to be judged again", lambda _: service.to_recheck(), [""]), ("to be attended to", lambda _: service.to_attend(), [""]),
    ):
        measure("service", name, work, arguments, folder, slow)
    # Printed only: no page counts every state of a whole domain, programs may, in half a second.
    measure("service", "count of a domain", lambda name: service.count(actor(name), Query()), ["boss", "www", "chief", "narrow", "kinds"], folder, [])
    assert slow == []
