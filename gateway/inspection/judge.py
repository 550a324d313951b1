"""What a child does with a message: the walk takes it apart, the detectors look at each piece, and the facts are put
together. Built once in the zygote, so that every module, table and rule is loaded before the door closes.
"""

from __future__ import annotations

import importlib
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gateway.detect.base import Detector, DetectorFactory, Scope, Tally
from gateway.detect.data.detector import install
from gateway.detect.outside_rules import loaded
from gateway.detect.registry import DETECTORS
from gateway.detect.yara_rules import RuleSet, compile_rules
from gateway.extract.allowance import INBOUND, OUTBOUND, Allowance, Spent
from gateway.extract.base import Context, Extractor, Tools
from gateway.extract.effort import USUAL_SECONDS, Effort, Stage
from gateway.extract.keepsakes import keepsakes
from gateway.extract.page.played import make_ready
from gateway.extract.registry_plain import PLAIN
from gateway.extract.walk import OVER, walk
from gateway.inspection.child import fenced, guarded
from gateway.inspection.death import failed
from gateway.inspection.preload import preload
from gateway.inspection.preview import Collected
from gateway.inspection.protocol import FINDINGS
from gateway.inspection.tools import ChildTools
from gateway.inspection.watch import cpu_seconds, pace, watched
from gateway.model.content import Sample
from gateway.model.deadline import Clock, Limits
from gateway.model.finding import Fault, Finding, Incident, IncidentCode, Inspection
from gateway.model.ports import InspectionRequest
from gateway.model.transaction import Direction
from gateway.ops.clock import SystemClock
from gateway.reference import Reference, stamp
from signatures.catalog import load

SAMPLE = (
    b"From: warm@example.com\r\nTo: up@example.com\r\nSubject: =?utf-8?b?5pqW5qmf?=\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=big5\r\n\r\n\xb4\xfa\xb8\xd5\r\n"
    b"--b\r\nContent-Type: text/html; charset=shift_jis\r\n\r\n<p>\x83e\x83X\x83g</p><a href=http://example.com/>x</a>\r\n--b--\r\n"
)
"""Judged once before the lockdown: whatever is loaded on first use is loaded then, and what a child would write on first use
(compiled patterns, remembered look-ups, the interpreter's own notes in code) is written in the one process that all share."""
NEARLY = 0.9
"""Of all CPU that a message may use, what is left to say what was found."""
REHEARSALS = Path(__file__).with_name("rehearsals")
"""A document, a workbook, a page and a photograph, made by tests/builders/rehearsals.py."""


@dataclass(slots=True)
class Looking:
    """The detectors of one message, and what they said."""

    detectors: Sequence[tuple[str, Detector]]
    clock: Clock
    findings: list[Finding] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    seconds: float = 0.0

    def visit(self, sample: Sample) -> None:
        began = self.clock.monotonic()
        for name, detector in self.detectors:
            found, error = guarded(lambda detector=detector: detector.look(sample))  # type: ignore[misc]
            self.file(found, error, name, sample.artifact.id)
        self.seconds += self.clock.monotonic() - began

    def conclude(self) -> None:
        began = self.clock.monotonic()
        try:
            for name, detector in self.detectors:
                found, error = guarded(lambda detector=detector: detector.conclude(self.tally))  # type: ignore[misc]
                self.file(found, error, name, 0)
        except Spent:
            self.incidents.append(Incident(IncidentCode.TIMEOUT, 0, Fault.MESSAGE, OVER))
        self.seconds += self.clock.monotonic() - began

    def file(self, found: list[Finding], error: str, name: str, artifact: int) -> None:
        """A detector that fell over saw less than it should: an incident of that artifact."""
        room = FINDINGS - len(self.findings)
        if len(found) > room and not any(i.code is IncidentCode.COUNT for i in self.incidents):
            self.incidents.append(Incident(IncidentCode.COUNT, artifact, Fault.MESSAGE, f"more than {FINDINGS} findings"))
        self.findings.extend(found[:room])
        if error:
            cause = failed(error)
            self.incidents.append(Incident(cause.code, artifact, Fault.MESSAGE, f"{name}: {cause.detail}"))


