"""HTML: what a reader sees, what is hidden, what scripts hold."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.extract.base import Context, Node, Yield
from gateway.extract.charset import readings
from gateway.model.content import Text

TAGS = re.compile(r"<[^<>]{0,4096}>")


class HtmlExtractor:
    name = "html"

    def claims(self, node: Node) -> bool:
        return node.type in ("text/html", "image/svg+xml")

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        for content, charset in readings(node.data):
            yield Text(TAGS.sub(" ", content), "body", charset)


HTML = HtmlExtractor()
