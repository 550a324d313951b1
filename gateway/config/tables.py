"""Reads one TOML table into a frozen dataclass of settings. Problems are collected, each with its place."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from gateway.config.schema import REQUIRED, settings

T = TypeVar("T")
Fault = Callable[[str, str], None]       # (message, key)


def read_table(section: type[T], table: Mapping[str, Any], title: str, fault: Fault) -> T | None:
    """The section, or None where a required setting is missing or wrong. Bad optional ones get their default."""
    known = settings(section)
    for key in table:
        if key == "include":
            fault("`include` belongs to no section: it stands above the first one", key)
        elif key not in {s.key for s in known}:
            fault(f"{title} has no setting `{key}`{nearest(key, (s.key for s in known))}", key)
    values: dict[str, Any] = {}
    usable = True
    for item in known:
        if item.key not in table and item.default is REQUIRED:
            fault(f"{title} needs `{item.key}`: {item.doc}", "")
            usable = False
            continue
        try:
            values[item.attribute] = item.kind.read(table.get(item.key, item.default))
        except ValueError as error:
            fault(f"{title} {item.key}: {error}", item.key)
            if item.default is REQUIRED:
                usable = False
                continue
            values[item.attribute] = item.kind.read(item.default)
    return section(**values) if usable else None


def nearest(word: str, words: Iterable[str]) -> str:
    """`: did you mean "x"?` or nothing."""
    found = difflib.get_close_matches(word, list(words), n=1, cutoff=0.6)
    return f': did you mean "{found[0]}"?' if found else ""
