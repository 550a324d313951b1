"""Microsoft cabinets ([MS-CAB]): stored, MSZIP and LZX folders by libarchive, member names by our own reading of the list."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

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
BLOCK = 8                                # octets that a data block has at the least
UNPACKED = 1 << 15                       # octets that one unpacks to at the most ([MS-CAB] 2.4)


class Cab:
    name = "cab"

    def claims(self, node: Node) -> bool:
        return node.type == "application/vnd.ms-cab-compressed"

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        yield from rescued(self.read(node, context), node, context)

    def read(self, node: Node, context: Context) -> Iterator[Yield]:
        data = node.data
        listed = list(entries(data))
        found, spare = folders(data)
        methods = {folder.method for folder in found}
        if methods - {0, 1, 3}:
            yield Problem(IncidentCode.UNSUPPORTED, "Quantum" if QUANTUM in methods else "compression method")
            for names in listed:
                yield Child(b"", ArtifactKind.MEMBER, names, anomalies=("UNSUPPORTED",), observations=tuple(escapes(names)))
            return
        names = {names[0].encode("utf-8", "replace"): names for names in listed}
        whole, left, missing = bytearray(data), len(data) // BLOCK, False
        for folder in found:
            there = _there(data, folder, spare, left)
            left -= there                                 # folders have no block in common: the walk over them stays linear
            if there < folder.blocks:                     # libarchive 3.6 reads on behind the end or over empty ones, and dies
                struct.pack_into("<H", whole, folder.at + 4, there)
                missing = True
        if missing:
            yield Problem(IncidentCode.MALFORMED, "data blocks behind the end of the file, or of no possible size")
        opened = members(bytes(whole), ("cab",), Budget.of(context))
        yield from children(opened, lambda raw: names.get(raw) or readings(raw), context.limits.artifacts)
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


@dataclass(frozen=True, slots=True)
class Folder:
    """A CFFOLDER: where it stands, where its data blocks begin, how many it announces, its compression method."""

    at: int
    begin: int
    blocks: int
    method: int                          # 0 stored, 1 MSZIP, 2 Quantum, 3 LZX


def folders(data: bytes) -> tuple[list[Folder], int]:
    """Each CFFOLDER, and the octets that each data block has in reserve ([MS-CAB] 2.1, 2.2)."""
    if len(data) < 36:
        return [], 0
    count, flags = struct.unpack_from("<H", data, 26)[0], struct.unpack_from("<H", data, 30)[0]
    at, reserve, spare = 36, 0, 0
    if flags & 4 and len(data) >= 40:
        header, reserve, spare = struct.unpack_from("<HBB", data, 36)
        at = 40 + header
    for bit in (1, 2):
        if flags & bit:
            for _ in range(2):
                at = data.find(b"\0", at) + 1 or len(data)
    found = []
    for place in range(at, at + count * (8 + reserve), 8 + reserve):
        if place + 8 > len(data):
            break
        begin, blocks, method = struct.unpack_from("<LHH", data, place)
        found.append(Folder(place, begin, blocks, method & 15))
    return found, spare


def _there(data: bytes, folder: Folder, spare: int, most: int) -> int:
    """How many of a folder's data blocks (CFDATA, 2.4) the file has in full, and as they may be; `most` at the most."""
    at, blocks = folder.begin, min(folder.blocks, most)
    for number in range(blocks):
        packed, made = struct.unpack_from("<HH", data, at + 4) if at + BLOCK <= len(data) else (len(data) + 1, 0)
        at += BLOCK + spare + packed
        if at > len(data) or not packed or made > (UNPACKED if folder.method else packed):
            return number
        if not made:                                      # goes on in another cabinet, and is the last one here
            return number + 1
    return blocks


CAB = Cab()
