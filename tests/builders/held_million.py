"""A house with very many held messages, written as custody writes them but in large transactions: for measurements of lists."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from gateway.model.ids import new_message_id
from quarantine.keys import wrapped_under
from quarantine.models import AuditRecord, HeldRecipient, QuarantinedMessage
from quarantine.sealing import MessageKeys
from quarantine.search import TABLE, Terms, facts_of
from quarantine.service import QuarantineService

BATCH = 2000
SUBJECTS = (
    "客戶名單 {n} 請查收", "印鑑変更の件 {n}", "転勤のお知らせ {n}", "关于账户对账单的通知 {n}", "Statement of account {n}", "Invoice {n} overdue",
    "Re: 貸款申請書補件 {n}", "【重要】パスワード再設定 {n}", "發票 {n} 已開立", "Meeting minutes {n}", "薪資單 {n}", "見積書送付の件 {n}")
NAMES = ("王大明", "陳怡君", "佐藤健", "鈴木花子", "张伟", "Smith", "Accounts payable", "林志玲")
FILES = ("invoice_{n}.docm", "名簿_{n}.xlsx", "報告書_{n}.pdf", "report.zip", "請求書_{n}.xls")
RULES = ("block-executables", "block-macros", "many-persons", "edm-rows", "unmapped-incident", "block-active-documents", "rare-rule")
WEIGHTS = (30, 25, 20, 10, 10, 5, 0.01)
STATUSES = ("released", "held", "denied", "release_requested", "expired", "purged")
STATUS_WEIGHTS = (40, 45, 8, 0.02, 5, 2)


def messages(count: int, seed: int = 7) -> Iterator[dict[str, Any]]:
    """Made-up facts of a message each, oldest first, over ninety days."""
    dice = random.Random(seed)
    start = datetime(2026, 8, 1, tzinfo=UTC)
    for n in range(count):
        rule = dice.choices(RULES, WEIGHTS)[0]
        leak = rule in ("many-persons", "edm-rows")
        ours = f"staff{dice.randrange(5000)}@{'sales' if n % 9 == 0 else 'www'}.bank.example" if n % 50 else "info@bank.example"
        theirs = f"person{dice.randrange(200_000)}@{dice.choice(('else', 'partner', 'shop'))}{dice.randrange(900)}.example"
        file = dice.choice(FILES).format(n=n % 7000)
        sha = f"{dice.randrange(60_000):064x}"
        yield {
            "at": start + timedelta(seconds=n * 7_776_000 / count), "rule": rule, "kind": "leak" if leak else "threat",
            "direction": "outbound" if leak else "inbound", "sender": ours if leak else theirs, "recipient": theirs if leak else ours,
            "status": dice.choices(STATUSES, STATUS_WEIGHTS)[0] if n % 3 else "held",
            "subject": dice.choice(SUBJECTS).format(n=dice.randrange(10**7)) + (" 珍獣観察" if n % 250_001 == 17 else ""),
            "header_from": f"{dice.choice(NAMES)} <{theirs}>", "identifiers": {"tw.national_id": n % 40, "phone": 3} if leak else {},
            "file": file, "sha256": sha, "persons": n % 40 if leak else 0}


def detail(one: dict[str, Any], id: str) -> dict[str, Any]:
    artifacts = [{"path": "message", "kind": "message", "name": "", "declared_type": "message/rfc822", "detected_type": "message/rfc822", "size": 20000, "sha256": "0" * 64},
                 {"path": "message > 1", "kind": "part", "name": "", "declared_type": "text/plain", "detected_type": "text/plain", "size": 900, "sha256": id.rjust(64, "0")},
                 {"path": f"message > 2 {one['file']}", "kind": "part", "name": one["file"], "declared_type": "application/octet-stream", "detected_type": "application/zip", "size": 18000, "sha256": one["sha256"]}]
    findings = [{"code": "MACRO-AUTOEXEC", "category": "macro", "severity": "high", "artifact": artifacts[2]["path"], "count": 1, "evidence": ["AutoOpen"], "rule": ""}] * 3
    return {"id": id, "kind": one["kind"], "direction": one["direction"], "reason": one["rule"], "subject": one["subject"],
            "header_from": one["header_from"], "persons": one["persons"], "identifiers": one["identifiers"],
            "session": {"listener": "inbound", "peer": "192.0.2.1", "client": "192.0.2.1"}, "envelope": {}, "notices": [],
            "inspection": {"complete": True, "artifacts": artifacts, "findings": findings, "incidents": [], "rule": one["rule"]}}


def fill(service: QuarantineService, count: int) -> None:
    made, quick = messages(count), Quick(service.terms)
    for some in iter(lambda: list(islice(made, BATCH)), []):
        with transaction.atomic():
            write(service, quick, some)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class Quick(Terms):
    """The same terms; pieces come again and again."""

    def __init__(self, terms: Terms) -> None:
        self._hash = terms._hash
        self.one = lru_cache(maxsize=2_000_000)(super().one)  # type: ignore[method-assign]


def put(cursor: Any, model: type[Model], rows: list[Model]) -> None:
    fields = [f for f in model._meta.concrete_fields if rows[0].pk or not f.primary_key]
    names, marks = ", ".join(f'"{f.column}"' for f in fields), ", ".join("%s" for _ in fields)
    cursor.executemany(f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks})',
                       [[f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields] for row in rows])


def write(service: QuarantineService, quick: Terms, some: list[dict[str, Any]]) -> None:
    rows, recipients, records, terms = [], [], [], []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(rowid), 0) FROM {TABLE}")
        place = cursor.fetchone()[0]
        for one in some:
            place += 1
            id = new_message_id(one["at"])
            keys, known = MessageKeys.new(id), detail(one, id)
            ended = one["status"] in ("expired", "purged")
            wrapped = None if ended else keys.wrap(service.ring)
            facts = facts_of(known, [one["recipient"]], one["sender"])
            terms.append((place, " ".join(quick.envelope(facts) if ended else quick.message(facts))))
            rows.append(QuarantinedMessage(
                id=id, status=one["status"], kind=one["kind"], direction=one["direction"], verdict="malicious",
                disposition="quarantine", reason=one["rule"], listener="inbound", sender=one["sender"], sender_key=one["sender"],
                sha256=id.rjust(64, "0"), size=20000, received_at=one["at"], admitted_at=one["at"], changed_at=one["at"],
                expires_at=one["at"] + timedelta(days=900), persons=one["persons"], identifiers=one["identifiers"], retry_key=id,
                wrapped_key=wrapped, place=place, key_id=wrapped_under(wrapped) if wrapped else "",
                detail=b"" if ended else keys.seal_detail(json.dumps(known).encode())))
            recipients.append(HeldRecipient(message_id=id, position=0, address=one["recipient"], key=one["recipient"]))
            records.append(AuditRecord(node="bench", seq=place, at=one["at"].isoformat(), actor="keeper", via="keeper", action="admit",
                                       message_id=id, previous="", digest=""))
        put(cursor, QuarantinedMessage, rows)
        put(cursor, HeldRecipient, recipients)
        put(cursor, AuditRecord, records)
        cursor.executemany(f"INSERT INTO {TABLE} (rowid, terms) VALUES (%s, %s)", terms)
