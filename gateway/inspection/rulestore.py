"""Sets of outside rules on disk: staged aside, activated as a whole, rolled back as a whole. No engine in here.

    STATE/signatures/KEY                a secret of its own, for the owner only
    STATE/signatures/VERSION/rules      what the engine compiled
    STATE/signatures/VERSION/manifest   JSON: sources by hash, engine, what was refused or is slow; and the seal
    STATE/signatures/active             version in force, version before it

An engine trusts its compiled form, so nothing is loaded whose seal (HMAC-SHA-256 under the key, over both files) is wrong.
The version is a hash of what was staged and of the engine: the same rules are never compiled twice.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from gateway.model.errors import SekishoError

FOLDER, KEY, ACTIVE = "signatures", "outside.key", "active"
KEPT = 5                                 # versions beside those in force and before it
LARGEST = 256 << 20                      # octets of one compiled set
VERSION = re.compile(r"[0-9a-f]{16}")
SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


class RuleStoreProblem(SekishoError):
    """The stored rules cannot be used, or there are none such."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is said of one rule or file. `where` is file:line."""

    where: str
    message: str


@dataclass(frozen=True, slots=True)
class Staged:
    """One set of outside rules."""

    version: str
    engine: str
    rules: int
    files: Mapping[str, str]             # path as staged -> SHA-256
    refused: tuple[Note, ...] = ()
    slow: tuple[Note, ...] = ()
    made_at: str = ""


def engine() -> str:
    """Name and version of the engine that is installed; its compiled form is for itself alone."""
    return f"yara-python {installed('yara-python')}"


def version_of(files: Mapping[str, str], engine: str) -> str:
    """Of the contents and their order, not of the folder's place."""
    digest = hashlib.sha256(engine.encode())
    for path in sorted(files):
        digest.update(f"\0{Path(path).name}\0{files[path]}".encode())
    return digest.hexdigest()[:16]


