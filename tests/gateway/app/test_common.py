import asyncio
import gc
import os
import socket

import pytest

from gateway import supervisor
from gateway.app import common
from gateway.app.__main__ import closed, supervised
from gateway.app.brief import Brief
from gateway.config import load
from gateway.model.errors import ConfigError, CustodyUnavailable, SekishoError


@pytest.fixture
def ends():
    """The supervisor's end and the worker's end of a control socket."""
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setblocking(False)
    yield ours, theirs
    ours.close()
    theirs.close()


async def test_started_gives_the_brief(ends):
    ours, theirs = ends
    brief = Brief(load(None))
    await supervisor.send(ours, ("start", brief))
    assert await common.started(theirs) == brief


async def test_orders_are_followed_and_answered_until_stop(ends):
    ours, theirs = ends
    seen = []

    async def reload(brief):
        seen.append(brief)
        if brief == "bad":
            raise SekishoError("cannot: x")

    working = asyncio.create_task(common.obey(theirs, reload, reload))
    assert await supervisor.hear(ours) == ("ready", None)
    for brief, answer in (("good", ""), ("bad", "cannot: x")):
        await supervisor.send(ours, ("reload", brief))
        assert await supervisor.hear(ours) == ("answer", answer)
    await supervisor.send(ours, ("stop", None))
    await asyncio.wait_for(working, 60)
    assert seen == ["good", "bad"]


async def test_what_was_made_in_the_console_is_an_order_of_its_own(ends):
    ours, theirs = ends
    seen = []

    def noting(word):
        async def note(brief):
            seen.append((word, brief))
        return note

    working = asyncio.create_task(common.obey(theirs, noting("reload"), noting("follow")))
    assert await supervisor.hear(ours) == ("ready", None)
    for order in ("follow", "reload"):
        await supervisor.send(ours, (order, "x"))
        assert await supervisor.hear(ours) == ("answer", "")
    await supervisor.send(ours, ("stop", None))
    await asyncio.wait_for(working, 60)
    assert seen == [("follow", "x"), ("reload", "x")]


async def test_what_was_loaded_before_ready_is_never_looked_through_by_the_collector(ends):
    ours, theirs = ends
    gc.disable()
    working = asyncio.create_task(common.obey(theirs, None, None))
    try:
        assert await supervisor.hear(ours) == ("ready", None)
        assert gc.isenabled() and gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
        ours.close()
        await asyncio.wait_for(working, 60)


async def test_a_worker_ends_when_its_supervisor_is_gone(ends):
    ours, theirs = ends

    async def reload(brief):
        raise AssertionError

    working = asyncio.create_task(common.obey(theirs, reload, reload))
    assert await supervisor.hear(ours) == ("ready", None)
    ours.close()
    await asyncio.wait_for(working, 60)


async def test_one_whose_supervisor_died_before_it_began_ends_quietly(ends):
    ours, theirs = ends
    assert not closed(theirs)
    await supervisor.send(ours, ("start", Brief(load(None))))
    assert not closed(theirs)
    ours.close()
    assert closed(theirs)                                # whatever was said before
    await asyncio.wait_for(common.obey(theirs, None, None), 60)
    with pytest.raises(SekishoError, match="the supervisor is gone"):
        await common.started(theirs)
        await common.started(theirs)


async def test_a_disk_that_fails_at_a_reload_is_an_answer(ends):
    ours, theirs = ends

    async def reload(brief):
        raise OSError(28, "No space left on device")

    working = asyncio.create_task(common.obey(theirs, reload, reload))
    assert await supervisor.hear(ours) == ("ready", None)
    await supervisor.send(ours, ("reload", "x"))
    assert await supervisor.hear(ours) == ("answer", "[Errno 28] No space left on device")
    ours.close()
    await asyncio.wait_for(working, 60)


@pytest.mark.parametrize(("fault", "lasting"), [(ConfigError("bad key", "x"), True), (CustodyUnavailable("disk full"), False)])
async def test_what_a_worker_cannot_put_right_is_told_with_whether_it_lasts(ends, fault, lasting):
    ours, theirs = ends

    async def run(name, control):
        raise fault

    with pytest.raises(SystemExit) as ended:
        await supervised(run, "edge-0", theirs)
    assert ended.value.code == 2 and await supervisor.hear(ours) == ("failed", [str(fault), lasting])


def test_sockets_are_taken_as_duplicates():
    with socket.socket() as listener:
        taken = common.take_sockets(Brief(load(None), (("inbound", listener.fileno()),)))
        assert taken["inbound"].fileno() != listener.fileno()
        assert os.fstat(taken["inbound"].fileno()).st_ino == os.fstat(listener.fileno()).st_ino
        taken["inbound"].close()
        os.fstat(listener.fileno())


async def test_metrics_are_pushed_while_it_works_and_no_longer(tmp_path, monkeypatch):
    pushed = asyncio.Event()

    class Pusher:
        def __init__(self, metrics, path):
            self.path = path

        async def run(self):
            pushed.set()
            await asyncio.sleep(3600)

    monkeypatch.setattr(common, "Pusher", Pusher)
    before = len(asyncio.all_tasks())
    async with common.pushing(common.Tools("x"), Brief(load(None))):
        await asyncio.wait_for(pushed.wait(), 60)
    assert len(asyncio.all_tasks()) == before


def test_events_bear_the_name_of_their_process():
    assert common.Tools("edge-1").events.fixed == {"process": "edge-1"}
