"""The client's own conduct, against a keeper that misbehaves; with a real one in tests/gateway/keeper."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from gateway.effects.custody import Answered, KeeperClient, KeeperDesk, checked, is_running, read_all
from gateway.effects.wire import Channel, listen
from gateway.model.custody import Admitted
from gateway.model.deadline import Deadline
from gateway.model.errors import CustodyUnavailable, GatewayFault, SekishoError
from quarantine.lifecycle import Refused
from tests.builders.custody import ROOT, admission, memory


class Clock:
    def now(self):
        raise AssertionError

    def monotonic(self) -> float:
        return os.times().elapsed


async def serving(path: Path, conduct: Callable[[Channel, dict, list[int]], Awaitable[None]]) -> asyncio.Task[None]:
    listener = listen(path)

    async def serve() -> None:
        while True:
            connection, _ = await asyncio.get_running_loop().sock_accept(listener)
            channel = Channel(connection)
            while (frame := await channel.receive()) is not None:
                await conduct(channel, *frame)
    return asyncio.create_task(serve())


async def test_answers_find_their_questions(tmp_path: Path) -> None:
    waiting = []

    async def backwards(channel: Channel, body: dict, fds: list[int]) -> None:
        waiting.append((channel, body))
        for fd in fds:
            os.close(fd)
        if len(waiting) == 3:
            for channel_, body_ in reversed(waiting):
                await channel_.send({"n": body_["n"], "id": body_["admission"]["id"], "duplicate": False})
    server, client = await serving(tmp_path / "k.sock", backwards), KeeperClient(tmp_path / "k.sock", Clock())
    admissions = [admission(b"x") for _ in range(3)]
    fd = memory(b"x")
    results = await asyncio.gather(*(client.admit(a, fd, Deadline.after(Clock(), 5)) for a in admissions))
    assert results == [Admitted(a.id) for a in admissions]
    await client.close()
    server.cancel()


async def test_silence_and_hanging_up_are_451(tmp_path: Path) -> None:
    async def conduct(channel: Channel, body: dict, fds: list[int]) -> None:
        for fd in fds:
            os.close(fd)
        if body["verb"] == "drop":
            channel.socket.shutdown(2)
    server, client = await serving(tmp_path / "k.sock", conduct), KeeperClient(tmp_path / "k.sock", Clock())
    with pytest.raises(CustodyUnavailable, match="in time"):
        await client.admit(admission(b"x"), memory(b"x"), Deadline.after(Clock(), 0.1))
    with pytest.raises(CustodyUnavailable, match="gone"):
        await client.drop("x")
    assert client._waiting == {}
    await client.close()
    server.cancel()


async def test_errors_of_any_kind_are_451_for_an_admission(tmp_path: Path) -> None:
    async def conduct(channel: Channel, body: dict, fds: list[int]) -> None:
        await channel.send({"n": body["n"], "error": {"kind": "error", "code": "", "text": "odd"}})
    server, client = await serving(tmp_path / "k.sock", conduct), KeeperClient(tmp_path / "k.sock", Clock())
    with pytest.raises(CustodyUnavailable, match="odd"):
        await client.admit(admission(b"x"), memory(b"x"), Deadline.after(Clock(), 5))
    await client.close()
    server.cancel()


async def test_nobody_there(tmp_path: Path) -> None:
    client, desk = KeeperClient(tmp_path / "none.sock", Clock()), KeeperDesk(tmp_path / "none.sock")
    with pytest.raises(CustodyUnavailable, match="does not answer"):
        await client.confirm("x")
    with pytest.raises(CustodyUnavailable, match="does not answer"):
        desk.call("list", ROOT)
    assert not is_running(tmp_path / "none.sock")


@pytest.mark.parametrize(("kind", "error"), [
    ("refused", Refused), ("unavailable", CustodyUnavailable), ("fault", GatewayFault), ("error", SekishoError)])
def test_errors_on_the_wire(kind: str, error: type[SekishoError]) -> None:
    with pytest.raises(error, match="text") as caught:
        checked({"error": {"kind": kind, "code": "CODE", "text": "text"}})
    assert kind != "refused" or caught.value.code == "CODE"  # type: ignore[attr-defined]
    assert checked({"a": 1}) == {"a": 1}


def test_octets_of_an_answer() -> None:
    assert read_all(Answered({}, None)) == b"" and read_all(Answered({}, memory(b"abc"))) == b"abc"


def test_the_edge_needs_no_django() -> None:
    """The SMTP processes import this client and nothing of Django."""
    script = "import sys, gateway.effects.custody; print([m for m in sys.modules if m.split('.')[0] == 'django'])"
    done = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[3], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
