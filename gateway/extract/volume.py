"""What the readers of file systems have in common: files found, loops and floods ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gateway.extract.base import Child, Problem, Yield
from gateway.extract.bounded import Budget, LimitReached
from gateway.extract.member_names import escapes
from gateway.model.artifact import ArtifactKind
from gateway.model.finding import IncidentCode


class Unreadable(ValueError):
    """Not this file system, or broken beyond following."""


@dataclass(slots=True)
class Guard:
    """Directories already read, and how many entries may still be."""

    left: int
    seen: set[int] = field(default_factory=set)

    def enter(self, place: int) -> bool:
        """False for a directory that was read before (a loop)."""
        if place in self.seen:
            return False
        self.seen.add(place)
        return True

    def count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise LimitReached(IncidentCode.COUNT, "too many files")


@dataclass(frozen=True, slots=True)
class File:
    names: tuple[str, ...]
    data: bytes
    short: bool = False                  # fewer octets in the image than promised


def children(files: Iterable[File], budget: Budget) -> Iterator[Yield]:
    """A child for each file; ends at a limit or where the file system cannot be followed."""
    try:
        for file in files:
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
