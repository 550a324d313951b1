"""What the readers of file systems have in common: files found, loops and floods ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gateway.extract.archive.member_names import escapes
from gateway.extract.base import Child, Problem, Yield
from gateway.extract.bounded import Budget, LimitReached
from gateway.model.artifact import ArtifactKind
from gateway.model.finding import IncidentCode

FOLDERS = 100
"""Directories within one another. ISO 9660 knows 8, a path of Windows has room for 130."""
ROOM = 8 << 20
"""Octets that files may have beyond four times their image: deleted ones lie under others."""


class Unreadable(ValueError):
    """Not this file system, or broken beyond following."""


@dataclass(slots=True)
class Guard:
    """Directories already read, how many entries may still be, and how many octets of directories."""

    left: int
    room: int = 1 << 30
    seen: set[int] = field(default_factory=set)
    looped: bool = False
    spans: list[tuple[int, int]] = field(default_factory=list)           # begin and end of what belongs to a file or directory

    def enter(self, place: int, above: tuple[int, ...] = ()) -> bool:
        """False for a directory that was read before; `above` are those that it stands in."""
        if len(above) > FOLDERS:
            raise LimitReached(IncidentCode.DEPTH, f"more than {FOLDERS} directories within one another")
        self.looped = self.looped or place in above
        if place in self.seen:
            return False
        self.seen.add(place)
        return True

    def span(self, start: int, stop: int) -> None:
        """What belongs to a file; in a row with what came before it is one with that."""
        if self.spans and self.spans[-1][1] == start:
            start = self.spans.pop()[0]
        self.spans.append((start, stop))

    def take(self, octets: int) -> None:
        """A directory of so many octets: no two of them lie over one another."""
        self.room -= octets
        if self.room < 0:
            raise LimitReached(IncidentCode.COUNT, "directories that lie over one another")

    def end(self) -> None:
        """Behind the last file."""
        if self.looped:
            raise LimitReached(IncidentCode.DEPTH, "a directory that leads back to itself")

    def count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise LimitReached(IncidentCode.COUNT, "too many files")


@dataclass(frozen=True, slots=True)
class File:
    names: tuple[str, ...]
    data: bytes
    short: bool = False                  # fewer octets in the image than promised


def children(files: Iterable[File], budget: Budget, image: int) -> Iterator[Yield]:
    """A child for each file of an image of so many octets; ends at a limit or where the file system cannot be followed."""
    left = 4 * image + ROOM
    try:
        for file in files:
            left -= len(file.data)
            if left < 0:
                raise LimitReached(IncidentCode.RATIO, "files that lie over one another")
            budget.check(file.data, len(file.data))
            budget.spend(len(file.data))
            if file.short:
                yield Problem(IncidentCode.MALFORMED, "file data missing")
            yield Child(file.data, ArtifactKind.MEMBER, file.names, anomalies=("TRUNCATED",) if file.short else (),
                        observations=tuple(escapes(file.names)))
    except LimitReached as limit:
        yield limit.problem
    except (Unreadable, IndexError) as error:
        yield Problem(IncidentCode.MALFORMED, str(error) or "file system")
