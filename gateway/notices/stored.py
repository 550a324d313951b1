"""Why a mail was held, in sentences, from the stored form of its inspection (gateway.model.report)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.model.finding import IncidentCode
from gateway.notices.catalog import IDENTIFIERS, INCIDENTS, LABELS, finding_sentence, text
from gateway.notices.phrases import APPROVAL
from gateway.notices.plain import defanged

MOST = 8
SAMPLES = 10
RANK: Mapping[str, int] = {"critical": 4, "high": 3, "medium": 2}
PLACE = re.compile(r".*, line ([0-9]{1,9}), offset [0-9]{1,9}\)")
PASSAGE = re.compile(r"([0-9]{1,3}) % of the document, longest passage ([0-9]{1,9}) characters")
DATA = ("DATA-", "EDM-", "FINGERPRINT-", "LABEL-")


def stored_reasons(held: Mapping[str, Any], inspection: Mapping[str, Any], language: str) -> list[str]:
    """At most MOST sentences, the gravest first. `held` has kind, persons, identifiers. Classes and counts, never evidence."""
    leak = held.get("kind") == "leak"
    found = list(_sentences(inspection, language, leak, "message"))
    if leak:
        found += numbers(held, inspection, language)
    return _cut(dict.fromkeys(found), language)


def part_reasons(inspection: Mapping[str, Any], label: str, language: str) -> list[str]:
    """The sentences about one part and what is in it."""
    sentences = (*_sentences(inspection, language, False, f"message > {label}"),
                 *_sentences(inspection, language, True, f"message > {label}"))
    return _cut(dict.fromkeys(sentences), language)


def numbers(held: Mapping[str, Any], inspection: Mapping[str, Any], language: str) -> list[str]:
    """`Found: Taiwan national ID numbers 3, 9 people.`, as gateway.notices.reasons says it."""
    named = [(IDENTIFIERS.get(name, name), int(number)) for name, number in (held.get("identifiers") or {}).items()]
    listed = [text(language, LABELS["found item"], name=text(language, name), count=number)
              for name, number in sorted(named, key=lambda item: (-item[1], item[0])) if number]
    listed += [text(language, LABELS[key], count=number)
               for key, number in (("persons", held.get("persons")), ("contacts", inspection.get("contacts"))) if number]
    return [text(language, LABELS["found"], list=text(language, LABELS["separator"]).join(listed))] if listed else []


def samples(inspection: Mapping[str, Any], language: str) -> list[str]:
    """Evidence of the data found: it was masked where it was found."""
    pieces = [sample(str(piece), language) for row in _rows(inspection, "findings") if str(row.get("code", "")).startswith(DATA)
              for piece in row.get("evidence") or ()]
    return list(dict.fromkeys(pieces))[:SAMPLES]


def sample(piece: str, language: str) -> str:
    """Evidence as the data detectors write it (`*****325 (body, line 1, offset 4)`), for people: in their language."""
    value, _, place = piece.partition(" (")
    if found := PLACE.fullmatch(place):
        return text(language, APPROVAL["sample"], value=value, line=int(found[1]))
    if found := PASSAGE.fullmatch(piece):
        return text(language, APPROVAL["passage"], percent=found[1], count=int(found[2]))
    return piece


def _sentences(inspection: Mapping[str, Any], language: str, leak: bool, below: str) -> Iterator[str]:
    for row in sorted(_rows(inspection, "findings"), key=lambda f: -RANK.get(str(f.get("severity")), 0)):
        code, path = str(row.get("code", "")), str(row.get("artifact", ""))
        if row.get("severity") in RANK and code.startswith(DATA) is leak and _within(path, below):
            yield text(language, finding_sentence(code), file=_file(inspection, path, language))
    for row in () if leak else _rows(inspection, "incidents"):
        path, code = str(row.get("artifact", "")), str(row.get("code", ""))
        if row.get("fault", "message") == "message" and code in IncidentCode.__members__ and _within(path, below):
            yield text(language, INCIDENTS[IncidentCode(code)], file=_file(inspection, path, language))


def _within(path: str, below: str) -> bool:
    return below == "message" or path == below or path.startswith(f"{below} ")


def _file(inspection: Mapping[str, Any], path: str, language: str) -> str:
    """The file a person would recognise: the node's name, or the nearest around it that has one."""
    names = {str(a.get("path", "")): a for a in _rows(inspection, "artifacts")}
    while path and path != "message":
        row = names.get(path, {})
        if row.get("name") and row.get("kind", "part") in ("part", "member", "archive"):
            return defanged(str(row["name"]))
        path = path.rpartition(" > ")[0]
    return text(language, LABELS["itself"])


def _cut(found: Mapping[str, None], language: str) -> list[str]:
    kept = list(found)
    return kept if len(kept) <= MOST else [*kept[:MOST], text(language, LABELS["more"], count=len(kept) - MOST)]


def _rows(inspection: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [row for row in inspection.get(name) or () if isinstance(row, Mapping)]
