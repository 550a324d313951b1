"""What the keeper does again and again: a round at once, then one whenever somebody wakes it or time has passed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from gateway.model.errors import SekishoError
from gateway.model.ports import Events


async def rounds(part: str, look: Callable[[], Awaitable[object]], wake: asyncio.Event, tick: float, events: Events) -> None:
    """Run `look` for ever, at most `tick` seconds apart. A round that fails is an incident of `part`; the next one still comes."""
    while True:
        try:
            await look()
        except SekishoError as error:
            events.emit("incident", part=part, reason=str(error))
        try:
            async with asyncio.timeout(tick):
                await wake.wait()
        except TimeoutError:
            continue
        wake.clear()
