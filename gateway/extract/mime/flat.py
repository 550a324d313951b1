"""The flat reading: no trust in boundaries. Wherever lines look like the header of a part, what follows is taken as one.

Also the repaired reading's repair. Both are only used where `View.irregular` says that readers can differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.extract.mime.views import Leaf, describe

START = re.compile(rb"\n[ \t]*content-(?:type|transfer-encoding|disposition)[ \t]*:", re.I)
FIRST = re.compile(START.pattern.removeprefix(rb"\n"), re.I)
NEXT_PART = re.compile(rb"\n--[^\r\n]{0,200}\r?\n(?=[!-9;-~]{1,60}[ \t]*:|\r?\n)|\n--[^\r\n]{1,200}--[ \t]*\r?(?:\n|$)")
MAX_LEAVES = 200


class Flood(Exception):
    """More that could be parts than any mail has; raised behind the last one that is read."""


def flat(blob: bytes) -> Iterator[Leaf]:
    """A leaf after each run of Content- lines, up to the next line that could be a delimiter."""
    at = 0
    room = 4 * len(blob) + (1 << 20)                   # octets of all leaves: what is not delimited overlaps
    for number in range(1, MAX_LEAVES + 2):
        found = FIRST.match(blob) if at == 0 else None
        found = found or START.search(blob, max(0, at - 1))
        if found is None:
            return
        if number > MAX_LEAVES or room < 0:
            raise Flood
        begin = found.start() + (blob[found.start():found.start() + 1] == b"\n")
        head_end, body = _block(blob, begin)
        stop = NEXT_PART.search(blob, max(0, body - 1))
        end = stop.start() if stop else len(blob)
        head = blob[begin:head_end]
        indented = head[:1] in (b" ", b"\t")          # a quoted or shifted header: its lines are no continuations
        entity = describe(re.sub(rb"(?:^|(?<=\n))[ \t]+", b"", head) if indented else head, "text/plain")
        room -= max(end, body) - body
        if not entity.medias[0].startswith("multipart/"):
            yield Leaf(blob, body, max(end, body), entity.medias[0], entity.charset, tuple(entity.encodings),
                       tuple(entity.names), f"~{number}")
        at = max(body, found.end())


def _block(blob: bytes, start: int) -> tuple[int, int]:
    """End of the header block that begins here and start of its body: an empty line, or the first line that is no field."""
    at = start
    while at < len(blob):
        line_end = blob.find(b"\n", at)
        after = len(blob) if line_end < 0 else line_end + 1
        line = blob[at:after]
        if not line.strip():
            return at, after
        if at > start and line[:1] not in (b" ", b"\t") and not re.match(rb"[!-9;-~]{1,76}[ \t]*:", line):
            return at, at
        at = after
    return at, at


def repaired(blob: bytes) -> bytes:
    """Line ends, NUL, byte order mark, mailbox line and blank folds mended as tolerant readers mend them."""
    data = blob[3:] if blob.startswith(b"\xef\xbb\xbf") else blob
    data = data.replace(b"\0", b"")
    if re.search(rb"\r(?!\n)", data):
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    if data.startswith((b"From ", b">From ")):
        data = data.partition(b"\n")[2]
    return re.sub(rb"\n[ \t]+\r?\n(?=[ \t]|content-)", b"\n", data, flags=re.I)
