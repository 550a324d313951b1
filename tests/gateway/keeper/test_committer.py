from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet

from gateway.keeper import committer as module
from gateway.keeper.committer import Committer, Job, runs
from gateway.model.custody import OutgoingMail
from gateway.model.errors import CustodyUnavailable
from quarantine.blobs import no_failpoint
from quarantine.lifecycle import NOT_FOUND, Refused
from quarantine.models import AuditRecord, HeldRecipient, OutboxEntry, QuarantinedMessage
from quarantine.service import QuarantineService
from tests.builders.custody import ADMIN, House, admission, memory, octets


class Crash(BaseException):
    pass


async def staged(service: QuarantineService, **changes):
    data = octets()
    return await asyncio.to_thread(service.stage, admission(data, **changes), memory(data))


async def count(model) -> int:
    return await asyncio.to_thread(model.objects.count)


async def test_one_refusal_does_not_take_the_batch_with_it(service: QuarantineService) -> None:
    committer = Committer(service)

    def refuse(_: QuarantineService) -> None:
        service.record(ADMIN, "never")
        raise Refused(NOT_FOUND)

    def clash(_: QuarantineService) -> None:
        raise IntegrityError("row")

    def missing(s: QuarantineService) -> None:
        s.confirm("0" * 24)
    results = await asyncio.gather(
        *(committer.run(lambda s, n=n: s.note(ADMIN, f"n{n}")) for n in range(10)), committer.run(refuse), committer.run(clash),
        committer.run(missing),
        return_exceptions=True)
    assert results[:10] == [None] * 10 and isinstance(results[10], Refused) and isinstance(results[11], CustodyUnavailable)
    assert isinstance(results[12], CustodyUnavailable)
    assert await count(AuditRecord) == 10 and committer.commits <= 2
    await committer.close()


async def test_nothing_is_answered_before_its_commit(house: House) -> None:
    """The commit fails: everybody of the batch hears it, and no blob is left."""
    def failpoint(name: str) -> None:
        if name == "before-commit":
            raise CustodyUnavailable("no")
    service = house.again(failpoint=failpoint)
    service.blobs.failpoint = no_failpoint
    committer = Committer(service)
    batch = [await staged(service) for _ in range(5)]
    results = await asyncio.gather(*(committer.admit(one) for one in batch), return_exceptions=True)
    assert all(isinstance(r, CustodyUnavailable) for r in results)
    assert await count(QuarantinedMessage) == 0 and not list(service.blobs.names())
    await committer.close()


async def test_same_mail_twice_in_one_batch(service: QuarantineService) -> None:
    committer = Committer(service)
    both = [await staged(service, retry_key="k") for _ in range(3)]
    results = await asyncio.gather(*(committer.admit(one) for one in both))
    assert len({r.id for r in results}) == 1 and [r.duplicate for r in results] == [False, True, True]
    assert await count(QuarantinedMessage) == 1 and len(list(service.blobs.names())) == 1
    again = await committer.admit(await staged(service, retry_key="k"))
    assert again.duplicate
    await committer.close()


async def test_a_full_queue_is_refused_and_leaves_no_file(service: QuarantineService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_QUEUE", 0)
    committer = Committer(service)
    with pytest.raises(CustodyUnavailable, match="busy"):
        await committer.admit(await staged(service))
    assert not list(service.blobs.root.glob("*/.*"))  # type: ignore[attr-defined]
    await committer.close()


async def test_whatever_happens_everybody_is_answered(service: QuarantineService) -> None:
    committer = Committer(service)

    def broken(_: QuarantineService) -> None:
        raise ZeroDivisionError
    results = await asyncio.gather(committer.run(broken), committer.run(lambda s: s.note(ADMIN, "x")), return_exceptions=True)
    assert all(isinstance(r, CustodyUnavailable) for r in results)
    committer.running = None
    await committer.run(lambda s: s.note(ADMIN, "later"))
    assert await count(AuditRecord) == 1
    await committer.close()


async def test_admissions_of_a_batch_are_written_at_once(service: QuarantineService, monkeypatch: pytest.MonkeyPatch) -> None:
    committer, written = Committer(service), []
    bulk = QuerySet.bulk_create
    monkeypatch.setattr(QuerySet, "bulk_create", lambda self, rows, *a, **k: written.append((self.model, len(rows))) or bulk(self, rows, *a, **k))
    notice = OutgoingMail("staff@bank.example", b"Subject: x\r\n\r\n", "notice")
    first = await staged(service, notices=(notice,))
    batch = [await staged(service, notices=(notice,), recipients=("a@bank.example", "b@bank.example")) for _ in range(20)]
    results = await asyncio.gather(*(committer.admit(one) for one in (first, *batch)))
    assert len({r.id for r in results}) == 21
    assert dict(sorted((m.__name__, n) for m, n in written if n > 10)) == {
        "AuditRecord": 21, "HeldRecipient": 41, "OutboxEntry": 21, "QuarantinedMessage": 21}
    assert await count(OutboxEntry) == 21 and await count(HeldRecipient) == 41
    await committer.close()


async def test_one_bad_row_does_not_take_the_others_with_it(service: QuarantineService) -> None:
    committer = Committer(service)
    batch = [await staged(service, retry_key=f"k{n}") for n in range(5)]
    taken = replace(batch[2], admission=replace(batch[2].admission, id=batch[1].admission.id))       # an id that is there already
    batch[2] = taken
    results = await asyncio.gather(*(committer.admit(one) for one in batch), return_exceptions=True)
    assert [isinstance(r, CustodyUnavailable) for r in results] == [False, False, True, False, False]
    assert await count(QuarantinedMessage) == 4 == await count(AuditRecord) and len(list(service.blobs.names())) == 4
    await committer.close()


def test_what_is_written_together() -> None:
    def job(key: str = "", blob: bool = True) -> Job:
        return Job(lambda _: None, None, object() if blob else None, key)  # type: ignore[arg-type]

    jobs = [job("a"), job("b"), job(blob=False), job(), job(), job("a"), job("a")]
    assert [[jobs.index(j) for j in run] for run in runs(jobs)] == [[0, 1], [2], [3, 4, 5], [6]]
