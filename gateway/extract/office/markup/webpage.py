"""Documents that Word saved as a page: field codes in the comments that only Word reads, and what it fetches beside the page.

Office HTML and XML Reference: a field stands between spans of the style mso-element:field-begin and field-end, its result
behind field-separator; settings stand in islands of XML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import chain

from gateway.extract.base import Context, Node, Yield
from gateway.extract.bounded import counted
from gateway.extract.office import fields, properties, targets
from gateway.extract.office.code.activex import control
from gateway.extract.office.markup import fetched as fetched_parts
from gateway.extract.office.markup.xml import narrow, spelled
from gateway.model.content import Observation
from gateway.model.filename import extensions

WORD = re.compile(rb"urn:schemas-microsoft-com:office:(?:word|excel|powerpoint)|ProgId[\"']?\s{1,4}content\s{0,4}=\s{0,4}[\"']?"
                  rb"(?:Word|Excel|PowerPoint)\.", re.I)
FIELD = b"mso-element"
WITHIN = 2
"""Depth of a part of an attached message or saved page; the mail's own parts have 1."""
PICTURED = frozenset({"DOC-EXTERNAL-SHARE", "DOC-EXTERNAL-MEDIA"})
"""What only a page by itself fetches: the body of a forwarded mail has its pictures with it, and old fields around them."""
NAMES = frozenset({"doc", "docx", "docm", "dot", "dotx", "dotm", "rtf", "wps", "wpt"})
"""Word opens any page under these."""
BOOKS = frozenset({"xls", "xlsx", "xlsm", "xlsb", "xlt", "xltx", "xltm", "et", "ett"})
HEAD = 8192                              # octets in which a page names its program
MARK = re.compile(rb"mso-element\s{0,4}:\s{0,4}[\"']?field-(begin|separator|end)[^<>]{0,200}>", re.I)
TAG = re.compile(rb"<[^<>]{0,4000}>")
MOST = 100_000                           # fields and addresses of one page
ISLAND = re.compile(rb"<[wxop]:(\w{1,40})\s[^<>]{0,400}?HRef\s{0,4}=\s{0,4}(?:\"([^\"<>]{1,2000})\"|'([^'<>]{1,2000})')", re.I)
LINKED = re.compile(rb"<link\s[^<>]{0,400}?(?<!\w)href\s{0,4}=\s{0,4}[\"']?\s{0,4}"
                    rb"(\\\\[^\"'<>\s]{3,400}|file:[^\"'<>\s]{3,400})", re.I)
"""Parts of a page: themes, lists of files, objects."""
STORED = re.compile(rb"<link(?=\s)(?=[^<>]{0,400}\srel\s{0,4}=\s{0,4}[\"']?(?:edit-time|ole-object)-data)"
                    rb"[^<>]{0,400}?\shref\s{0,4}=\s{0,4}[\"']?\s{0,4}([^\"'<>\s]{3,1000})", re.I)
"""Macros and objects of a page, which Word saves beside it."""
CONTROL = re.compile(rb"<object\s[^<>]{0,400}?classid\s{0,4}=\s{0,4}[\"']?clsid:([0-9a-f-]{36})", re.I)
PROPERTY = re.compile(rb"<o:(_Assembly\w{1,20}|Solution_x0020_URL)(?:\s[^<>]{0,200})?>([^<>]{1,2000})<")
SMART_TAGS = b"38481807-ca0e-42d2-bf39-b33af135cc4d"
"""What Word puts into every page with names and dates."""
ADDRESS = rb"\s{0,4}=\s{0,4}[\"']?\s{0,4}(\\\\[^\"'<>\s]{3,400}|file:[^\"'<>\s]{3,400})"
FETCHED = re.compile(rb"\s(?:src|o:href|background|dynsrc|lowsrc)" + ADDRESS, re.I)
"""Pictures: Word and Excel fetch them from shares as from elsewhere, which browsers do not."""
LOADED = re.compile(rb"(?:<base\s[^<>]{0,200}?href|\s(?:data|codebase))" + ADDRESS, re.I)
"""What no forwarded mail brings with it: objects, and a base for all that the page names."""
STYLED = re.compile(rb"(?:url\s{0,4}\(|@import)\s{0,4}[\"'(]{0,2}(?:url\s{0,4}\()?\s{0,4}[\"']?"
                    rb"(\\\\[^\"'<>\s()]{3,400}|file:[^\"'<>\s()]{3,400})", re.I)
