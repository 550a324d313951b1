from __future__ import annotations

import asyncio
import os

from gateway.effects.outbox import OutboxStore
from gateway.keeper.server import Keeper
from gateway.keeper.store import KeeperStore
from quarantine.models import OutboxEntry
from tests.builders.custody import ROOT, Held, leak, octets
from tests.builders.keeper import OK


async def test_every_method_reaches_the_service(keeper: Keeper, held: Held) -> None:
    store: OutboxStore = KeeperStore(keeper.committer, keeper.readers)
    id = await asyncio.to_thread(held, leak)
    await asyncio.to_thread(keeper.service.release, ROOT, id, "go")
    due, *_ = [d for d in await store.due(10) if d.is_release]
    assert due.message_id == id
    assert (await store.held(id))[0].id == id
    mail = await store.prepare(id)
    assert os.pread(mail.fd, mail.size, 0) == octets()
    os.close(mail.fd)
    assert not await store.turn("no such entry", 1, 0)
    assert await store.begin(id) and not await store.begin(id)
    assert await store.later(id, "not now") == "retry"
    assert await store.begin(id) and await store.finish(id, OK) == "delivered"
    assert (await asyncio.to_thread(lambda: OutboxEntry.objects.get(pk=id))).state == "done"
    await keeper.stop()
