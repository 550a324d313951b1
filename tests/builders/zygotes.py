"""Zygotes that are ready before a test goes on."""

from __future__ import annotations

from pathlib import Path

from gateway.inspection.launch import CellSettings, Zygote, launch
from gateway.model.deadline import Clock


def start_zygote(lane: str, address: Path, settings: CellSettings, clock: Clock, seconds: float = 60.0) -> Zygote:
    zygote = launch(lane, address, settings)
    zygote.wait_ready(clock, seconds)
    return zygote