class CellJudge:
    """Implements `gateway.inspection.child.Judge` for one lane."""

    def __init__(self, extractors: Sequence[Extractor], factories: Sequence[DetectorFactory], rules: RuleSet | None = None,
                 reference: Reference | None = None, clock: Clock | None = None, pace: float = 1.0) -> None:
        self.extractors = tuple(extractors)
        self.factories = tuple(factories)
        self.rules = rules
        self.signature_version = rules.version if rules is not None else ""
        self.reference = reference
        self.clock = clock or SystemClock()
        self.pace = pace

    def inspect(self, data: bytes, request: InspectionRequest, tools: Tools | None) -> Inspection:
        began, used = self.clock.monotonic(), cpu_seconds()
        scope = Scope(request.direction, request.reverse_path, request.recipients, request.our_domains, self.reference,
                      self.rules, request.partner_domains, request.protected_names)
        context = Context(request.limits, scope.outbound, list(request.passwords), tools=tools, body_hash=request.body_hash,
                          effort=Effort(request.limits.guess_seconds),
                          stage=Stage(request.limits.play_seconds, cpu_seconds, fenced),
                          allowed=self.allowance(data, request))
        if isinstance(tools, ChildTools):
            tools.allowed = context.allowed
        looking = Looking([(_name(factory), factory(scope)) for factory in self.factories], self.clock)
        with watched(context.allowed, lambda: beside(context)):
            walked = walk(data, context, self.extractors, looking.visit)
            looking.conclude()
        wall = self.clock.monotonic() - began
        return Inspection(
            tree=walked.tree, findings=tuple(looking.findings), incidents=(*walked.incidents, *looking.incidents),
            identifiers=looking.tally.identifiers, persons=looking.tally.persons, contacts=looking.tally.contacts,
            summary=walked.summary, signature_version=self.signature_version,
            seconds={"extract": max(0.0, wall - looking.seconds), "detect": looking.seconds},
            cpu_ms=(cpu_seconds() - used) * 1000,
            announced=keepsakes(context.heard),
        )

    def allowance(self, data: bytes, request: InspectionRequest) -> Allowance:
        """CPU of this message; without an end where every message may use all that there is."""
        small, most = request.limits.cpu_small, request.limits.cpu_seconds
        rates = OUTBOUND if request.direction is Direction.OUTBOUND else INBOUND
        return Allowance(small if small < most else math.inf, rates, len(data), self.pace, most=NEARLY * most)

    def preview(self, data: bytes, request: InspectionRequest) -> Mapping[str, list[tuple[str, ...]]]:
        """Only taken apart, not judged: outbound, so that texts are wanted in full."""
        collected = Collected()
        walked = walk(data, Context(request.limits, True, list(request.passwords)), self.extractors, collected.visit)
        return collected.sections(data, walked.tree)


def beside(context: Context) -> float:
    """CPU that passwords and scripts took from budgets of their own."""
    effort, stage, limits = context.effort, context.stage, context.limits
    return limits.guess_seconds - effort.left + USUAL_SECONDS - effort.usual + limits.play_seconds - stage.left


def _name(factory: DetectorFactory) -> str:
    return getattr(factory, "__name__", type(factory).__name__)


def prepare(lane: str) -> Sequence[Extractor]:
    """Loads the modules of a lane; its extractors. The plain lane never imports the heavy parsers: its zygote stays small
    and forks fast."""
    preload(lane)
    return importlib.import_module("gateway.extract.registry").EXTRACTORS if lane == "deep" else PLAIN


def build(lane: str, resources: Mapping[str, int], material: Mapping[str, Any]) -> CellJudge:
    """The judge of a lane.

    `material` names what is read from files now and never again: state_dir, own_numbers, local_signatures, local_words.
    Raises ConfigError with file and line where a signature, a word or an index is unusable.
    """
    extractors = prepare(lane)
    if material.get("local_words"):
        install([Path(p) for p in material["local_words"]])
    rules = compile_rules(load([Path(p) for p in material.get("local_signatures", ())]))
    if "outside" in resources:
        rules = replace(rules, outside=loaded(_octets(resources["outside"])), outside_version=material.get("outside_version", ""))
    judge = CellJudge(extractors, DETECTORS, rules, _reference(material))
    _warm(judge, rehearsals(lane))
    make_ready()
    judge.pace = pace()
    return judge


def _octets(fd: int) -> bytes:
    """Of a descriptor that stays open; whoever handed it over has checked them."""
    return os.pread(fd, os.fstat(fd).st_size, 0)


def _reference(material: Mapping[str, Any]) -> Reference | None:
    """None where nothing was registered: then nothing of it need be loaded."""
    state_dir = Path(material["state_dir"])
    if not stamp(state_dir) and not material.get("own_numbers"):
        return None
    return Reference.load(state_dir, material.get("own_numbers", ()))


def rehearsals(lane: str) -> tuple[bytes, ...]:
    """What a lane judges before its first child, beside SAMPLE usual mail with what the deep lane is for."""
    return (SAMPLE, *(path.read_bytes() for path in sorted(REHEARSALS.glob("*.eml")))) if lane == "deep" else (SAMPLE,)


def _warm(judge: CellJudge, samples: Sequence[bytes]) -> None:
    for direction in (Direction.INBOUND, Direction.OUTBOUND):
        request = InspectionRequest("warm", direction, "warm@example.com", ("up@example.com",), ("example.com",),
                                    Limits(cpu_small=Limits().cpu_seconds))
        for sample in samples:
            judge.inspect(sample, request, None)
        judge.preview(SAMPLE, request)
