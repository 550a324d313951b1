from __future__ import annotations

import asyncio
import os
import socket
import struct
from pathlib import Path

import pytest

from gateway.effects import wire
from gateway.effects.wire import Channel, FrameError, Inbox, connect, encode, listen
from gateway.model.errors import CustodyUnavailable
from tests.builders.custody import memory


def pair() -> tuple[Channel, Channel]:
    one, two = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    return Channel(one), Channel(two)


@pytest.mark.parametrize("step", [1, 3, 1000])
def test_frames_come_out_however_they_came_in(step: int) -> None:
    inbox, data = Inbox(), b"".join(encode({"n": n, "t": "密"}) for n in range(5))
    frames = []
    for at in range(0, len(data), step):
        inbox.feed(data[at:at + step], ())
        while (frame := inbox.frame()) is not None:
            frames.append(frame[0]["n"])
    assert frames == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("data", [struct.pack("!I", wire.LARGEST + 1), struct.pack("!I", 2) + b"[]", struct.pack("!I", 4) + b"nope",
                                  encode({"fds": 1}), struct.pack("!I", 2) + b"\xff\xfe"])
def test_broken_frames(data: bytes) -> None:
    inbox = Inbox()
    inbox.feed(data, ())
    with pytest.raises(FrameError):
        inbox.frame()


async def test_descriptors_stay_with_their_frame() -> None:
    here, there = pair()
    fds = [memory(f"{n}".encode()) for n in range(6)]
    for n, fd in enumerate(fds):
        await here.send({"n": n}, (fd,) if n % 2 else ())
        os.close(fd)
    for n in range(6):
        body, got = await there.receive()
        assert body == {"n": n} and len(got) == n % 2
        for fd in got:
            assert os.pread(fd, 9, 0) == f"{n}".encode() and not os.get_inheritable(fd)
            os.close(fd)
    here.close()
    assert await there.receive() is None
    there.close()


async def test_large_frames_of_many_tasks_do_not_mix() -> None:
    here, there = pair()
    sending = asyncio.gather(*(here.send({"n": n, "x": "y" * 300_000}) for n in range(8)))
    seen = [(await there.receive())[0] for _ in range(8)]
    await sending
    assert sorted(b["n"] for b in seen) == list(range(8)) and all(len(b["x"]) == 300_000 for b in seen)
    there.close()
    with pytest.raises(FrameError):
        for _ in range(3):
            await here.send({"x": "y" * 500_000})
    here.close()


def test_what_nobody_took_is_closed() -> None:
    inbox, fd = Inbox(), memory(b"x")
    inbox.feed(b"", (fd,))
    inbox.close()
    with pytest.raises(OSError):
        os.fstat(fd)


def test_long_paths_and_nobody_there(tmp_path: Path) -> None:
    path = tmp_path / ("d" * 150) / "s.sock"
    with pytest.raises(CustodyUnavailable, match="the keeper does not answer"):
        connect(path)
    listener = listen(path)
    assert path.stat().st_mode & 0o777 == 0o600 and path.parent.stat().st_mode & 0o777 == 0o700
    connect(path).close()
    listener.close()
    with pytest.raises(CustodyUnavailable):
        connect(path)
    listen(path).close()


def test_a_frame_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "LARGEST", 10)
    with pytest.raises(FrameError):
        encode({"x": "y" * 20})
