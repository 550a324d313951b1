"""The child's loop without a process of its own."""

from __future__ import annotations

import os
import resource
import signal
import socket

import pytest

from gateway.inspection import child, protocol, wire
from gateway.inspection.lockdown import Ceilings
from gateway.inspection.wire import Kind
from gateway.model.artifact import Artifact, ArtifactKind, ArtifactTree
from gateway.model.deadline import Limits
from gateway.model.finding import Incident, IncidentCode, Inspection
from tests.gateway.inspection.conftest import ask, spool


class Plain:
    signature_version = "v"

    def inspect(self, data, request, tools):
        root = Artifact(0, None, ArtifactKind.MESSAGE, size=len(data))
        return Inspection(ArtifactTree((root,)), incidents=(Incident(IncidentCode.MALFORMED, 0),) if b"odd" in data else ())

    def preview(self, data, request):
        return {name: [] for name in protocol.PREVIEW}


@pytest.fixture(autouse=True)
def _limits(monkeypatch) -> None:
    monkeypatch.setattr(child, "set_limits", lambda *_: None)


def exchange(*mails: bytes, rounds: int = 20, kind: Kind = Kind.INSPECT) -> list[wire.Frame]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for mail in mails:
            fd = spool(mail)
            wire.send(ours, kind, protocol.encode_request(ask(), len(mail)), fd)
            os.close(fd)
        ours.shutdown(socket.SHUT_WR)
        child.serve(theirs, Plain(), "plain", 0, rounds)
        theirs.shutdown(socket.SHUT_WR)
        frames = []
        while frame := wire.receive(ours, wire.ANSWERS, wire.ANSWER_LIMIT):
            frames.append(frame)
        return frames


def test_one_answer_a_request() -> None:
    assert [f.kind for f in exchange(b"a", b"b")] == [Kind.INSPECTION] * 2


def test_mail_with_attachments_is_handed_on_unread() -> None:
    frames = exchange(b"a\nContent-Type: application/pdf\n", b"b")
    assert [f.kind for f in frames] == [Kind.DEEP, Kind.INSPECTION]


def test_it_ends_after_its_rounds() -> None:
    assert len(exchange(b"a", b"b", b"c", rounds=2)) == 2


def test_it_ends_after_an_incident() -> None:
    assert len(exchange(b"a", b"odd", b"c")) == 2


def test_it_ends_after_a_preview() -> None:
    assert [f.kind for f in exchange(b"a", b"b", kind=Kind.PREVIEW)] == [Kind.SAFE_TEXT]


def test_a_message_is_read_whole_and_closed() -> None:
    fd = spool(b"x" * 300_000)
    assert child.read_message(fd, 300_000) == b"x" * 300_000
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(fd)


def test_a_short_message_is_no_message() -> None:
    with pytest.raises(EOFError):
        child.read_message(spool(b"x"), 2)


def test_an_empty_message_is_one() -> None:
    assert child.read_message(spool(b""), 0) == b""


def test_a_request_without_a_message_is_refused() -> None:
    frame = wire.Frame(Kind.INSPECT, protocol.encode_request(ask(), 1))
    with pytest.raises(wire.ProtocolError):
        child.answer(socket.socket(), frame, Plain(), "plain", 0)


def test_limits_stay_below_the_hard_ones() -> None:
    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (100, 100))
        child._soften(resource.RLIMIT_CPU, 7)
        low = resource.getrlimit(resource.RLIMIT_CPU)
        child._soften(resource.RLIMIT_CPU, 700)
        os._exit(0 if low == (7, 100) and resource.getrlimit(resource.RLIMIT_CPU) == (100, 100) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_limits_of_a_message() -> None:
    assert Limits().cpu_seconds <= Limits().seconds


@pytest.mark.parametrize("fails", ["restrict_child", "_request"])
def test_who_cannot_start_or_hear_leaves_the_request_unread_and_says_nothing(monkeypatch: pytest.MonkeyPatch, fails: str) -> None:
    def no_memory(*_: object) -> None:
        raise wire.Unheard if fails == "_request" else MemoryError

    monkeypatch.setattr(child, "restrict_child", lambda *_: None)
    monkeypatch.setattr(child, fails, no_memory)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        fd = spool(b"a")
        wire.send(ours, Kind.INSPECT, protocol.encode_request(ask(), 1), fd)
        os.close(fd)
        pid = os.fork()
        if pid == 0:
            ours.close()
            child.run(theirs, Plain(), "plain", Ceilings(1 << 30, 10), 1 << 30, b"", 0)
        theirs.close()
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) in (70, 71)
        with pytest.raises(ConnectionResetError):
            ours.recv(1)


def test_less_address_space_than_a_message_may_use_is_not_the_messages_fault() -> None:
    pid = os.fork()
    if pid == 0:
        free = child._squeezed(1 << 40)
        resource.setrlimit(resource.RLIMIT_AS, (1 << 39, resource.RLIM_INFINITY))
        os._exit(0 if (free, child._squeezed(1 << 40), child._squeezed(1 << 38)) == (False, True, False) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_a_fence_ends_what_cannot_be_broken_off() -> None:
    pid = os.fork()
    if pid == 0:
        with child.fenced(60):
            inside = resource.getrlimit(resource.RLIMIT_CPU)[0]
        if inside == resource.RLIM_INFINITY or resource.getrlimit(resource.RLIMIT_CPU)[0] not in (resource.RLIM_INFINITY, 1 << 20):
            os._exit(1)
        with child.fenced(0.01):
            while True:
                pass
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGXCPU
