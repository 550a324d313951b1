"""Plain text of every kind: decoded by declaration and by look."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.extract.base import Context, Node, Yield
from gateway.extract.charset import readings
from gateway.model.content import Text


class TextExtractor:
    name = "text"

    def claims(self, node: Node) -> bool:
        return node.type.startswith("text/") and node.type != "text/html"

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        for content, charset in readings(node.data, node.charset):
            yield Text(content, "body", charset)


TEXT = TextExtractor()
