"""The page of one mail as values: the tree of its parts with what was found in each, and what may be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.console.shown import shown
from gateway.model.finding import IncidentCode
from gateway.notices.catalog import IDENTIFIERS, INCIDENTS, LABELS, finding_sentence, text
from gateway.notices.stored import DATA, sample
from quarantine.parts import Part, parts, suspect

NODES = 200                              # parts on a page; those with findings come first
EVIDENCE = 5
DEEPEST = 8                              # steps of indentation that the style sheet has
RANK = {"critical": 4, "high": 3, "medium": 2, "low": 1}
DECISIONS = ("release", "approve", "request", "deny", "withdraw", "return", "hold", "lift")


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding or an incident."""

    severity: str                        # "" for an incident
    sentence: str
    code: str
    evidence: tuple[str, ...] = ()
    count: int = 1
    rule: str = ""


@dataclass(slots=True)
class Node:
    level: int
    name: str
    part: str
    file: str = ""                       # its name in sentences
    detected: str = ""
    declared: str = ""
    size: int = 0
    sha256: str = ""
    seen: list[Seen] = field(default_factory=list)

    @property
    def worst(self) -> int:
        return max((RANK.get(s.severity, 2) for s in self.seen), default=0)


def tree(inspection: Mapping[str, Any], language: str) -> tuple[list[Node], int]:
    """The parts in their order, each with its findings; and how many harmless ones are left out."""
    nodes: dict[str, Node] = {}
    order: list[Node] = []
    for row in _rows(inspection, "artifacts"):
        node = _node(row, language)
        order.append(node)
        nodes.setdefault(str(row.get("path", "")), node)
    if not order:
        order.append(Node(0, text(language, LABELS["itself"]), "message"))
    root = order[0]
    for row in sorted(_rows(inspection, "findings"), key=lambda f: -RANK.get(str(f.get("severity")), 0)):
        node = nodes.get(str(row.get("artifact", "")), root)
        node.seen.append(_finding(row, node, language))
    for row in _rows(inspection, "incidents"):
        node = nodes.get(str(row.get("artifact", "")), root)
        node.seen.append(_incident(row, node, language))
    kept = {id(n) for n in sorted(order, key=lambda n: -n.worst)[:NODES]}
    return [n for n in order if id(n) in kept], len(order) - len(kept)


def _rows(inspection: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [row for row in inspection.get(name) or () if isinstance(row, Mapping)]


def _node(row: Mapping[str, Any], language: str) -> Node:
    steps = str(row.get("path", "")).split(" > ")
    level = len(steps) - 1
    declared, detected = str(row.get("declared_type", "")), str(row.get("detected_type", ""))
    step = steps[-1] if level else text(language, LABELS["itself"])
    return Node(min(level, DEEPEST), step, str(row.get("kind", "part")), shown(row.get("name") or step, 120), detected,
                "" if declared == detected else declared, int(row.get("size") or 0), str(row.get("sha256", "")))


def _finding(row: Mapping[str, Any], node: Node, language: str) -> Seen:
    code = str(row.get("code", ""))
    pieces = [str(e) for e in row.get("evidence") or ()][:EVIDENCE]
    evidence = tuple(sample(piece, language) for piece in pieces) if code.startswith(DATA) else tuple(pieces)
    severity = str(row.get("severity"))
    sentence = text(language, finding_sentence(code), file=node.file or node.name)
    return Seen(severity if severity in RANK else "medium", sentence, code, evidence, int(row.get("count") or 1),
                str(row.get("rule", "")))


def _incident(row: Mapping[str, Any], node: Node, language: str) -> Seen:
    code = str(row.get("code", ""))
    known = code in IncidentCode.__members__
    sentence = INCIDENTS[IncidentCode(code)] if known else INCIDENTS[IncidentCode.MALFORMED]
    detail = str(row.get("detail", ""))
    return Seen("", text(language, sentence, file=node.file or node.name), code, (detail,) if detail else ())


def data(held: Mapping[str, Any], language: str) -> list[tuple[str, int]]:
    """Classes of customer data with how many different values, the most frequent first."""
    counts = sorted((held.get("identifiers") or {}).items(), key=lambda item: (-item[1], item[0]))
    return [(text(language, IDENTIFIERS[name]) if name in IDENTIFIERS else name, number) for name, number in counts if number]


def decisions(possible: Sequence[str], needed: int, inbound: bool = False) -> list[str]:
    """The buttons. Where both would do the same (approval of one, release), one is enough; where two persons are needed,
    a release by one alone would only be refused. Mail from outside is denied: nothing goes back to its sender."""
    acts = [act for act in DECISIONS if act in possible and not (inbound and act == "return" and "deny" in possible)]
    if "approve" in acts and "release" in acts:
        acts.remove("release" if needed > 1 else "approve")
    return acts


def session_facts(held: Mapping[str, Any]) -> dict[str, str]:
    session = held.get("session") or {}
    return {name: str(session.get(name) or "") for name in ("client", "client_name", "helo", "protocol", "tls", "login")}


def waiting(held: Mapping[str, Any]) -> list[str]:
    """Recipients that a release can still be for."""
    outcomes = held.get("outcomes") or {}
    return [address for address in held["recipients"] if outcomes.get(address) != "delivered"]


def leavable(inspection: Mapping[str, Any]) -> list[tuple[Part, bool]]:
    """Parts that a release can leave out, each with whether something was found in it. A message of one part has none."""
    bad, known = frozenset(suspect(inspection)), parts(inspection)
    if len(known) < 2:
        return []
    return [(part, part.label in bad) for part in known.values() if not part.detected_type.startswith("multipart/")]
