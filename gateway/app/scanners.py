"""The outside scanners of the configuration, as lanes."""

from __future__ import annotations

from pathlib import Path

from gateway.app.common import Tools
from gateway.config import Config
from gateway.config.scanners import Scanner as Settings
from gateway.inspection.scanners.base import Scanner
from gateway.inspection.scanners.clamd import Clamd
from gateway.inspection.scanners.icap import Icap
from gateway.inspection.scanners.lane import Fail, Lane, Terms
from gateway.inspection.scanners.pool import Address, Pool
from gateway.inspection.scanners.scanned import Scanned
from gateway.model.deadline import Clock
from gateway.model.ports import Inspector
from gateway.model.transaction import Direction


class Scanners:
    """The lanes of one process. A reload that leaves the scanners as they are keeps their connections and what they said."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools
        self.settings: tuple[Settings, ...] = ()
        self.lanes: tuple[Lane, ...] = ()

    def around(self, cell: Inspector, config: Config) -> Scanned:
        """The cell and today's scanners."""
        if config.scanners != self.settings:
            before, tools = self.lanes, self.tools
            self.settings = config.scanners
            self.lanes = tuple(Lane(terms(one), scanner(one, tools.clock), tools.clock, tools.events, tools.metrics)
                               for one in config.scanners)
            for lane in before:
                lane.scanner.close()
        return Scanned(cell, self.lanes)


def terms(one: Settings) -> Terms:
    return Terms(one.name, one.timeout, Fail(one.fail), one.max_size, frozenset(Direction(d) for d in one.directions))


def scanner(one: Settings, clock: Clock) -> Scanner:
    where = one.address
    address = Address(path=where) if isinstance(where, Path) else Address(host=where.host, port=where.port)
    pool = Pool(address, clock, one.connections)
    return Clamd(pool) if one.kind == "clamd" else Icap(pool, one.service, one.method.upper())
