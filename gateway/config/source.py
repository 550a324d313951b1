"""Reads the configuration file and what it includes into one table, and remembers where each key stands."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.config.lines import Path as Key
from gateway.config.lines import locate

MAX_FILE = 4 << 20                       # octets; a list of a million addresses belongs elsewhere
LONGEST = 400                            # characters of one message: what was written is shown in it, however long it is
NOT_UTF8 = "is not UTF-8: save the file as UTF-8"
_NUMBER = re.compile(r"[0-9_]+")
_TOML_PLACE = re.compile(r" ?\(at (?:line ([0-9]+), column [0-9]+|end of document)\)$")
_TWICE = re.compile(r"Cannot declare \((.*)\) twice")          # as tomllib says it, with the names of a tuple
_ARRAY = re.compile(r"\s*\[\[\s*([\w.-]+)\s*\]\]")
_NAME = re.compile(r"'([^']*)'")


@dataclass(frozen=True, slots=True)
class Problem:
    """One line for the administrator. A warning does not stop the load."""

    where: str                           # file:line, or the file alone
    message: str                         # what is wrong and what to do
    warning: bool = False

    def __str__(self) -> str:
        level = "warning: " if self.warning else ""
        return f"{self.where}: {level}{self.message}"


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """By file and line, as an administrator works through them."""

    def key(problem: Problem) -> tuple[str, int]:
        file, _, line = problem.where.rpartition(":")
        return (file, int(line)) if line.isdigit() else (problem.where, 0)

    return sorted(problems, key=key)


@dataclass(slots=True)
class Source:
    """The merged table of all files."""

    file: str
    table: dict[str, Any] = field(default_factory=dict)
    places: dict[Key, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    faulted: set[Key] = field(default_factory=set)
    misread: frozenset[Key] = frozenset()                # keys whose value is not what stands in the file: no more is said of them
    files: list[Path] = field(default_factory=list)
    digest: str = ""                     # of all octets read: the version shown in traces

    def where(self, *key: str | int) -> str:
        """file:line of a key, of the nearest table around it, or the file."""
        for length in range(len(key), 0, -1):
            place = self.places.get(key[:length]) or self.places.get((*key[:length], 0))
            if place is not None:
                return place
        return self.file

    def fault(self, message: str, *key: str | int, warning: bool = False) -> None:
        if key in self.misread:
            return
        self.faulted.add(key)
        self.problems.append(Problem(self.where(*key), shown(message), warning))

    def read(self) -> None:
        """From here on settings are judged together: one that was wrong by itself has a default that nobody wrote."""
        self.misread = frozenset(self.faulted & self.places.keys())


def shown(message: str) -> str:
    """Fit for a terminal: what stands in the file may be long, or written to trick who reads."""
    plain = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in message)
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]}…"


MADE = "exceptions.toml"                 # in the state directory: exceptions that were made in the console
STATE_DIR = "/var/lib/sekisho"           # the default of [gateway] state_dir


def read_source(path: Path) -> Source:
    """Never raises for what is in the files: problems are collected."""
    source = Source(str(path))
    hashed = hashlib.sha256()
    for file in _files(path, source, hashed):
        source.files.append(file)
    source.digest = hashed.hexdigest()[:12]
    made = made_in(_state_dir(source))
    own = read_made(made) if os.path.isfile(made) else None
    if own is not None:
        source.problems += own.problems
        source.files.append(made)
        source.digest = joined(source.digest, own)
        _merge(source, own.table, own.places)
    return source


def made_in(state_dir: Path) -> Path:
    """Where exceptions stand that were made in the console."""
    return state_dir / MADE


def read_made(file: Path, text: str | None = None) -> Source:
    """What was made in the console, or would be if that were `text`; it may hold exceptions only."""
    own, hashed = Source(str(file)), hashlib.sha256()
    if text is None:
        _one(file, own, hashed)
    else:
        hashed.update(text.encode())
        _read(file, text, own)
    own.digest = hashed.hexdigest()[:6]
    if set(own.table) - {"exception"} or not isinstance(own.table.get("exception", []), list):
        own.problems.append(Problem(str(file), "holds [[exception]] tables only"))
    if own.problems:
        own.table, own.places = {}, {}
    return own


def joined(version: str, made: Source) -> str:
    """The version of a configuration with these exceptions beside it; with none, its own."""
    base = version.partition(".")[0]
    return f"{base}.{made.digest}" if made.table.get("exception") else base


def _state_dir(source: Source) -> Path:
    gateway = source.table.get("gateway")
    state = gateway.get("state_dir", STATE_DIR) if isinstance(gateway, dict) else STATE_DIR
    return Path(state if isinstance(state, str) else STATE_DIR)


def _files(path: Path, source: Source, hashed: Any) -> Iterator[Path]:
    main = _one(path, source, hashed)
    yield path
    patterns = main.pop("include", [])
    if not isinstance(patterns, list) or not all(isinstance(p, str) for p in patterns):
        source.fault('include: a list of file names is wanted, such as ["conf.d/*.toml"]', "include")
        return
    for pattern in patterns:
        for file in _matches(path, pattern, source):
            if os.path.realpath(file) in map(os.path.realpath, source.files):
                source.fault(f'include: "{pattern}" names {file.name}, which is read already', "include")
                continue
            if "include" in _one(file, source, hashed):
                source.fault("include: only the main file may include others", "include")
                source.table.pop("include", None)
            yield file


def _matches(path: Path, pattern: str, source: Source) -> list[Path]:
    base = path.parent
    if not any(c in pattern for c in "*?["):
        file = base / pattern
        if not os.path.isfile(file):
            source.fault(f'include: there is no file "{pattern}" beside {path.name}', "include")
            return []
        return [file]
    root = Path(pattern).anchor
    folder, relative = (Path(root), pattern[len(root):]) if root else (base, pattern)
    try:
        return sorted(p for p in folder.glob(relative) if os.path.isfile(p) and p != path)
    except (ValueError, OSError) as error:
        source.fault(f'include: "{pattern}" cannot be looked for: {getattr(error, "strerror", None) or error}', "include")
        return []


def _one(file: Path, source: Source, hashed: Any) -> dict[str, Any]:
    """Merges one file and returns the merged table."""
    try:
        with file.open("rb") as stream:
            raw = stream.read(MAX_FILE + 1)
    except OSError as error:
        source.problems.append(Problem(str(file), f"cannot be read: {error.strerror}"))
        return source.table
    hashed.update(raw)
    if len(raw) > MAX_FILE:
        source.problems.append(Problem(str(file), f"is larger than {MAX_FILE >> 20} MiB: this is no configuration"))
        return source.table
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        source.problems.append(Problem(f"{file}:{line}", NOT_UTF8))
        return source.table
    _read(file, text, source)
    return source.table


def _read(file: Path, text: str, source: Source) -> None:
    table, wrong = read_toml(str(file), text)
    if wrong is not None:
        source.problems.append(wrong)
        return
    _merge(source, table, {k: f"{file}:{line}" for k, line in locate(text).items()})


def read_toml(file: str, text: str) -> tuple[dict[str, Any], Problem | None]:
    """What stands in a text, or why it is no TOML; `file` is the name that the problem gives it."""
    try:
        return tomllib.loads(text), None
    except RecursionError:
        return {}, Problem(file, "nests lists or tables too deeply: no setting needs more than four levels")
    except tomllib.TOMLDecodeError as error:
        before, nul, _ = text.partition("\0")            # UTF-16 without its mark, or octets that were torn
        return {}, Problem(f"{file}:{before.count(chr(10)) + 1}", NOT_UTF8) if nul else _syntax(file, text, str(error))
    except ValueError:                   # Python reads no number of more than 4300 digits
        long = max(_NUMBER.finditer(text), key=lambda m: m.end() - m.start(), default=None)
        line = text.count("\n", 0, long.start() if long else 0) + 1
        return {}, Problem(f"{file}:{line}", "this number is too long to be one")


def _syntax(file: str, text: str, message: str) -> Problem:
    match = _TOML_PLACE.search(message)
    line = int(match[1]) if match and match[1] else text.count("\n") + 1
    reason = _TOML_PLACE.sub("", message)
    twice = _TWICE.fullmatch(reason)
    if twice is not None:
        return Problem(f"{file}:{line}", f"section [{'.'.join(_NAME.findall(twice[1]))}] stands there a second time: "
                                         "put its settings together")
    array = _ARRAY.match(text.split("\n")[line - 1]) if reason == "Cannot overwrite a value" else None
    if array is not None:
        return Problem(f"{file}:{line}", shown(f"`{array[1]}` stands in single brackets above: "
                                               f"write [[{array[1]}]] in double ones there, too"))
    hint = {"Invalid value": "; text values stand in double quotes",
            "Illegal character '\\n'": ": a quoted text ends on its line",
            "Cannot overwrite a value": ": this setting stands in its section already"}.get(reason, "")
    return Problem(f"{file}:{line}", f"no valid TOML: {reason[:1].lower()}{reason[1:]}{hint}")


def _merge(source: Source, table: dict[str, Any], places: dict[Key, str]) -> None:
    offsets: dict[str, int] = {}
    for name, value in table.items():
        known = source.table.get(name)
        if isinstance(value, list) and isinstance(known, list) and name != "include":
            offsets[name] = len(known)
            known.extend(value)
        elif isinstance(value, dict) and isinstance(known, dict):
            for key, inner in value.items():
                if key in known:
                    _twice(source, places, name, key)
                known.setdefault(key, inner)
        elif name in source.table:
            _twice(source, places, name)
        else:
            source.table[name] = value
    for key, place in places.items():
        source.places.setdefault(_moved(key, offsets), place)


def _twice(source: Source, places: dict[Key, str], *key: str) -> None:
    here = places.get(key) or places.get(key[:1]) or source.file
    source.problems.append(Problem(here, f"{'.'.join(key)} is already set at {source.where(*key)}: keep one of them"))


def _moved(key: Key, offsets: dict[str, int]) -> Key:
    """An element of an array that an earlier file began has a higher index in the merged table."""
    if len(key) > 1 and isinstance(key[1], int) and str(key[0]) in offsets:
        return (key[0], key[1] + offsets[str(key[0])], *key[2:])
    return key
