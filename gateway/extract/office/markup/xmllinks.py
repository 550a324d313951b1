"""Where documents lead whose parts are XML and have no other reader: OFD (GB/T 33190, China), HWPX and HWPML (Hancom, Korea),
UOF (GB/T 20916, China), XPS, XFDF, and the XML of Microsoft Project.

Pages, attachments and scripts are members of their ZIP and are looked at there.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.bounded import counted
from gateway.extract.charset import readings
from gateway.extract.office.code import scripted
from gateway.extract.office.hangul import hwpscript
from gateway.extract.office.markup.fetched import elsewhere
from gateway.extract.office.targets import Place, judge, place, unescaped
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

VALUE = r"\s{0,4}=\s{0,4}(?:\"([^\"<>]{1,2000})\"|'([^'<>]{1,2000})')"
FORMATS = (
    # what stands at the beginning of such a part, and an address in it
    (b"ofdspec.org", re.compile(r"<(?:\w{1,20}:)?URI\s[^<>]{0,400}?(?<!\w)(?:URI|Base)" + VALUE)),
    (b"hancom.co.kr/hwpml",
     re.compile(r"<(?:\w{1,20}:)?stringParam\s[^<>]{0,200}?[\"'](?:Command|Path)[\"'][^<>]{0,200}>([^<>]{1,2000})<()")),
    (b"<HWPML", re.compile(r"<FIELDBEGIN\s[^<>]{0,400}?(?<!\w)Command" + VALUE)),
    (b"schemas.microsoft.com/xps", re.compile(r"FixedPage\.NavigateUri" + VALUE)),
    (b"ns.adobe.com/xfdf", re.compile(r"<(?:URI|File)\s[^<>]{0,200}?(?<!\w)(?:Name|OriginalName)" + VALUE)),
    (b"schemas.openxps.org/oxps", re.compile(r"FixedPage\.NavigateUri" + VALUE)),
    (b"developer.apple.com/namespaces/", re.compile(r"<sf:link\s[^<>]{0,400}?(?<!\w)href" + VALUE)),
    (b"schemas.uof.org", re.compile(r"(?<!\w)(?:目标|target)" + VALUE)),
    (b"schemas.microsoft.com/project", re.compile(r"<HyperlinkAddress>([^<>]{1,2000})<()")),
    (b"<?xml-stylesheet", re.compile(r"<\?xml-stylesheet\s[^<>]{0,400}?(?<!\w)href" + VALUE)),
)
LINKED = re.compile(r"<(?:\w{1,20}:)?linkinfo\s[^<>]{0,400}?(?<!\w)path" + VALUE)
"""The document that an HWPX is read with (KS X 6101, docOption)."""
SCRIPT = re.compile(r"<SCRIPT(?:HEADER|SOURCE)(?:\s[^<>]{0,400})?>")
SCRIPT_ENDS = "</SCRIPT"
SECTION = re.compile(r"<!\[CDATA\[|\]\]>")
"""What HWPML keeps of the script of a document, which runs when it opens."""
PACKED = re.compile(r"<BINDATA\s[^<>]{0,400}?Compress\s{0,4}=\s{0,4}[\"']true[\"'][^<>]{0,200}>([0-9A-Za-z+/=\s]{8,})<", re.I)
ACTION = re.compile(r"<(?:\w{1,20}:)?Action\s[^<>]{0,200}?Event\s{0,4}=\s{0,4}[\"'](\w{1,10})")
BY_ITSELF = frozenset({"DO", "PO"})
"""Events of OFD without a click: the document opens, a page opens (GB/T 33190-2016, 14.1)."""
ATTACHED = re.compile(r"<data\s([^<>]{0,400})>([0-9A-Fa-f\s]{8,})<", re.I)
NAMED = re.compile(r"<fileattachment\s[^<>]{0,2000}?(?<!\w)file" + VALUE, re.I)
"""A file in a note of XFDF (ISO 19444-1, 6.5.18): in hexadecimal digits, deflated where its mode says so."""
BEFORE = 4_000                           # characters in front of it in which its name stands
HEAD = 4096
MOST = 100_000                           # links of one document


class XmlLinks:
    name = "xmllinks"

    def claims(self, node: Node) -> bool:
        if node.type not in ("text/xml", "text/plain", "text/html"):
            return False
        head = node.data[:HEAD].replace(b"\0", b"")
        return any(mark in head for mark, _ in FORMATS)

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        """Links as those of office documents; what opens by itself leads nowhere but within the document by custom."""
        text, _ = readings(node.data, node.charset)[0]
        head = node.data[:HEAD].replace(b"\0", b"")
        seen = list(_links(text, head))
        yield from seen
        if b"<?xml-stylesheet" not in head:
            yield from elsewhere(text.encode("utf-8", "replace"), seen)
        room = context.allowance(len(node.data))
        for found in counted(PACKED.finditer(text), MOST, "packed files") if b"<HWPML" in head else ():
            made = _unpacked(found[1], room)
            room -= len(made.data) if isinstance(made, Child) else 0
            yield made
        for attached in counted(ATTACHED.finditer(text), MOST, "attached files") if b"ns.adobe.com/xfdf" in head else ():
            made = _attached(attached[1], attached[2], room)
            room -= len(made.data) if isinstance(made, Child) else 0
            names = NAMED.findall(text[max(0, attached.start() - BEFORE):attached.start()])
            yield replace(made, names=(unescape("".join(names[-1])),)) if names and isinstance(made, Child) else made
        yield from _scripts(text)


def _attached(told: str, digits: str, room: int) -> Child | Problem:
    try:
        made = bytes.fromhex("".join(digits.split()))
        if "flatedecode" in told.lower() or "filtered" in told.lower():
            made = zlib.decompressobj().decompress(made, room + 1)
    except (ValueError, zlib.error):
        return Problem(IncidentCode.MALFORMED, "attached data")
    if len(made) > room:
        return Problem(IncidentCode.RATIO, "attached data")
    return Child(made, ArtifactKind.OBJECT, label="attachment")


def _scripts(text: str) -> Iterator[Child]:
    """What is no skeleton, up to the end of each element or, where it has none, of the text."""
    source = SCRIPT.search(text)
    while source is not None:
        end = text.find(SCRIPT_ENDS, source.end())
        code = unescape(SECTION.sub("", text[source.end():end if end >= 0 else len(text)])).encode("utf-8", "replace")
        if hwpscript.code(code):
            yield scripted.script("defaultjscript", code)
        source = SCRIPT.search(text, end) if end >= 0 else None


def _links(text: str, head: bytes) -> Iterator[Observation]:
    for address in (pattern for mark, pattern in FORMATS if mark in head):
        for found in counted(address.finditer(text), MOST, "links"):
            events = ACTION.findall(text[max(0, found.start() - 400):found.start()])
            yield from _judged(unescaped(unescape(found[1] or found[2])), bool(events) and events[-1] in BY_ITSELF)
    for found in counted(LINKED.finditer(text), MOST, "linked documents"):
        target = unescape(found[1] or found[2])
        seen = judge("subdocument", target) if place(target) in (Place.WEB, Place.SHARE, Place.SCRIPT) else None
        if seen is not None:
            yield seen


def _unpacked(text: str, room: int) -> Child | Problem:
    """A file in an HWPML document: deflated without a head, in base64 (HWPML 2.1, BINDATA)."""
    try:
        made = zlib.decompressobj(-zlib.MAX_WBITS).decompress(base64.b64decode(text), room + 1)
    except (binascii.Error, zlib.error):
        return Problem(IncidentCode.MALFORMED, "packed data")
    if len(made) > room:
        return Problem(IncidentCode.RATIO, "packed data")
    return Child(made, ArtifactKind.OBJECT, label="embedded file")


def _judged(target: str, by_itself: bool) -> Iterator[Observation]:
    if by_itself and place(target) in (Place.WEB, Place.SHARE):
        yield Observation("PDF-LINK-AUTO", target)
        return
    seen = judge("hyperlink", target)
    if seen is not None and (seen.code != "DOC-LINK" or place(target) is Place.SHARE):
        yield seen


XML_LINKS = XmlLinks()
