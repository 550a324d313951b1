"""The catalogue of signatures: files read and checked, local folders laid over the packaged one. No engine in here.

A rule is two files, <topic>/<id>.yar and <topic>/<id>.toml. A local rule with the id of a packaged one takes its place;
a local <id>.toml with `disabled = true` and no .yar switches it off.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from gateway.model.errors import ConfigError
from signatures.schema import Case, Description, describe

PACKAGED = Path(__file__).parent / "yara"
MAX_FILE = 1 << 20
"""Octets of one rule file; signature-base's largest is half of it."""

RULE = re.compile(r"^[ \t]*(?:private[ \t]+|global[ \t]+)*rule[ \t]+(\w+)", re.M)
FORBIDDEN = (
    (re.compile(r"^[ \t]*include[ \t]+\"", re.M), "include is not allowed: a rule is one file"),
    (re.compile(r"^[ \t]*import[ \t]+\"(?!pe|elf|math|hash|string|dotnet|time)", re.M), "this module is not available"),
    (re.compile(r"\\b"), r"\b finds no border beside Chinese and Japanese text"),
    (re.compile(r"^[ \t]*global[ \t]+", re.M), "a global rule would silence all others"),
)


@dataclass(frozen=True, slots=True)
class Signature:
    """One rule: its text, where it stands, and what is known of it."""

    description: Description
    topic: str
    source: str
    path: Path
    local: bool = False

    @property
    def id(self) -> str:
        return self.description.id


@dataclass(frozen=True, slots=True)
class Catalog:
    """All rules in force. `version` changes with any octet of them."""

    signatures: tuple[Signature, ...]
    version: str

    def get(self, id: str) -> Signature | None:
        return next((s for s in self.signatures if s.id == id), None)

    def test_cases(self) -> Iterator[tuple[Signature, Case]]:
        """Every rule's own match and miss cases, for `signatures test`."""
        for signature in self.signatures:
            for case in signature.description.cases:
                yield signature, case


def load(local: Sequence[Path] = (), packaged: Path = PACKAGED) -> Catalog:
    """Reads and checks everything. Raises ConfigError with file and line for the first bad file."""
    found: dict[str, Signature] = {}
    for root in (packaged, *local):
        if not root.is_dir():
            raise ConfigError("is no folder of signatures", str(root))
        for signature, id in _folder(root, root is not packaged):
            if signature is None:
                found.pop(id, None)
                continue
            known = found.get(id)
            if known is not None and known.local == signature.local:
                raise ConfigError(f"id {id} is also that of {known.path}", str(signature.path))
            found[id] = signature
    signatures = tuple(found[id] for id in sorted(found))
    digest = hashlib.sha256()
    for signature in signatures:
        known = replace(signature.description, applies=frozenset())
        digest.update(f"{signature.id}\0{known}\0{sorted(signature.description.applies)}\0{signature.source}\0".encode())
    return Catalog(signatures, f"{len(signatures)}-{digest.hexdigest()[:12]}")


@lru_cache(maxsize=1)
def packaged() -> Catalog:
    """The rules of the package, read once a process."""
    return load()


def _folder(root: Path, local: bool) -> Iterator[tuple[Signature | None, str]]:
    for path in sorted(root.rglob("*.toml")):
        data = _toml(path)
        if local and data.get("disabled") is True:
            yield None, path.stem
            continue
        rule = path.with_suffix(".yar")
        if not rule.is_file():
            raise ConfigError(f"{rule.name} is missing beside it", str(path))
        description = describe(data, str(path))
        if description.id != path.stem:
            raise ConfigError(f"id {description.id} is not the file's name", str(path))
        yield Signature(description, path.parent.name, _rule(rule, description.id), rule, local), description.id
    for rule in sorted(root.rglob("*.yar")):
        if not rule.with_suffix(".toml").is_file():
            raise ConfigError(f"{rule.stem}.toml is missing beside it", str(rule))


def _toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(_read(path))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(str(error), str(path)) from error


def _read(path: Path) -> str:
    if path.stat().st_size > MAX_FILE:
        raise ConfigError(f"is larger than {MAX_FILE} octets", str(path))
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError("is not UTF-8", str(path)) from error


def _rule(path: Path, id: str) -> str:
    source = _read(path)
    for pattern, problem in FORBIDDEN:
        match = pattern.search(source)
        if match:
            raise ConfigError(problem, f"{path}:{source.count(chr(10), 0, match.start()) + 1}")
    if id.replace("-", "_") not in RULE.findall(source):
        raise ConfigError(f"has no rule named {id.replace('-', '_')}", f"{path}:1")
    return source
