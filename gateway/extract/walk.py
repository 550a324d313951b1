"""The one recursive walk: from the message's octets down to the last macro, within limits.

Every extractor call is guarded; every limit and every exception becomes an Incident; nothing is skipped silently.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gateway.extract import names as filenames
from gateway.extract.base import Child, Context, Extractor, Gate, NeedsDeepLane, Node, Problem, Yield
from gateway.extract.identify import identify, is_light, names_container, needs_reader
from gateway.extract.nominal import nominal
from gateway.extract.summary import summarise
from gateway.model.artifact import Artifact, ArtifactKind, ArtifactTree
from gateway.model.content import Observation, Sample, Table, Text
from gateway.model.finding import Fault, Incident, IncidentCode, Summary

ROOT_TYPE = "message/rfc822"
BESIDE = frozenset({"carve"})
"""Extractors that look for what is hidden in a node of any type: their look does not count as having read it."""
AFTER_BOMB = 16 << 20
"""Octets that may still be unpacked once a bomb was seen: the message is held anyway, CPU is not for it."""

MALFORMED = (ValueError, LookupError, EOFError, struct.error, zlib.error, ArithmeticError, AttributeError, TypeError)
"""What parsers raise over bad input; anything else counts as a crash."""


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


@dataclass(slots=True)
class _Walk:
    context: Context
    extractors: Sequence[Extractor]
    visit: Callable[[Sample], None]
    artifacts: list[Artifact] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    light: deque[_Job] = field(default_factory=deque)
    heavy: deque[_Job] = field(default_factory=deque)
    seen: set[tuple[str, str, frozenset[str]]] = field(default_factory=set)
    text: int = 0
    stopped: bool = False
    budget: int = 0

    def run(self, data: bytes) -> None:
        self.budget = self.context.limits.expanded
        self.push(Child(data, ArtifactKind.MESSAGE, declared_type=ROOT_TYPE, detected_type=ROOT_TYPE), None)
        while self.light or self.heavy:
            # Bodies first: they may hold the password of what stands before them.
            job = self.light.popleft() if self.light else self.heavy.popleft()
            self.take_apart(job)
            self.visit(job.sample)

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
        self.context.expanded += artifact.size
        key = (digest, kind, filenames.extensions(child.names))
        odd = [*child.observations, *(filenames.observe(child.names) if child.names else ())]
        if key in self.seen and not odd and not child.texts:
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
        (self.light if is_light(kind) else self.heavy).append(job)

    def take_apart(self, job: _Job) -> None:
        """Runs every extractor that claims the node; an exception ends that extractor, not the walk."""
        node = job.node
        if node.artifact.depth > self.context.limits.depth:
            self.incident(IncidentCode.DEPTH, node.artifact, f"deeper than {self.context.limits.depth}")
            return
        claimed = False
        for extractor in self.extractors:
            if self.stopped:
                return
            try:
                if not extractor.claims(node):
                    continue
                claimed = claimed or extractor.name not in BESIDE
                for item in extractor.extract(node, self.context):
                    if not self.accept(item, job):
                        break
            except NeedsDeepLane:
                raise
            except MemoryError:
                self.incident(IncidentCode.SIZE, node.artifact, f"{extractor.name}: out of memory")
            except MALFORMED as error:
                self.incident(IncidentCode.MALFORMED, node.artifact, f"{extractor.name}: {type(error).__name__}")
            except Exception as error:  # noqa: BLE001 - the named border: the walk's call of one extractor
                self.incident(IncidentCode.CRASH, node.artifact, f"{extractor.name}: {type(error).__name__}")
        if not claimed and needs_reader(node.type):
            self.incident(IncidentCode.UNSUPPORTED, node.artifact, f"no reader for {node.type}")
        elif node.type == "application/octet-stream" and names_container(node.artifact.names) and node.data.strip(b"\0"):
            self.incident(IncidentCode.UNSUPPORTED, node.artifact, "named as an archive, read by nobody")

    def accept(self, item: Yield, job: _Job) -> bool:
        """Files one yield; False when this node may give no more."""
        if isinstance(item, Child):
            return self.accept_child(item, job)
        if isinstance(item, Text):
            self.text += len(item.content)
            if self.text > self.context.limits.text:
                return self.stop(IncidentCode.SIZE, job.node.artifact, "text limit")
            job.sample.texts.append(item)
            self.context.hear(item.content)
        elif isinstance(item, Table):
            job.sample.tables.append(item)
        elif isinstance(item, Observation):
            job.sample.observations.append(item)
        elif isinstance(item, Problem):
            self.incident(item.code, job.node.artifact, item.detail)
        else:
            raise TypeError(f"an extractor yielded {type(item).__name__}")
        return True

    def accept_child(self, child: Child, job: _Job) -> bool:
        limits = self.context.limits
        artifact = job.node.artifact
        size = len(child.data)
        job.expanded += size
        if len(self.artifacts) >= limits.artifacts:
            return self.stop(IncidentCode.COUNT, artifact, f"more than {limits.artifacts} artifacts")
        if self.context.expanded + size > self.budget:
            return self.stop(IncidentCode.SIZE, artifact, f"more than {self.budget} octets unpacked")
        if job.expanded > limits.ratio_floor and job.expanded > limits.ratio * max(1, artifact.size):
            self.incident(IncidentCode.RATIO, artifact, f"more than {limits.ratio} to 1")
            self.budget = min(self.budget, self.context.expanded + AFTER_BOMB)
            return False
        self.push(child, artifact)
        return True

    def stop(self, code: IncidentCode, artifact: Artifact, detail: str) -> bool:
        self.incident(code, artifact, detail)
        self.stopped = True
        return False

    def incident(self, code: IncidentCode, artifact: Artifact, detail: str) -> None:
        self.incidents.append(Incident(code, artifact.id, Fault.MESSAGE, printable(detail)))
        if code in (IncidentCode.RATIO, IncidentCode.SIZE):
            self.budget = min(self.budget, self.context.expanded + AFTER_BOMB)


def printable(detail: str) -> str:
    """At most 200 printable characters for the log."""
    return "".join(c if c.isprintable() else "?" for c in detail[:200])


def walk(data: bytes, context: Context, extractors: Sequence[Extractor], visit: Callable[[Sample], None]) -> Walked:
    """Takes the message apart. `visit` is called once per distinct content, after its own extractors ran.

    Content that appears again under a name with another extension, or with something odd about it, is visited again.
    Raises NeedsDeepLane where `extractors` holds a Gate that claims a node.
    """
    state = _Walk(context, extractors, visit)
    state.run(data)
    if not state.stopped and nominal(state.artifacts, context.limits.expanded + 1) > context.limits.expanded:
        detail = f"more than {context.limits.expanded} octets with every copy unpacked"
        state.incident(IncidentCode.SIZE, state.artifacts[0], detail)
    return Walked(ArtifactTree(tuple(state.artifacts)), tuple(state.incidents), summarise(data, state.artifacts))
