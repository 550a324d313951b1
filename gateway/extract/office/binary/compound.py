"""A compound file ([MS-CFB]) by storages, each with its streams in lower case; sizes are bounded before anything is read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import olefile

from gateway.extract.base import Problem
from gateway.model.finding import IncidentCode

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STREAMS = 10_000                         # streams of one file that are looked at
FREE = 0xFFFFFFFF                        # in the table of sectors
INSIDE = 64                              # heads of compound files in one stream
ERRORS = (OSError, ValueError, IndexError, KeyError, AttributeError, TypeError, RecursionError, OverflowError, MemoryError)
"""What olefile raises over damaged files."""


class _File(olefile.OleFileIO):                  # type: ignore[misc]
    """olefile, which compares each stream with all others only to warn of those that are there twice."""

    def _check_duplicate_stream(self, first_sect: int, minifat: bool = False) -> None:
        return


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
        self.size = len(data)
        self.problems: list[Problem] = []
        _check_header(data)
        try:
            self.file = _File(io.BytesIO(data))
            self.root_id = self.file.root.clsid.lower() if self.file.root else ""
            self.paths = [tuple(p) for p in self.file.listdir(streams=True, storages=False)][:STREAMS + 1]
        except ERRORS as error:
            raise Damaged(type(error).__name__) from error
        if self.file.root and self.file.root.size > len(data):
            raise Damaged("mini stream larger than the file")
        if len(self.paths) > STREAMS:
            self.problems.append(Problem(IncidentCode.COUNT, f"more than {STREAMS} streams"))

    def circular(self) -> bool:
        """Sectors whose chain leads back to one of them: other readers follow it until their memory ends."""
        fat = self.file.fat
        seen = bytearray(len(fat))       # 1: on the way that is followed now; 2: its end is known
        for start in range(len(fat)):
            at, way = start, []
            while at < len(fat) and not seen[at]:
                seen[at] = 1
                way.append(at)
                at = fat[at]
            if at < len(fat) and seen[at] == 1:
                return True
            for passed in way:
                seen[passed] = 2
        return False

    def end(self) -> int:
        """Behind the last sector that is anybody's."""
        fat = self.file.fat
        last = next((number for number in range(len(fat) - 1, -1, -1) if fat[number] != FREE), -1)
        return int((last + 2) * self.file.sectorsize)

    def honest(self) -> bool:
        """No stream claims to be larger than the file: other readers may follow its chain in circles."""
        try:
            return not self.circular() and all(self.file.get_size(list(path)) <= self.size for path in self.paths[:STREAMS])
        except ERRORS:
            return False

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
            declared = self.file.get_size(list(path))
            if declared > min(self.size, self.left):
                self.problems.append(Problem(IncidentCode.MALFORMED, f"stream {'/'.join(path)} larger than the file"))
                return b""
            made = bytes(self.file.openstream(list(path)).read(limit))
        except ERRORS as error:
            self.problems.append(Problem(IncidentCode.MALFORMED, f"stream {'/'.join(path)}: {type(error).__name__}"))
            return b""
        self.left -= declared
        return made


def inside(data: bytes) -> Iterator[bytes | Problem]:
    """Compound files that stand in a stream, behind its begin; what merely looks like one is passed over."""
    at = data.find(MAGIC, 1)
    for _ in range(INSIDE):
        if at < 0:
            return
        end = at + 1
        try:
            found = Compound(data[at:], len(data))
        except Damaged:
            found = None                                  # octets that only begin like one
        if found and found.paths:
            end = max(end, min(at + found.end(), len(data)))
            yield data[at:end]
        at = data.find(MAGIC, end)
    if at >= 0:
        yield Problem(IncidentCode.COUNT, f"more than {INSIDE} compound files in one stream")


def _check_header(data: bytes) -> None:
    """olefile follows sector chains as long as the header says, loops too: more sectors than the file has are damage."""
    if len(data) < 512:
        raise Damaged("too short")
    shift = int.from_bytes(data[30:32], "little")
    if shift not in (9, 12):
        raise Damaged("sector size")
    sectors = (len(data) >> shift) + 1
    if any(int.from_bytes(data[at:at + 4], "little") > sectors for at in (40, 44, 64, 72)):
        raise Damaged("more sectors than the file has")
