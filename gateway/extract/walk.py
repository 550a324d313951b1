"""The one recursive walk: from the message's octets down to the last macro, within limits.

Every extractor call is guarded; every limit and every exception becomes an Incident; nothing is skipped silently.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from gateway.extract import crowds
from gateway.extract import names as filenames
from gateway.extract.allowance import Spent
from gateway.extract.base import Child, Context, Extractor, Gate, NeedsDeepLane, Node, Problem, Yield
from gateway.extract.bounded import SWOLLEN, swollen
from gateway.extract.crowds import AFTER_FLOOD
from gateway.extract.guarded import CLAIMED, guarded
from gateway.extract.identify import identify, is_light, names_container, needs_reader
from gateway.extract.nominal import nominal
from gateway.extract.passwords import everything, listen
from gateway.extract.summary import summarise
from gateway.extract.volumes import JOINED, Set, Volumes
from gateway.model.artifact import Artifact, ArtifactKind, ArtifactTree
from gateway.model.content import Observation, Sample, Table, Text
from gateway.model.finding import Fault, Incident, IncidentCode, Summary

CUT = "MIME-CUT"
ROOT_TYPE = "message/rfc822"
BESIDE = frozenset({"carve"})
"""Extractors that look for what is hidden in a node of any type: their look does not count as having read it."""
UNTYPED = frozenset({"pgp"})
"""Readers of what has no type of its own: what they give is what a node that is named as an archive holds."""
NUMBER = 6
"""Digits of a file's name from which on it may be a person's number."""
AFTER_BOMB = 2 << 20
"""Octets that may still be unpacked once a bomb was seen: the message is held anyway, CPU is not for it."""
NAMED = 4 << 20
"""Characters in the names of all artifacts: two thousand paths as long as Windows allows, in several readings."""
DENSE = 1.5
"""How often the floor of the ratio may be reached by members of several containers that each stay below it."""
FLOODS = frozenset({IncidentCode.COUNT, IncidentCode.SIZE, IncidentCode.RATIO, IncidentCode.DEPTH})

AGAIN = frozenset({"image", "pictures", "sheets", "office words"})
"""Extractors that lay out or draw what another one has read: not what broke a limit there, which may cost them any amount."""

LOCKSMITHS = frozenset({"zip", "7z", "rar", "ole", "pdf"})
"""Extractors that open locks with words of the mail."""
ATTEMPTS = 4                             # at one locked node, each with words that were not known before
LARGEST_WAIT = 32 << 20                  # octets that locked nodes together keep aside until more words are known
SPENT = "the time for guessing passwords is used up"
OVER = "more CPU than mail of its size needs"

PROSE = ("text/plain", "text/html")
"""Types whose octets are characters: what would break the limit of texts is not decoded first."""


@dataclass(frozen=True, slots=True)
class Walked:
    """What the walk leaves: the tree, what stopped it, and what the house must know of the headers."""

    tree: ArtifactTree
    incidents: tuple[Incident, ...]
    summary: Summary


@dataclass(slots=True, eq=False)
class _Job:
    node: Node
    sample: Sample
    expanded: int = 0                    # octets of its children
    kept: dict[str, list[Yield]] = field(default_factory=dict)     # of a locked one: what its last attempt gave
    tried: frozenset[str] = frozenset()  # words of that attempt
    attempts: int = 0


@dataclass(slots=True)
class _Walk:
    context: Context
    extractors: Sequence[Extractor]
    visit: Callable[[Sample], None]
    artifacts: list[Artifact] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    light: deque[_Job] = field(default_factory=deque)
    heavy: deque[_Job] = field(default_factory=deque)
    locked: deque[_Job] = field(default_factory=deque)             # they wait for words that stand elsewhere
    aside: int = 0                       # octets that these keep
    told: int = -1                       # words that were known when none of these had one left to try
    seen: set[tuple[str, str, frozenset[str]]] = field(default_factory=set)
    text: int = 0
    named: int = 0                       # characters of names
    together: crowds.Together = field(default_factory=crowds.Together)
    dense: int = 0                       # octets of members that were packed more than the ratio
    flooded: set[int] = field(default_factory=set)                 # nodes that broke a limit
    volumes: Volumes = field(default_factory=Volumes)
    waiting: list[_Job] = field(default_factory=list)              # volumes that were not looked for others yet
    behind: list[_Job] = field(default_factory=list)               # volumes of what was put together: read when that was
    stopped: bool = False
    budget: int = 0
    reading: Artifact | None = None

    def run(self, data: bytes) -> None:
        self.budget = self.context.limits.expanded
        self.context.ahead = lambda: (job.node for job in self.heavy)
        self.push(Child(data, ArtifactKind.MESSAGE, declared_type=ROOT_TYPE, detected_type=ROOT_TYPE), None)
        while (job := self.following()) is not None:
            self.reading = job.node.artifact
            if self.take_apart(job):
                if self.stopped or job.node.artifact.id in self.flooded:
                    crowds.shorten(job.sample)
                self.visit(job.sample)

    def following(self) -> _Job | None:
        """Bodies first: they may hold the password of what stands before them. Last what is locked, again and again as
        long as new words turn up, those of pictures at the end."""
        if not self.light and not self.heavy and self.waiting:
            self.join()
        if not self.light and not self.heavy and not self.locked:
            self.heavy.extend(self.behind)
            self.behind.clear()
        if self.light or self.heavy:
            return self.light.popleft() if self.light else self.heavy.popleft()
        if not self.locked:
            return None
        job = self.promising()
        if job is None and self.context.unread and not self.stopped:
            self.read_pictures()
            job = self.promising()
        return job or self.locked.popleft()                        # nothing new: what it gave is what is known of it

    def promising(self) -> _Job | None:
        """A locked node for which there are words that were not tried on it."""
        listen(self.context)
        known = everything(self.context)
        if len(known) == self.told:                       # words only come to them
            return None
        for job in self.locked:
            if job.attempts < ATTEMPTS and not self.stopped and known - job.tried:
                self.locked.remove(job)
                job.kept.clear()
                return job
        self.told = len(known)
        return None

    def read_pictures(self) -> None:
        """For words alone: what goes wrong leaves locked what is locked, and that is told."""
        self.context.reading = True
        for extractor, node in self.context.unread:
            for item in guarded(extractor, node, self.context):
                if isinstance(item, Text):
                    self.context.hear(item.content)
        self.context.unread.clear()

    def join(self) -> None:
        """Puts sets of volumes together; what they make is read before they are."""
        for made in self.volumes.sets():
            first = made.volumes[0].artifact if isinstance(made, Set) else self.artifacts[0]
            if isinstance(made, Problem):
                self.incident(made.code, first, made.detail)
            elif made.reason:
                self.volumes.lacking.update({v.artifact.id: made.reason for v in made.volumes})
                self.incident(IncidentCode.UNSUPPORTED, first, made.reason)
            elif len(made.volumes) == 1:
                self.volumes.ends.add(first.id)
            elif self.context.expanded + sum(len(v.data) for v in made.volumes) > self.budget:
                self.stop(IncidentCode.SIZE, first, f"more than {self.budget} octets unpacked")
            elif not self.stopped:
                whole = Child(made.joined(), ArtifactKind.ARCHIVE, (made.title,), label="joined", anomalies=(JOINED,))
                self.push(whole, None if first.parent is None else self.artifacts[first.parent])
                self.volumes.cover(made, self.artifacts[-1])
        for job in self.waiting:
            covered = job.node.artifact.id in self.volumes.covered
            (self.behind if covered else self.light if is_light(job.node.type) else self.heavy).append(job)
            if job.node.artifact.id in self.volumes.lacking:
                job.sample.observations.append(Observation("VOLUME-MISSING", self.volumes.lacking[job.node.artifact.id]))
        self.waiting.clear()

    def push(self, child: Child, parent: Artifact | None) -> None:
        """Makes an artifact of a child and queues it, unless the same was queued before."""
        if self.stopped:
            return
        self.context.hear_names(child.names)
        kind = child.detected_type or identify(child.data, child.names, child.declared_type)
        digest = hashlib.sha256(child.data).hexdigest()
        artifact = Artifact(
            id=len(self.artifacts), parent=None if parent is None else parent.id, kind=child.kind, names=child.names,
            declared_type=child.declared_type, detected_type=kind, sha256=digest, size=len(child.data),
            depth=0 if parent is None else parent.depth + 1, label=child.label, anomalies=child.anomalies)
        self.artifacts.append(artifact)
        crowd = self.together.add(kind, child.data) or self.together.add_coded(artifact, self.context.outbound)
        if crowd is not None:
            self.stop(crowd.code, artifact, crowd.detail)
            return
        self.context.expanded += artifact.size
        self.context.allowed.add(artifact.size)
        volume = self.volumes.add(artifact, child.data)
        key = (digest, kind, filenames.extensions(child.names))
        odd = [*child.observations, *(filenames.observe(child.names) if child.names else ())]
        if key in self.seen and not odd and not child.texts and not (self.context.outbound and numbered(child.names)):
            return
        fresh = key not in self.seen
        self.seen.add(key)
        node = Node(artifact, child.data, kind, child.charset)
        job = _Job(node, Sample(artifact, child.data, list(child.texts), [], odd))
        if not fresh:
            self.visit(job.sample)
            return
        for gate in self.extractors:
            if isinstance(gate, Gate) and gate.claims(node):
                raise NeedsDeepLane(kind)
        (self.waiting if volume else self.light if is_light(kind) else self.heavy).append(job)

    def take_apart(self, job: _Job) -> bool:
        """Runs every extractor that claims the node; an exception ends that extractor, not the walk.

        False where it is locked and waits: it comes again, or its last attempt counts.
        """
        node = job.node
        if node.artifact.depth > self.context.limits.depth:
            self.incident(IncidentCode.DEPTH, node.artifact, f"deeper than {self.context.limits.depth}")
            return True
        crowd = crowds.crowd(node.type, node.data)
        if crowd:
            self.incident(IncidentCode.COUNT, node.artifact, crowd)
            node = self.cut_short(job)
        elif node.type in PROSE and crowds.longer_than(node.data, self.context.limits.text):
            self.incident(IncidentCode.SIZE, node.artifact, "text limit")
            node = self.cut_short(job)
        began: dict[str, Iterator[Yield]] = {name: iter(items) for name, items in job.kept.items()}
        if not began and not self.unlock(job, began):
            return False
        claimed = opened = False
        for extractor in self.extractors:
            if self.stopped:
                return True
            if extractor.name in AGAIN and node.artifact.id in self.flooded:
                continue
            items = began.get(extractor.name) or guarded(extractor, node, self.context)
            for item in items:
                if item is CLAIMED:
                    claimed = claimed or extractor.name not in BESIDE
                elif not all(self.accept(one, job) for one in self.volumes.told(item, node.artifact, self.artifacts)):
                    break
                opened = opened or (extractor.name in UNTYPED and isinstance(item, Child))
            if node.artifact.id in self.flooded and crowds.written(node.type):
                node = self.cut_short(job)
        if not claimed and needs_reader(node.type):
            self.incident(IncidentCode.UNSUPPORTED, node.artifact, f"no reader for {node.type}")
        elif (node.type == "application/octet-stream" and not opened and node.artifact.id not in self.volumes.covered
              and names_container(node.artifact.names) and node.data.strip(b"\0")):
            self.incident(IncidentCode.UNSUPPORTED, node.artifact, "named as an archive, read by nobody")
        return True

    def cut_short(self, job: _Job) -> Node:
        """What is still looked at of a text that broke a limit: who comes next need not work through the flood."""
        if len(job.node.data) > AFTER_FLOOD:
            job.node = replace(job.node, data=job.node.data[:AFTER_FLOOD])
            job.sample.data = job.node.data
        return job.node

    def unlock(self, job: _Job, began: dict[str, Iterator[Yield]]) -> bool:
        """Begins with the extractors that know locks. False where they met one that no word opens as yet: nothing of it is
        filed, and the node waits. What they gave is in `began` otherwise."""
        self.context.stale, locked, size = job.tried, False, 0
        effort = self.context.effort
        reserve = effort.left / 2 if self.light or self.heavy else 0.0
        effort.left -= reserve               # for what is announced further on
        for extractor in self.extractors:
            if extractor.name not in LOCKSMITHS or self.stopped:
                continue
            items = guarded(extractor, job.node, self.context)
            kept: list[Yield] = []
            for item in items:
                kept.append(item)
                locked = locked or (isinstance(item, Problem) and item.code is IncidentCode.ENCRYPTED)
                size += len(item.data) if isinstance(item, Child) else 0
                if self.aside + size > LARGEST_WAIT:     # too much to keep or to unpack twice: it is filed as it comes
                    locked = False
                    began[extractor.name] = chain(kept, items)
                    break
            else:
                job.kept[extractor.name] = kept
                began[extractor.name] = iter(kept)
        effort.left += reserve
        effort.over = effort.over and not reserve
        if locked:
            job.attempts, job.tried = job.attempts + 1, job.tried | everything(self.context)
            self.aside += size
            self.locked.append(job)
        return not locked

    def accept(self, item: Yield, job: _Job) -> bool:
        """Files one yield; False when this node may give no more."""
        if isinstance(item, Child):
            return self.accept_child(item, job)
        if isinstance(item, Text):
            self.text += len(item.content)
            self.context.allowed.add(len(item.content))
            if self.text > self.context.limits.text:
                return self.stop(IncidentCode.SIZE, job.node.artifact, "text limit")
            job.sample.texts.append(item)
            self.context.hear(item.content)
        elif isinstance(item, Table):
            job.sample.tables.append(item)
        elif isinstance(item, Observation):
            job.sample.observations.append(item)
        elif isinstance(item, Problem) and item.code is IncidentCode.MALFORMED and self.cut(job.node.artifact):
            job.sample.observations.append(Observation("MIME-CUT", item.detail))
        elif isinstance(item, Problem):
            spent = item.code is IncidentCode.ENCRYPTED and self.context.effort.over
            self.incident(item.code, job.node.artifact, f"{item.detail}; {SPENT}" if spent else item.detail)
        else:
            raise TypeError(f"an extractor yielded {type(item).__name__}")
        return True

    def accept_child(self, child: Child, job: _Job) -> bool:
        limits = self.context.limits
        artifact = job.node.artifact
        size = len(child.data)
        job.expanded += size
        self.named += sum(map(len, child.names))
        crowded = job.expanded > limits.ratio * max(1, artifact.size)
        self.dense += size if crowded else 0
        if self.named > NAMED:
            return self.stop(IncidentCode.COUNT, artifact, f"more than {NAMED} characters of names")
        if len(self.artifacts) >= limits.artifacts:
            return self.stop(IncidentCode.COUNT, artifact, f"more than {limits.artifacts} artifacts")
        if self.context.expanded + size > self.budget:
            return self.stop(IncidentCode.SIZE, artifact, f"more than {self.budget} octets unpacked")
        if crowded and (job.expanded > limits.ratio_floor or self.dense > DENSE * limits.ratio_floor):
            self.incident(IncidentCode.RATIO, artifact, f"more than {limits.ratio} to 1")
            return False
        if swollen(job.expanded, artifact.size):
            self.incident(IncidentCode.RATIO, artifact, SWOLLEN)
            return False
        self.push(child, artifact)
        return not self.stopped

    def cut(self, artifact: Artifact) -> bool:
        """Whether it stands in the last part of a copy that a bounce returned and broke off. Its end is missing for everybody;
        what is there is read and judged like any other."""
        node: Artifact | None = artifact
        while node is not None and CUT not in node.anomalies:
            node = self.artifacts[node.parent] if node.parent is not None else None
        return node is not None

    def stop(self, code: IncidentCode, artifact: Artifact, detail: str) -> bool:
        self.incident(code, artifact, detail)
        self.stopped = True
        return False

    def incident(self, code: IncidentCode, artifact: Artifact, detail: str) -> None:
        self.incidents.append(Incident(code, artifact.id, Fault.MESSAGE, printable(detail)))
        if code in FLOODS:
            self.flooded.add(artifact.id)
        if code in (IncidentCode.RATIO, IncidentCode.SIZE):
            self.bombed()

    def bombed(self) -> None:
        """Extractors unpack no more than what is left, and no small bombs either."""
        limits = self.context.limits
        self.budget = min(self.budget, self.context.expanded + AFTER_BOMB)
        self.context.limits = replace(limits, expanded=self.budget, ratio_floor=min(limits.ratio_floor, AFTER_FLOOD))


def numbered(names: tuple[str, ...]) -> bool:
    """A name with a number in it says something by itself, whatever the file holds."""
    return any(sum(map(str.isdigit, name)) >= NUMBER for name in names)


def printable(detail: str) -> str:
    """At most 200 printable characters for the log."""
    return "".join(c if c.isprintable() else "?" for c in detail[:200])


def walk(data: bytes, context: Context, extractors: Sequence[Extractor], visit: Callable[[Sample], None]) -> Walked:
    """Takes the message apart. `visit` is called once per distinct content, after its own extractors ran.

    Content that appears again under a name with another extension, or with something odd about it, is visited again.
    Raises NeedsDeepLane where `extractors` holds a Gate that claims a node.
    """
    state = _Walk(context, extractors, visit)
    most = context.limits.expanded
    try:
        state.run(data)
    except Spent:
        context.allowed.grant()
        state.stop(IncidentCode.TIMEOUT, state.reading or state.artifacts[0], OVER)
    if not state.stopped and nominal(state.artifacts, most + 1) > most:
        detail = f"more than {most} octets with every copy unpacked"
        state.incident(IncidentCode.SIZE, state.artifacts[0], detail)
    return Walked(ArtifactTree(tuple(state.artifacts)), tuple(state.incidents), summarise(data, state.artifacts, context.body_hash))
