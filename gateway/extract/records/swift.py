"""Statements of accounts in SWIFT's MT940 and MT942: the information to the account owner (field 86) in its parts.

A part begins with ? and two digits (DFÜ agreement, Anlage 3, 8.2.5: ?31 account, ?32 and ?33 name) and goes on over lines of 65.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.extract.base import Context, Node, Yield
from gateway.extract.charset import readings
from gateway.model.content import Text

FIELD = re.compile(r"^:86:(.*(?:\r?\n(?![:\-]).*){0,12})", re.M)
PART = re.compile(r"\?[0-9]{2}")
HEAD = 4096
"""Octets in which the first fields stand."""


class SwiftExtractor:
    """Yields a Text beside the one that the text extractor yields."""

    name = "swift"

    def claims(self, node: Node) -> bool:
        return node.type.startswith("text/") and b":20:" in node.data[:HEAD] and b"\n:86:" in node.data and b"?3" in node.data

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        if not context.outbound:
            return
        for text, charset in readings(node.data, node.charset):
            said = [line for field in FIELD.finditer(text) for line in PART.split("".join(field[1].splitlines())) if line.strip()]
            if said:
                yield Text("\n".join(said), "statement", charset)


SWIFT = SwiftExtractor()
