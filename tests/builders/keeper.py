"""A keeper with fake ports around a house of custody."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gateway.effects.custody import KeeperClient
from gateway.keeper.server import Keeper, Ports
from gateway.model.artifact import Artifact, ArtifactKind, ArtifactTree
from gateway.model.custody import Admission
from gateway.model.errors import NextHopUnavailable
from gateway.model.finding import Finding, Inspection, Severity
from gateway.model.ports import RelayResult
from gateway.model.reply import Reply
from tests.builders.custody import House

OK = RelayResult(Reply(250, "2.0.0", "Ok"), {})


class RealClock:
    """For deadlines of the wire; custody itself runs on the house's clock."""

    def __init__(self, house: House) -> None:
        self.house = house

    def now(self) -> Any:
        return self.house.clock.now()

    def monotonic(self) -> float:
        return os.times().elapsed


@dataclass
class FakeDelivery:
    """The next hop. `script` is what it says, in order; afterwards it takes everything."""

    script: list[RelayResult | BaseException] = field(default_factory=list)
    taken: list[tuple[str, tuple[str, ...], bytes, bytes]] = field(default_factory=list)

    @property
    def releases(self) -> list[tuple[str, tuple[str, ...], bytes, bytes]]:
        return [one for one in self.taken if one[2]]

    async def deliver(self, envelope: Any, head: bytes, fd: int, size: int, listener: str, deadline: Any) -> RelayResult:
        said = self.script.pop(0) if self.script else OK
        if isinstance(said, BaseException):
            raise said
        if said.reply.positive or said.uncertain:
            to = tuple(r.mailbox.text for r in envelope.recipients if r.mailbox.text not in said.refused)
            self.taken.append((envelope.reverse_path.text if envelope.reverse_path else "", to, head, os.pread(fd, size, 0)))
        return said


class FakeEvents:
    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def emit(self, event: str, /, **fields: Any) -> None:
        self.lines.append({"event": event, **fields})

    def named(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == event]


@dataclass
class FakeRescan:
    inspection: Inspection = field(default_factory=lambda: inspection())

    async def rescan(self, fd: int, size: int, admission: Admission) -> Inspection:
        assert len(os.pread(fd, size + 1, 0)) == size == admission.size
        return self.inspection


class FakePreview:
    async def preview(self, fd: int, size: int, admission: Admission) -> Mapping[str, Any]:
        return {"text": os.pread(fd, size, 0).decode(), "id": admission.id}


def inspection(*codes: str, severity: Severity = Severity.HIGH) -> Inspection:
    tree = ArtifactTree((Artifact(0, None, ArtifactKind.MESSAGE),))
    return Inspection(tree, tuple(Finding(code, "executable", severity, 0) for code in codes))


def unreachable() -> NextHopUnavailable:
    return NextHopUnavailable("connection refused")


@dataclass
class Scene:
    house: House
    keeper: Keeper
    delivery: FakeDelivery
    events: FakeEvents
    rescan: FakeRescan
    client: KeeperClient

    @property
    def path(self) -> Path:
        return self.keeper.path


@pytest.fixture
def keeper(house: House) -> Keeper:
    ports = Ports(FakeDelivery(), FakeEvents(), RealClock(house), FakeRescan(), FakePreview())
    return Keeper(house.service, house.directory / "run" / "keeper.sock", house.key_file, ports)


@pytest.fixture
async def scene(house: House, keeper: Keeper) -> AsyncIterator[Scene]:
    """A running keeper and a client of it."""
    await keeper.start()
    client = KeeperClient(keeper.path, keeper.ports.clock)
    ports = keeper.ports
    yield Scene(house, keeper, ports.delivery, ports.events, ports.rescan, client)  # type: ignore[arg-type]
    await client.close()
    await keeper.stop()
