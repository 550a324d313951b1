"""Web archives of Safari (.webarchive): a property list with a page and what it shows. One in XML is text, and is read as such.

The data objects of the list are its files; plistlib would build all that overlapping objects ask for before anybody can count.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.model.artifact import ArtifactKind
from gateway.model.finding import IncidentCode

MARK = b"WebMainResource"
MOST = 2000
"""Files of one archive. Objects beyond a hundred times as many are not looked for."""
SMALLEST = 8
TRAILER = struct.Struct(">6xBBQQQ")      # octets of an offset, of a reference; objects, the first of them, where the offsets begin
DATA = 0x4


class WebArchive:
    name = "webarchive"

    def claims(self, node: Node) -> bool:
        return node.data.startswith(b"bplist0") and MARK in node.data

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        """Every data object: pages, scripts, pictures, pages in frames."""
        room, found = 2 * len(node.data), 0
        try:
            for start, stop in files(node.data):
                found, room = found + 1, room - (stop - start)
                if found > MOST or room < 0:
                    yield Problem(IncidentCode.COUNT, "too many files of a web archive, or over one another")
                    return
                if stop - start >= SMALLEST:
                    yield Child(node.data[start:stop], ArtifactKind.MEMBER, label=f"resource {found}")
        except (ValueError, IndexError, struct.error):
            yield Problem(IncidentCode.MALFORMED, "web archive")
            return
        if not found:
            yield Problem(IncidentCode.MALFORMED, "web archive without data")


def files(data: bytes) -> Iterator[tuple[int, int]]:
    """Spans of the data objects (CFBinaryPList.c). Raises ValueError, IndexError, struct.error where they cannot be followed."""
    size, _, count, _, table = TRAILER.unpack(data[-TRAILER.size:])
    if not 0 < size <= 8 or count > 100 * MOST or table + count * size > len(data):
        raise ValueError("offsets")
    for index in range(count):
        at = int.from_bytes(data[table + index * size:table + (index + 1) * size], "big")
        kind, length = data[at] >> 4, data[at] & 15
        if kind != DATA:
            continue
        at += 1
        if length == 15:                 # an integer object with the length follows
            octets = 1 << (data[at] & 15)
            length = int.from_bytes(data[at + 1:at + 1 + octets], "big")
            at += 1 + octets
        if at + length > table:
            raise ValueError("data end behind the objects")
        yield at, at + length


WEB_ARCHIVE = WebArchive()
