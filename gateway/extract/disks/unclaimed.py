"""What stands in no file of a disc or disk image and is not empty: other systems, recovery programs and other sessions find it.

Files of known kinds are taken out of it; what is left and begins like nothing known is UNSUPPORTED, never passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from gateway.extract.base import Child, Problem, Yield
from gateway.extract.carve import hits
from gateway.extract.disks.volume import ROOM
from gateway.extract.identify import identify
from gateway.model.artifact import ArtifactKind
from gateway.model.finding import IncidentCode

SUBSTANTIAL = 16 << 10
"""Octets that no file has, in sectors that are not empty: notes of the writing program and spare structures have fewer."""
MAX_PIECES, MAX_BEGINS = 256, 4096
PIECE = 512                              # units
HEAD = 8192
TEXTS = ("text/", "message/")
UNKNOWN = frozenset({"application/octet-stream", "application/x-empty"})


@dataclass(slots=True)
class Looks:
    """How much of an image is looked at: places where a file may begin, files, and their octets."""

    room: int
    begins: int = MAX_BEGINS
    files: int = MAX_PIECES
    over: bool = False

    def more(self, found: int) -> bool:
        """Whether another beginning is looked at, where so many files were found already."""
        self.begins -= 1
        self.over = self.over or self.begins < 0 or found > self.files
        return not self.over

    def spend(self, octets: int) -> bool:
        self.files -= 1
        self.room -= octets
        self.over = self.over or self.files < 0 or self.room < 0
        return self.files >= 0 and self.room >= 0


def unclaimed(data: bytes, taken: Iterable[tuple[int, int]], unit: int,
              structure: Callable[[bytes], bool] = lambda block: False) -> Iterator[Yield]:
    """Files outside the spans (start, stop) of an image in units of so many octets; `structure` tells a unit that the volume
    itself fills."""
    looks = Looks(2 * len(data) + ROOM)
    left = 0
    for start, stop in gaps(len(data), taken, unit):
        filled = [at for at in _filled(data, start, stop, unit) if not structure(data[at:at + unit])]
        found = list(pieces(data[filled[0]:stop], unit, looks)) if filled else []
        for first, last in found:
            yield Child(data[filled[0] + first:filled[0] + last], ArtifactKind.OBJECT, label=f"in no file, at {filled[0] + first}")
        if looks.over:
            yield Problem(IncidentCode.COUNT, "too many files that no directory names")
            return
        left += unit * sum(1 for at in filled if not any(first <= at - filled[0] < last for first, last in found))
    if left >= SUBSTANTIAL:
        yield Problem(IncidentCode.UNSUPPORTED, "octets in no file")


def _filled(data: bytes, start: int, stop: int, unit: int) -> Iterator[int]:
    """Units that are not all zeros; looked at in large pieces first."""
    for piece in range(start, stop, PIECE * unit):
        end = min(stop, piece + PIECE * unit)
        if data[piece:end].strip(b"\0"):
            yield from (at for at in range(piece, end, unit) if data[at:at + unit].strip(b"\0"))


def gaps(size: int, taken: Iterable[tuple[int, int]], unit: int) -> Iterator[tuple[int, int]]:
    """Spans of whole units that none of those taken touches."""
    at = 0
    for start, stop in sorted(taken):
        if start // unit * unit > at:
            yield at, min(start // unit * unit, size)
        at = max(at, -(-stop // unit) * unit)
        if at >= size:
            return
    yield at, size


def pieces(chunk: bytes, unit: int, looks: Looks) -> Iterator[tuple[int, int]]:
    """Begin and end of what is known: by its magic anywhere, or where a unit begins behind one that ends in zeros. Texts end
    with their last unit that zeros fill up; anything else says itself where it ends."""
    found = {at: len(chunk) for at, _ in hits(chunk)}
    at = 0
    while at < len(chunk):
        if not chunk[at:at + unit].strip(b"\0"):
            at += unit
            continue
        if not looks.more(len(found)):
            break
        end = at + unit
        while end < len(chunk) and chunk[end - 4:end] != bytes(4):
            end += unit
        head = chunk[at:min(end, at + HEAD)]
        kind = identify(head)
        if kind in UNKNOWN:
            kind = identify(head.rstrip(b"\0"))
        if kind not in UNKNOWN:
            found[at] = at + len(chunk[at:end].rstrip(b"\0")) if kind.startswith(TEXTS) else len(chunk)
        at = end
    for first, last in sorted(found.items()):
        if looks.spend(last - first):
            yield first, last
