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
from tests.builders.waiting import until


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


class Hung:
    """A keeper that can be stopped as by SIGSTOP: the kernel goes on to take connections and frames for it."""

    def __init__(self) -> None:
        self.going, self.slow = asyncio.Event(), False
        self.admitted: list[str] = []
        self.going.set()

    async def conduct(self, channel: Channel, body: dict, fds: list[int]) -> None:
        await self.going.wait()
        for fd in fds:
            os.close(fd)
        if body["verb"] == "admit":
            self.admitted.append(body["admission"]["id"])
            if self.slow:
                return                   # its disk is: the answer comes later
        await channel.send({"n": body.get("n", 0), "id": "x", "duplicate": False})


async def test_a_hung_keeper_is_given_up_and_taken_up_again(tmp_path: Path) -> None:
    """Who waits is answered soon, who comes later at once; what was sent is done all the same, and a retry is recognised."""
    hung = Hung()
    server, client = await serving(tmp_path / "k.sock", hung.conduct), KeeperClient(tmp_path / "k.sock", Clock(), silence=0.5)
    long, fd = Deadline.after(Clock(), 60), memory(b"x")
    assert (await client.admit(admission(b"x"), fd, long)).id == "x"
    hung.going.clear()
    began = asyncio.get_running_loop().time()
    results = await asyncio.gather(*(client.admit(admission(b"x"), fd, long) for _ in range(3)), return_exceptions=True)
    assert [str(r) for r in results] == ["the keeper does not answer"] * 3 and asyncio.get_running_loop().time() - began < 30
    began = asyncio.get_running_loop().time()
    with pytest.raises(CustodyUnavailable, match="does not answer"):
        await client.admit(admission(b"x"), fd, long)
    assert asyncio.get_running_loop().time() - began < 0.4 and len(hung.admitted) == 1
    hung.going.set()
    await until(lambda: len(hung.admitted) == 4)
    assert (await client.admit(admission(b"x"), fd, long)).id == "x"
    await client.close()
    server.cancel()


async def test_a_slow_disk_is_waited_for(tmp_path: Path) -> None:
    """The keeper answers, its work takes long: mail has until its own deadline."""
    hung = Hung()
    server, client = await serving(tmp_path / "k.sock", hung.conduct), KeeperClient(tmp_path / "k.sock", Clock(), silence=0.1)
    hung.slow = True
    with pytest.raises(CustodyUnavailable, match="in time"):
        await client.admit(admission(b"x"), memory(b"x"), Deadline.after(Clock(), 1.0))
    await client.close()
    server.cancel()


async def test_a_frame_that_nobody_takes_holds_nobody(tmp_path: Path) -> None:
    """The socket is full: who waits to send is freed, and the rest of a frame is never taken for the next one."""
    hung = Hung()
    server, client = await serving(tmp_path / "k.sock", hung.conduct), KeeperClient(tmp_path / "k.sock", Clock(), silence=0.2)
    hung.going.clear()
    large = ["w" * 1000] * 2000
    began = asyncio.get_running_loop().time()
    results = await asyncio.gather(*(client.remember("a@x", [], large) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(r, CustodyUnavailable) for r in results) and asyncio.get_running_loop().time() - began < 5
    with pytest.raises(CustodyUnavailable, match="does not answer"):
        await client.confirm("x")        # a new connection: nobody waits before it was heard
    await client.close()
    server.cancel()


async def test_a_frame_given_up_halfway_is_sent_to_its_end(tmp_path: Path) -> None:
    """Its rest would be taken for the next frame; and a connection that many share is not given up for one of them."""
    hung = Hung()
    server, client = await serving(tmp_path / "k.sock", hung.conduct), KeeperClient(tmp_path / "k.sock", Clock())
    hung.going.clear()
    for words in ([], ["w" * 1000] * 2000):      # the first one is read, and keeps the keeper
        with pytest.raises(CustodyUnavailable, match="in time"):
            await client.ask({"verb": "remember", "words": words}, patience=0.2)
    channel = client._channel
    hung.going.set()
    assert (await client.admit(admission(b"x"), memory(b"x"), Deadline.after(Clock(), 20))).id == "x"
    assert client._channel is channel and len(hung.admitted) == 1
    await client.close()
    server.cancel()


def test_the_command_line_waits_for_no_hung_keeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some verbs may take an hour; whether anybody is there is asked before."""
    monkeypatch.setattr("gateway.effects.custody.SILENCE", 0.1)
    listener = listen(tmp_path / "k.sock")
    with pytest.raises(CustodyUnavailable, match="the keeper does not answer: timed out"):
        KeeperDesk(tmp_path / "k.sock").call("audit-verify", ROOT, 3600.0)
    listener.close()


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