class RuleStore:
    def __init__(self, state_dir: Path) -> None:
        self.folder = state_dir / FOLDER

    # --- reading

    def active(self) -> tuple[str, str]:
        """(version in force, version before it); "" for none."""
        try:
            words = (self.folder / ACTIVE).read_text(encoding="ascii").split()
        except FileNotFoundError:
            return "", ""
        except (OSError, UnicodeDecodeError) as error:
            raise RuleStoreProblem(f"{self.folder / ACTIVE}: cannot be read: {error}") from error
        if any(not VERSION.fullmatch(word) and word != "-" for word in words) or len(words) != 2:
            raise RuleStoreProblem(f"{self.folder / ACTIVE}: names no versions; activate one again")
        return words[0].replace("-", ""), words[1].replace("-", "")

    def versions(self) -> list[Staged]:
        """All that are stored, the newest first."""
        if not self.folder.is_dir():
            return []
        found = [self.manifest(p.name) for p in self.folder.iterdir() if p.is_dir() and VERSION.fullmatch(p.name)]
        return sorted(found, key=lambda s: s.made_at, reverse=True)

    def manifest(self, version: str) -> Staged:
        """Raises RuleStoreProblem where there is none, or its seal is wrong."""
        return self._opened(version)[0]

    def known(self, version: str) -> Staged | None:
        """The staged set of a version, None where there is none that can be used."""
        try:
            return self.manifest(version)
        except RuleStoreProblem:
            return None

    def rules(self, version: str) -> bytes:
        """The compiled form, checked."""
        return self._opened(version)[1]

    def handed(self) -> tuple[int, str] | None:
        """A descriptor of the rules in force, sealed in memory so that nobody changes them after the check, and their
        version; None where none are in force. The caller closes it."""
        version, _ = self.active()
        if not version:
            return None
        staged, octets = self._opened(version)
        if staged.engine != engine():
            raise RuleStoreProblem(f"{self.folder / version}: compiled by {staged.engine}, and this is {engine()}: stage and "
                                   "activate the rules again")
        fd = os.memfd_create("rules", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        view = memoryview(octets)
        while view:
            view = view[os.write(fd, view):]
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, SEALS)
        return fd, version

    def _opened(self, version: str) -> tuple[Staged, bytes]:
        place = self.folder / version
        if not VERSION.fullmatch(version) or not place.is_dir():
            raise RuleStoreProblem(f"there are no staged rules of version {version[:16]!r}; sekisho signatures versions lists them")
        try:
            body: dict[str, Any] = json.loads((place / "manifest").read_bytes())
            if (place / "rules").stat().st_size > LARGEST:
                raise RuleStoreProblem(f"{place / 'rules'}: larger than compiled rules can be")
            octets = (place / "rules").read_bytes()
            seal = str(body.pop("seal"))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise RuleStoreProblem(f"{place}: the stored rules are damaged; stage them again") from error
        if not hmac.compare_digest(seal, self._seal(body, octets)):
            raise RuleStoreProblem(f"{place}: the stored rules were changed or sealed elsewhere; stage them again")
        notes = {name: tuple(Note(**note) for note in body[name]) for name in ("refused", "slow")}
        return Staged(**(body | notes)), octets

    # --- writing

    def save(self, staged: Staged, octets: bytes) -> None:
        """Stored whole or not at all; the oldest versions that nobody needs are removed."""
        body = asdict(staged)
        aside = self.folder / f".{staged.version}.{secrets.token_hex(4)}"
        aside.mkdir(mode=0o700, parents=True)
        try:
            _write(aside / "rules", octets)
            _write(aside / "manifest", json.dumps(body | {"seal": self._seal(body, octets)}).encode())
            place = self.folder / staged.version
            if place.exists():
                shutil.rmtree(place)
            os.rename(aside, place)
        except OSError as error:
            shutil.rmtree(aside, ignore_errors=True)
            raise RuleStoreProblem(f"{self.folder}: the rules cannot be stored: {error.strerror}") from error
        self._forget()

    def activate(self, version: str) -> str:
        """Put a staged version in force; returns the one that was. The running gateway takes it at its next reload."""
        self.manifest(version)
        current, before = self.active()
        if version == current:
            return before
        self._point(version, current)
        return current

    def rollback(self) -> str:
        """Back to the version before, or to none; returns what is in force now."""
        current, before = self.active()
        if not current:
            raise RuleStoreProblem("no outside rules are in force: there is nothing to go back from")
        if before:
            self.manifest(before)
        self._point(before, "")
        return before

    def _point(self, version: str, before: str) -> None:
        aside = self.folder / f".{ACTIVE}.{secrets.token_hex(4)}"
        _write(aside, f"{version or '-'} {before or '-'}\n".encode())
        os.replace(aside, self.folder / ACTIVE)
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(folder)
        os.close(folder)

    def _forget(self) -> None:
        needed = set(self.active())
        names = [(p.stat().st_mtime_ns, p) for p in self.folder.iterdir() if p.is_dir() and VERSION.fullmatch(p.name)]
        for _, place in sorted(n for n in names if n[1].name not in needed)[:-KEPT]:
            shutil.rmtree(place, ignore_errors=True)

    def _seal(self, body: Mapping[str, Any], octets: bytes) -> str:
        text = json.dumps(body, sort_keys=True).encode()
        return hmac.new(self._key(), len(text).to_bytes(8, "big") + text + octets, "sha256").hexdigest()

    def _key(self) -> bytes:
        path = self.folder / KEY
        try:
            return path.read_bytes()
        except FileNotFoundError:
            pass
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o400)
        except FileExistsError:
            return path.read_bytes()
        with os.fdopen(fd, "wb") as file:
            file.write(secrets.token_bytes(32))
        return path.read_bytes()


def rule_files(folders: Sequence[Path]) -> list[Path]:
    """All rule files below some folders. Raises RuleStoreProblem where there are none."""
    found: list[Path] = []
    for folder in folders:
        if folder.is_file():
            found.append(folder)
            continue
        if not folder.is_dir():
            raise RuleStoreProblem(f"{folder}: is no folder of rules")
        found += sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".yar", ".yara") and p.is_file())
    if not found:
        raise RuleStoreProblem(f"{', '.join(map(str, folders))}: there are no rules (.yar, .yara)")
    return found


def _write(path: Path, octets: bytes) -> None:
    fd = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(octets)
        file.flush()
        os.fsync(file.fileno())