"""What a style sheet in the page names."""
FRAME = re.compile(rb"<i?frame\s(?:[^<>]{0,400}?\s)?src\s{0,4}=\s{0,4}[\"']?\s{0,4}([^\"'<>\s]{3,1000})", re.I)
"""Pages that Word loads into this one."""
SOURCE = re.compile(rb"<(?:x:)?(Path|FileName|Connection|URLString)>([^<>]{3,2000})<", re.I)
CHANNEL = re.compile(rb"<(?:x:)?(?:Dde\w{0,10}|Topic)[\s/>]", re.I)
"""In a book that a saved one counts with: it is a program and what it is told."""
OF_XML = re.compile(rb"<(/?)xml(?:\s[^<>]{0,400})?>", re.I)
ELSEWHERE = re.compile(r"https?://|\\\\[^\\;\"]{1,255}\\")
PART = {"attachedtemplate": "attachedTemplate", "datasource": "mailMergeSource", "headersource": "mailMergeHeaderSource"}
"""Element of a setting -> the relationship that says the same in a package; others fetch parts of the document."""


class OfficePage:
    """Only files, and pages in saved ones: what a mail shows by itself is opened by no such program."""

    name = "office page"

    def claims(self, node: Node) -> bool:
        endings = extensions(node.artifact.names) if node.type == "text/html" else frozenset()
        if not endings and (node.type != "text/html" or node.artifact.depth < WITHIN):
            return False
        return bool(endings & NAMES) or FIELD in (data := narrow(node.data)) or WORD.search(data[:HEAD]) is not None

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        data = spelled(narrow(node.data))
        told = list(self.told(node, data))
        yield from told
        for text in _islands(data):
            yield from fetched_parts.elsewhere(text, (found for found in told if isinstance(found, Observation)))

    def told(self, node: Node, data: bytes) -> Iterator[Yield]:
        """What is known by its element, attribute or style."""
        named = bool(extensions(node.artifact.names))
        for code in counted(_fields(data), MOST, "fields"):
            for found in fields.judge(code):
                if named or found.code not in PICTURED:
                    yield found
        if extensions(node.artifact.names) & (NAMES | BOOKS):
            yield from fetched(data)
            yield from _frames(data)
        elif named:
            yield from _stored(data)
        else:
            yield from _loaded(data)
        yield from _controls(data)
        yield from kept(data)
        yield from sources(data)
        for island in counted(ISLAND.finditer(data), MOST, "addresses of islands"):
            target = unescape((island[2] or island[3]).decode("utf-8", "replace"))
            seen = targets.judge(PART.get(island[1].decode().lower(), "subDocument"), target)
            if seen is not None:
                yield seen


def _islands(data: bytes) -> Iterator[bytes]:
    """Settings and properties in XML."""
    begin = -1
    for mark in counted(OF_XML.finditer(data), MOST, "islands"):
        if begin >= 0:
            yield data[begin:mark.start()]
        begin = -1 if mark[1] else mark.end()
    if begin >= 0:
        yield data[begin:]


def fetched(data: bytes) -> Iterator[Observation]:
    """What office programs fetch from shares for a page that they show: its pictures and its other files."""
    for picture in counted(chain(*(kind.finditer(data) for kind in (FETCHED, LINKED, STYLED, LOADED))), MOST, "pictures"):
        seen = targets.judge("image", unescape(picture[1].decode("utf-8", "replace")))
        if seen is not None:
            yield seen


