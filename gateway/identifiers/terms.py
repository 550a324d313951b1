"""Words that say what a value is: the heading of its column, the label before it. Data in signatures/terms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

try:
    import re2
except ImportError:                                       # no wheel for this machine: slower, the same answers
    re2 = None

from gateway.identifiers.normalise import view
from gateway.identifiers.words import TERMS, files

WINDOW = 32
"""Characters before a value in which its label is looked for."""


AGAINST = frozenset({"serial", "phone", "company", "email", "name"})
"""Kinds that speak for one value only: behind a number they say nothing of the next one."""
CROSSED = 7
"""Digits between a label and a value from which on there is another number between them."""


def _load(section: str, local: Sequence[Path]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for file in files(TERMS, local):
        for kind, words in file.mapping(section).items():
            for word in words:
                found.setdefault(view(word).text.lower(), set()).add(kind)
    return {word: frozenset(kinds) for word, kinds in found.items()}


WORDS = _load("kinds", ())
CLOSE = _load("close", ())
"""Words that count right before a value only."""


def _trie(words: Iterable[str]) -> str:
    """One pattern of many words that tries a character once: the longest word that fits, a blank standing for _ and - too."""
    root: dict[str, Any] = {}
    for word in words:
        node = root
        for character in word:
            node = node.setdefault(character, {})
        node[""] = {}
    return _branch(root)


def _branch(node: dict[str, Any]) -> str:
    ends = "" in node
    parts = [("[ _\\-]?" if c == " " else re.escape(c)) + _branch(below) for c, below in node.items() if c]
    if not parts:
        return ""
    joined = parts[0] if len(parts) == 1 and not ends else f"(?:{'|'.join(parts)})"
    return joined + "?" if ends else joined


def _pattern() -> re.Pattern[str]:
    """Latin words end at what is no Latin letter; the others anywhere."""
    latin = [w for w in WORDS if w[0].isascii() and w[0].isalpha()]
    other = [w for w in WORDS if w not in set(latin)]
    first = "".join(sorted({re.escape(w[0]) for w in WORDS}))
    return re.compile(f"(?=[{first}])(?:(?<![a-z])(?:{_trie(latin)})(?![a-z])|{_trie(other)})")


_PATTERN = _pattern()
_LATIN = np.array([chr(i).isalpha() for i in range(128)] + [False])


def _finder() -> Any:
    """All words in one linear pattern over octets: RE2 where it is installed, else the same with `re`."""
    words = sorted({**WORDS, **CLOSE}, key=len, reverse=True)
    spelled = "|".join(re.escape(w).replace("\\ ", "[ _-]?") for w in words)
    if re2 is None:
        return re.compile(f"(?i:{spelled})".encode())
    options = re2.Options()
    options.never_capture, options.case_sensitive, options.max_mem = True, False, 1 << 26
    return re2.compile(spelled.encode(), options)


_FINDER = _finder()


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the table in a text: a superset of what `Labels` would read."""

    ends: np.ndarray                     # in order
    kinds: np.ndarray                    # for each a number in `sets`
    sets: list[frozenset[str]]
    close: np.ndarray                    # for each whether it counts right before a value only
    touched: np.ndarray                  # ends of these and of what hides a word: `account no` in `account nothing`

    def before(self, text: str, starts: np.ndarray) -> Words:
        """Without the close words that do not stand right before one of these places, which are in order."""
        kept = ~self.close
        for i in np.flatnonzero(self.close).tolist():
            end = int(self.ends[i])
            following = int(np.searchsorted(starts, end))
            start = int(starts[following]) if following < len(starts) else len(text) + RIGHT_BEFORE
            kept[i] = start - end <= RIGHT_BEFORE and not text[end:start].strip(_BETWEEN)
        return Words(self.ends[kept], self.kinds[kept], self.sets, self.close[kept], self.touched)

    def all(self) -> frozenset[str]:
        return NONE.union(*(self.sets[i] for i in set(self.kinds.tolist())))


