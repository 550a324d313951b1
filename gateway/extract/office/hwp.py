"""Korean word processor files ([HWP 5.0 format], Hancom): scripts and embedded files are deflated streams of their own storages."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from gateway.extract.base import Child, Problem, Yield
from gateway.extract.office.compound import Storage
from gateway.model.artifact import ArtifactKind
from gateway.model.finding import IncidentCode

STORAGES = frozenset({"scripts", "bindata"})


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
