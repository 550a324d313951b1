"""What is odd about file names in mail; the cleaning itself is gateway.model.filename."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from gateway.model.content import Observation
from gateway.model.filename import BIDI, BLANK_RUN, INVISIBLE, MAX_NAME, extension, extensions, spellings

__all__ = ["extension", "extensions", "observe", "spellings"]


CLASS = re.compile(r"\.\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}[ .]{0,9}$")
"""A class id for an extension: Windows does not show it and asks that class to open the file."""


def observe(names: Iterable[str]) -> list[Observation]:
    """What is odd about candidate names; codes in docs/reference/observations.md."""
    found: dict[str, Observation] = {}
    for name in names:
        for code in _oddities(name):
            found.setdefault(code, Observation(code, name[:MAX_NAME]))
    return list(found.values())


def _oddities(name: str) -> Iterator[str]:
    if not (name.isascii() and name.isprintable()):
        yield from _unseen(name)
    if BLANK_RUN.search(name.strip()):
        yield "NAME-BLANKS"
    if name.rstrip() != name.rstrip().rstrip(".") or "::" in name:
        yield "NAME-TRAILING"
    if re.search(r"(^|[\\/])\.\.([\\/]|$)|^[A-Za-z]:[\\/]|^[\\/]", name):
        yield "NAME-PATH"
    if CLASS.search(name):
        yield "NAME-CLASS"
    if len(name) > 255:
        yield "NAME-LONG"


def _unseen(name: str) -> Iterator[str]:
    """What only names with other characters than those of ASCII that show something can have."""
    if not BIDI.isdisjoint(name):
        yield "NAME-BIDI"
    if "\0" in name:
        yield "NAME-NUL"
    if not INVISIBLE.isdisjoint(name):
        yield "NAME-INVISIBLE"
    if any(unicodedata.category(c) == "Cc" and c not in "\0\t\r\n" for c in name):
        yield "NAME-CONTROL"
