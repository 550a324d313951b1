"""Finds, reads and checks the configuration."""

from __future__ import annotations

import dataclasses
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from gateway.config.hazards import hazards
from gateway.config.schema import ENTRIES, SECTIONS, TABLES, Config, DkimKey, Entry, Listener, Scanner
from gateway.config.source import LONGEST, Problem, Source, in_order, joined, made_in, read_made, read_source
from gateway.config.tables import nearest, read_table
from gateway.model.errors import ConfigError

SYSTEM_FILE = Path("/etc/sekisho/sekisho.toml")
T = TypeVar("T")
_WORDS = ("include", *SECTIONS, *TABLES, *ENTRIES)


class ConfigProblems(ConfigError):
    """Everything that is wrong with a configuration; the text is the first problem and how many more there are."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        more = f" (and {len(problems) - 1} more: sekisho policy check lists them)" if len(problems) > 1 else ""
        super().__init__(problems[0].message + more, problems[0].where)
        self.problems = problems


def find_config(argument: str | Path | None, env: Mapping[str, str], cwd: Path) -> Path | None:
    """The file to use: argument, $SEKISHO_CONFIG, ./sekisho.toml, /etc/sekisho/sekisho.toml. None where there is none.

    A file that was named must exist (ConfigError); the two usual places are only looked at.
    """
    for named, origin in ((argument, "--config"), (env.get("SEKISHO_CONFIG"), "$SEKISHO_CONFIG")):
        if named:
            path = cwd / named
            wrong = _unusable(path)
            if wrong:
                raise ConfigError(f"{origin}: {wrong}", str(path)[:LONGEST])
            return path
    for path in (cwd / "sekisho.toml", SYSTEM_FILE):
        if os.path.isfile(path):
            return path
    return None


def _unusable(path: Path) -> str:
    """Why this is no configuration file; "" where it may be one."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return "there is no such file" if isinstance(error, FileNotFoundError) else f"cannot be looked at: {error.strerror}"
    if stat.S_ISDIR(mode):
        return "is a folder: name the file in it, such as sekisho.toml"
    return "" if stat.S_ISREG(mode) else "is no regular file, and it is read more than once"


def load(path: Path | None) -> Config:
    """The checked configuration; all defaults for None. Raises ConfigProblems."""
    config, problems = examine(path)
    faults = tuple(p for p in problems if not p.warning)
    if faults or config is None:
        raise ConfigProblems(faults)
    return config


def check(path: Path) -> list[Problem]:
    """Every problem and warning, in the order of the files. Rules are checked by `gateway.policy.check`."""
    return examine(path)[1]


def examine(path: Path | None) -> tuple[Config | None, list[Problem]]:
    """The configuration, where one could be made, and every problem and warning."""
    source = read_source(path) if path is not None else Source("defaults")
    _unknown(source)
    made: dict[str, Any] = {name.rpartition(".")[2]: _section(source, name, kind) for name, kind in SECTIONS.items()}
    listeners = _tables(source, "listener", Listener)
    dkim = _tables(source, "dkim", DkimKey)
    made |= {attribute: _entries(source, name) for name, attribute in ENTRIES.items()}
    scanners = _tables(source, "scanner", Scanner)
    if listeners is None or dkim is None or scanners is None or any(value is None for value in made.values()):
        return None, in_order(source.problems)
    config = fill(Config(path=path, listeners=listeners, dkim=dkim, scanners=scanners, files=tuple(source.files),
                         version=source.digest, **made))
    source.read()
    hazards(config, source)
    warnings = tuple(str(p) for p in source.problems if p.warning)
    return dataclasses.replace(config, warnings=warnings), in_order(source.problems)


def with_made(config: Config, text: str | None = None) -> Config:
    """This configuration with the exceptions of the console as they are now, or would be as `text`; nothing else is read.

    Raises ConfigProblems; what is wrong with their rules `gateway.policy.load_policy` says.
    """
    file = made_in(config.gateway.state_dir)
    own = read_made(file, text) if text is not None or os.path.isfile(file) else Source(str(file))
    if own.problems:
        raise ConfigProblems(tuple(own.problems))
    kept = (one for one in config.exceptions if one.where.rpartition(":")[0] != str(file))
    return dataclasses.replace(config, exceptions=(*kept, *_entries(own, "exception")), version=joined(config.version, own))


def fill(config: Config) -> Config:
    """Puts in what depends on other settings."""
    gateway, notices, quarantine = config.gateway, config.notices, config.quarantine
    postmaster = f"postmaster@{(*gateway.our_domains, gateway.hostname)[0]}"
    if not gateway.console_url and gateway.console is not None:
        gateway = dataclasses.replace(gateway, console_url=f"http://{gateway.console}")
    if not quarantine.key_file:
        quarantine = dataclasses.replace(quarantine, key_file=gateway.state_dir / "quarantine.key")
    inbound = sorted(config.listeners, key=lambda one: ("inbound", "auto", "outbound").index(one.direction))
    notices = dataclasses.replace(
        notices, from_=notices.from_ or postmaster,
        next_hop=notices.next_hop or (inbound[0].next_hop if inbound else ()),
    )
    auth = config.auth
    if not auth.seal_domain and config.dkim:
        auth = dataclasses.replace(auth, seal_domain=config.dkim[0].domain)
    listeners = tuple(dataclasses.replace(one, owner=one.owner or postmaster) for one in config.listeners)
    return dataclasses.replace(config, gateway=gateway, auth=auth, quarantine=quarantine, notices=notices, listeners=listeners)


def _unknown(source: Source) -> None:
    for name in source.table:
        if name not in _WORDS:
            source.fault(f"there is no section or setting `{name}`{nearest(name, _WORDS)}", name)


def _section(source: Source, name: str, kind: type) -> Any:
    """One section; a dotted name is a section inside another, which leaves its key alone."""
    path, table = name.split("."), source.table
    for depth, word in enumerate(path, 1):
        inner = table.get(word, {})
        if not isinstance(inner, dict):
            if depth == len(path):
                source.fault(f"`{name}` is a section: write [{name}]", *path)
            inner = {}
        table = inner
    inside = {one.rpartition(".")[2] for one in SECTIONS if one.startswith(f"{name}.")}
    own = {key: value for key, value in table.items() if key not in inside}
    return read_table(kind, own, f"[{name}]", lambda message, key: source.fault(message, *path, *([key] if key else [])))


def _elements(source: Source, name: str) -> list[tuple[int, dict[str, Any]]]:
    value = source.table.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        source.fault(f"`{name}` may stand more than once: write [[{name}]] in double brackets", name)
        return []
    return list(enumerate(value))


def _tables(source: Source, name: str, kind: type[T]) -> tuple[T, ...] | None:
    """The elements of a table that may stand more than once; None where one of them is not usable."""
    found: list[T | None] = []
    for index, table in _elements(source, name):
        def fault(message: str, key: str, index: int = index) -> None:
            source.fault(message, name, index, *([key] if key else []))

        found.append(read_table(kind, table, f"[[{name}]]", fault))
    return None if None in found else tuple(one for one in found if one is not None)


def _entries(source: Source, name: str) -> tuple[Entry, ...]:
    return tuple(
        Entry(table, source.where(name, index), {key: source.where(name, index, key) for key in table})
        for index, table in _elements(source, name)
    )
