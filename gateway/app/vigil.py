"""Whether the keeper answers: a process that lives may hang, and mail to be held then waits for nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gateway.effects.custody import PING, SILENT, KeeperClient
from gateway.model.errors import SekishoError
from gateway.model.ports import Events, Metrics

EVERY = 2.0                              # seconds between two questions: /readyz says what the last one found
WITHIN = 3.0                             # seconds for an answer, which takes no disk and no database


class Vigil:
    """Asks the keeper from the supervisor. What was found is told in the log once, when it changes."""

    def __init__(self, client: KeeperClient, metrics: Metrics, events: Events) -> None:
        self.client, self.metrics, self.events = client, metrics, events
        self.answers = True              # until it is found otherwise
        self.running: Callable[[], bool] = lambda: True      # one that does not run is told of elsewhere

    async def run(self) -> None:
        """Asks until it is cancelled."""
        while True:
            if self.running():
                await self.look()
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        before = self.answers
        try:
            await self.client.ask(PING, patience=WITHIN)
            self.answers = True
        except SekishoError:
            self.answers = False
        self.metrics.gauge("sekisho_keeper_up", float(self.answers))
        if before != self.answers:
            self.events.emit("incident", part="keeper", fault="gateway", reason=(
                "the keeper answers again" if self.answers else f"{SILENT}; mail to be held is put off"))
