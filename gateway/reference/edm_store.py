"""Where the customer indexes lie, and how a new one takes the place of the old: written aside, synced, renamed."""

from __future__ import annotations

import json
import os
import re
import secrets
import struct
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from gateway.model.errors import SekishoError
from gateway.reference.edm import EARLIER, MAGIC, Index, key_file
from gateway.reference.edm_build import Built, Column, build

FOLDER = "edm"
KEY = "edm.key"
"""Beside the folder, not in it: who copies the indexes does not have the key."""
NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_\-]{0,39}")


def _path(state_dir: Path, name: str) -> Path:
    if not NAME.fullmatch(name):
        raise SekishoError(f"{name!r}: a name is letters, digits, - and _, at most 40")
    return state_dir / FOLDER / f"{name}.edm"


def key(state_dir: Path, create: bool = False) -> bytes:
    """The key of this installation; made at the first import, mode 0600, never replaced."""
    path = state_dir / KEY
    if create and not path.exists():
        state_dir.mkdir(parents=True, exist_ok=True)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "wb") as out:
            out.write(secrets.token_bytes(32))
            out.flush()
            os.fsync(out.fileno())
    return key_file(path)


def import_csv(state_dir: Path, name: str, source: Path, *, charset: str = "", kinds: Mapping[str, str] | None = None,
               keys: Sequence[str] = ()) -> Built:
    """Builds the index of a CSV and swaps it in. Raises BadTable with line and column; the old index stays then.

    `kinds` maps a column's name to one of edm_build.KINDS, `keys` names the searchable columns; both default to what
    headings and content say.
    """
    target = _path(state_dir, name)
    secret = key(state_dir, create=True)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fd, aside = tempfile.mkstemp(prefix=f".{name}.", dir=target.parent)
    try:
        with os.fdopen(fd, "w+b") as out:
            built = build(name, source, out, secret, charset=charset, kinds=kinds, keys=keys)
            out.flush()
            os.fsync(out.fileno())
        os.replace(aside, target)
    finally:
        Path(aside).unlink(missing_ok=True)               # there only where the import failed
    _sync(target.parent)
    return built


def status(state_dir: Path) -> list[Built]:
    """What is imported, by name."""
    found = []
    for path in sorted((state_dir / FOLDER).glob("*.edm")):
        with path.open("rb") as file:
            head = file.read(12)
            if len(head) < 12 or not head.startswith((MAGIC, EARLIER)):
                raise SekishoError(f"{path}: not an index of this version; import the table again")
            header = json.loads(file.read(struct.unpack_from("<I", head, 8)[0]))
        columns = tuple(Column(*c) for c in zip(header["columns"], header["kinds"], header["searchable"], strict=True))
        found.append(Built(header["name"], header["rows"], header["keys"], columns, header["charset"], path.stat().st_size))
    return found


def drop(state_dir: Path, name: str) -> bool:
    """Forgets an index; False where there was none."""
    path = _path(state_dir, name)
    if not path.exists():
        return False
    path.unlink()
    _sync(path.parent)
    return True


def open_all(state_dir: Path) -> tuple[Index, ...]:
    """Every index, mapped. Raises ConfigError where one or the key is unusable: unknown is not clean."""
    paths = sorted((state_dir / FOLDER).glob("*.edm"))
    if not paths:
        return ()
    secret = key(state_dir)
    opened = []
    for path in paths:
        with path.open("rb") as file:
            opened.append(Index(file.fileno(), secret, str(path)))
    return tuple(opened)


def _sync(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
