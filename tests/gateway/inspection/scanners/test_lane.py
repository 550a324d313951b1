"""A lane: its time limit, its memory, and what its silence means."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace

import pytest

from gateway.inspection.scanners.base import Said, ScannerFailed, TooLarge
from gateway.inspection.scanners.lane import ASLEEP, FAILURES, FRESH, VERSION_EVERY, Fail, Lane, Terms
from gateway.model.deadline import Deadline
from gateway.model.errors import InspectionUnavailable
from gateway.model.finding import Fault, IncidentCode, Severity
from gateway.model.transaction import Direction
from tests.builders.edge import Recorder
from tests.gateway.inspection.scanners.test_pool import Hands

TERMS = Terms("av", 5.0, Fail.DEFER, 1000, frozenset({Direction.INBOUND, Direction.OUTBOUND}))


class Script:
    """A scanner that says what it is told."""

    def __init__(self, *says: Said | Exception, version: str = "V1") -> None:
        self.says, self.known_version, self.scans = list(says), version, 0

    async def version(self) -> str:
        return self.known_version

    async def scan(self, fd: int, size: int) -> Said:
        self.scans += 1
        said = self.says.pop(0) if self.says else Said()
        if isinstance(said, Exception):
            raise said
        return said

    def close(self) -> None: ...


def lane(scanner: object, **changes: object) -> tuple[Lane, Hands, Recorder]:
    clock, recorder = Hands(), Recorder()
    return Lane(replace(TERMS, **changes), scanner, clock, recorder, recorder), clock, recorder  # type: ignore[arg-type]


async def ask(one: Lane, octets: bytes = b"x", direction: Direction = Direction.INBOUND, size: int = 0):  # type: ignore[no-untyped-def]
    sha256 = hashlib.sha256(octets).hexdigest()
    return await one.ask(-1, size or len(octets), sha256, direction, Deadline(one.clock.monotonic() + 60))


async def test_a_find_is_a_finding() -> None:
    one, _, _ = lane(Script(Said(("Stand.In-1",))))
    heard = await ask(one)
    (finding,) = heard.findings
    assert (finding.code, finding.severity, finding.evidence) == ("SIGNATURE-SCANNER", Severity.CRITICAL, ("av: Stand.In-1",))
    assert heard.version == "av=V1" and not heard.incidents


async def test_the_same_octets_are_asked_about_once_as_long_as_the_signatures_stay() -> None:
    script = Script(Said(), Said(("Stand.In-1",)))
    one, clock, _ = lane(script)
    assert not (await ask(one)).findings and not (await ask(one)).findings and script.scans == 1
    script.known_version = "V2"
    clock.at += VERSION_EVERY + 1
    assert (await ask(one)).findings and script.scans == 2, "new signatures look again"
    await ask(one, b"other")
    assert script.scans == 3
    clock.at += FRESH + 1
    await ask(one)
    assert script.scans == 4, "and nothing is believed for ever"


async def test_a_tag_that_changed_while_it_looked() -> None:
    script = Script(Said(version="V2"))
    one, _, _ = lane(script)
    await ask(one)
    script.known_version = "V2"
    await ask(one)
    assert script.scans == 1 and set(one.known) == {(hashlib.sha256(b"x").hexdigest(), "V2")}


async def test_without_a_version_nothing_is_remembered() -> None:
    script = Script(version="")
    one, _, _ = lane(script)
    await ask(one)
    await ask(one)
    assert script.scans == 2 and not one.known


async def test_the_memory_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.inspection.scanners.lane.REMEMBERED", 5)
    one, _, _ = lane(Script())
    for n in range(20):
        await ask(one, b"%d" % n)
    assert len(one.known) == 5


async def test_other_directions_are_none_of_its_business() -> None:
    script = Script(ScannerFailed("gone"))
    one, _, _ = lane(script)
    heard = await ask(one, direction=Direction.INTERNAL)
    assert not heard.findings and not heard.incidents and script.scans == 0


@pytest.mark.parametrize("failure", [ScannerFailed("gone"), TooLarge("StreamMaxLength")])
async def test_what_its_silence_means(failure: Exception) -> None:
    one, _, recorder = lane(Script(failure), fail=Fail.HOLD)
    (incident,) = (await ask(one)).incidents
    large = isinstance(failure, TooLarge)
    assert (incident.code, incident.fault) == (IncidentCode.SIZE if large else IncidentCode.UNSUPPORTED, Fault.MESSAGE)
    assert recorder.named("incident")[0]["scanner"] == "av"

    one, _, recorder = lane(Script(failure), fail=Fail.PASS)
    heard = await ask(one)
    assert [(f.code, f.severity) for f in heard.findings] == [("SIGNATURE-NOT-SCANNED", Severity.LOW)] and not heard.incidents
    assert recorder.named("incident")

    one, _, _ = lane(Script(failure), fail=Fail.DEFER)
    if large:
        assert (await ask(one)).incidents, "the sender could try for ever"
    else:
        with pytest.raises(InspectionUnavailable, match="av: gone"):
            await ask(one)


async def test_too_large_is_not_even_sent() -> None:
    script = Script()
    one, _, _ = lane(script)
    assert (await ask(one, size=1001)).incidents and script.scans == 0
    assert not (await ask(one, size=1000)).incidents


async def test_too_slow() -> None:
    class Slow(Script):
        async def scan(self, fd: int, size: int) -> Said:
            await asyncio.sleep(30)
            return Said()

    one, _, _ = lane(Slow(), timeout=0.02)
    with pytest.raises(InspectionUnavailable, match=r"no verdict within 0\.02 s"):
        await ask(one)
    assert not one.known


async def test_one_that_is_down_does_not_keep_everybody_waiting() -> None:
    script = Script(*[ScannerFailed("gone")] * (FAILURES + 1))
    one, clock, _ = lane(script, fail=Fail.PASS)
    for _ in range(FAILURES + 5):
        await ask(one)
    assert script.scans == FAILURES
    clock.at += ASLEEP + 1
    await ask(one)
    assert script.scans == FAILURES + 1
    clock.at += ASLEEP + 1
    assert not (await ask(one)).findings and one.failures == 0
