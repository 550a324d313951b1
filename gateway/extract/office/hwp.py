"""Korean word processor files ([HWP 5.0 format], Hancom): scripts and embedded files are deflated streams of their own storages."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from gateway.extract.base import Child, Problem, Yield
from gateway.extract.office.compound import Storage
from gateway.model.artifact import ArtifactKind
from gateway.model.finding import IncidentCode

STORAGES = frozenset({"scripts", "bindata"})


LOCKED = 0x2 | 0x10 | 0x100 | 0x400
"""Flags of the file header: password, rights management, certificate, both (Hangul Document File Formats 5.0, 3.2.1)."""


def header(data: bytes) -> Iterator[Yield]:
    """A document whose streams are enciphered says so in front."""
    if data.startswith(b"HWP Document File") and int.from_bytes(data[36:40], "little") & LOCKED:
        yield Problem(IncidentCode.ENCRYPTED, "Hangul document")


def extract(storage: Storage, room: int) -> Iterator[Yield]:
    """Streams that inflate; plain scripts as they are; other plain streams their reader has already."""
    for name in storage.streams:
        machine = zlib.decompressobj(-zlib.MAX_WBITS)
        packed = storage.read(name)
        try:
            data = machine.decompress(packed, room + 1)
        except zlib.error:
            if storage.name.lower() != "scripts":
                continue
            data = packed
        if len(data) > room:
            yield Problem(IncidentCode.RATIO, f"stream of more than {room} octets")
            return
        room -= len(data)
        if data:
            yield Child(data, ArtifactKind.OBJECT, (name,))
