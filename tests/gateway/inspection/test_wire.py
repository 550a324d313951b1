"""Frames: exact octets, one descriptor, and every bound."""

from __future__ import annotations

import os
import socket

import pytest

from gateway.inspection import wire
from gateway.inspection.wire import Kind, PeerGone, ProtocolError


@pytest.fixture
def pair():
    left, right = socket.socketpair()
    with left, right:
        yield left, right


def test_a_frame_and_its_descriptor_arrive(pair) -> None:
    left, right = pair
    fd = os.memfd_create("m")
    wire.send(left, Kind.INSPECT, b"payload", fd)
    frame = wire.receive(right, wire.REQUESTS, 100)
    assert (frame.kind, frame.payload) == (Kind.INSPECT, b"payload")
    assert os.fstat(frame.fd).st_ino == os.fstat(fd).st_ino
    assert not os.get_inheritable(frame.fd)
    os.close(fd)
    os.close(frame.fd)


def test_further_descriptors_are_dropped(pair) -> None:
    left, right = pair
    fds = [os.memfd_create("m") for _ in range(3)]
    before = len(os.listdir("/proc/self/fd"))
    socket.send_fds(left, [wire.pack(Kind.INSPECT, b"")], fds)
    frame = wire.receive(right, wire.REQUESTS, 100)
    os.close(frame.fd)
    assert len(os.listdir("/proc/self/fd")) == before
    for fd in fds:
        os.close(fd)


def test_the_end_between_frames_is_no_error(pair) -> None:
    left, right = pair
    left.close()
    assert wire.receive(right, wire.REQUESTS, 100) is None


@pytest.mark.parametrize("octets", [b"\x01", b"\x01\x02\x00\x00\x00x"])
def test_the_end_inside_a_frame_is_one(pair, octets: bytes) -> None:
    left, right = pair
    left.send(octets)
    left.close()
    with pytest.raises(PeerGone):
        wire.receive(right, wire.REQUESTS, 100)


@pytest.mark.parametrize(("octets", "reason"), [
    (b"\x63\x00\x00\x00\x00", "unknown kind 99"),
    (b"\x0b\x00\x00\x00\x00", "INSPECTION is not expected"),
    (b"\x01\x65\x00\x00\x00", "frame of 101 octets, the limit is 100"),
])
def test_bounds(pair, octets: bytes, reason: str) -> None:
    left, right = pair
    left.send(octets)
    with pytest.raises(ProtocolError, match=reason):
        wire.receive(right, wire.REQUESTS, 100)


def test_long_frames_are_sent_whole(pair) -> None:
    import threading
    left, right = pair
    payload = os.urandom(3 << 20)
    sender = threading.Thread(target=wire.send, args=(left, Kind.PREVIEW, payload))
    sender.start()
    assert wire.receive(right, wire.REQUESTS, 4 << 20).payload == payload
    sender.join()
