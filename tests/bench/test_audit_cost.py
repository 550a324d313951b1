"""A million records of the audit chain: how long `verify` and an export take, and that memory does not grow with them.

Run by `make bench` and `make soak`; prints, and asserts only what must hold on any machine.
"""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Iterator

import pytest

from quarantine import audit
from quarantine.chain import verify_export
from quarantine.models import AuditRecord
from quarantine.service import QuarantineService
from tests.builders.custody import ANNA, AUDITOR, ROOT, FakeClock, clock, house, service, template, unblocked

__all__ = ["clock", "house", "service", "template", "unblocked"]
RECORDS, BATCH = 1_000_000, 5000
MIB = 1 << 20


def peak() -> float:
    """MiB, of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_million_records(service: QuarantineService, clock: FakeClock) -> None:
    began = time.monotonic()
    for first in range(0, RECORDS, BATCH):
        with service.transaction():
            for n in range(first, first + BATCH):
                service.record(ANNA, "release", "m" * 24, reason="checked with the sender by telephone", number=n)
        clock.forward(minutes=2)
        service.checkpoint()
    made, before = time.monotonic() - began, peak()
    began = time.monotonic()
    with service.snapshot():
        found = audit.verify(service.ring)
    verified, grown = time.monotonic() - began, peak() - before
    assert found.flaws == () and found.records >= RECORDS and found.checkpoints == RECORDS // BATCH
    print(f"\n{found.records} records: written in {made:.0f} s, verified in {verified:.0f} s, {grown:.0f} MiB more at most")
    assert grown < 100, "a chain is verified in bounded memory"
    exported(service)
    AuditRecord.objects.filter(seq=777_777).update(actor="nobody")
    with service.snapshot():
        assert audit.verify(service.ring).flaws == (audit.Flaw("keeper", 777_777, "the record was changed"),)


def exported(service: QuarantineService) -> None:
    before, began, octets = peak(), time.monotonic(), 0

    def lines() -> Iterator[dict[str, object]]:
        nonlocal octets
        for row in service.audit_export(ROOT):
            line = json.dumps(row)
            octets += len(line)
            yield json.loads(line)

    found, _ = verify_export(lines(), frozenset(key["public_key"] for key in service.audit_keys(AUDITOR)))
    assert found.flaws == ()
    print(f"exported and verified as a file: {octets / MIB:.0f} MiB in {time.monotonic() - began:.0f} s,"
          f" {peak() - before:.0f} MiB more at most")
    assert peak() - before < 100
