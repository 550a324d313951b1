"""The case families of "Composition Kills" (Chen, Paxson, Jiang; USENIX Security 2020) and of its tool espoofer, and some more.

The attacker owns attack.example: SPF, DKIM and DMARC of it pass. He plays our own domain, and a partner's that asks for p=reject.
Each case is judged as a whole: authentication, the detector of impersonation, the packaged policy. Our name never gets through;
the partner's is never vouched for, and where readers could disagree about the author, that is said.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import dkim as dkimpy
import pytest

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
from gateway.policy import Policy, decide, load_policy
from tests.builders.sealed import body_hashes, key_zone, pem
from tests.builders.zones import Names

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ATTACKER, OURS, PARTNER = "attack.example", "bank.example", "legit.example"
CLIENT = "198.51.100.66"
ZONE = {
    ATTACKER: [("TXT", f"v=spf1 ip4:{CLIENT} -all"), ("A", CLIENT)], f"_dmarc.{ATTACKER}": [("TXT", "v=DMARC1; p=reject")],
    **{name: [("TXT", "v=spf1 ip4:192.0.2.1 -all"), ("A", "192.0.2.1")] for name in (OURS, PARTNER)},
    **{f"_dmarc.{name}": [("TXT", "v=DMARC1; p=reject; sp=reject")] for name in (OURS, PARTNER)},
    **key_zone(ATTACKER),
}


def words(text: str) -> str:
    return f"=?utf-8?B?{base64.b64encode(text.encode()).decode()}?="


# name -> (header with {v} for the victim's domain and {a} for the attacker's, MAIL FROM, HELO, whether the readings differ)
PLAIN, OWN = "x@{a}", "mail.{a}"
CASES: dict[str, tuple[str, str | None, str, bool]] = {
    "plain forgery": ("From: <ceo@{v}>\r\n", PLAIN, OWN, False),
    # SPF and DMARC read different identifiers
    "helo passes, mail from names nothing": ("From: <ceo@{v}>\r\n", "x@notexist.{v}", OWN, False),
    "null sender": ("From: <ceo@{v}>\r\n", None, OWN, False),
    "helo of the victim": ("From: <ceo@{v}>\r\n", None, "{v}", False),
    "mail from with a parenthesis": ("From: <ceo@{v}>\r\n", "(x@{v}", OWN, False),
    "mail from with quotes": ("From: <ceo@{v}>\r\n", '"x@{v}"@{a}', OWN, False),
    "mail from of the victim": ("From: <ceo@{v}>\r\n", "ceo@{v}", OWN, False),
    "subdomain of the victim": ("From: <ceo@nobody.{v}>\r\n", PLAIN, OWN, False),
    # several From fields
    "two fields, forged last": ("From: <x@{a}>\r\nFrom: <ceo@{v}>\r\n", PLAIN, OWN, True),
    "two fields, forged first": ("From: <ceo@{v}>\r\nFrom: <x@{a}>\r\n", PLAIN, OWN, True),
    "blank behind the name": ("From : <ceo@{v}>\r\nFrom: <x@{a}>\r\n", PLAIN, OWN, True),
    "many blanks behind the name": ("From" + " " * 40 + ": <ceo@{v}>\r\n", PLAIN, OWN, False),
    "many blanks, two fields": ("From" + " \t" * 40 + ": <ceo@{v}>\r\nFrom: <x@{a}>\r\n", PLAIN, OWN, True),
    "many controls before the name": ("\x02" * 40 + "From: <ceo@{v}>\r\nFrom: <x@{a}>\r\n", PLAIN, OWN, True),
    "blank before the name": (" From: <ceo@{v}>\r\nFrom: <x@{a}>\r\n", PLAIN, OWN, True),
    "control behind the name": ("From\x01: <ceo@{v}>\r\nFrom: <x@{a}>\r\n", PLAIN, OWN, True),
    "null behind the name": ("From\x00: <ceo@{v}>\r\nFrom: <x@{a}>\r\n", PLAIN, OWN, True),
    "byte order mark": ("﻿From: <ceo@{v}>\r\nFrom: <x@{a}>\r\n", PLAIN, OWN, True),
    "capitals": ("FROM: <ceo@{v}>\r\nfrom: <x@{a}>\r\n", PLAIN, OWN, True),
    "sender alone": ("Sender: <ceo@{v}>\r\n", PLAIN, OWN, False),
    "sender beside": ("From: <ceo@{v}>\r\nSender: <x@{a}>\r\n", PLAIN, OWN, False),
    # several addresses in one field
    "a list": ("From: <x@{a}>, <ceo@{v}>\r\n", PLAIN, OWN, False),
    "a list, forged first": ("From: ceo@{v}, <x@{a}>\r\n", PLAIN, OWN, False),
    "two in brackets": ("From: <ceo@{v}><x@{a}>\r\n", PLAIN, OWN, True),
    "address behind the bracket": ("From: <x@{a}>ceo@{v}\r\n", PLAIN, OWN, True),
    "address before the bracket": ("From: ceo@{v} <x@{a}>\r\n", PLAIN, OWN, False),
    "two at signs": ("From: <ceo@{v}@{a}>\r\n", PLAIN, OWN, True),
    "a group": ("From: Board: ceo@{v}; , x@{a}\r\n", PLAIN, OWN, False),
    # odd quoting
    "quoted comma": ("From: <x@{a}>\\,<ceo@{v}>\r\n", PLAIN, OWN, True),
    "quotes around": ('From: "<ceo@{v}>" <x@{a}>\r\n', PLAIN, OWN, False),
    "open quote": ('From: "a <x@{a}>, ceo@{v}\r\n', PLAIN, OWN, False),
    "comment": ("From: x@{a}(,<ceo@{v}>)\r\n", PLAIN, OWN, True),
    "comment that never ends": ("From: <ceo@{v}> ( <x@{a}>\r\n", PLAIN, OWN, True),
    # encoded words
    "an encoded address": ("From: " + words("<ceo@VICTIM>") + ", <x@{a}>\r\n", PLAIN, OWN, True),
    "an encoded list": ("From: " + words("ceo@VICTIM,") + " <x@{a}>\r\n", PLAIN, OWN, True),
    "an encoded local part": ("From: <" + words("ceo@VICTIM") + "@{a}>\r\n", PLAIN, OWN, True),
    # routes
    "a route": ("From: <@{a},@{v}:x@{a}>\r\n", PLAIN, OWN, True),
    "a route to the victim": ("From: <@{a}:ceo@{v}>\r\n", PLAIN, OWN, True),
    # null and control characters
    "null in the domain": ("From: <ceo@{v}\x00@{a}>\r\n", PLAIN, OWN, True),
    "null before another domain": ("From: <ceo@{v}\x00.{a}>\r\n", PLAIN, OWN, True),
    "escape": ("From: <ceo@{v}>\x1b<x@{a}>\r\n", PLAIN, OWN, True),
    "tab and folding": ("From:\r\n\t<ceo@{v}>\r\n", PLAIN, OWN, False),
    # width and scripts
    "full width": ("From: <ceo@" + "ｂａｎｋ．ｅｘａｍｐｌｅ" + ">\r\n", PLAIN, OWN, False),
    "ideographic stop": ("From: <ceo@bank。example>\r\n", PLAIN, OWN, False),
}
FIXED = {"full width", "ideographic stop"}        # say our own domain, whoever the victim is


def mail(header: str, victim: str) -> bytes:
    text = header.replace("{v}", victim).replace("{a}", ATTACKER)
    for encoded in ("<ceo@VICTIM>", "ceo@VICTIM,", "ceo@VICTIM"):
        text = text.replace(words(encoded), words(encoded.replace("VICTIM", victim)))
    rest = b"To: ann@bank.example\r\nSubject: x\r\nMessage-ID: <1@x>\r\n\r\nbody\r\n"
    signable = b"From: x@attack.example\r\nTo: ann@bank.example\r\nSubject: x\r\n\r\nbody\r\n"
    field = dkimpy.sign(signable, b"s1", ATTACKER.encode(), pem(), include_headers=[b"from", b"to", b"subject"])
    return text.encode() + field + rest


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    path: Path = tmp_path_factory.mktemp("policy") / "c.toml"
    path.write_text(f'[gateway]\nour_domains = ["{OURS}"]\n[auth]\npartner_domains = ["{PARTNER}"]\n', encoding="utf-8")
    return load_policy(load(path))


class Clock:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


async def judged(octets: bytes, sender: str | None, helo: str, policy: Policy):
    block = octets[:octets.index(b"\r\n\r\n") + 4]
    scope = Scope(Direction.INBOUND, sender or "", ("ann@bank.example",), (OURS,), partner_domains=(PARTNER,))
    found = tuple(ImpersonationDetector(scope).look(Sample(Artifact(0, None, ArtifactKind.MESSAGE), octets)))
    inspection = Inspection(ArtifactTree((Artifact(0, None, ArtifactKind.MESSAGE),)), found, summary=Summary(body_hashes=body_hashes(octets)))
    session = Session("inbound", CLIENT, CLIENT, helo=helo)
    envelope = Envelope(Mailbox.parse(sender) if sender else None, (Recipient(Mailbox.parse("ann@bank.example")),))
    transaction = Transaction("x" * 24, session, envelope, Message(-1, len(octets), hashlib.sha256(octets).hexdigest(), NOW),
                              Direction.INBOUND, Deadline(90.0))
    results = await DnsVoucher(Names(ZONE), Clock(), [OURS]).vouch(transaction, inspection, block)
    [decision] = decide(Transaction(**{f: getattr(transaction, f) for f in transaction.__slots__ if f != "auth"}, auth=results),
                        inspection, policy, NOW)
    return results, {f.code: f.severity.word for f in found}, decision


@pytest.mark.parametrize("victim", [OURS, PARTNER])
@pytest.mark.parametrize("name", CASES)
async def test_nobody_gets_through_in_our_name_and_nobody_is_vouched_for_in_anothers(policy: Policy, name: str, victim: str) -> None:
    header, sender, helo, differs = CASES[name]
    target = OURS if name in FIXED else victim
    fill = {"v": victim, "a": ATTACKER}
    results, codes, decision = await judged(mail(header, victim), sender.format(**fill) if sender else None, helo.format(**fill), policy)
    vouched = [r for r in results if r.method == "dmarc" and r.result == "pass"]
    assert not [r for r in vouched if r.domain == target or r.domain.endswith("." + target)], "the victim is vouched for"
    if differs:
        assert not vouched, "an author of whom readers disagree passes"
        assert codes.get("SPOOF-AMBIGUOUS-AUTHOR") in ("medium", "high")
    hidden = name in ("quotes around", "address before the bracket")       # one author, shown as another
    if target == OURS and not hidden:
        assert decision.disposition is Disposition.QUARANTINE, (codes, [(r.method, r.result, r.domain) for r in results])
    elif hidden:
        assert "IMPERSONATION-DISPLAY-ADDRESS" in codes or decision.disposition is Disposition.QUARANTINE, codes
        assert decision.disposition >= Disposition.ANNOTATE, "the reader is warned at least"


DKIM = [
    # what the name servers are asked for must be what the verifier believes was signed
    "d=bank.example\x00.attack.example", "d=bank.example.attack.example\x00", "d=attack.example; s=s1\x00.bank", "d='bank.example",
    "d=bank.example; i=@attack.example", "d=attack.example; i=@bank.example", "d=bank.example(.attack.example",
    "d=attack.example; d=bank.example", "d=.attack.example", "d=example",
]


@pytest.mark.parametrize("tag", DKIM)
async def test_signatures_that_name_two_domains_speak_for_neither(policy: Policy, tag: str) -> None:
    octets = mail("From: <ceo@{v}>\r\n", OURS).replace(b"d=attack.example", tag.encode(), 1)
    results, _, decision = await judged(octets, "x@attack.example", "mail.attack.example", policy)
    assert not [r for r in results if r.method == "dkim" and r.result == "pass"] and decision.disposition is Disposition.QUARANTINE


async def test_the_attackers_own_mail_is_the_attackers(policy: Policy) -> None:
    """What the table stands on: all of his own passes."""
    results, codes, decision = await judged(mail("From: x@{a}\r\n", OURS), "x@attack.example", "mail.attack.example", policy)
    said = {r.method: r.result for r in results}
    assert (said["spf"], said["dkim"], said["dmarc"]) == ("pass", "pass", "pass")
    assert codes == {} and decision.disposition is Disposition.DELIVER
