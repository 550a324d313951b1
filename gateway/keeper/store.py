"""The outbox's durable side: writes through the group commit, reads and decryption in threads of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, TypeVar

from gateway.keeper.committer import Committer
from gateway.model.custody import Admission
from gateway.model.ports import RelayResult
from quarantine.outgoing import Due, Outgoing

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KeeperStore:
    """Implements gateway.effects.outbox.OutboxStore."""

    committer: Committer
    readers: Executor

    async def _read(self, work: Callable[[], T]) -> T:
        def guarded() -> T:
            with self.committer.service.reading():
                return work()
        return await asyncio.get_running_loop().run_in_executor(self.readers, guarded)

    async def due(self, limit: int) -> list[Due]:
        return await self._read(lambda: self.committer.service.due(limit))

    async def prepare(self, id: str) -> Outgoing:
        return await self._read(lambda: self.committer.service.prepare(id))

    async def held(self, message_id: str) -> tuple[Admission, Mapping[str, Any], frozenset[str]]:
        return await self._read(lambda: self.committer.service.held(message_id))

    async def begin(self, id: str) -> bool:
        return await self.committer.run(lambda s: s.begin(id))

    async def finish(self, id: str, result: RelayResult) -> str:
        return await self.committer.run(lambda s: s.finish(id, result))

    async def later(self, id: str, text: str) -> str:
        return await self.committer.run(lambda s: s.later(id, text))

    async def turn(self, id: str, most: int, under_way: int) -> bool:
        return await self.committer.run(lambda s: s.turn(id, most, under_way))

    async def block(self, message_id: str, codes: list[str]) -> None:
        await self.committer.run(lambda s: s.block(message_id, codes))

    async def changed(self, message_id: str, attempt: int, sha256: str) -> bytes:
        return await self.committer.run(lambda s: s.changed(message_id, attempt, sha256))

    async def hinder(self, message_id: str, why: str) -> None:
        await self.committer.run(lambda s: s.hinder(message_id, why))
