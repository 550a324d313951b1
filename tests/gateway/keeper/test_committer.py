from __future__ import annotations

import asyncio

import pytest
from django.db import IntegrityError

from gateway.keeper import committer as module
from gateway.keeper.committer import Committer
from gateway.model.errors import CustodyUnavailable
from quarantine.blobs import no_failpoint
from quarantine.lifecycle import NOT_FOUND, Refused
from quarantine.models import AuditRecord, QuarantinedMessage
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