def _frames(data: bytes) -> Iterator[Observation]:
    """Frames of a page, and its macros and objects, from elsewhere."""
    yield from _from_elsewhere("frame", FRAME, data)
    yield from _stored(data)


def _stored(data: bytes) -> Iterator[Observation]:
    """Macros and objects of a page, from elsewhere: no program that saves one puts them there."""
    yield from _from_elsewhere("attachedTemplate", STORED, data)


def _from_elsewhere(kind: str, pattern: re.Pattern[bytes], data: bytes) -> Iterator[Observation]:
    for found in counted(pattern.finditer(data), MOST, "frames"):
        seen = targets.judge(kind, unescape(found[1].decode("utf-8", "replace")))
        if seen is not None:
            yield seen


def _loaded(data: bytes) -> Iterator[Observation]:
    """Objects of a page in a saved one, and its base, on shares of the world."""
    for found in counted(LOADED.finditer(data), MOST, "objects"):
        target = unescape(found[1].decode("utf-8", "replace"))
        if targets.abroad(target):
            yield Observation("DOC-EXTERNAL-SHARE", target)


def _controls(data: bytes) -> Iterator[Observation]:
    """Controls that office programs load with the page."""
    for found in dict.fromkeys(name.lower() for name in counted((m[1] for m in CONTROL.finditer(data)), MOST, "controls")):
        if found != SMART_TAGS:
            yield control(found.decode("ascii"))


def kept(data: bytes) -> Iterator[Observation]:
    """Properties that make the program load an assembly or a pack: elements of their names in an island of XML."""
    if b"_Assembly" in data or b"Solution_x0020_URL" in data:
        for found in counted(PROPERTY.finditer(data), MOST, "properties"):
            name = found[1].decode().replace("_x0020_", " ")
            seen = properties.judge(name, unescape(found[2].decode("utf-8", "replace")))
            if seen is not None:
                yield seen


def sources(data: bytes) -> Iterator[Observation]:
    """Books that a saved workbook counts with, topics of other programs, connections: texts of its islands of XML."""
    book = b"SupBook" in data
    if not book and b"QuerySource" not in data and b"PTSource" not in data:
        return
    if book and CHANNEL.search(data) is not None:
        yield Observation("DOC-DDE", "a book that is a program")
    for found in counted(SOURCE.finditer(data), MOST, "sources"):
        text = unescape(found[2].decode("utf-8", "replace")).strip()
        kind = found[1].lower()
        if kind == b"path" and book and "|" in text:
            yield Observation("DOC-DDE", text[:400])
        elif kind in (b"path", b"filename") and targets.place(text) in (targets.Place.WEB, targets.Place.SHARE):
            seen = targets.judge("externalLinkPath", text)
            if seen is not None:
                yield seen
        elif kind == b"urlstring" and targets.place(text) in (targets.Place.WEB, targets.Place.SHARE) and not targets.own(text):
            yield Observation("DOC-REMOTE-QUERY", text[:400])
        elif kind == b"connection" and ELSEWHERE.search(text):
            yield Observation("DOC-REMOTE-DATASOURCE", text[:400])


def _fields(data: bytes) -> Iterator[str]:
    """Instructions: between the beginning of a field and its separator, its end, or the beginning of another."""
    begin = -1
    for mark in MARK.finditer(data):
        if begin >= 0:
            text = TAG.sub(b"", data[begin:mark.start()].rpartition(b"<")[0][:fields.FIELD])
            yield unescape(text.decode("utf-8", "replace")).strip()
        begin = mark.end() if mark[1].lower() == b"begin" else -1
    if begin >= 0:                                        # nothing ends it: Word takes what is there
        yield unescape(TAG.sub(b"", data[begin:begin + fields.FIELD]).decode("utf-8", "replace")).partition("<![")[0].strip()


OFFICE_PAGE = OfficePage()
