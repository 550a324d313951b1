"""The cell and the scanners beside it as one inspector."""

from __future__ import annotations

import asyncio
import hashlib

import pytest

from gateway.inspection.scanners.base import Said, ScannerFailed
from gateway.inspection.scanners.lane import Fail
from gateway.inspection.scanners.scanned import Scanned, digest
from gateway.model.deadline import Deadline, Limits
from gateway.model.errors import InspectionUnavailable
from gateway.model.ports import InspectionRequest
from gateway.model.transaction import Direction
from tests.builders.passthrough import Passthrough
from tests.gateway.inspection.scanners.test_lane import Script, lane

REQUEST = InspectionRequest("1", Direction.INBOUND, "a@b.example", ("c@d.example",), ("d.example",), Limits())


async def test_both_are_heard(spooled) -> None:
    scanned = Scanned(Passthrough(), (lane(Script(Said(("Stand.In-1",))))[0], lane(Script(ScannerFailed("gone")), fail=Fail.HOLD)[0]))
    found = await scanned.inspect(*spooled(b"Subject: x\r\n\r\n"), REQUEST, Deadline(1e9))
    assert [f.code for f in found.findings] == ["SIGNATURE-SCANNER"] and len(found.incidents) == 1
    assert found.signature_version.endswith("av=V1")


async def test_without_scanners_it_is_the_cell(spooled) -> None:
    alone = await Passthrough().inspect(*spooled(b"x"), REQUEST, Deadline(1e9))
    assert await Scanned(Passthrough()).inspect(*spooled(b"x"), REQUEST, Deadline(1e9)) == alone


async def test_who_fails_first_ends_the_other(spooled) -> None:
    ended: list[str] = []

    class Slow:
        async def inspect(self, *_):  # type: ignore[no-untyped-def]
            try:
                await asyncio.sleep(30)
            finally:
                ended.append("cell")

    with pytest.raises(InspectionUnavailable, match="av: gone"):
        await Scanned(Slow(), (lane(Script(ScannerFailed("gone")))[0],)).inspect(*spooled(b"x"), REQUEST, Deadline(1e9))
    assert ended == ["cell"]


def test_the_hash_is_of_the_octets(spooled) -> None:
    octets = b"x" * 3_000_000
    assert digest(*spooled(octets)) == hashlib.sha256(octets).hexdigest()
