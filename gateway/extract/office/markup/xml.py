"""XML of office documents, read as a stream: no DTD, no entities, no network, no tree in memory.

lxml builds on libxml2, whose own limits stay in force (huge_tree off: 10 MB a text node); no target here recurses.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Protocol

from lxml import etree

STEP = 1 << 16                           # octets fed at once
DEPTH = 400                              # elements within one another; shapes and tables in Word need 120
ATTRIBUTES = 1000                        # of one element; the longest of drawing programs have 60

TAGS = 3_000_000
"""Tags of one part, ends included and cells of OpenDocument apart: a thousand pages of Word have two million."""
CELL = b"table:table-cell"
COMMENTS = 100_000                       # of one part: words at the edge, of people


SHIFTED = re.compile(rb"(encoding\s{0,9}=\s{0,9}[\"'])(?:cs)?(?:x-)?s(?:hift)?[_-]?jis", re.I)
"""Windows reads that charset as its own code page, in which 5C is the backslash of a path; libxml2 has a yen sign there."""


class XmlRefused(ValueError):
    """A document type definition, which no office program writes, or XML that is not well formed."""


class Target(Protocol):
    """Receives local names (namespaces are dropped: strict and transitional forms differ in nothing else).

    A target may have `wanted`, a frozenset of local names: of other elements it hears only the text, and of the first one all.
    """

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...

    def data(self, text: str) -> None: ...


class _Adapter:
    """lxml's target interface; raises as soon as a DTD begins, before any entity is expanded."""

    def __init__(self, target: Target, escaped: bool) -> None:
        self.target = target
        self.escaped = escaped           # an ampersand is somewhere in the part
        self.data = target.data
        self.wanted: frozenset[str] | None = getattr(target, "wanted", None)
        self.names: dict[str, str] = {}  # full name -> local name, "" where it is not wanted
        self.depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEPTH:
            raise XmlRefused(f"more than {DEPTH} elements within one another")
        if len(attributes) > ATTRIBUTES:
            raise XmlRefused(f"more than {ATTRIBUTES} attributes")
        name = self.names.get(tag)
        if name is None:
            name = self.named(tag)
        if name:
            self.target.start(name, self.plain(attributes) if attributes else {})

    def plain(self, attributes: dict[str, str]) -> dict[str, str]:
        """By their local names; libxml2 leaves an ampersand in a value as &#38; where it resolves no entities."""
        if self.escaped:
            return {local(k): v.replace("&#38;", "&") if "&" in v else v for k, v in attributes.items()}
        return {local(k): v for k, v in attributes.items()}

    def named(self, tag: str) -> str:
        name = local(tag)
        known = self.wanted is None or not self.names or name in self.wanted
        self.names[tag] = name if known else ""
        return self.names[tag]

    def end(self, tag: str) -> None:
        self.depth -= 1
        name = self.names.get(tag)
        if name:
            self.target.end(name)

    def doctype(self, name: str, public: str, system: str) -> None:
        raise XmlRefused("document type definition")

    def comment(self, text: str) -> None:
        pass

    def pi(self, target: str, data: str) -> None:
        pass

    def close(self) -> None:
        return None


def local(name: str) -> str:
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def parse(data: bytes, target: Target) -> None:
    """Feeds `target`. Raises XmlRefused; what was read before stays in the target."""
    if crowded(data):
        raise XmlRefused(f"more than {COMMENTS} comments")
    if len(data) > TAGS and (tags := data.count(b"<")) > TAGS and tags - 2 * data.count(CELL) > TAGS:
        raise XmlRefused(f"more than {TAGS} tags")
    if b"jis" in data[:LONGEST].lower():
        data = SHIFTED.sub(rb"\1cp932", data[:LONGEST], count=1) + data[LONGEST:]
    parser = etree.XMLParser(target=_Adapter(target, b"&" in data), resolve_entities=False, load_dtd=False, no_network=True,
                             dtd_validation=False, huge_tree=False, recover=False)
    view = memoryview(data)
    try:
        for at in range(0, len(data), STEP):
            parser.feed(bytes(view[at:at + STEP]))
        parser.close()
    except (etree.XMLSyntaxError, LookupError, AssertionError) as error:
        raise XmlRefused(type(error).__name__) from error


