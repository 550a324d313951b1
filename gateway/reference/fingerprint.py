"""Reference documents as sets of prints, by winnowing (Schleimer, Wilkerson, Aiken, SIGMOD 2003).

The text is reduced to letters, ideographs and digits; every K characters are hashed; of every W neighbouring hashes the least
is kept. Any common passage of W + K - 1 = 25 characters shares a print. Works on characters, so no words have to be cut.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from gateway.model.errors import SekishoError
from gateway.reference.common import in_common
from gateway.reference.variants import standard

K, W = 14, 12
CONTAINMENT = 0.30
"""Share of a reference document's prints that makes a finding."""
PASSAGE = 100
"""Consecutive normalised characters that make a finding by themselves (Symantec's partial match needs 300)."""
LEAST = 50
"""Normalised characters below which a text is no document to register."""
DISCLAIMER = 600
"""Characters of the longest paragraph that is taken for a disclaimer as a whole."""
SENTENCE = re.compile(r"(?<=[.。．!！?？])")
FOLDER = "fingerprints"
NAME = re.compile(r"[^/\0\n]{1,120}")
_BASE = np.uint64(0x9E3779B97F4A7C15)


@lru_cache(maxsize=1)
def _boilerplate() -> re.Pattern[str]:
    table = tomllib.loads((files("signatures") / "terms" / "boilerplate.toml").read_text("utf-8"))
    return re.compile("|".join(re.escape(p) for p in table["phrases"]), re.I)


def strip_boilerplate(text: str) -> str:
    """Without disclaimers, which every mail of two firms shares: paragraphs, and of a longer one than any disclaimer only the
    sentences, so that no document hides beside one."""
    pattern = _boilerplate()
    if not pattern.search(text):
        return text
    return "\n".join(piece for line in text.splitlines() for piece in (SENTENCE.split(line) if len(line) > DISCLAIMER else (line,))
                     if not pattern.search(piece))


def normalised(text: str) -> str:
    """Letters, ideographs and digits, folded."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return "".join(filter(str.isalnum, text)).casefold()


@dataclass(frozen=True, slots=True)
class Prints:
    hashes: np.ndarray                   # uint64, in the order of the text
    places: np.ndarray                   # int64, first character of each
    length: int


def winnow(text: str) -> Prints:
    """Prints of a normalised text."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    count = len(codes) - K + 1
    if count < 1:
        return Prints(np.empty(0, np.uint64), np.empty(0, np.int64), len(codes))
    hashes = np.zeros(count, np.uint64)
    for i in range(K):
        hashes = hashes * _BASE + codes[i:i + count]
    hashes ^= hashes >> np.uint64(29)
    hashes *= np.uint64(0xBF58476D1CE4E5B9)
    hashes ^= hashes >> np.uint64(32)
    if count <= W:
        at = np.array([int(np.argmin(hashes))])
    else:
        windows = np.lib.stride_tricks.sliding_window_view(hashes, W)
        at = np.unique(np.argmin(windows, axis=1) + np.arange(len(windows)))
    return Prints(hashes[at], at, len(codes))


@dataclass(frozen=True, slots=True)
class Match:
    name: str
    percent: int                         # of the reference document's prints
    passage: int                         # longest run of common characters, at least


@dataclass(frozen=True, slots=True)
class Common:
    """What one or more texts have in common with a document."""

    prints: frozenset[int]
    passage: int                         # longest run of common characters, at least

    def __or__(self, other: Common) -> Common:
        return Common(self.prints | other.prints, max(self.passage, other.passage))