def words(text: str) -> Words:
    """Where words of the table stand in a text."""
    octets = text.encode("utf-8", "surrogatepass")
    places: list[int] = []
    numbers: dict[bytes, int] = {}                        # of the words as they are written
    written: list[int] = []
    for match in _FINDER.finditer(octets):
        start, end = match.span()
        places += (start, end)
        written.append(numbers.setdefault(octets[start:end], len(numbers)))
    if not places:
        nothing = np.empty(0, np.int64)
        return Words(nothing, nothing, [], np.empty(0, bool), nothing)
    spans = np.array(places, np.int64).reshape(-1, 2)
    raw = np.frombuffer(octets, np.uint8)
    padded = np.concatenate(([0], raw, [0]))
    first, last = padded[spans[:, 0] + 1], padded[spans[:, 1]]
    inside = _latin(first) & _latin(padded[spans[:, 0]])
    whole = ~(inside | _latin(last) & _latin(padded[spans[:, 1] + 1]))
    ends = spans[:, 1]
    if len(octets) != len(text):
        ends = np.cumsum((raw & 0xC0) != 0x80, dtype=np.int32)[ends - 1].astype(np.int64)
    spelled = [word.decode().lower() for word in numbers]
    every = np.array(written)
    kinds = every[whole]
    touched = ~(inside & np.array([word.isalpha() for word in numbers])[every])
    close = np.array([word in CLOSE and word not in WORDS for word in spelled])
    return Words(ends[whole], kinds, [_kinds(word) or CLOSE.get(word, NONE) for word in spelled], close[kinds], ends[touched])


def _latin(octets: np.ndarray) -> np.ndarray:
    return np.asarray(_LATIN[np.minimum(octets, 128)])


_DIRECT = {**CLOSE, **WORDS}
_LENGTHS = sorted({len(w) for w in _DIRECT}, reverse=True)
RIGHT_BEFORE = 3
"""Characters between a close word and its value."""
_BETWEEN = " :=-#\"'([<>*_.\u3000"
"""What stands between a label and its value."""
_COPULA = "是为為は"
_SQUEEZE = re.compile(r"[ _\-]+")
NONE: frozenset[str] = frozenset()


def install(local: Sequence[Path]) -> None:
    """Adds the terms of local folders. Once a process, before the first text; raises ConfigError for a bad file."""
    global WORDS, CLOSE, _PATTERN, _FINDER, _DIRECT, _LENGTHS
    WORDS, CLOSE = _load("kinds", local), _load("close", local)
    _PATTERN, _FINDER = _pattern(), _finder()
    _DIRECT = {**CLOSE, **WORDS}
    _LENGTHS = sorted({len(w) for w in _DIRECT}, reverse=True)


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
            known = self._at_the_end(window)
            self._remember(window, known)
        return known

    def _at_the_end(self, window: str) -> frozenset[str]:
        """The word right before the value, by a look-up; failing that the last word anywhere in the window."""
        lowered = window.lower()
        tail = lowered.rstrip(_BETWEEN)
        if tail and tail[-1] in _COPULA:
            tail = tail[:-1]
        for length in _LENGTHS:
            word = tail[-length:]
            if len(word) == length and word in _DIRECT:
                before = tail[-length - 1:-length]
                if not (word[0].isascii() and before.isascii() and before.isalpha()):
                    return _DIRECT[word]
        words = list(_PATTERN.finditer(lowered))
        if not words:
            return NONE
        last = words[-1]
        kinds = _kinds(last.group())
        crossed = kinds <= AGAINST and sum(map(str.isdigit, lowered[last.end():])) >= CROSSED
        return NONE if crossed else kinds

    def _remember(self, key: str, kinds: frozenset[str]) -> None:
        if len(self._seen) > 20000:
            self._seen.clear()
        self._seen[key] = kinds