def crowded(data: bytes) -> bool:
    """True for a part of more comments than anybody writes."""
    return data.count(b"omment ") > COMMENTS


MARKED = re.compile(rb"!(?<=<!)")
DECLARED = 4                             # octets in which a declaration of XML begins, which is no instruction
LONGEST = 200                            # and in which it ends, as a rule
DRESS = re.compile(rb"<(?:!--|!\[CDATA\[|\?)")
ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}


def undressed(data: bytes) -> bytes:
    """Without comments, and with sections and instructions as plain text, for patterns that look at octets.

    One after the other, as a parser reads them: within each of the three the marks of the others are nothing but text.
    """
    if (b"!" not in data or MARKED.search(data) is None) and not _instructed(data):
        return data
    pieces: list[bytes] = []
    done = 0
    while (found := DRESS.search(data, done)) is not None:
        begin, close = found.end(), ENDS[found[0]]
        end = data.find(close, begin)
        if end < 0:
            break
        pieces.append(data[done:found.start()])
        if found[0] == b"<?":
            pieces += (b"<?", data[begin:end].replace(b"<", b"&lt;"), close)
        elif found[0] != b"<!--":
            pieces.append(data[begin:end].replace(b"&", b"&amp;").replace(b"<", b"&lt;"))
        done = end + len(close)
    return b"".join((*pieces, data[done:]))


def _instructed(data: bytes) -> bool:
    """Whether there is an instruction behind the declaration of XML. Its mark is rare: looked for first, it costs a tenth."""
    begin = data.find(b"?>", DECLARED, LONGEST) + 1 if data.startswith(b"<?xml ") else 0
    marked = data.find(b"?", begin + 1) >= 0 or b"<?" in data[DECLARED:begin]
    return marked and data.find(b"<?", DECLARED) >= 0


def narrow(data: bytes) -> bytes:
    """UTF-16 XML as UTF-8 with its declaration removed, so that octet patterns see it too."""
    for mark, charset in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")):
        if data.startswith(mark):
            text = data.decode(charset, "replace").lstrip("\ufeff")
            return re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode("utf-8", "replace")
    return data


REFERENCE = re.compile(rb"&#(?:x0*+[0-9a-f]{1,6}|0*+\d{1,7});?", re.I)
MARKUP = frozenset("<>\"'&")


def spelled(data: bytes) -> bytes:
    """With the characters that references stand for, but for the signs of markup."""
    return REFERENCE.sub(_character, data) if b"&" in data and b"&#" in data else data


def _character(reference: re.Match[bytes]) -> bytes:
    text = unescape(reference[0].decode("ascii"))
    return reference[0] if text in MARKUP else text.encode("utf-8", "replace")


class Elements:
    """Collects (tag, attributes, text) of small parts such as relationships."""

    def __init__(self, limit: int = 100_000) -> None:
        self.found: list[tuple[str, dict[str, str], list[str]]] = []
        self.open: list[int] = []
        self.limit = limit

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self.found) >= self.limit:
            raise XmlRefused(f"more than {self.limit} elements")
        self.open.append(len(self.found))
        self.found.append((tag, attributes, []))

    def end(self, tag: str) -> None:
        self.open.pop()

    def data(self, text: str) -> None:
        if self.open:
            self.found[self.open[-1]][2].append(text)


def elements(data: bytes) -> list[tuple[str, dict[str, str], str]]:
    """All elements of a small part in document order. Raises XmlRefused."""
    target = Elements()
    parse(data, target)
    return [(tag, attributes, "".join(text)) for tag, attributes, text in target.found]


def looks_like_xml(data: bytes) -> bool:
    """True for XML in any encoding libxml2 would take; a cheap look at the first octets."""
    head = data[:64]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or head[:4] in (b"<\0?\0", b"\0<\0?"):
        return True
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
