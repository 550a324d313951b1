"""Why a mail was held, in sentences: what each finding and incident means to the person who reads the notice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gateway.model.artifact import ArtifactTree
from gateway.model.decision import Decision, Kind
from gateway.model.finding import Fault, Inspection, Severity
from gateway.notices.catalog import IDENTIFIERS, INCIDENTS, LABELS, finding_sentence, text
from gateway.notices.plain import defanged

MAX_REASONS = 8
_DATA = ("DATA-", "EDM-", "FINGERPRINT-", "LABEL-")


def reasons(inspection: Inspection, decision: Decision, kind: Kind, language: str) -> list[str]:
    """At most MAX_REASONS sentences, the gravest first, each told once. Classes and counts only, never evidence."""
    found = list(dict.fromkeys((*_of_kind(inspection, kind, language), *_numbers(inspection, kind, language))))
    if not found:
        found = [text(language, LABELS["rule"], rule=decision.rule)]
    if len(found) > MAX_REASONS:
        rest = len(found) - MAX_REASONS
        found = [*found[:MAX_REASONS], text(language, LABELS["more"], count=rest)]
    return found


def _of_kind(inspection: Inspection, kind: Kind, language: str) -> Iterable[str]:
    """The sentences of findings and incidents that belong to the kind; information is not told."""
    tree = inspection.tree
    for finding in sorted(inspection.findings, key=lambda f: (-f.severity, f.artifact, f.code)):
        data = finding.code.startswith(_DATA)
        grave = finding.severity > Severity.LOW or finding.code.startswith(("EXECUTABLE-", "SCRIPT-", "MACRO-"))
        if data is (kind is Kind.LEAK) and grave:
            yield text(language, finding_sentence(finding.code), file=file_name(tree, finding.artifact, language))
    if kind is not Kind.LEAK:
        for incident in sorted(inspection.incidents, key=lambda i: (i.artifact, i.code)):
            if incident.fault is Fault.MESSAGE:
                yield text(language, INCIDENTS[incident.code], file=file_name(tree, incident.artifact, language))


def _numbers(inspection: Inspection, kind: Kind, language: str) -> Iterable[str]:
    """`Found: Taiwan national ID numbers 3, people 9.`"""
    if kind is not Kind.LEAK:
        return
    named: Mapping[str, int] = {IDENTIFIERS.get(name, name): number for name, number in inspection.identifiers.items()}
    listed = [text(language, LABELS["found item"], name=text(language, name), count=number)
              for name, number in sorted(named.items(), key=lambda item: (-item[1], item[0])) if number]
    listed += [text(language, LABELS[key], count=number)
               for key, number in (("persons", inspection.persons), ("contacts", inspection.contacts)) if number]
    if listed:
        yield text(language, LABELS["found"], list=text(language, LABELS["separator"]).join(listed))


def file_name(tree: ArtifactTree, artifact: int, language: str) -> str:
    """The name of the file a person would recognise: the node's, or the nearest around it that has one."""
    node = tree.artifacts[artifact] if 0 <= artifact < len(tree.artifacts) else None
    while node is not None and node.parent is not None:
        if node.name and node.kind.value in ("part", "member", "archive"):
            return defanged(node.name)
        node = tree.artifacts[node.parent]
    return text(language, LABELS["itself"])
