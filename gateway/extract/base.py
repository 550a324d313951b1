"""How an extractor talks to the walk: it claims a node, and yields what it finds inside.

An extractor is a module-level object in the one explicit list `gateway.extract.registry.EXTRACTORS`. It keeps no state
between nodes, opens no file, starts no process, reads no clock. It may raise anything: the walk turns an exception into
an Incident named after the node, and goes on with what was yielded before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from gateway.extract.allowance import Allowance
from gateway.extract.effort import Effort, Stage
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation, Table, Text
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode


@dataclass(frozen=True, slots=True)
class Child:
    """Something found inside a node; the walk makes an Artifact of it and takes it apart in turn.

    The same octets found twice under one message are analysed once (by SHA-256), but stay two artifacts.
    """

    data: bytes
    kind: ArtifactKind
    names: tuple[str, ...] = ()
    declared_type: str = ""
    label: str = ""
    anomalies: tuple[str, ...] = ()
    detected_type: str = ""              # set only where the extractor knows better than identification by content
    observations: tuple[Observation, ...] = ()   # about this child, such as NAME-BIDI
    texts: tuple[Text, ...] = ()
    charset: str = ""                    # declared for text; untrusted, see gateway.extract.charset


@dataclass(frozen=True, slots=True)
class Problem:
    """Something of this node could not be seen: becomes an Incident of the message's fault."""

    code: IncidentCode
    detail: str = ""


Yield = Child | Text | Table | Observation | Problem
"""What an extractor yields. Text, Table, Observation and Problem belong to the node it was given."""


class ToolFailed(Exception):
    """An external tool gave nothing: not installed, its limits reached, or it ended with an error. One line, no content."""


class ToolsSpent(ToolFailed):
    """The message had all the calls that one may have."""


class Tools(Protocol):
    """External programs under a lockdown of their own, by the names of gateway.inspection.tools.TOOLS."""

    def run(self, tool: str, data: bytes, **parameters: str) -> bytes:
        """What the tool wrote to its standard output for `data`, bounded. Raises ToolFailed."""
        ...


@dataclass(slots=True)
class Context:
    """What an extractor may look at beside its node. One per message."""

    limits: Limits
    outbound: bool = False               # customer data is looked for: texts and tables are wanted in full
    passwords: list[str] = field(default_factory=list)
    # ^ candidates for encrypted parts: configured ones first, then words found in the mail so far, in order
    words: list[str] = field(default_factory=list)
    # ^ where extractors of bodies, subjects and names put password candidates for later nodes
    implied: list[str] = field(default_factory=list)
    # ^ words that need not be said: forms of the mail's date, its author's address; tried after all others
    heard: list[str] = field(default_factory=list)
    heard_names: list[str] = field(default_factory=list)
    # ^ beginnings of texts, and file names, met so far; kept by the walk, read for passwords only when something is locked
    listened: int = 0                    # how many of them were read
    unread: list[tuple[Extractor, Node]] = field(default_factory=list)
    # ^ pictures whose words are only worth their cost where something stays locked: with `reading` their extractor gives them
    reading: bool = False
    fitted: list[str] = field(default_factory=list)
    # ^ what opened something: people use one password for several files
    stale: frozenset[str] = frozenset()  # set by the walk: tried on this node before, and only worth it again if they fitted
    effort: Effort = field(default_factory=Effort)
    stage: Stage = field(default_factory=Stage)
    allowed: Allowance = field(default_factory=Allowance)
    slices: dict[str, tuple[tuple[bytes, ...], ...]] = field(default_factory=dict)
    # ^ by SHA-256, of pictures that a page puts together from slices: those of the picture that one begins, () where another does
    expanded: int = 0                    # octets of all nodes so far; kept by the walk
    saved: set[int] = field(default_factory=set)         # ids of pages that were saved as a message: browsers open them
    drawn: int = 0                       # pages and pictures of PDF files so far that are read by their look
    ahead: Callable[[], Iterable[Node]] = tuple
    # ^ nodes that were found and not taken apart yet; set by the walk
    lettered: int = 0                    # pictures with letters so far that were to be read
    letters: dict[int, bool] = field(default_factory=dict)
    # ^ by id, whether pictures have letters that wait, as far as they were looked at because they are many
    unread_told: bool = False            # more pictures than are read for one message, and that was told
    tools: Tools | None = None           # the deep lane with a tool lane beside it
    body_hash: bool = False              # the whole body's hash is wanted, for a signature or seal of ours

    def hear(self, text: str) -> None:
        """Keeps the beginning of a text: at most 200,000 characters of each of 100 texts."""
        if len(self.heard) < 100:
            self.heard.append(text[:200_000])

    def hear_names(self, names: tuple[str, ...]) -> None:
        """Keeps candidate names of an artifact, at most 400."""
        if len(self.heard_names) < 400:
            self.heard_names.extend(names)

    def fits(self, word: str) -> None:
        """A password that opened something is tried first on what comes next."""
        if word not in self.fitted:
            self.fitted.insert(0, word)

    def allowance(self, packed: int) -> int:
        """Octets that a node of `packed` octets may still unpack to; at more, stop and yield Problem(RATIO or SIZE)."""
        by_ratio = max(self.limits.ratio_floor, packed * self.limits.ratio)
        return max(0, min(by_ratio, self.limits.expanded - self.expanded))


@dataclass(slots=True, eq=False)
class Node:
    """An artifact while it is being taken apart. `type` is the result of gateway.extract.identify."""

    artifact: Artifact
    data: bytes
    type: str
    charset: str = ""                    # declared for text


class NeedsDeepLane(Exception):
    """The plain lane met a node that only the deep lane's parsers can take apart. `args[0]` is its detected type."""


READ_WHOLE = frozenset({"message/rfc822", "multipart/related"})
"""Types of whose octets their own reader leaves none out."""
CARRIED = (b"PK\3\4", b"PK\5\6", b"PE\0\0", b"MSCF\0", b"\xd0\xcf\x11\xe0", b"7z\xbc\xaf", b"Rar!\x1a", b"**ACE**", b"\x7fELF",
           b"ITSF\3", b"\1CD001", b"L\0\0\0\1\x14\2")
"""How files begin that only the deep lane carves out of others."""


def carries(data: bytes) -> bool:
    """Whether a text has another file behind it, perhaps: unpackers find it there whatever stands before."""
    return any(magic in data for magic in CARRIED)


@dataclass(frozen=True, slots=True)
class Gate:
    """Stands in the plain lane's list for all that is not in it: the walk raises NeedsDeepLane for what it claims."""

    plain: frozenset[str]                # detected types that the plain lane takes apart itself
    name: str = "gate"

    def claims(self, node: Node) -> bool:
        return node.type not in self.plain or (
            node.type not in READ_WHOLE and b"\0" in node.data and carries(node.data))

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        raise NeedsDeepLane(node.type)


class Extractor(Protocol):
    name: str

    def claims(self, node: Node) -> bool:
        """Cheap: by type, names or first octets. Several extractors may claim one node (polyglots)."""
        ...

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        """Yields as it goes, so that a limit or crash half-way loses nothing seen before."""
        ...
