"""Plain text of every kind: decoded by declaration and by look."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.extract import nesting, rejoined
from gateway.extract.base import Context, Node, Problem, Yield
from gateway.extract.charset import readings
from gateway.model.content import Text
from gateway.model.finding import IncidentCode

WRITTEN = frozenset({
    "application/json", "application/x-pem", "application/pgp-signature", "application/pgp-keys", "application/pgp-encrypted",
    "message/delivery-status", "application/mac-binhex40", "application/postscript",
})
"""Types that are text all the same: words may stand before and behind what gave them their type."""


class TextExtractor:
    name = "text"

    def claims(self, node: Node) -> bool:
        return (node.type.startswith("text/") and node.type != "text/html") or node.type in WRITTEN

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        flood = nesting.letters(node.data) if node.type == "text/plain" else ""
        if flood:
            yield Problem(IncidentCode.COUNT, flood)
        for content, charset in readings(node.data, node.charset):
            yield Text(content, "body", charset)
            for again in rejoined.readings(content) if context.outbound else ():
                yield Text(again, "body", charset)


TEXT = TextExtractor()
