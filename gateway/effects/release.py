"""A release of ours that passes a listener again is known by its mark (`quarantine.marks`) and not judged twice.

What only looks like a mark is nothing: the field is taken out with all others that bear our names, and the mail is judged.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from typing import Protocol

STEP = 1 << 20                           # octets hashed at a time
_FIELD = re.compile(rb"(?i)(?:\A|(?<=\r\n))x-sekisho-release[ \t]*:")
_FIELD_END = re.compile(rb"\r\n(?![ \t])")
_FORM = re.compile(r"v=1; id=[0-9a-z]{24}; n=[0-9]{1,6}; exp=[0-9]{1,12}; k=[0-9a-f]{16}; h=[0-9a-f]{64}")


class Marks(Protocol):
    """The keeper's side."""

    async def use_mark(self, line: str, recipients: list[str], sha256: str) -> bool:
        """True once for each recipient: genuine, unchanged below the line. Raises CustodyUnavailable."""
        ...

    async def free_mark(self, line: str, recipients: list[str]) -> None:
        """The mail it let pass was not taken: the mark counts once more."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """A field that may be a mark of ours."""

    value: str
    below: int                           # offset of the first octet under it


def find(block: bytes) -> Line | None:
    """The topmost field of that name in a header block, where it has the form of a mark."""
    match = _FIELD.search(block)
    if match is None:
        return None
    end = _FIELD_END.search(block, match.end())
    stop = end.end() if end is not None else len(block)
    value = " ".join(block[match.end():stop].decode("ascii", "replace").split())
    return Line(value, stop) if _FORM.fullmatch(value) else None


def digest_below(fd: int, offset: int, size: int) -> str:
    """SHA-256 of the octets from `offset` on. Takes its time for a large message: call it in a thread."""
    digest = hashlib.sha256()
    while offset < size:
        piece = os.pread(fd, min(STEP, size - offset), offset)
        if not piece:
            break
        digest.update(piece)
        offset += len(piece)
    return digest.hexdigest()
