"""Files that were cut in pieces to be sent: the volumes of archives and the pieces of plain splits, wherever they lie in a message.

Volumes are told by their names, as those who put them together tell them. What they make is one more child beside them: each
volume is still read by itself, only that it is no whole counts for nothing any more. A set with a gap says what is missing.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gateway.extract.archive.rar_headers import is_volume
from gateway.extract.archive.zip_spanned import disks, unspanned
from gateway.extract.base import Child, Problem, Yield
from gateway.extract.identify import OPENED, names_container
from gateway.model.artifact import Artifact
from gateway.model.content import Observation
from gateway.model.filename import extensions
from gateway.model.finding import IncidentCode

JOINED = "JOINED"
"""Anomaly of what was put together here: volumes of RAR stand in it one after another, each with its own head."""
MOST = 100                               # sets of more than one volume in one message
TAIL = 24                                # characters of a name in which its number stands
FIRST, LAST = 0, 1 << 20
"""Numbers of a volume that has none: the .rar before .r00, the .zip behind .z01."""

NUMBERED = re.compile(
    r"\.(?P<zip>zx?)(?P<disk>[0-9]{2,3})$|\.part(?P<rar>[0-9]{1,5})\.rar$|\.(?P<old>[r-v][0-9]{2})$|"
    r"(?:\.|[._-](?:part|split)[._-]?)(?P<plain>[0-9]{1,3})$|(?:[._-]|[._-](?:part|split)[._-]?)(?P<letters>[a-c][a-z])$", re.I)
"""Names of WinZip and Info-ZIP, of WinRAR (new and old), of 7-Zip, HJSplit and split(1)."""
BARE = re.compile(r"x(?P<letters>[a-c][a-z])", re.I)
"""Names of split(1) where none was given."""

UNNAMED = "x"

ZIPS = frozenset({"application/zip", "application/vnd.openxmlformats", "application/vnd.oasis.opendocument"})
ARCHIVES = ZIPS | {
    "application/x-7z-compressed", "application/vnd.rar", "application/x-tar", "application/gzip", "application/x-bzip2",
    "application/x-xz", "application/zstd", "application/vnd.ms-cab-compressed", "application/x-arj", "application/x-lzh",
}
"""Types whose readers look at every octet, wherever it stands."""
UNKNOWN = "application/octet-stream"
BROKEN = frozenset({
    "ZIP-NO-DIRECTORY", "ZIP-LOCAL-MISSING", "ZIP-COUNT-DIFFERS", "ZIP-HIDDEN-ENTRIES", "ZIP-SIZES-DIFFER", "ZIP-DATA-BEFORE",
    "ZIP-DATA-BETWEEN", "ZIP-DATA-AFTER", "ARCHIVE-STRAY-DATA", "ENCRYPTED-NAMES", "POLYGLOT", "APPENDED-ARCHIVE",
})
"""What readers see in a piece of an archive because it is a piece."""
WITHOUT = frozenset({"ZIP-NO-DIRECTORY", "ZIP-LOCAL-MISSING"})
"""The same of an incomplete set, which is held for that."""
UNREAD = frozenset({IncidentCode.MALFORMED, IncidentCode.UNSUPPORTED, IncidentCode.ENCRYPTED})
CHANCE = "OpenPGP"
"""Label of what is read in octets without a type: one piece in some hundreds looks like such a file."""
EMPTY = frozenset({"ENCRYPTED", "UNSUPPORTED", "DAMAGED"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name says that its file stands: in which set, and as which part of it."""

    scheme: str
    title: str                           # name of the whole
    number: int

    @property
    def key(self) -> tuple[str, str]:
        return self.scheme, unicodedata.normalize("NFKC", self.title).casefold()


@dataclass(frozen=True, slots=True)
class Volume:
    artifact: Artifact
    data: bytes
    place: Place


