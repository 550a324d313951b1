"""Plain text of every kind: decoded by declaration and by look."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.extract import crowds, nesting
from gateway.extract.base import Context, Node, Problem, Yield
from gateway.extract.charset import naturalness, readings
from gateway.extract.records import bound, mainframe
from gateway.extract.text import rejoined
from gateway.extract.text.blocks import hexed
from gateway.extract.text.noise import thinned
from gateway.extract.text.strings import binary, described
from gateway.model.content import Text
from gateway.model.finding import IncidentCode

WRITTEN = frozenset({
    "application/json", "application/x-pem", "application/pgp-signature", "application/pgp-keys", "application/pgp-encrypted",
    "message/delivery-status", "application/mac-binhex40", "application/postscript",
})
"""Types that are text all the same: words may stand before and behind what gave them their type."""

BINARY = 0.3
"""How natural a text looks (see charset.naturalness) that is none: what packs strings without control characters between."""


class TextExtractor:
    name = "text"

    def claims(self, node: Node) -> bool:
        return (node.type.startswith("text/") and node.type != "text/html") or node.type in WRITTEN

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        flood = nesting.letters(node.data) if node.type == "text/plain" else ""
        if flood:
            yield Problem(IncidentCode.COUNT, flood)
        ebcdic = mainframe.text_of(node.data) if context.outbound else ""
        if ebcdic:
            yield Text(ebcdic, "body", mainframe.CODEC)
        data = thinned(node.data) if context.outbound else node.data
        for content, charset in readings(data, node.charset):
            yield Text(content, "body", charset)
            if context.outbound and (charset != "utf-8" or "\ufffd" in content):
                yield from (binary if naturalness(content) < BINARY else described)(data)
            if context.outbound and bound.logged(data):
                yield from bound.rows(content)
            for again in rejoined.readings(content) if context.outbound else ():
                yield Text(again, "body", charset)
            if context.outbound and not hexed(content) and (lines := mainframe.unbroken(content, data, charset)):
                yield _records(lines, charset)


def _records(lines: str, charset: str) -> Yield:
    """Records without line ends; so many are as much to judge as so many lines."""
    if lines.count("\n") > crowds.LINES:
        return Problem(IncidentCode.COUNT, f"more than {crowds.LINES} records without line ends")
    return Text(lines, "body", charset)


TEXT = TextExtractor()
