"""Settings reach the edge process: at its start and at a reload."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path

from gateway.app.brief import Brief
from gateway.app.common import Tools
from gateway.app.edge import Edge, admission, keeper_there
from gateway.config import Config, load

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


async def test_mail_is_taken_once_the_keeper_is_there(tmp_path):
    waiting = asyncio.create_task(keeper_there(tmp_path / "keeper.sock", 20))
    await asyncio.sleep(0.25)
    assert not waiting.done()
    with socket.socket(socket.AF_UNIX) as keeper:
        folder = os.open(tmp_path, os.O_PATH)            # a Unix address has room for 108 octets
        keeper.bind(f"/proc/self/fd/{folder}/keeper.sock")
        os.close(folder)
        keeper.listen()
        await asyncio.wait_for(waiting, 5)


async def test_mail_flows_without_a_keeper_too(tmp_path):
    await asyncio.wait_for(keeper_there(tmp_path / "keeper.sock", 0.2), 5)
