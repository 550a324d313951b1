"""Where sealed octets live: files under the state directory with random names; the row in the database comes after.

Order of a write: temporary file in its final directory, fsync, rename, fsync of the directory. Only then is the row
committed. What a crash leaves behind is a file without a row, which `sweep` removes.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from gateway.model.errors import CustodyUnavailable, SekishoError
from quarantine.keys import sync_directory
from quarantine.sealing import MessageKeys, Plain, SealBroken

BUCKETS = 1024                           # directories, so that none grows beyond what ls and backup tools bear
PER_BUCKET = 512                         # consecutive blobs share a directory: one fsync of it serves a whole batch
NAME = 20                                # random octets of a name
MARK = ".custody"                        # whose store this is: see quarantine.binding

Failpoint = Callable[[str], None]


def no_failpoint(name: str) -> None:
    """Tests hand in a callable that raises or kills at a named step."""


@dataclass(frozen=True, slots=True)
class Staged:
    """Sealed and synced, not yet under its name."""

    name: str                            # "1a7/…": what the row will hold
    plain: Plain


class Blobs(Protocol):
    """The port: files here, an object store elsewhere."""

    @property
    def root(self) -> object: ...        # where it is, for people
    def stage(self, source: int, size: int, keys: MessageKeys) -> Staged: ...
    def publish(self, staged: Iterable[Staged]) -> None: ...
    def discard(self, staged: Staged) -> None: ...
    def open(self, name: str) -> BinaryIO: ...
    def remove(self, name: str) -> None: ...
    def names(self) -> Iterable[str]: ...
    def sweep(self, known: Callable[[str], bool], before: float) -> int: ...
    def check_room(self, size: int) -> None: ...
    def exists(self, name: str) -> bool: ...
    def mark(self) -> str: ...
    def set_mark(self, text: str) -> None: ...


class FileBlobs:
    """Blobs in `root`. `reserve` octets of the file system are never used up: mail is deferred instead (451)."""

    def __init__(self, root: Path, reserve: int = 256 << 20, failpoint: Failpoint = no_failpoint) -> None:
        self.root, self.reserve, self.failpoint = root, reserve, failpoint
        self.counter = secrets.randbelow(BUCKETS) * PER_BUCKET
        self.made: set[str] = set()
        try:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            unusable = "" if os.access(root, os.R_OK | os.W_OK | os.X_OK) else "its owner must be the gateway's user, its mode 0700"
        except OSError as error:
            unusable = error.strerror or str(error)
        if unusable:
            raise SekishoError(f"{root}: the folder of held mail cannot be used: {unusable}")

    def stage(self, source: int, size: int, keys: MessageKeys) -> Staged:
        """Seal and sync into a temporary file beside its final place. Raises CustodyUnavailable."""
        name = f"{self._bucket()}/{secrets.token_hex(NAME)}"
        temporary = self._temporary(name)
        try:
            descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            try:
                plain = keys.seal_content(source, size, descriptor)
                self.failpoint("blob-before-fsync")
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except (OSError, SealBroken) as error:
            temporary.unlink(missing_ok=True)
            why = error.strerror if isinstance(error, OSError) else error
            raise CustodyUnavailable(f"{self.root}: a message cannot be stored: {why}") from error
        self.failpoint("blob-after-fsync")
        return Staged(name, plain)

    def publish(self, staged: Iterable[Staged]) -> None:
        """Give staged blobs their names and make the names durable."""
        directories = set()
        try:
            for one in staged:
                os.rename(self._temporary(one.name), self.root / one.name)
                directories.add((self.root / one.name).parent)
            self.failpoint("blob-after-rename")
            for directory in directories:
                sync_directory(directory)
        except OSError as error:
            raise CustodyUnavailable(f"{self.root}: a message cannot be stored: {error.strerror}") from error
        self.failpoint("blob-after-directory")

    def discard(self, staged: Staged) -> None:
        self._temporary(staged.name).unlink(missing_ok=True)
        (self.root / staged.name).unlink(missing_ok=True)

    def open(self, name: str) -> BinaryIO:
        try:
            return open(self.root / name, "rb")
        except OSError as error:
            raise CustodyUnavailable(f"{self.root / name}: a held message cannot be read: {error.strerror}") from error

    def remove(self, name: str) -> None:
        """Overwrite, then unlink. The destroyed key is what counts; this is for file systems that forget slowly."""
        path = self.root / name
        try:
            with open(path, "r+b") as file:
                left = os.fstat(file.fileno()).st_size
                while left > 0:
                    left -= file.write(bytes(min(left, 1 << 20)))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            sync_directory(path.parent)
        except FileNotFoundError:
            return                       # an earlier run was interrupted after this step
        except OSError as error:
            raise CustodyUnavailable(f"{path}: a message cannot be removed: {error.strerror}") from error

    def names(self) -> Iterable[str]:
        for bucket in sorted(self.root.iterdir()):
            for path in sorted(bucket.iterdir()) if bucket.is_dir() else ():
                yield f"{bucket.name}/{path.name}"

    def sweep(self, known: Callable[[str], bool], before: float) -> int:
        """Remove files that no row knows, last changed before this POSIX time; returns how many."""
        removed = 0
        for name in list(self.names()):
            path = self.root / name
            if path.stat().st_mtime < before and not known(name):
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def check_room(self, size: int) -> None:
        """Raises CustodyUnavailable where storing `size` octets would eat into the reserve."""
        try:
            room = os.statvfs(self.root)
        except OSError as error:
            raise CustodyUnavailable(f"{self.root}: the store is not to be had: {error.strerror}") from error
        if room.f_bavail * room.f_frsize - size < self.reserve:
            raise CustodyUnavailable(f"{self.root}: less than {self.reserve >> 20} MiB are free; held mail is deferred")

    def exists(self, name: str) -> bool:
        return (self.root / name).exists()

    def mark(self) -> str:
        """What `set_mark` wrote; "" where nothing did."""
        try:
            return (self.root / MARK).read_text(encoding="ascii", errors="replace")
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise CustodyUnavailable(f"{self.root / MARK}: cannot be read: {error.strerror}") from error

    def set_mark(self, text: str) -> None:
        aside = self.root / f"{MARK}.new"
        try:
            with open(os.open(aside, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, self.root / MARK)
            sync_directory(self.root)
        except OSError as error:
            raise CustodyUnavailable(f"{self.root}: cannot be written: {error.strerror}") from error

    def _temporary(self, name: str) -> Path:
        bucket, _, leaf = name.partition("/")
        return self.root / bucket / f".{leaf}"

    def _bucket(self) -> str:
        self.counter += 1
        bucket = f"{self.counter // PER_BUCKET % BUCKETS:03x}"
        if bucket not in self.made:
            try:
                (self.root / bucket).mkdir(mode=0o700, exist_ok=True)
                sync_directory(self.root)
            except OSError as error:
                raise CustodyUnavailable(f"{self.root}: a message cannot be stored: {error.strerror}") from error
            self.made.add(bucket)
        return bucket
