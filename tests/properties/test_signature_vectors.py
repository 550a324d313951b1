"""Vectors of others: dkimpy's own test data (tests/specimens/dkimpy, its licence beside it), in which are the examples of RFC 6376
appendix A and of RFC 8463 appendix A; and the examples of RFC 7489 appendix B. Where we differ, the reason stands here.

The examples of RFC 7208 are in tests/gateway/auth/test_spf.py.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dkim.canonicalization import Relaxed, Simple

from gateway.auth import arc, dkim
from gateway.auth.dmarc import Evaluation
from gateway.model.author import authors
from gateway.model.transaction import AuthResult
from tests.builders.zones import Names

FOLDER = Path(__file__).parents[1] / "specimens" / "dkimpy"
NOW = datetime(2018, 6, 3, tzinfo=UTC)
GMAIL = ("p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1Kd87/UeJjenpabgbFwh+eBCsSTrqmwIYYvywlbhbqoo2DymndFkbjOVIPIldNs/m40KF+yzMn1skyoxcTUGCQ"
         "s8g3FgD2Ap3ZB5DekAo5wMmk4wimDO+U8QzI3SD07y2+07wlNWwIt8svnxgdxGkVbbhzY8i+RQ9DpSVpPbF7ykQxtKXkv/ahW3KjViiAH+ghvvIhkx4xYSIc9oSwVmAl5Oct"
         "MEeWUwg8Istjqz8BZeTWbf41fbNhte7Y+YqZOwq1Sd0DbvYAD9NOZK9vlfuac0598HY+vtSBczUiKERHv1yRbcaQtZFh5wtiRrN04BLUTD21MycBX5jYchHjPY/wIDAQAB")
RFC8463 = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="


def text(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def wire(name: str) -> bytes:
    octets = text(name)
    return octets if b"\r\n" in octets else octets.replace(b"\n", b"\r\n")


def hashes(mail: bytes) -> dict[str, str]:
    body = mail.partition(b"\r\n\r\n")[2]
    return {f"sha256/{name}/-": base64.b64encode(hashlib.sha256(canon.canonicalize_body(body)).digest()).decode()
            for name, canon in (("simple", Simple), ("relaxed", Relaxed))}


def zone(key: str = "test.txt") -> Names:
    own = [("TXT", text(key).strip())]
    return Names({
        "test._domainkey.example.com": own, "test._domainkey.football.example.com": own,
        "brisbane._domainkey.football.example.com": [("TXT", RFC8463)], "20120113._domainkey.gmail.com": [("TXT", f"k=rsa; {GMAIL}")]})


async def results(mail: bytes, names: Names) -> list[tuple[str, str]]:
    head = mail.partition(b"\r\n\r\n")[0] + b"\r\n"
    return [(r.result, r.detail) for r in await dkim.verify(head, hashes(mail), names, NOW)]


@pytest.mark.parametrize(("name", "key", "wanted"), [
    ("rfc6376.signed.msg", "test.txt", ["pass", "pass"]),          # RFC 8463 appendix A.3: Ed25519 and RSA on one message
    ("rfc6376.signed.rsa.msg", "test.txt", ["pass"]),              # RFC 6376 appendix A.2's message
    ("signed-simple-simple.msg", "test.txt", ["pass"]), ("signed-simple-relaxed.msg", "test.txt", ["pass"]),
    ("signed-relaxed-simple.msg", "test.txt", ["pass"]), ("signed-relaxed-relaxed.msg", "test.txt", ["pass"]),
    ("signed-relaxed-relaxed.msg", "test2.txt", ["pass"]),         # k= left out
    ("signed-relaxed-relaxed.msg", "badversion.txt", ["permerror"]), ("signed-relaxed-relaxed.msg", "badk.txt", ["permerror"]),
    ("signed-relaxed-relaxed.msg", "test_bad.txt", ["permerror"]),
    ("test.message.baddomain", "test.txt", ["permerror"]),         # "legitimate.com(.attacker.com" is no domain
    ("test.message", "test.txt", ["none"]), ("test_nofrom.message", "test.txt", ["none"]),
])
async def test_dkimpys_messages(name: str, key: str, wanted: list[str]) -> None:
    found = await results(wire(name), zone(key))
    assert [result for result, _ in found] == wanted, found


async def test_degenerate_folding() -> None:
    """Debian bug 711751: a base64 value folded by a blank inside its last characters."""
    found = await results(wire("test2.message"), zone())
    assert [result for result, _ in found] == ["pass"], found


@pytest.mark.parametrize(("name", "change"), [
    ("rfc6376.signed.msg", (b"Is dinner", b"Was dinner")), ("rfc6376.signed.msg", (b"lost the game", b"won the game")),
    ("signed-simple-simple.msg", (b"From: Test User", b"From:  Test User")), ("signed-relaxed-relaxed.msg", (b"This is", b"That is")),
])
async def test_changed_messages_fail(name: str, change: tuple[bytes, bytes]) -> None:
    found = await results(wire(name).replace(*change), zone())
    assert {result for result, _ in found} == {"fail"}, found


@pytest.mark.parametrize("change", [(b"From:  Test", b"From:   Test"), (b"From: Test User", b"FROM:\r\n\tTest   User "), (b"message.\r\n", b"message. \t\r\n\r\n\r\n")])
async def test_what_relaxed_forgives(change: tuple[bytes, bytes]) -> None:
    assert [r for r, _ in await results(wire("signed-relaxed-relaxed.msg").replace(*change), zone())] == ["pass"]


@pytest.mark.parametrize(("name", "wanted", "why"), [
    ("arc-1.msg", "pass", "i=1"), ("arc-failed.msg", "fail", "saw the chain broken"),
])
async def test_dkimpys_chains(name: str, wanted: str, why: str) -> None:
    mail = wire(name)
    chain = await arc.verify(mail.partition(b"\r\n\r\n")[0] + b"\r\n", hashes(mail), zone(), NOW, ["example.com"])
    assert chain.result.result == wanted and why in chain.result.detail, chain


@pytest.mark.parametrize("change", [(b"Subject: Testing", b"Subject: Tested"), (b"spf=pass", b"spf=fail"), (b"i=1; a=rsa", b"i=1; h=from; a=rsa"),
                                    (b"cv=none", b"cv=pass"), (b"test message", b"text message")])
async def test_changed_chains_fail(change: tuple[bytes, bytes]) -> None:
    mail = wire("arc-1.msg").replace(*change)
    assert mail != wire("arc-1.msg") or change[0] not in wire("arc-1.msg")
    chain = await arc.verify(mail.partition(b"\r\n\r\n")[0] + b"\r\n", hashes(mail), zone(), NOW, ["example.com"])
    assert (chain.result.result == "fail") is (mail != wire("arc-1.msg"))


# RFC 7489 appendix B.1: SPF and DKIM, aligned and not. (author, SPF domain, DKIM domain, aligned: by SPF, by DKIM)
ALIGNMENT = [
    ("example.com", "example.com", "", "pass"), ("example.com", "child.example.com", "", "pass"), ("example.com", "example.net", "", "fail"),
    ("example.com", "", "example.com", "pass"), ("child.example.com", "", "example.com", "pass"), ("example.com", "", "sample.net", "fail"),
]


@pytest.mark.parametrize(("author", "spf", "signer", "wanted"), ALIGNMENT)
@pytest.mark.parametrize("strict", [False, True])
async def test_alignment_of_rfc_7489(author: str, spf: str, signer: str, wanted: str, strict: bool) -> None:
    """Strict alignment takes only the very same name (sections 3.1.1 and 3.1.2)."""
    modes = "; adkim=s; aspf=s" if strict else ""
    names = Names({"_dmarc.example.com": [("TXT", f"v=DMARC1; p=reject; rua=mailto:d@example.com{modes}")], "child.example.com": [("A", "192.0.2.1")]})
    facts = [AuthResult(method, "pass", domain) for method, domain in (("spf", spf), ("dkim", signer)) if domain]
    [found] = await Evaluation(names).judge(authors(f"From: joe@{author}\r\n".encode()), facts)
    expected = "pass" if wanted == "pass" and (not strict or author in (spf, signer)) else "fail"
    assert (found.result, found.domain) == (expected, author)


@pytest.mark.parametrize(("record", "asked"), [
    # appendix B.2: monitoring, per-message reports, subdomains, and the tags of a full record
    ("v=DMARC1; p=none; rua=mailto:dmarc-feedback@example.com", "none"),
    ("v=DMARC1; p=none; rua=mailto:dmarc-feedback@example.com; ruf=mailto:auth-reports@example.com", "none"),
    ("v=DMARC1; p=none; rua=mailto:dmarc-feedback@example.com; ruf=mailto:auth-reports@thirdparty.example.net", "none"),
    ("v=DMARC1; p=quarantine; rua=mailto:dmarc-feedback@example.com,mailto:tld-test@thirdparty.example.net!10m; pct=25", "quarantine"),
])
async def test_records_of_rfc_7489(record: str, asked: str) -> None:
    """pct=25 of the last one counts as the whole policy: DMARCbis knows only 0 (testing) and everything else."""
    policy = await Evaluation(Names({"_dmarc.example.com": [("TXT", record)]})).policy("example.com")
    assert policy.asked == asked
