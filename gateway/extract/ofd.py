"""Chinese fixed-layout documents (GB/T 33190, .ofd): where their actions lead. Pages and attachments are members of a ZIP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from gateway.extract.base import Context, Node, Yield
from gateway.extract.charset import readings
from gateway.extract.office.targets import Place, judge, place
from gateway.model.content import Observation

NAMESPACE = b"ofdspec.org"
ACTION = re.compile(r"<(?:\w{1,20}:)?Action\s[^<>]{0,200}?Event\s{0,4}=\s{0,4}[\"'](\w{1,10})")
ADDRESS = re.compile(r"<(?:\w{1,20}:)?URI\s[^<>]{0,400}?(?<!\w)(?:URI|Base)\s{0,4}=\s{0,4}"
                     r"(?:\"([^\"<>]{1,2000})\"|'([^'<>]{1,2000})')")
OPENED = frozenset({"DO", "PO"})
"""Events without a click: the document opens, a page opens (GB/T 33190-2016, 14.1)."""
MOST = 1000


class Ofd:
    name = "ofd"

    def claims(self, node: Node) -> bool:
        return node.type == "text/xml" and NAMESPACE in node.data[:4096]

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        """Links as those of office documents; what opens by itself leads nowhere but within the document by custom."""
        text, _ = readings(node.data, node.charset)[0]
        for count, found in enumerate(ADDRESS.finditer(text)):
            if count >= MOST:
                return
            target = unescape(found[1] or found[2])
            events = ACTION.findall(text[max(0, found.start() - 400):found.start()])
            seen = judge("hyperlink", target)
            if events and events[-1] in OPENED and place(target) in (Place.WEB, Place.SHARE):
                yield Observation("PDF-LINK-AUTO", target)
            elif seen is not None and (seen.code != "DOC-LINK" or place(target) is Place.SHARE):
                yield seen


OFD = Ofd()
