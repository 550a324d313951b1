"""Files in the wrappings of classic macOS: MacBinary I to III, AppleSingle (RFC 1740). Mail programs there take them off."""

from __future__ import annotations

import binascii
import struct
from collections.abc import Iterator

from gateway.extract.archive.member_names import readings
from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

SINGLE, DOUBLE = b"\0\5\x16\0", b"\0\5\x16\7"
VERSIONS = (b"\0\1\0\0", b"\0\2\0\0")
DATA_FORK, REAL_NAME = 1, 3
MOST = 100                               # entries of one file; programs write five
HEADER = 128                             # octets of a MacBinary header, and of each block behind it
PROTECTED = slice(0, 124)                # what its checksum covers
MOST_NAME = 63


class MacFileExtractor:
    name = "macfile"

    def claims(self, node: Node) -> bool:
        return node.type == "application/octet-stream" and (apple(node.data) or macbinary(node.data))

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        if not apple(node.data):
            name, size = node.data[2:2 + node.data[1]], int.from_bytes(node.data[83:87], "big")
            yield from _file(name, node.data[HEADER:HEADER + size])
            return
        count = int.from_bytes(node.data[24:26], "big")
        if count > MOST:
            yield Problem(IncidentCode.COUNT, f"more than {MOST} entries")
        entries: dict[int, bytes] = {}
        for at in range(26, min(26 + 12 * min(count, MOST), len(node.data) - 11), 12):
            kind, start, size = struct.unpack_from(">III", node.data, at)
            entries.setdefault(kind, node.data[start:start + size])
        yield from _file(entries.get(REAL_NAME, b""), entries.get(DATA_FORK, b""))


def apple(data: bytes) -> bool:
    return data[:4] in (SINGLE, DOUBLE) and data[4:8] in VERSIONS


def macbinary(data: bytes) -> bool:
    """Zeros where they must be, a name, a data fork that fits, and the checksum, or nothing where version I has nothing."""
    if len(data) < HEADER or data[0] or not 0 < data[1] <= MOST_NAME or data[74] or data[82]:
        return False
    if not 0 < int.from_bytes(data[83:87], "big") <= len(data) - HEADER or min(data[2:2 + data[1]]) < 32:
        return False
    checked = binascii.crc_hqx(data[PROTECTED], 0) == int.from_bytes(data[124:126], "big")
    return (checked and any(data[PROTECTED])) or not any(data[99:HEADER])


def _file(name: bytes, data: bytes) -> Iterator[Yield]:
    if data:
        yield Observation("INLINED-FILE", "macOS file")
        yield Child(data, ArtifactKind.OBJECT, readings(name) if name else (), label="data fork")


MAC_FILE = MacFileExtractor()
