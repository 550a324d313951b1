"""Words as data: terms (labels before values, headings over them), markings, published example numbers. No engine in here.

Packaged files are signatures/terms/*.toml, signatures/labels/*.toml and signatures/identifiers/*.toml. A local folder has the
same three folders; what stands there is added to what is packaged. `match` and `miss` of a file are its own cases.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files as packaged_in
from pathlib import Path
from typing import Any

from gateway.model.errors import ConfigError

PACKAGED = Path(str(packaged_in("signatures")))
TERMS, LABELS, EXAMPLES = "terms", "labels", "identifiers"
BOILERPLATE = "boilerplate"
LONGEST = 60
"""Characters of a word."""
MAX_FILE = 1 << 20
MAPPINGS = {TERMS: ("kinds", "close"), EXAMPLES: ("examples",), LABELS: ()}
LISTS = {TERMS: (), EXAMPLES: (), LABELS: ("marks", "with", "public")}
CLASSES = frozenset({
    "id", "passport", "cn.bank_card", "name", "phone", "email", "address", "birthdate", "serial", "company", "own"})
"""Kinds of terms that are no identifier type."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of words, read and checked for its form."""

    path: Path
    section: str
    data: Mapping[str, Any]

    def mapping(self, key: str) -> Mapping[str, Sequence[str]]:
        return dict(self.data.get(key, {}))

    def words(self, key: str) -> Sequence[str]:
        return tuple(self.data.get(key, ()))

    def cases(self) -> Iterator[tuple[str, str, bool]]:
        """Text, kind ('' for a marking), and whether it is to match."""
        for key, matches in (("match", True), ("miss", False)):
            found = self.data.get(key, {})
            for text in found:
                yield text, found[text] if isinstance(found, Mapping) else "", matches


def files(section: str, local: Sequence[Path] = ()) -> list[File]:
    """Packaged files first. Raises ConfigError naming file and key for the first that is wrong."""
    found = []
    for root in (PACKAGED, *local):
        if not root.is_dir():
            raise ConfigError("is no folder of words", str(root))
        for path in sorted((root / section).glob("*.toml")):
            if path.stem != BOILERPLATE:
                found.append(_read(path, section))
    return found


def _read(path: Path, section: str) -> File:
    try:
        if path.stat().st_size > MAX_FILE:
            raise ConfigError(f"is larger than {MAX_FILE} octets", str(path))
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigError(str(error), str(path)) from error
    known = {*MAPPINGS[section], *LISTS[section], "match", "miss"}
    for key, value in data.items():
        if key not in known:
            raise ConfigError(f"{key!r} is not known here; one of {', '.join(sorted(known))}", str(path))
        if key in ("match", "miss"):
            _cases(value, key, section, path)
        elif key in MAPPINGS[section]:
            if not isinstance(value, dict):
                raise ConfigError(f"{key} is a table of lists of words", str(path))
            for kind, words in value.items():
                _list(words, f"{key}.{kind}", path)
        else:
            _list(value, key, path)
    return File(path, section, data)


def _cases(value: object, key: str, section: str, path: Path) -> None:
    if section == TERMS and not (isinstance(value, dict) and all(isinstance(kind, str) for kind in value.values())):
        raise ConfigError(f'{key} is a table: "text before a value" = "kind"', str(path))
    if section != TERMS:
        _list(value, key, path, longest=2000)


def _list(value: object, key: str, path: Path, longest: int = LONGEST) -> None:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise ConfigError(f"{key} is a list of quoted words", str(path))
    for word in value:
        if not word.strip() or len(word) > longest:
            raise ConfigError(f"{key}: a word has 1 to {longest} characters, not {len(word)}", str(path))


def check_kinds(found: Sequence[File], types: Collection[str]) -> None:
    """Raises ConfigError where a file names a kind that is neither an identifier type nor one of CLASSES."""
    known = {*types, *CLASSES}
    for file in found:
        for key in MAPPINGS[TERMS]:
            wrong = next((kind for kind in file.mapping(key) if kind not in known), "")
            if wrong:
                known_words = " ".join(sorted(CLASSES))
                raise ConfigError(f"{key}: unknown kind {wrong!r}; an identifier type, or {known_words}", str(file.path))
