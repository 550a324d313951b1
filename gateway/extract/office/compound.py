"""A compound file ([MS-CFB]) by storages, each with its streams in lower case; sizes are bounded before anything is read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import olefile

from gateway.extract.base import Problem
from gateway.model.finding import IncidentCode

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STREAMS = 20_000                         # streams of one file that are looked at
ERRORS = (OSError, ValueError, IndexError, KeyError, AttributeError, TypeError, RecursionError, OverflowError, MemoryError)
"""What olefile raises over damaged files."""


class Damaged(ValueError):
    """Not a compound file that can be read."""


@dataclass(slots=True)
class Storage:
    path: tuple[str, ...]                # as it stands in the file
    class_id: str
    streams: dict[str, tuple[str, ...]]  # lower-case name -> path
    compound: Compound

    def __contains__(self, name: str) -> bool:
        return name in self.streams

    @property
    def name(self) -> str:
        return self.path[-1] if self.path else ""

    def read(self, name: str, limit: int = 1 << 30) -> bytes:
        """Octets of a stream, b"" where it cannot be read."""
        path = self.streams.get(name)
        return self.compound.read(path, limit) if path else b""


class Compound:
    """All storages of a file. Raises Damaged."""

    def __init__(self, data: bytes, allowance: int) -> None:
        self.left = max(allowance, 4 * len(data))
        self.problems: list[Problem] = []
        try:
            self.file = olefile.OleFileIO(io.BytesIO(data))
            self.root_id = self.file.root.clsid.lower() if self.file.root else ""
            self.paths = [tuple(p) for p in self.file.listdir(streams=True, storages=False)][:STREAMS + 1]
        except ERRORS as error:
            raise Damaged(type(error).__name__) from error
        if len(self.paths) > STREAMS:
            self.problems.append(Problem(IncidentCode.COUNT, f"more than {STREAMS} streams"))

    def storages(self) -> Iterator[Storage]:
        """Every storage that has streams, the root first."""
        groups: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = {(): {}}
        for path in self.paths[:STREAMS]:
            groups.setdefault(path[:-1], {})[path[-1].lower()] = path
        for prefix, streams in groups.items():
            yield Storage(prefix, self.class_id(prefix), streams, self)

    def class_id(self, path: tuple[str, ...]) -> str:
        if not path:
            return self.root_id
        try:
            return (self.file.getclsid(list(path)) or "").lower()
        except ERRORS:
            return ""

    def read(self, path: tuple[str, ...], limit: int = 1 << 30) -> bytes:
        try:
            stream = self.file.openstream(list(path))
            made = bytes(stream.read(limit))
        except ERRORS as error:
            self.problems.append(Problem(IncidentCode.MALFORMED, f"stream {'/'.join(path)}: {type(error).__name__}"))
            return b""
        self.left -= len(made)
        if self.left < 0:
            self.problems.append(Problem(IncidentCode.SIZE, "streams are larger than the file"))
            return b""
        return made
