"""Hangul documents of before 2000 (Hangul Document File Formats 3.0): objects in them are compound files in a deflated body.

Behind the signature stand 128 octets of settings, 1008 of a summary, a block of other things, and the body to the end.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.office.binary.compound import inside
from gateway.model.artifact import ArtifactKind
from gateway.model.finding import IncidentCode

SIGNATURE = b"HWP Document File V3"
SETTINGS, BODY = 30, 30 + 128 + 1008     # where the settings and, without the block, the body begin
LOCKED, PACKED, BLOCK = SETTINGS + 96, SETTINGS + 124, SETTINGS + 126
"""Where the settings say whether there is a password, whether the body is deflated, and how long the block is (table 1)."""


class Hwp3:
    name = "hwp3"

    def claims(self, node: Node) -> bool:
        return node.data.startswith(SIGNATURE)

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        data = node.data
        if any(data[LOCKED:LOCKED + 2]):
            yield Problem(IncidentCode.ENCRYPTED, "Hangul document")
            return
        body = data[BODY + int.from_bytes(data[BLOCK:BLOCK + 2], "little"):]
        room = context.allowance(len(data))
        try:
            body = zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, room + 1)
        except zlib.error:
            if data[PACKED:PACKED + 1] != b"\0":
                yield Problem(IncidentCode.MALFORMED, "Hangul document")
        if len(body) > room:
            yield Problem(IncidentCode.RATIO, "Hangul document")
            return
        for found in inside(body):
            yield Child(found, ArtifactKind.OBJECT, ("embedded object",)) if isinstance(found, bytes) else found


HWP3 = Hwp3()
