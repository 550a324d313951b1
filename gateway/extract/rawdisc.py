"""CD images of raw sectors (ECMA-130, annex A: 2,352 octets each with sync, header and error codes; .bin, .img, .mdf)."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.extract.base import Child, Context, Node, Yield
from gateway.model.artifact import ArtifactKind

KIND = "application/x-raw-cd"
SYNC = b"\0" + b"\xff" * 10 + b"\0"
SECTOR, USER = 2352, 2048
FIRST = {1: 16, 2: 24}
"""Mode in the sector's header -> where its user data begin (mode 2: behind the subheader)."""


class RawDisc:
    name = "rawdisc"

    def claims(self, node: Node) -> bool:
        return node.type == KIND

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        """The volume without what surrounds each sector; never larger than the image."""
        start = FIRST.get(node.data[15] & 3 if len(node.data) > 15 else 0, 16)
        made = b"".join(node.data[at + start:at + start + USER] for at in range(0, len(node.data), SECTOR))
        yield Child(made, ArtifactKind.OBJECT, label="volume")


RAW_DISC = RawDisc()