@dataclass(frozen=True, slots=True)
class Set:
    """A complete one in its order, or one that lacks something, which `reason` tells."""

    volumes: tuple[Volume, ...]
    reason: str = ""

    @property
    def title(self) -> str:
        return self.volumes[0].place.title

    @property
    def certain(self) -> bool:
        """Whether these are volumes for sure: numbers stand behind the names of other files, of whole ones too."""
        scheme = self.volumes[0].place.scheme
        if scheme in ("rar", "old"):
            return any(is_volume(v.data) for v in self.volumes)
        lone = scheme == "letters" and len(self.volumes) == 1                  # perhaps the ending of another program's file
        known = names_container((self.title,)) or self.title == UNNAMED or (extensions((self.title,)) & OPENED and not lone)
        return scheme == "zip" or (bool(known) and not self.wholes)

    @property
    def wholes(self) -> bool:
        """Whether each is a file of its own, only numbered: all begin alike, which pieces of one do not."""
        kinds, heads = {v.artifact.detected_type for v in self.volumes}, {bytes(v.data[:4]) for v in self.volumes}
        if self.volumes[0].place.scheme not in ("plain", "letters") or len(kinds) > 1 or len(heads) > 1:
            return False
        kind, head = kinds.pop(), heads.pop()
        return kind != UNKNOWN and not kind.startswith("text/") and (kind not in ZIPS or head[:2] == b"PK")

    def joined(self) -> bytes:
        pieces = [v.data for v in self.volumes]
        return unspanned(pieces) if self.volumes[0].place.scheme == "zip" else b"".join(pieces)


@dataclass(slots=True)
class Volumes:
    """All that a message has of them so far. One per walk."""

    found: dict[tuple[str, str], list[Volume]] = field(default_factory=lambda: defaultdict(list))
    covered: dict[int, str] = field(default_factory=dict)    # ids of volumes -> type of what they make
    lacking: dict[int, str] = field(default_factory=dict)    # ids of volumes -> what of their set is missing
    ends: set[int] = field(default_factory=set)              # ids of wholes, and of first volumes without a second
    settled: int = 0                                         # sets of more than one volume

    def add(self, artifact: Artifact, data: bytes) -> bool:
        """Whether it may be a volume, and waits for the others."""
        places = dict.fromkeys(place for name in artifact.names if (place := placed(name, data)))
        for place in places:
            self.found[place.key].append(Volume(artifact, data, place))
        return bool(places)

    def sets(self) -> Iterator[Set | Problem]:
        """What the volumes found since it was asked last make, each set once, under whatever names; those that lack something only
        where they are sets for sure."""
        seen: set[tuple[str, ...]] = set()
        found = list(self.found.values())
        self.found.clear()
        for volumes in found:
            for made in ordered(volumes):
                parts = tuple(v.artifact.sha256 for v in made.volumes)
                if (made.reason and not made.certain) or (parts in seen and not made.reason) or (made.wholes and len(parts) > 1):
                    continue
                seen.add(parts)
                self.settled += len(parts) > 1
                if self.settled > MOST:
                    yield Problem(IncidentCode.COUNT, f"more than {MOST} sets of volumes")
                    return
                yield made

    def cover(self, made: Set, whole: Artifact) -> None:
        """The set was put together to this: what its volumes are by themselves is known to be pieces."""
        self.ends.add(whole.id)
        if whole.detected_type == UNKNOWN:
            self.lacking.update({v.artifact.id: "the beginning" for v in made.volumes if made.certain})
            return
        for number, volume in enumerate(made.volumes):
            accounted = number and whole.detected_type in ARCHIVES      # a later piece begins as it happens to
            if accounted or alike(volume.artifact.detected_type, whole.detected_type):
                self.covered[volume.artifact.id] = whole.detected_type

    def told(self, item: Yield, artifact: Artifact, artifacts: Sequence[Artifact]) -> tuple[Yield, ...]:
        """The yield of a node; nothing where it says only that a piece is no whole, more where a part is missing at the end."""
        if artifact.id in self.ends and isinstance(item, Problem) and (
                item.code is IncidentCode.MALFORMED or item.detail == "part of a volume"):
            return item, Observation("VOLUME-MISSING", "perhaps the last")
        if artifact.id in self.lacking and isinstance(item, Observation) and item.code in WITHOUT:
            return ()
        if not self.covered:
            return (item,)
        own = artifact.id in self.covered
        if not own and not self._below(artifact, artifacts):
            return (item,)
        if isinstance(item, Problem):
            return () if item.code is IncidentCode.MALFORMED or (own and item.code in UNREAD) else (item,)
        if isinstance(item, Observation):
            return () if item.code in BROKEN else (item,)
        if isinstance(item, Child) and ((not item.data and EMPTY & set(item.anomalies)) or (own and item.label == CHANCE
                and artifact.detected_type == UNKNOWN and self.covered[artifact.id] in ARCHIVES)):
            return ()
        return (item,)

    def _below(self, artifact: Artifact, artifacts: Sequence[Artifact]) -> bool:
        parent = artifact.parent
        while parent is not None and parent not in self.covered:
            parent = artifacts[parent].parent
        return parent is not None


