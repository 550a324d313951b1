"""Values of attributes with numbers in them: `data-id`, links with parameters. A page carries them, no reader shows them.

Outbound mail only. One pass over the markup beside the HTML reader's own.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

from gateway.extract.base import Context, Node, Yield
from gateway.extract.charset import readings
from gateway.model.content import Text

VALUE = re.compile(r"[\s\"'/](?!style|class|width|height|alt|title|value|content|placeholder|summary|label)"
                   r"([a-zA-Z][\w:.-]{0,40})\s?=\s?(?:\"([^\"<>]{8,8000})\"|'([^'<>]{8,8000})')")
REMARK = re.compile(r"/\*([^*]{8,8000})\*/")
"""Remarks of style sheets and scripts."""
DIGITS = 6
"""Digits of a value below which it holds no number of a person."""


class AttributesExtractor:
    name = "attributes"

    def claims(self, node: Node) -> bool:
        return node.type in ("text/html", "image/svg+xml")

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        if not context.outbound:
            return
        source, charset = readings(node.data, node.charset)[0]
        lines = list(dict.fromkeys(_values(source)))
        if lines:
            yield Text("\n".join(lines), "attributes", charset, hidden=True)


def _values(source: str) -> Iterator[str]:
    for match in (*VALUE.finditer(source), *REMARK.finditer(source)):
        value = match[match.lastindex or 1]
        if sum(map(str.isdigit, value)) < DIGITS or value.startswith(("data:", "cid:")):
            continue
        value = html.unescape(value)
        value = unquote(value) if "%" in value else value
        yield f"{match[1][5:]}: {value}" if match[1].lower().startswith("data-") else value


ATTRIBUTES = AttributesExtractor()
