"""The zygote's socket, spoken to by hand."""

from __future__ import annotations

import os
import select
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.inspection import wire
from gateway.inspection.zygote import EXIT, NUMBER
from tests.builders.zygotes import start_zygote
from tests.gateway.inspection.conftest import CLOCK, settings
from tests.gateway.inspection.test_lockdown import in_process


class Spoken:
    def __init__(self, folder: Path, **changes: object) -> None:
        self.address = folder / "z.sock"
        self.zygote = start_zygote("plain", self.address, settings(folder, **changes), CLOCK)
        self.peers: list[socket.socket] = []

    def connect(self) -> socket.socket:
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        folder = os.open(self.address.parent, os.O_PATH)
        peer.connect(f"/proc/self/fd/{folder}/z.sock")
        os.close(folder)
        peer.settimeout(5)
        self.peers.append(peer)
        return peer

    def child(self, peer: socket.socket) -> tuple[int, socket.socket, int]:
        peer.send(b"N")
        word, fds = wire.receive_fds(peer, 64, 2)
        assert word[:1] == b"C"
        return NUMBER.unpack(word)[1], socket.socket(fileno=fds[0]), fds[1]


@pytest.fixture
def spoken(tmp_path: Path) -> Iterator[Spoken]:
    spoken = Spoken(tmp_path, children=2, spare=1)
    yield spoken
    for peer in spoken.peers:
        peer.close()
    spoken.zygote.stop()


def gone(pidfd: int, seconds: float = 3) -> bool:
    return bool(select.select([pidfd], [], [], seconds)[0])


def test_a_child_comes_with_its_connection_and_pidfd_and_its_end_is_told(spoken: Spoken) -> None:
    peer = spoken.connect()
    number, connection, pidfd = spoken.child(peer)
    connection.close()
    word = peer.recv(64)
    kind, told, status, cpu, peak = EXIT.unpack(word)
    assert (kind, told, status) == (b"X", number, 0)
    assert cpu > 0 and peak > 1000
    assert gone(pidfd)


def test_the_signal_that_ended_a_child_is_told(spoken: Spoken) -> None:
    peer = spoken.connect()
    _, _, pidfd = spoken.child(peer)
    signal.pidfd_send_signal(pidfd, signal.SIGSEGV)
    assert os.WTERMSIG(EXIT.unpack(peer.recv(64))[2]) == signal.SIGSEGV


def test_children_of_a_client_that_went_are_ended(spoken: Spoken) -> None:
    peer = spoken.connect()
    _, connection, pidfd = spoken.child(peer)
    peer.close()
    assert gone(pidfd)
    connection.close()


def test_a_client_may_end_its_own_child_only(spoken: Spoken) -> None:
    peer, other = spoken.connect(), spoken.connect()
    number, _connection, pidfd = spoken.child(peer)
    other.send(NUMBER.pack(b"K", number))
    assert not gone(pidfd, 0.2)
    peer.send(NUMBER.pack(b"K", number))
    assert gone(pidfd)


def test_no_more_children_than_allowed(spoken: Spoken) -> None:
    peer = spoken.connect()
    first = spoken.child(peer)
    second = spoken.child(peer)
    peer.send(b"N")
    assert peer.recv(64) == b"S"
    asked = [(peer.recv(64), time.monotonic()) for _ in range(3)]
    assert {word for word, _ in asked} == {b"L"}, "asked once more, by who has waited for long"
    assert asked[2][1] - asked[1][1] > 0.15, "each plea waits longer than the last: 0.1, 0.2 s and so on"
    first[1].close()
    words = set()
    while not words >= {b"X", b"C"}:
        words.add(wire.receive_fds(peer, 64, 2)[0][:1])
    assert words <= {b"X", b"C", b"L", b"S"}
    second[1].close()


@pytest.mark.parametrize("word", [b"", b"?", b"N" * 60, b"K"])
def test_who_says_nonsense_is_left(spoken: Spoken, word: bytes) -> None:
    peer = spoken.connect()
    if word:
        peer.send(word)
        assert peer.recv(64) == b""
    assert spoken.child(spoken.connect())[0] > 0


def test_retiring_waits_for_the_last_child(spoken: Spoken) -> None:
    peer = spoken.connect()
    _, connection, _ = spoken.child(peer)
    spoken.zygote.retire()
    assert peer.recv(64) == b"Q"
    assert spoken.zygote.alive
    connection.close()
    spoken.zygote.process.wait(5)
    assert spoken.zygote.process.returncode == 0


def as_stranger(address: Path) -> str:
    """What a process of another user meets there."""
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    peer.settimeout(5)
    os.setgid(4242)
    os.setuid(4242)
    try:
        peer.connect(str(address))
        return "served" if peer.recv(64) else "turned away"
    except ConnectionError:
        return "turned away"
    except PermissionError:
        return "no way in"


def test_a_stranger_is_turned_away(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs another user to be")
    with tempfile.TemporaryDirectory() as folder:
        spoken = Spoken(Path(folder))
        os.chmod(folder, 0o755)
        assert in_process(lambda: as_stranger(spoken.address)) == {"value": "no way in"}
        os.chmod(spoken.address, 0o777)
        assert in_process(lambda: as_stranger(spoken.address)) == {"value": "turned away"}
        spoken.zygote.stop()
