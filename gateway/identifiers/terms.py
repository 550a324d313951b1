"""Words that say what a value is: the heading of its column, the label before it. Data in signatures/terms."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

from gateway.identifiers.normalise import view

_LANGUAGES = ("zh-Hant", "zh-Hans", "ja", "en")
WINDOW = 48
"""Characters before a value in which its label is looked for."""


def _load() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for language in _LANGUAGES:
        table = tomllib.loads((files("signatures") / "terms" / f"{language}.toml").read_text("utf-8"))
        for kind, words in table["kinds"].items():
            for word in words:
                found.setdefault(view(word).text.lower(), set()).add(kind)
    return {word: frozenset(kinds) for word, kinds in found.items()}


WORDS = _load()


def _pattern() -> re.Pattern[str]:
    """Longest first; Latin words end at what is no Latin letter."""
    parts = []
    for word in sorted(WORDS, key=len, reverse=True):
        escaped = re.escape(word).replace(r"\ ", r"[ _\-]?")
        parts.append(f"(?<![a-z]){escaped}(?![a-z])" if word[0].isascii() and word[0].isalpha() else escaped)
    return re.compile("|".join(parts))


_PATTERN = _pattern()
_SQUEEZE = re.compile(r"[ _\-]+")
NONE: frozenset[str] = frozenset()


def _kinds(word: str) -> frozenset[str]:
    direct = WORDS.get(word)
    if direct is not None:
        return direct
    plain = _SQUEEZE.sub(" ", word)
    return WORDS.get(plain) or WORDS.get(plain.replace(" ", "")) or _loose(plain)


def _loose(word: str) -> frozenset[str]:
    bare = word.replace(" ", "")
    return next((kinds for known, kinds in WORDS.items() if _SQUEEZE.sub("", known) == bare), NONE)


class Labels:
    """Reads labels; remembers what it read. One per message."""

    def __init__(self) -> None:
        self._seen: dict[str, frozenset[str]] = {}

    def heading(self, cell: str) -> frozenset[str]:
        """All kinds a column heading names; empty where it names none or is no heading but text."""
        if len(cell) > 60:
            return NONE
        known = self._seen.get("\0" + cell)
        if known is None:
            matches = [_kinds(m.group()) for m in _PATTERN.finditer(cell.lower())]
            known = frozenset().union(*matches)
            self._remember("\0" + cell, known)
        return known

    def before(self, window: str) -> frozenset[str]:
        """The kinds of the last word in the text before a value: the nearest label."""
        known = self._seen.get(window)
        if known is None:
            words = _PATTERN.findall(window.lower())
            known = _kinds(words[-1]) if words else NONE
            self._remember(window, known)
        return known

    def _remember(self, key: str, kinds: frozenset[str]) -> None:
        if len(self._seen) > 20000:
            self._seen.clear()
        self._seen[key] = kinds
