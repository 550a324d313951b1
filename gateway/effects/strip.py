"""A held message without some of its parts: each is replaced by a text that says what was there; all else octet for octet.

Where the parts stand is the cell's word (`gateway.extract.mime.outline`), checked here before anything is cut. A message that
is signed or encrypted, that readers could read in several ways or that has no such part, is not altered: `Unstrippable`.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from gateway.model.custody import Admission
from gateway.model.errors import SekishoError
from gateway.notices.placeholder import Note

STEP = 1 << 20                           # octets copied at a time
SEALED = "the mail is signed or encrypted: it is never altered"
AMBIGUOUS = "the mail is built so that nothing can be taken out of it safely"
NO_PART = "the part that was to be left out stands alone or was not found"


class Unstrippable(SekishoError):
    """The message cannot be sent without these parts; it stays held."""


@dataclass(frozen=True, slots=True)
class Stripped:
    """The changed octets in an unnamed memory file; the receiver closes it."""

    fd: int
    size: int
    sha256: str


class Borders(Protocol):
    """The cell: its preview has a section "spans"."""

    async def preview(self, fd: int, size: int, admission: Admission) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Stripper:
    """Implements the port `Strip` of the outbox."""

    cell: Borders
    write: Callable[[Admission, str], Note]      # gateway.notices.placeholder, for one part by its label

    async def strip(self, fd: int, size: int, admission: Admission, without: Sequence[str]) -> Stripped:
        """Raises Unstrippable, GatewayFault."""
        rows = (await self.cell.preview(fd, size, admission)).get("spans", [])
        spans = chosen(rows, without, size)
        pieces = [(start, end, entity(self.write(admission, label))) for label, (start, end) in spans.items()]
        return splice(fd, size, pieces)


def chosen(rows: Sequence[Sequence[str]], without: Sequence[str], size: int) -> dict[str, tuple[int, int]]:
    """Label -> octets to be replaced, in their order. Raises Unstrippable; believes nothing of what the cell said unseen."""
    if any(row[0] == "sealed" for row in rows):
        raise Unstrippable(SEALED)
    if not rows:
        raise Unstrippable(AMBIGUOUS)
    known: dict[str, tuple[int, int]] = {}
    for label, start, end in rows:
        if not all(one.isascii() and one.isdecimal() and len(one) < 16 for one in (start, end)):
            raise Unstrippable(AMBIGUOUS)
        known[label] = (int(start), int(end))
    if not without or not set(without) <= set(known):
        raise Unstrippable(NO_PART)
    wanted = dict(sorted(((label, known[label]) for label in set(without)), key=lambda item: item[1]))
    at = 0
    for start, end in wanted.values():
        if not at <= start <= end <= size:
            raise Unstrippable(AMBIGUOUS)
        at = end
    return wanted


def entity(note: Note) -> bytes:
    """The part as it stands in the message: a text file, UTF-8 with a byte order mark and CRLF, so that every editor shows it."""
    lines = "\r\n".join(note.text.splitlines()) + "\r\n"
    body = base64.b64encode(b"\xef\xbb\xbf" + lines.encode())
    folded = b"\r\n".join(body[n:n + 76] for n in range(0, len(body), 76))
    encoded = quote(note.name, safe="")
    head = (f'Content-Type: text/plain; charset=utf-8;\r\n\tname="{note.ascii}"\r\n'
            "Content-Transfer-Encoding: base64\r\n"
            f"Content-Disposition: attachment;\r\n\tfilename*=UTF-8''{encoded}\r\n\r\n")
    return head.encode("ascii") + folded


def splice(fd: int, size: int, pieces: Sequence[tuple[int, int, bytes]]) -> Stripped:
    """The octets of `fd` with each (start, end) replaced; into memory, never onto a disk."""
    out, digest, written = os.memfd_create("stripped", os.MFD_CLOEXEC), hashlib.sha256(), 0
    try:
        with open(out, "wb", closefd=False) as file:
            at = 0
            for start, end, new in (*pieces, (size, size, b"")):
                for offset in range(at, start, STEP):
                    piece = os.pread(fd, min(STEP, start - offset), offset)
                    digest.update(piece)
                    written += file.write(piece)
                digest.update(new)
                written += file.write(new)
                at = end
    except OSError:
        os.close(out)
        raise
    os.lseek(out, 0, os.SEEK_SET)
    return Stripped(out, written, digest.hexdigest())
