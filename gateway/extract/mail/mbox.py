"""Mailboxes in one file (RFC 4155; MMDF, mmdf(5)): every message behind the first, which is read like a mail by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.extract.base import Child, Context, Node, Yield
from gateway.model.artifact import ArtifactKind

BETWEEN = re.compile(rb"\r?\n(?:\r?\n)?From [^\r\n]{3,200}[0-9]{4}[^\r\n]{0,12}\r?\n(?=[A-Za-z][A-Za-z-]{0,60}:)")
"""Line from which a message begins; a header field follows."""
MMDF = b"\1\1\1\1"
MARKS = re.compile(rb"(?:\x01{4}\r?\n){1,8}(?=[A-Za-z])")
"""Lines of four octets before and behind each message of MMDF."""


class MboxExtractor:
    name = "mbox"

    def claims(self, node: Node) -> bool:
        return node.type == "message/rfc822" and (node.data.startswith(MMDF) or (
            node.data.startswith(b"From ") and b"\nFrom " in node.data))

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        between = MARKS if node.data.startswith(MMDF) else BETWEEN
        ends = [match.span() for match in between.finditer(node.data)]
        for number, (_, begin) in enumerate(ends):
            end = ends[number + 1][0] if number + 1 < len(ends) else len(node.data)
            yield Child(node.data[begin:end], ArtifactKind.PART, declared_type="message/rfc822", detected_type="message/rfc822",
                        label=f"message {number + 2}")


MBOX = MboxExtractor()
