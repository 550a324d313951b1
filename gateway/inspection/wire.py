"""Length-framed messages over a Unix stream socket, each with at most one file descriptor. No schema here.

A frame is one octet of kind, four octets of length (little-endian), and the payload. Its descriptor rides on the header.
"""

from __future__ import annotations

import os
import socket
import struct
from dataclasses import dataclass
from enum import IntEnum

HEADER = struct.Struct("<BI")
_INT = struct.Struct("=i")
REQUEST_LIMIT = 1 << 20                  # octets; recipients (1,000 of 320 octets) and passwords fit many times over
ANSWER_LIMIT = 8 << 20                   # octets; 2,000 artifacts with their names need about 1 MiB


class Kind(IntEnum):
    """What a frame is. Up to 4 to a child, from 11 on out of one."""

    INSPECT = 1
    PREVIEW = 2
    TOOL_ANSWER = 3                      # to the child that asked
    RUN_TOOL = 4                         # to a child of the tool lane
    INSPECTION = 11
    SAFE_TEXT = 12
    DEEP = 13                            # the plain lane cannot take this message apart
    TOOL = 14                            # the child asks for an external tool
    FAILED = 15                          # the child's own border caught an exception; it ends after this
    TOOL_OUTPUT = 16                     # from a child of the tool lane


REQUESTS = frozenset({Kind.INSPECT, Kind.PREVIEW})
ANSWERS = frozenset({Kind.INSPECTION, Kind.SAFE_TEXT, Kind.DEEP, Kind.TOOL, Kind.FAILED})


class ProtocolError(Exception):
    """The peer said something that the protocol does not allow. From a child it counts as a crash."""


class PeerGone(ProtocolError):
    """The peer closed the connection in the middle or before a frame."""


class Unheard(PeerGone):
    """The peer closed and had not read all that was sent to it (the kernel says ECONNRESET then)."""


@dataclass(frozen=True, slots=True)
class Frame:
    kind: Kind
    payload: bytes
    fd: int | None = None                # belongs to the receiver, who closes it


def header(data: bytes, allowed: frozenset[Kind], limit: int) -> tuple[Kind, int]:
    """Kind and payload length of a frame's header; raises ProtocolError for what is not allowed."""
    number, length = HEADER.unpack(data)
    try:
        kind = Kind(number)
    except ValueError:
        raise ProtocolError(f"frame of unknown kind {number}") from None
    if kind not in allowed:
        raise ProtocolError(f"frame of kind {kind.name} is not expected")
    if length > limit:
        raise ProtocolError(f"frame of {length} octets, the limit is {limit}")
    return kind, length


def pack(kind: Kind, payload: bytes) -> bytes:
    return HEADER.pack(kind, len(payload)) + payload


def send(connection: socket.socket, kind: Kind, payload: bytes, fd: int | None = None) -> None:
    """Sends one frame on a blocking socket."""
    data = pack(kind, payload)
    sent = socket.send_fds(connection, [data], [fd]) if fd is not None else connection.send(data)
    if sent < len(data):
        connection.sendall(memoryview(data)[sent:])


def receive(connection: socket.socket, allowed: frozenset[Kind], limit: int) -> Frame | None:
    """The next frame of a blocking socket; None where the peer closed before it."""
    data, fd = receive_some(connection, HEADER.size)
    if not data:
        return None
    try:
        if len(data) < HEADER.size:
            data += _exactly(connection, HEADER.size - len(data))
        kind, length = header(data, allowed, limit)
        return Frame(kind, _exactly(connection, length), fd)
    except (OSError, ProtocolError):
        if fd is not None:
            os.close(fd)
        raise


def receive_some(connection: socket.socket, size: int) -> tuple[bytes, int | None]:
    """One recvmsg: what is there, and the descriptor that came with it (the kernel drops further ones)."""
    data, fds = receive_fds(connection, size, 1)
    return data, fds[0] if fds else None


def receive_fds(connection: socket.socket, size: int, most: int) -> tuple[bytes, list[int]]:
    """Like socket.recv_fds, which in Python 3.11 forgets its flags: no descriptor may slip into a process we start."""
    data, ancillary, _, _ = connection.recvmsg(size, socket.CMSG_LEN(most * _INT.size), socket.MSG_CMSG_CLOEXEC)
    fds: list[int] = []
    for level, kind, octets in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.extend(fd for fd, in _INT.iter_unpack(octets[: len(octets) // _INT.size * _INT.size]))
    return data, fds


def _exactly(connection: socket.socket, size: int) -> bytes:
    buffer = bytearray(size)
    view = memoryview(buffer)
    while view:
        got = connection.recv_into(view)
        if not got:
            raise PeerGone("connection closed inside a frame")
        view = view[got:]
    return bytes(buffer)
