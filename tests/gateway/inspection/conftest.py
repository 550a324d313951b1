"""A running cell for tests: zygotes with the judge of cell_judge.py, shared by a module."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gateway.inspection.launch import CellSettings, Zygote
from gateway.inspection.pool import CellPool, Lanes
from gateway.model.deadline import Deadline, Limits
from gateway.model.finding import Inspection
from gateway.model.ports import InspectionRequest
from gateway.model.transaction import Direction
from gateway.ops.clock import SystemClock
from tests.builders.zygotes import start_zygote

HERE = Path(__file__).parent
CLOCK = SystemClock()


@dataclass
class Noted:
    """Events and metrics as a list."""

    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    counts: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def emit(self, event: str, /, **fields: Any) -> None:
        self.events.append((event, fields))

    def count(self, name: str, /, amount: float = 1, **labels: str) -> None:
        self.counts.append((name, labels))

    def observe(self, name: str, seconds: float, /, **labels: str) -> None:
        self.counts.append((name, labels))

    def gauge(self, name: str, value: float, /, **labels: str) -> None:
        self.counts.append((name, labels))


def settings(folder: Path, **changes: Any) -> CellSettings:
    return CellSettings(folder, **{"registry": "cell_judge", "python_path": (str(HERE),), **changes})


@dataclass
class Cell:
    folder: Path
    lanes: Lanes
    zygotes: dict[str, Zygote]

    def start(self, lane: str, **changes: Any) -> Zygote:
        self.zygotes[lane] = start_zygote(lane, getattr(self.lanes, lane), settings(self.folder, **changes), CLOCK)
        return self.zygotes[lane]

    def pool(self, workers: int = 4) -> CellPool:
        noted = Noted()
        pool = CellPool(self.lanes, CLOCK, noted, noted, workers)
        pool.noted = noted
        return pool


def start_cell(folder: Path) -> Cell:
    cell = Cell(folder, Lanes.beneath(folder), {})
    (folder / "index").write_text("rows of an index")
    cell.start("plain")
    cell.start("deep", resources={"index": folder / "index"})
    return cell


@pytest.fixture(scope="module")
def cell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cell]:
    cell = start_cell(tmp_path_factory.mktemp("a-folder-whose-path-is-too-long-for-the-address-of-a-unix-socket-" + "x" * 60))
    yield cell
    for zygote in cell.zygotes.values():
        zygote.stop()


def spool(data: bytes) -> int:
    fd = os.memfd_create("message")
    os.write(fd, data)
    return fd


def ask(limits: Limits | None = None) -> InspectionRequest:
    return InspectionRequest("id", Direction.INBOUND, "a@example.com", ("b@bank.example",), ("bank.example",),
                             limits or Limits(seconds=20, cpu_seconds=1, memory=64 << 20))


async def judge(pool: CellPool, data: bytes, limits: Limits | None = None, seconds: float = 30) -> Inspection:
    fd = spool(data)
    try:
        return await pool.inspect(fd, len(data), ask(limits), Deadline.after(CLOCK, seconds))
    finally:
        os.close(fd)


def evidence(inspection: Inspection) -> str:
    return inspection.findings[0].evidence[0]


Judged = Callable[..., Any]
