"""Where the octets of one message wait: a memfd up to 1 MiB, then an unnamed file in the state directory.

It has no name, so a crash leaves nothing behind, and nobody can open it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from pathlib import Path

from gateway.model.errors import GatewayFault

MEMORY = 1 << 20                         # octets kept in memory; most mail is smaller
_COPY = 1 << 18


class SpoolFull(GatewayFault):
    """The disk, a file limit or the table of descriptors is full."""


class Spool:
    """Append only. Made at the first octet, closed when the transaction is over."""

    __slots__ = ("_closed", "_directory", "_hash", "eight_bit", "fd", "on_disk", "size")

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._hash = hashlib.sha256()
        self._closed = False
        self.size = 0
        self.on_disk = False
        self.eight_bit = False           # an octet above 127 was seen
        try:
            self.fd = os.memfd_create("message", os.MFD_CLOEXEC)
        except OSError as error:
            raise SpoolFull(f"spool: {error.strerror}") from error

    def write(self, data: bytes) -> None:
        """Raises SpoolFull."""
        if not data:
            return
        if not self.eight_bit and not data.isascii():
            self.eight_bit = True
        self._hash.update(data)
        try:
            if not self.on_disk and self.size + len(data) > MEMORY:
                self._to_disk()
            view = memoryview(data)
            while view:
                view = view[os.write(self.fd, view):]
        except OSError as error:
            raise SpoolFull(f"spool: {error.strerror}") from error
        self.size += len(data)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            os.close(self.fd)

    def _to_disk(self) -> None:
        file = _unnamed(self._directory)
        try:
            at = 0
            while at < self.size:
                at += os.write(file, os.pread(self.fd, _COPY, at))
        except OSError:
            os.close(file)
            raise
        os.close(self.fd)
        self.fd, self.on_disk = file, True


def _unnamed(directory: Path) -> int:
    """O_TMPFILE where the file system has it (overlayfs before Linux 6.1 and NFS have not), else a name for an instant."""
    try:
        return os.open(directory, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EISDIR):
            raise
    file, name = tempfile.mkstemp(dir=directory)
    os.unlink(name)
    return file