class Library:
    """All registered documents, for looking up, without what unlike ones have in common. Built from mapped files before the
    lockdown. `earlier`: some were registered by versions that took characters as they are written."""

    def __init__(self, documents: Iterable[tuple[str, np.ndarray]], earlier: bool = False) -> None:
        self.earlier = earlier
        self.names: list[str] = []
        sizes, hashes, owners = [], [], []
        for number, (name, prints) in enumerate(documents):
            self.names.append(name)
            unique = np.unique(prints)
            sizes.append(len(unique))
            hashes.append(unique)
            owners.append(np.full(len(unique), number, np.int32))
        self.sizes = np.array(sizes, np.int64)
        every = np.concatenate(hashes) if hashes else np.empty(0, np.uint64)
        order = np.argsort(every, kind="stable")
        self.hashes = every[order]
        self.owners = (np.concatenate(owners) if owners else np.empty(0, np.int32))[order]
        counting = ~in_common(self.hashes, self.owners, self.sizes)
        self.hashes, self.owners = self.hashes[counting], self.owners[counting]
        self.sizes = np.bincount(self.owners, minlength=len(self.names))

    def __bool__(self) -> bool:
        return bool(self.names)

    def match(self, text: str) -> list[Match]:
        """Documents of which this text holds CONTAINMENT or a PASSAGE."""
        return self.judge(self.common(text))

    def common(self, text: str) -> dict[int, Common]:
        """What the text has in common with each document, by the document's number."""
        if not len(self.hashes):
            return {}
        plain = normalised(strip_boilerplate(text))
        one = standard(plain)
        found = self._common(one)
        for owner, common in self._common(plain).items() if self.earlier and plain != one else ():
            found[owner] = found[owner] | common if owner in found else common
        return found

    def _common(self, plain: str) -> dict[int, Common]:
        prints = winnow(plain)
        if not len(prints.hashes):
            return {}
        low = np.searchsorted(self.hashes, prints.hashes, "left")
        high = np.searchsorted(self.hashes, prints.hashes, "right")
        found: dict[int, list[int]] = {}
        for i in np.nonzero(high > low)[0]:
            for owner in self.owners[low[i]:high[i]]:
                found.setdefault(int(owner), []).append(int(i))
        return {owner: Common(frozenset(prints.hashes[at].tolist()), _longest(at, prints.places)) for owner, at in found.items()}

    def judge(self, found: Mapping[int, Common]) -> list[Match]:
        """Those of the documents of which enough was found, the greatest share first."""
        matches = []
        for owner, common in found.items():
            share = len(common.prints) / int(self.sizes[owner])
            if share >= CONTAINMENT or common.passage >= PASSAGE:
                matches.append(Match(self.names[owner], max(1, min(100, round(share * 100))), common.passage))
        return sorted(matches, key=lambda m: -m.percent)


def _longest(at: list[int], places: np.ndarray) -> int:
    """Characters of the longest run of prints that stand next to each other in the text and are all the document's."""
    best, start = 0, 0
    for i in range(1, len(at) + 1):
        if i == len(at) or at[i] != at[i - 1] + 1:
            best = max(best, int(places[at[i - 1]] - places[at[start]]) + K)
            start = i
    return best


@dataclass(frozen=True, slots=True)
class Registered:
    name: str
    characters: int
    prints: int


class Store:
    """The registered documents on disk: one file each, prints only."""

    def __init__(self, state_dir: Path) -> None:
        self.folder = state_dir / FOLDER

    def add(self, name: str, text: str) -> Registered:
        """Registers a document's text; the same name again replaces it. Raises SekishoError where it is too short."""
        if not NAME.fullmatch(name):
            raise SekishoError("a document's name is one line without a slash, at most 120 characters")
        plain = normalised(strip_boilerplate(text))
        if len(plain) < LEAST:
            raise SekishoError(f"{name}: {len(plain)} characters of text; at least {LEAST} are needed")
        prints = np.unique(winnow(standard(plain)).hashes)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = {"name": name, "characters": len(plain), "prints": len(prints), "standard": True}
        header = json.dumps(about, ensure_ascii=False).encode()
        fd, aside = tempfile.mkstemp(dir=self.folder, prefix=".new")
        with os.fdopen(fd, "wb") as out:
            out.write(header + b"\n" + prints.tobytes())
            out.flush()
            os.fsync(out.fileno())
        os.replace(aside, self._path(name))
        return Registered(name, len(plain), len(prints))

    def list(self) -> list[Registered]:
        return sorted((self._read(path)[0] for path in self._files()), key=lambda r: r.name)

    def remove(self, name: str) -> bool:
        """False where no such document was registered."""
        path = self._path(name)
        if not path.exists():
            return False
        path.unlink()
        return True

    def load(self) -> Library | None:
        documents = list(map(self._read, self._files()))
        earlier = not all(newer for _, _, newer in documents)
        return Library(((found.name, prints) for found, prints, _ in documents), earlier) if documents else None

    def _files(self) -> Iterable[Path]:
        return sorted(self.folder.glob("*.prints"))

    def _path(self, name: str) -> Path:
        from hashlib import blake2b

        return self.folder / f"{blake2b(name.encode(), digest_size=12).hexdigest()}.prints"

    def _read(self, path: Path) -> tuple[Registered, np.ndarray, bool]:
        """What was registered, its prints, and whether they are those of standard characters."""
        raw = path.read_bytes()
        head, _, body = raw.partition(b"\n")
        try:
            table = json.loads(head)
            found = Registered(table["name"], table["characters"], table["prints"])
        except (ValueError, KeyError) as error:
            raise SekishoError(f"{path}: not a fingerprint file; add the document again") from error
        if len(body) != found.prints * 8:
            raise SekishoError(f"{path}: cut short; add the document again")
        return found, np.frombuffer(body, np.uint64), table.get("standard", False)
