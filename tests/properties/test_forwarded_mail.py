"""500 ordinary mails that came over mailing lists, forwarders and senders for others: none is stopped by the packaged policy.

Most of them fail SPF, lose their DKIM signature or fail DMARC, as such mail does.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.auth.acquaintance import Acquaintances
from gateway.auth.sign import dkim_signature
from gateway.auth.voucher import DnsVoucher
from gateway.config import load
from gateway.detect.base import Scope
from gateway.detect.impersonation import ImpersonationDetector
from gateway.model.address import Mailbox
from gateway.model.artifact import Artifact, ArtifactKind, ArtifactTree
from gateway.model.content import Sample
from gateway.model.deadline import Deadline
from gateway.model.decision import Disposition
from gateway.model.finding import Inspection, Summary
from gateway.model.transaction import Direction, Envelope, Message, Recipient, Session, Transaction
from gateway.policy import decide, load_policy
from gateway.policy.rule import Policy
from tests.builders.edge import Recorder
from tests.builders.sealed import body_hashes, head, key_zone, relaxed_hash, signing_key
from tests.builders.zones import Names

NOW = datetime(2026, 11, 21, tzinfo=UTC)
OURS = "bank.example"
AUTHORS = {
    "reject.example": "v=DMARC1; p=reject", "strict.example": "v=DMARC1; p=quarantine; adkim=s; aspf=s", "none.example": "v=DMARC1; p=none",
    "silent.example": None, "mail.reject.example": None,
}
NAMES = ("Wang Ming", "王小明", "\"Wang, Ming (IT)\"", "=?iso-2022-jp?B?GyRCOzNFREJATzobKEI=?=", "山田 太郎", "support@{d}", "")
FOOTER = b"-- \r\nunsubscribe: https://lists.test/u\r\n"


def mailbox(name: str, domain: str) -> str:
    return f"{name.format(d=domain)} <support@{domain}>" if name else f"support@{domain}"


def original(author: str, name: str, signed: bool) -> bytes:
    mail = f"From: {mailbox(name, author)}\r\nTo: user@{OURS}\r\nSubject: Hello\r\nMessage-ID: <1@{author}>\r\n\r\nbody\r\n".encode()
    return dkim_signature(head(mail), relaxed_hash(mail), signing_key(author), NOW) + mail if signed else mail


def direct(mail: bytes, author: str) -> tuple[bytes, str | None, str]:
    return mail, f"support@{author}", "192.0.2.1"


def forwarded(mail: bytes, author: str) -> tuple[bytes, str | None, str]:
    return b"Received: from x by forward.test\r\n" + mail, f"support@{author}", "198.51.100.7"


def rewritten(mail: bytes, author: str) -> tuple[bytes, str | None, str]:
    return b"Resent-From: a@forward.test\r\n" + mail, f"SRS0=abc=xy={author}=support@forward.test", "198.51.100.7"


def listed(mail: bytes, author: str) -> tuple[bytes, str | None, str]:
    mail = mail.replace(b"Subject: ", b"Subject: [dev] ") + FOOTER
    return b"List-Id: <dev.lists.test>\r\nReply-To: dev@lists.test\r\n" + mail, "dev-bounces@lists.test", "198.51.100.8"


def munged(mail: bytes, author: str) -> tuple[bytes, str | None, str]:
    line = b"From: Support via Dev <dev@lists.test>\r\nReply-To: support@" + author.encode() + b"\r\nList-Id: <dev.lists.test>\r\n"
    return line + mail.partition(b"\r\n")[2] + FOOTER if not mail.startswith(b"DKIM") else mail, "dev-bounces@lists.test", "198.51.100.8"


def for_others(mail: bytes, author: str) -> tuple[bytes, str | None, str]:
    return b"Sender: news@mailer.test\r\nReply-To: info@" + author.encode() + b"\r\n" + mail, "bounce-1@mailer.test", "198.51.100.9"


def bounced(mail: bytes, author: str) -> tuple[bytes, str | None, str]:
    return b"From: MAILER-DAEMON@mx.forward.test\r\nAuto-Submitted: auto-replied\r\nSubject: failed\r\n\r\nno\r\n", None, "198.51.100.7"


def own_staff_on_a_list(mail: bytes, author: str) -> tuple[bytes, str | None, str]:
    line = f'From: "user@{OURS} via Dev" <dev@lists.test>\r\nReply-To: user@{OURS}\r\nList-Id: <dev.lists.test>\r\n'.encode()
    return line + b"Subject: [dev] x\r\n\r\nbody\r\n" + FOOTER, "dev-bounces@lists.test", "198.51.100.8"


ROUTES = (direct, forwarded, rewritten, listed, munged, for_others, bounced, own_staff_on_a_list)
CASES = list(itertools.product(ROUTES, AUTHORS, NAMES, (True, False)))
ZONE: dict[str, list[tuple[str, object]]] = {
    **{d: [("TXT", "v=spf1 ip4:192.0.2.0/24 -all")] for d in AUTHORS},
    **{f"_dmarc.{d}": [("TXT", record)] for d, record in AUTHORS.items() if record},
    **key_zone(*AUTHORS), "lists.test": [("TXT", "v=spf1 ip4:198.51.100.8 -all")], "forward.test": [("TXT", "v=spf1 ?all")],
    f"_dmarc.{OURS}": [("TXT", "v=DMARC1; p=reject")],
}


class Clock:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


class NobodyKnown:
    """A history in which every sender and every thread is new."""

    async def recall(self, words):
        return [False] * len(words)

    async def acquaint(self, words) -> None: ...


async def judged(mail: bytes, path: str | None, client: str, policy: Policy) -> tuple[Disposition, dict[str, str]]:
    tree = ArtifactTree((Artifact(0, None, ArtifactKind.MESSAGE),))
    scope = Scope(Direction.INBOUND, path or "", (f"user@{OURS}",), (OURS,))
    findings = tuple(ImpersonationDetector(scope).look(Sample(tree.artifacts[0], mail)))
    inspection = Inspection(tree, findings, summary=Summary(body_hashes=body_hashes(mail)))
    envelope = Envelope(Mailbox.parse(path) if path else None, (Recipient(Mailbox.parse(f"user@{OURS}")),))
    session = Session("inbound", "127.0.0.1", client, helo="mx.forward.test")
    transaction = Transaction("x", session, envelope, Message(-1, len(mail), "", NOW), Direction.INBOUND, Deadline(90.0))
    auth = await DnsVoucher(Names(ZONE), Clock(), [OURS]).vouch(transaction, inspection, head(mail))
    transaction = Transaction("x", session, envelope, transaction.message, Direction.INBOUND, Deadline(90.0), auth)
    strangers = await Acquaintances(NobodyKnown(), Recorder()).judge(transaction, head(mail))
    inspection = replace(inspection, findings=(*inspection.findings, *strangers))
    [decision] = decide(transaction, inspection, policy, NOW)
    return decision.disposition, {r.method: r.result for r in auth}


@pytest.fixture
def policy(tmp_path: Path) -> Policy:
    (tmp_path / "sekisho.toml").write_text(f'[gateway]\nour_domains = ["{OURS}"]\n', encoding="utf-8")
    return load_policy(load(tmp_path / "sekisho.toml"))


async def test_ordinary_mail_by_any_route_is_delivered(policy: Policy) -> None:
    assert len(CASES) >= 500
    stopped, seen = [], set()
    for route, author, name, signed in CASES:
        mail, path, client = route(original(author, name, signed), author)
        disposition, results = await judged(mail, path, client, policy)
        seen.add(results["dmarc"])
        if disposition > Disposition.ANNOTATE:
            stopped.append((route.__name__, author, name, signed, results))
    assert not stopped
    assert {"pass", "fail", "none"} <= seen          # the cases are not all easy


@pytest.mark.parametrize(("author", "path", "client", "stopped"), [
    (OURS, f"ceo@{OURS}", "198.51.100.7", True), (OURS, "x@forward.test", "198.51.100.7", True), (OURS, None, "198.51.100.7", True),
    (f"branch.{OURS}", "x@forward.test", "198.51.100.7", True), (OURS, f"ceo@{OURS}", "203.0.113.5", False),
])
async def test_our_own_name_is_for_ourselves(policy: Policy, author: str, path: str | None, client: str, stopped: bool) -> None:
    ZONE[OURS] = [("TXT", "v=spf1 ip4:203.0.113.5 -all")]
    disposition, results = await judged(original(author, "王小明", False), path, client, policy)
    assert (disposition is Disposition.QUARANTINE) == stopped, results
