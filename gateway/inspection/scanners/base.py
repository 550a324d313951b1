"""What a scanner is to its lane: it is asked about the octets of a descriptor, and says its version."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

CHUNK = 64 << 10                         # octets sent at a time
_NAME = re.compile(r"[^A-Za-z0-9 ._:/!()\[\]-]")


class ScannerFailed(Exception):
    """It gave no verdict: not there, too slow, cut off, or it answered what no scanner says. One line, no content."""


class TooLarge(ScannerFailed):
    """It does not take messages of this size."""


@dataclass(frozen=True, slots=True)
class Said:
    """A verdict. `names` are what it found, none where the message is clean; `version` of what it looked with."""

    names: tuple[str, ...] = ()
    version: str = ""


class Scanner(Protocol):
    async def version(self) -> str:
        """Of program and signatures together. Raises ScannerFailed."""
        ...

    async def scan(self, fd: int, size: int) -> Said:
        """The verdict about `size` octets of `fd`, read with pread. Raises ScannerFailed."""
        ...

    def close(self) -> None: ...


def harmless(name: str) -> str:
    """The name of a find as it may be shown and logged: it comes from a program that reads hostile octets."""
    return _NAME.sub("_", name.strip())[:100] or "unnamed"
