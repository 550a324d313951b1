"""Settings reach the edge process: at its start and at a reload."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.app.brief import Brief
from gateway.app.common import Tools
from gateway.app.edge import Edge, Story, admission, there
from gateway.config import Config, load, with_made

FILE = """
[gateway]
our_domains = ["bank.example"]
state_dir = "{state}"
processes = 4
[limits]
connections = 400
connections_per_client = 7
messages_per_minute = 30
[inspection]
reuse = {reuse}
[journal]
retain = "{retain}"
"""

EXCEPTION = """
[[exception]]
id = "console-1"
rule = "block-executables"
owner = "it@bank.example"
reason = "a tool of theirs"
until = 2099-12-31
scope = { sender = ["vendor.example"], auth = { dmarc = ["pass"] } }
"""


def config(folder: Path, reuse: int = 3, retain: str = "2d", more: str = "") -> Config:
    file = folder / "sekisho.toml"
    file.write_text(FILE.format(state=folder, reuse=reuse, retain=retain) + more)
    return load(file)


def test_limits_are_shared_out_among_the_processes(tmp_path: Path) -> None:
    limits = admission(config(tmp_path))
    assert (limits.connections, limits.per_address, limits.messages) == (100, 7, 30)


async def test_what_may_change_at_a_reload_does(tmp_path: Path) -> None:
    edge = Edge("edge-0", Brief(config(tmp_path)), Tools("edge-0"))
    assert edge.pool.reuse == 3 and edge.journal.retain == 2 * 86400
    edge.follow(config(tmp_path, 9, "5d"))
    assert edge.pool.reuse == 9 and edge.journal.retain == 5 * 86400
    await edge.pool.close()


async def test_exceptions_of_the_console_change_the_policy_and_nothing_else(tmp_path: Path) -> None:
    edge = Edge("edge-0", Brief(config(tmp_path)), Tools("edge-0"))
    story = Story(edge.ports(config(tmp_path)))
    before = story.ports
    (tmp_path / "exceptions.toml").write_text(EXCEPTION)
    story.follow(with_made(config(tmp_path)))
    assert [one.id for one in story.ports.policy.exceptions] == ["console-1"] and before.policy.exceptions == ()
    assert replace(story.ports, policy=before.policy) == before
    await edge.pool.close()


@pytest.fixture
def ends():
    """The supervisor's end and the edge's end of a control socket."""
    with contextlib.ExitStack() as open_ones:
        yield [open_ones.enter_context(end) for end in socket.socketpair()]


async def test_mail_is_taken_once_keeper_and_lanes_are_there(ends):
    answers = iter((False, False, True))
    await asyncio.wait_for(there(lambda: next(answers), 20, ends[1]), 60)
    assert next(answers, None) is None


async def test_mail_flows_without_a_keeper_too(ends):
    await asyncio.wait_for(there(lambda: False, 0.2, ends[1]), 60)


async def test_who_is_told_to_stop_does_not_wait_for_them(ends):
    waiting = asyncio.create_task(there(lambda: False, 3600, ends[1]))
    await asyncio.sleep(0.15)
    assert not waiting.done()
    ends[0].send(b"stop")
    await asyncio.wait_for(waiting, 60)
