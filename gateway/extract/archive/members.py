"""What the readers of archives have in common: turning libarchive's members into children and problems."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from gateway.extract.archive.libarchive_reader import DIRECTORY, REGULAR, SYMLINK, Member
from gateway.extract.archive.member_names import escapes, link_escapes, readings
from gateway.extract.base import Child, Problem, Yield
from gateway.extract.bounded import Damaged, LimitReached
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

FAULTS = {
    "encrypted": (IncidentCode.ENCRYPTED, "ENCRYPTED"),
    "damaged": (IncidentCode.MALFORMED, "DAMAGED"),
    "unsupported": (IncidentCode.UNSUPPORTED, "UNSUPPORTED"),
}
"""Fault of a member -> incident, anomaly of the child that stands for it."""

Namer = Callable[[bytes], tuple[str, ...]]


def children(members: Iterable[Member], namer: Namer = readings, limit: int = 2000) -> Iterator[Yield]:
    """A child for each member, a problem for each fault; errors and limits end the list, not the message."""
    count = 0
    try:
        for member in members:
            count += 1
            if count > limit:
                yield Problem(IncidentCode.COUNT, f"more than {limit} members")
                return
            yield from child(member, namer(member.name), namer)
    except LimitReached as reached:
        yield reached.problem
        yield Child(reached.head, ArtifactKind.MEMBER, anomalies=("TRUNCATED",))
    except Damaged as damage:
        yield Problem(IncidentCode.MALFORMED, str(damage))


def child(member: Member, names: tuple[str, ...], namer: Namer = readings) -> Iterator[Yield]:
    odd = tuple(escapes(names))
    if member.kind == DIRECTORY and not member.data:
        yield from odd
        return
    if member.link and any(link_escapes(n, t) for n in names[:1] for t in namer(member.link)[:1]):
        odd += (Observation("MEMBER-LINK-OUTSIDE"),)
    if member.kind not in (REGULAR, SYMLINK, 0):
        odd += (Observation("MEMBER-DEVICE"),)
    anomalies: tuple[str, ...] = ()
    if member.fault:
        code, anomaly = FAULTS[member.fault]
        yield Problem(code, member.detail or member.fault)
        anomalies = (anomaly,)
    yield Child(member.data, ArtifactKind.MEMBER, names, anomalies=anomalies, observations=odd)
