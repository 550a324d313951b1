"""CD images of raw sectors (ECMA-130, annex A: 2,352 octets each with sync, header and error codes; .bin, .img, .mdf), with the
octets of subchannels behind each, or without sync and header (mode 2: subheader, user data, error codes)."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.extract.base import Child, Context, Node, Yield
from gateway.model.artifact import ArtifactKind

KIND = "application/x-raw-cd"
SYNC = b"\0" + b"\xff" * 10 + b"\0"
USER = 2048
SECTORS = (2352, 2368, 2448)
"""Octets from one sync to the next: alone, with 16 or 96 octets of subchannels."""
BARE, BARE_START = 2336, 8
"""Sectors without sync and header: octets, and where their user data begin."""
FIRST = {1: 16, 2: 24}
"""Mode in the sector's header -> where its user data begin (mode 2: behind the subheader)."""


class RawDisc:
    name = "rawdisc"

    def claims(self, node: Node) -> bool:
        return node.type == KIND

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        """The volume without what surrounds each sector; never larger than the image."""
        if node.data.startswith(SYNC):
            start = FIRST.get(node.data[15] & 3 if len(node.data) > 15 else 0, 16)
            sector = next((size for size in SECTORS if node.data.startswith(SYNC, size)), SECTORS[0])
        else:
            start, sector = BARE_START, BARE
        made = b"".join(node.data[at + start:at + start + USER] for at in range(0, len(node.data), sector))
        yield Child(made, ArtifactKind.OBJECT, label="volume")


RAW_DISC = RawDisc()
