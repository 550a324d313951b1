"""Windows Installer packages, patches and transforms: compound files whose stream names are packed ([MS-MSI] has no public
text; the packing is that of libmsi)."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.extract.base import Child, Context, Node, Yield
from gateway.extract.office.binary.compound import MAGIC, Compound, Damaged
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation

CLASSES = {"000c1084-0000-0000-c000-000000000046": "package", "000c1086-0000-0000-c000-000000000046": "patch",
           "000c1082-0000-0000-c000-000000000046": "transform"}
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._"
STREAMS = 2000


class Msi:
    name = "msi"

    def claims(self, node: Node) -> bool:
        return node.data[:8] == MAGIC and (node.type == "application/x-msi" or b"\x40\x48" in node.data[512:])

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        try:
            compound = Compound(node.data, context.allowance(len(node.data)))
        except Damaged:
            return                       # the OLE reader has told it
        names = [p[-1] for p in compound.paths]
        kind = CLASSES.get(compound.root_id, "")
        packed = [n for n in names if n[:1] == "\u4840"]
        if not kind and len(packed) < 2:
            return
        yield Observation("MSI-PACKAGE", kind or "tables")
        for path in compound.paths[:STREAMS]:
            name = unpack(path[-1])
            if path[-1][:1] == "\u4840" or path[-1].startswith("\x05"):
                continue                 # tables and properties
            yield Child(compound.read(path), ArtifactKind.MEMBER, (name,))
        yield from compound.problems


def unpack(name: str) -> str:
    """A packed stream name: two characters of 64 in one code point of U+3800 to U+47FF, one in U+4800 to U+483F."""
    out: list[str] = []
    for character in name:
        code = ord(character)
        if 0x3800 <= code < 0x4800:
            code -= 0x3800
            out += [ALPHABET[code & 63], ALPHABET[code >> 6 & 63]]
        elif 0x4800 <= code < 0x4840:
            out.append(ALPHABET[code - 0x4800])
        elif code != 0x4840:
            out.append(character)
    return "".join(out)


MSI = Msi()
