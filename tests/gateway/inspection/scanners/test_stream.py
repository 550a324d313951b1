from __future__ import annotations

import socket

import pytest

from gateway.inspection.scanners.stream import LINE, Stream


def pair() -> tuple[Stream, socket.socket]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    return Stream(ours), theirs


async def test_lines_and_pieces() -> None:
    stream, other = pair()
    other.sendall(b"one\r\ntwo\r\nrest")
    assert await stream.until(b"\r\n") == b"one\r\n" and await stream.until(b"\n") == b"two\r\n"
    assert await stream.some(2) == b"re" and await stream.some(99) == b"st"
    other.close()
    with pytest.raises(EOFError):
        await stream.some(1)
    assert stream.over


async def test_a_line_without_end() -> None:
    stream, other = pair()
    other.setblocking(False)
    with pytest.raises(ValueError, match="too long"):
        other.send(b"x" * (LINE + 10))
        await stream.until(b"\n")


async def test_stale() -> None:
    stream, other = pair()
    assert not stream.stale()
    other.sendall(b"unasked")
    assert stream.stale()
    stream, other = pair()
    other.close()
    assert stream.stale()
