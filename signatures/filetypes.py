"""The blocked file names of signatures/filetypes/blocked.toml: which extension belongs to which group."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from gateway.model.errors import ConfigError

BLOCKED = Path(__file__).parent / "filetypes" / "blocked.toml"
SEVERITIES = ("low", "medium", "high", "critical")
KEYS = frozenset({"id", "code", "category", "severity", "why", "extensions"})


@dataclass(frozen=True, slots=True)
class Group:
    """Extensions with one reason and one finding code."""

    id: str
    code: str
    category: str
    severity: str
    why: str


def parse(text: str, where: str) -> dict[str, Group]:
    """Extension -> group. Raises ConfigError for a bad or repeated entry."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(str(error), where) from error
    blocked: dict[str, Group] = {}
    for number, entry in enumerate(data.get("group", ()), 1):
        at = f"{where}: group {number}"
        if set(entry) != KEYS:
            raise ConfigError(f"needs exactly {', '.join(sorted(KEYS))}", at)
        if entry["severity"] not in SEVERITIES:
            raise ConfigError(f"severity {entry['severity']!r} is none of {', '.join(SEVERITIES)}", at)
        group = Group(*(str(entry[k]) for k in ("id", "code", "category", "severity", "why")))
        for extension in entry["extensions"]:
            if extension != extension.lower() or extension.startswith(".") or extension in blocked:
                raise ConfigError(f"extension {extension!r} is repeated, upper-case or has a dot", at)
            blocked[extension] = group
    return blocked


@lru_cache(maxsize=1)
def blocked_extensions() -> dict[str, Group]:
    """The packaged table, read once a process."""
    return parse(BLOCKED.read_text("utf-8"), str(BLOCKED))
