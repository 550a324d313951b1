"""Microsoft cabinets ([MS-CAB]): stored, MSZIP and LZX folders by libarchive, member names by our own reading of the list."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from gateway.extract.archive.libarchive_reader import members
from gateway.extract.archive.member_names import escapes, readings
from gateway.extract.archive.members import children
from gateway.extract.archive.sevenzip_tool import rescued
from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.bounded import Budget
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

UTF8_NAME = 0x80                         # _A_NAME_IS_UTF, [MS-CAB] 2.3
QUANTUM = 2


class Cab:
    name = "cab"

    def claims(self, node: Node) -> bool:
        return node.type == "application/vnd.ms-cab-compressed"

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        yield from rescued(self.read(node, context), node, context)

    def read(self, node: Node, context: Context) -> Iterator[Yield]:
        data = node.data
        listed = list(entries(data))
        folders = set(methods(data))
        if folders - {0, 1, 3}:
            yield Problem(IncidentCode.UNSUPPORTED, "Quantum" if QUANTUM in folders else "compression method")
            for names in listed:
                yield Child(b"", ArtifactKind.MEMBER, names, anomalies=("UNSUPPORTED",), observations=tuple(escapes(names)))
            return
        names = {names[0].encode("utf-8", "replace"): names for names in listed}
        found = members(data, ("cab",), Budget.of(context))
        yield from children(found, lambda raw: names.get(raw) or readings(raw), context.limits.artifacts)
        size = int.from_bytes(data[8:12], "little")
        if 36 <= size < len(data) and data[size:].strip(b"\0\r\n "):
            yield Observation("ARCHIVE-STRAY-DATA", "after the cabinet")
            yield Child(data[size:], ArtifactKind.OBJECT, label="after")


def entries(data: bytes) -> Iterator[tuple[str, ...]]:
    """Candidate names of each CFFILE."""
    if len(data) < 36:
        return
    at, count = struct.unpack_from("<L", data, 16)[0], struct.unpack_from("<H", data, 28)[0]
    for _ in range(count):
        if at + 16 > len(data):
            return
        attributes = struct.unpack_from("<H", data, at + 14)[0]
        end = data.find(b"\0", at + 16, at + 16 + 1024)
        if end < 0:
            return
        yield readings(data[at + 16:end], bool(attributes & UTF8_NAME))
        at = end + 1


def methods(data: bytes) -> Iterator[int]:
    """Compression method of each CFFOLDER: 0 stored, 1 MSZIP, 2 Quantum, 3 LZX."""
    if len(data) < 36:
        return
    folders, flags = struct.unpack_from("<H", data, 26)[0], struct.unpack_from("<H", data, 30)[0]
    at, reserve = 36, 0
    if flags & 4 and len(data) >= 40:
        header, reserve = struct.unpack_from("<HB", data, 36)
        at = 40 + header
    for bit in (1, 2):
        if flags & bit:
            for _ in range(2):
                at = data.find(b"\0", at) + 1 or len(data)
    for _ in range(folders):
        if at + 8 > len(data):
            return
        yield struct.unpack_from("<H", data, at + 6)[0] & 15
        at += 8 + reserve


CAB = Cab()
