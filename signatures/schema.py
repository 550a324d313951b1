"""The form of a signature's description file: what must stand in <id>.toml beside <id>.yar."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.model.errors import ConfigError

SEVERITIES = ("low", "medium", "high", "critical")
APPLIES = (
    "any", "program", "script", "macro", "html", "office", "rtf", "pdf", "shortcut",
    "onenote", "text", "mail", "image", "archive", "words")
"""Kinds of node a rule is asked about; see gateway.detect.yara_rules.kinds."""

REQUIRED = frozenset({"id", "title", "owner", "date", "reference", "severity", "applies", "match", "miss"})
OPTIONAL = frozenset({"note", "confidence"})
ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Case:
    """One example: octets that must match, or must not."""

    matches: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class Description:
    """What is known of a rule beside its text."""

    id: str
    title: str
    owner: str
    date: datetime.date
    reference: str
    severity: str
    applies: frozenset[str]
    cases: tuple[Case, ...]
    confidence: int = 80                 # percent


def describe(data: Mapping[str, Any], where: str) -> Description:
    """A checked description. Raises ConfigError that says which key is wrong."""
    missing, unknown = REQUIRED - data.keys(), data.keys() - REQUIRED - OPTIONAL
    if missing or unknown:
        problem = f"misses {', '.join(sorted(missing))}" if missing else f"does not know {', '.join(sorted(unknown))}"
        raise ConfigError(problem, where)
    if not isinstance(data["id"], str) or not ID.fullmatch(data["id"]):
        raise ConfigError("id must be lower-case words joined by hyphens", where)
    if data["severity"] not in SEVERITIES:
        raise ConfigError(f"severity must be one of {', '.join(SEVERITIES)}", where)
    applies = frozenset(data["applies"])
    if not applies or applies - set(APPLIES):
        raise ConfigError(f"applies must hold some of {', '.join(APPLIES)}", where)
    if not isinstance(data["date"], datetime.date):
        raise ConfigError("date must be a date", where)
    for key in ("title", "owner", "reference"):
        if not isinstance(data[key], str) or not data[key].strip():
            raise ConfigError(f"{key} must be text", where)
    cases = (*_cases(data["match"], True, where), *_cases(data["miss"], False, where))
    return Description(data["id"], data["title"], data["owner"], data["date"], data["reference"], data["severity"], applies, cases,
                       int(data.get("confidence", 80)))


def _cases(entries: Any, matches: bool, where: str) -> list[Case]:
    word = "match" if matches else "miss"
    if not isinstance(entries, list) or not entries:
        raise ConfigError(f"needs at least one {word}", where)
    return [Case(matches, build(entry, f"{where}: {word} {number}")) for number, entry in enumerate(entries, 1)]


def build(entry: Mapping[str, Any], where: str) -> bytes:
    """Octets of one case: `text`, `utf16`, `hex`, or `join` of texts (for what must not stand in a file in one piece);
    `pad` adds that many NUL octets before it."""
    keys = set(entry) - {"pad"}
    if len(keys) != 1 or not keys <= {"text", "utf16", "hex", "join"}:
        raise ConfigError("a case has exactly one of text, utf16, hex, join", where)
    key = keys.pop()
    try:
        if key == "hex":
            data = bytes.fromhex(entry["hex"])
        elif key == "join":
            data = "".join(entry["join"]).encode()
        else:
            data = entry[key].encode("utf-16-le" if key == "utf16" else "utf-8")
    except (ValueError, TypeError, AttributeError) as error:
        raise ConfigError(f"{key} cannot be read", where) from error
    return bytes(int(entry.get("pad", 0))) + data
