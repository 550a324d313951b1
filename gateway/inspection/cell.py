"""The three zygotes of a house as one: started together, renewed together, started again when one dies."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from gateway.inspection.launch import DEEP, PLAIN, TOOL, CellError, CellSettings, Zygote, launch
from gateway.inspection.lockdown import Layer
from gateway.inspection.pool import Lanes
from gateway.model.deadline import Clock

READY = 60.0                             # seconds for all lanes to load; some tenths are usual


class Cell:
    """Blocking calls, made from the thread that shall outlive the zygotes. `tool` may be missing: then no external tools."""

    def __init__(self, lanes: Lanes, settings: Mapping[str, CellSettings], clock: Clock) -> None:
        self.lanes = lanes
        self.settings = dict(settings)
        self.clock = clock
        self.zygotes: dict[str, Zygote] = {}
        self.retired: list[Zygote] = []

    def start(self) -> None:
        """Raises CellError where a lane cannot start; nothing runs then."""
        self.zygotes = self._fresh(self.settings)

    def renew(self, settings: Mapping[str, CellSettings] | None = None) -> None:
        """New zygotes with today's signatures, tables and settings take over; the old ones end with their last message.

        Raises CellError where the new ones cannot start: the old ones go on as if nothing had been asked.
        """
        wanted = dict(settings or self.settings)
        fresh = self._fresh(wanted)
        self.retire()
        self.settings, self.zygotes = wanted, fresh

    def revive(self) -> list[str]:
        """Starts again what died; the names of those lanes. Call it now and then. Raises CellError."""
        dead = [lane for lane, zygote in self.zygotes.items() if not zygote.alive]
        for lane in dead:
            self.zygotes.pop(lane).stop()
            self.zygotes |= self._fresh({lane: self.settings[lane]})
        self.retired = [zygote for zygote in self.retired if zygote.alive]
        return dead

    def retire(self) -> None:
        """No new children; what runs is finished."""
        for zygote in self.zygotes.values():
            zygote.retire()
        self.retired += self.zygotes.values()
        self.zygotes = {}

    def stop(self) -> None:
        """Ends everything now."""
        for zygote in (*self.zygotes.values(), *self.retired):
            zygote.stop()
        self.zygotes, self.retired = {}, []

    @property
    def alive(self) -> bool:
        return bool(self.zygotes) and all(zygote.alive for zygote in self.zygotes.values())

    @property
    def layers(self) -> dict[str, tuple[Layer, ...]]:
        """Lane -> what holds there, for `doctor`."""
        return {lane: zygote.layers for lane, zygote in self.zygotes.items()}

    @property
    def signature_version(self) -> str:
        return self.zygotes[PLAIN].signature_version if PLAIN in self.zygotes else ""

    def _fresh(self, settings: Mapping[str, CellSettings]) -> dict[str, Zygote]:
        addresses = {PLAIN: self.lanes.plain, DEEP: self.lanes.deep, TOOL: self.lanes.tool}
        fresh: dict[str, Zygote] = {}
        try:
            for lane, wanted in settings.items():
                address = addresses[lane]
                if address is not None:
                    fresh[lane] = launch(lane, address, wanted)
            for zygote in fresh.values():
                zygote.load(self.clock, READY)
        except (CellError, OSError) as error:
            for zygote in fresh.values():
                with contextlib.suppress(OSError):
                    zygote.stop()
            if isinstance(error, CellError):
                raise
            raise CellError(f"the cell cannot be started: {error}") from error
        for zygote in fresh.values():
            zygote.take_over()
        return fresh