def alike(piece: str, whole: str) -> bool:
    """Whether a piece may be of this type because the whole is of that one."""
    return piece in (UNKNOWN, "application/x-empty", whole) or (piece in ZIPS and whole in ZIPS)


def placed(name: str, data: bytes) -> Place | None:
    """The place that a name gives, or for the volume without a number its content."""
    name = name.rstrip(" .")
    ending = name[-5:].lower()
    if ending.endswith((".zip", ".zipx")):
        return Place("zip", name, LAST) if disks(data) else None
    found = NUMBERED.search(name[-TAIL:]) or BARE.fullmatch(name)
    if found is None:
        return Place("old", name, FIRST) if ending.endswith(".rar") and is_volume(data) else None
    title, groups = name[:len(name) - len(found.group())], found.groupdict()
    if groups.get("zip"):
        return Place("zip", f"{title}.zip{groups['zip'][1:]}", int(groups["disk"]))
    if groups.get("rar"):
        return Place("rar", f"{title}.rar", int(groups["rar"]))
    if groups.get("old"):
        return Place("old", f"{title}.rar", 1 + 100 * (ord(groups["old"][0].lower()) - ord("r")) + int(groups["old"][1:]))
    if groups.get("plain"):
        return Place("plain", title, int(groups["plain"]))
    letters = groups["letters"].lower()
    if names_container((f"{title}.{letters}",)):
        return None                                      # packed by a program whose files end so
    return Place("letters", title or UNNAMED, 26 * (ord(letters[0]) - ord("a")) + ord(letters[1]) - ord("a"))


def ordered(volumes: list[Volume]) -> Iterator[Set]:
    """Sets of one name: those that lie together first, then what is left of all places."""
    places: dict[int | None, list[Volume]] = defaultdict(list)
    for volume in volumes:
        places[volume.artifact.parent].append(volume)
    left: list[Volume] = []
    for together in places.values():
        made = _set(together)
        if len(places) > 1 and (made.reason or len(made.volumes) == 1):
            left += together
        else:
            yield made
    if left:
        yield _set(left)


def _set(volumes: list[Volume]) -> Set:
    """In order, each number once."""
    numbers: dict[int, Volume] = {}
    volumes = sorted(volumes, key=lambda v: v.place.number)
    for volume in volumes:
        other = numbers.setdefault(volume.place.number, volume)
        if other.artifact.sha256 != volume.artifact.sha256:
            return Set(tuple(volumes), f"two different parts {volume.place.number} of a split file")
    last = volumes[0].place.scheme == "zip"
    begins = {"zip": (1,), "rar": (1,), "plain": (0, 1)}.get(volumes[0].place.scheme, (0,))
    present = [number for number in numbers if number != LAST]
    first = present[0] if present and present[0] in begins else begins[-1]
    gap = next((wanted for wanted, number in enumerate(present, first) if wanted != number), None)
    if not present:
        gap = first
    if gap is not None:
        return Set(tuple(volumes), f"part {gap} of a split file is missing")
    if last and LAST not in numbers:
        return Set(tuple(volumes), "the last part of a split file is missing")
    alone = len(numbers) == 1 and volumes[0].artifact.detected_type == UNKNOWN
    return Set(tuple(numbers.values()), "the other parts of a split file are missing" if alone else "")
