"""What signatures cost: milliseconds of CPU, printed, and the two bounds that are promised (with room for a busy machine).

    pytest -m slow -n0 -s tests/bench/test_signing_cost.py

Signing a mail of 10 kB: at most 3 ms. Verifying 25 MB: at most ten times SHA-256 over it.
"""

from __future__ import annotations

import hashlib
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from gateway.auth import dkim
from gateway.auth.signer import DatedKey, MailSigner
from gateway.auth.voucher import DnsVoucher
from gateway.extract.bodyhash import body_hashes
from gateway.extract.mime.headers import parse_headers
from gateway.model.artifact import ArtifactTree
from gateway.model.bodyhash import WHOLE_RELAXED, body_hash
from gateway.model.finding import Inspection, Summary
from tests.builders.sealed import key_zone, signing_key
from tests.builders.zones import Names
from tests.gateway.auth.test_voucher import ZONE, Clock, transaction

pytestmark = pytest.mark.slow
NOW = datetime(2026, 11, 21, tzinfo=UTC)
BUSY = 2.0                               # how much slower a shared machine may be than the promise


def head(more: bytes = b"") -> bytes:
    fields = (b"Received: from a.example (a.example [192.0.2.1])\r\n\tby b.example with ESMTPS id 1;\r\n\tSat, 21 Nov 2026 09:00:00 +0800\r\n" * 4
              + b"From: Wang <wang@partner.example>\r\nTo: ann@bank.example\r\nSubject: statement\r\nDate: Sat, 21 Nov 2026 09:00:00 +0800\r\n"
              + b"Message-ID: <1@partner.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n")
    return more + fields + b"\r\n"


def body(size: int) -> bytes:
    line = b"The balance of account 0012-345-678 is 1,024.00 as of today; please confirm it.\r\n"
    return line * (size // len(line))


def cost(work: Callable[[], object], rounds: int) -> float:
    """Median CPU milliseconds."""
    times = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        times.append((time.process_time() - started) * 1000)
    return statistics.median(times)


@pytest.mark.parametrize("kinds", [("rsa",), ("ed25519",), ("rsa", "ed25519")])
def test_signing_ten_kilobytes(kinds: tuple[str, ...]) -> None:
    signer = MailSigner([DatedKey(signing_key("partner.example", kind)) for kind in kinds], lambda: NOW)
    block, content = head(), body(10 << 10)
    each = cost(lambda: signer.sign(block, body_hash(memoryview(content))), 50)
    print(f"\nsign 10 kB, {' and '.join(kinds)}: {each:.2f} ms")
    assert signer.sign(block, body_hash(memoryview(content))) and each < 3 * BUSY


@pytest.mark.parametrize("canon", ["simple", "relaxed"])
async def test_verifying_25_megabytes(canon: str) -> None:
    content = body(25 << 20)
    field = b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/%s; d=partner.example; s=s1; h=from; bh=AAAA; b=AAAA\r\n" % canon.encode()
    block = head(field)
    plain = cost(lambda: hashlib.sha256(content).digest(), 5)
    whole = cost(lambda: body_hashes(parse_headers(block), memoryview(content), own=False), 3)
    signer = MailSigner([DatedKey(signing_key("partner.example"))], lambda: NOW)
    digest = body_hash(memoryview(content))
    signed = signer.sign(head(), digest) + head()
    lookup = Names(key_zone("partner.example"))
    started = time.process_time()
    [result] = await dkim.verify(signed, {WHOLE_RELAXED: digest}, lookup, NOW)
    header = (time.process_time() - started) * 1000
    print(f"\nverify 25 MB, {canon}: {whole:.0f} ms for the body, {header:.2f} ms for header and key; SHA-256 alone {plain:.0f} ms: "
          f"{(whole + header) / plain:.1f} times")
    assert result.result == "pass" and whole + header < 10 * BUSY * plain


async def test_vouching_with_a_warm_cache() -> None:
    content = body(10 << 10)
    signer = MailSigner([DatedKey(signing_key("partner.example"))], lambda: NOW)
    digest = body_hash(memoryview(content))
    block = signer.sign(head(), digest) + head()
    inspection = Inspection(ArtifactTree(()), summary=Summary(body_hashes={WHOLE_RELAXED: digest}))
    voucher, mail = DnsVoucher(Names({**ZONE, **key_zone("partner.example")}), Clock(), ["bank.example"]), transaction()
    times = []
    for _ in range(200):
        started = time.process_time()
        results = await voucher.vouch(mail, inspection, block)
        times.append((time.process_time() - started) * 1000)
    print(f"\nvouch, warm: p50 {statistics.median(times):.2f} ms, p99 {sorted(times)[197]:.2f} ms")
    assert {r.method: r.result for r in results if r.method != "iprev"} == {"spf": "pass", "dkim": "pass", "dmarc": "pass"}
    assert statistics.median(times) < 2 * BUSY
