"""Shares of the world in the XML of documents, by elements and attributes that no reader here knows by name.

Office programs have many rooms for an address: forms of an information panel, packs of smart documents, books that a sheet
counts with, headers of a saved page. What people read, and what the program only notes for itself, is left out by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import chain

from gateway.extract.bounded import counted
from gateway.extract.office.markup.xml import narrow, spelled, undressed
from gateway.extract.office.targets import Place, abroad, place
from gateway.model.content import Observation

SHARE = b"\\\\"
SCHEMES = tuple((sign, re.compile(b":" + re.escape(sign) + rb"(?<=[lmbfavLMBFAV][ebsvpEBSVP]:.)")) for sign in (b"/", b"\\", b"%"))
"""Behind file, smb, smbs, cifs, dav, davs, nfs, afp: literals first, since patterns of the words themselves take ten times as
long; and none where its sign is nowhere, since one octet is found thirty times faster than two."""
LETTERS = re.compile(rb"[A-Za-z]{1,8}\Z")
BACK = 1 << 14                           # octets before an address in which its value begins, and before that its element
NAMED = 100                              # octets before a value in which its attribute's name stands
LONGEST = 2000                           # octets of a value
MOST = 200_000                           # addresses of one part that are looked at
TOLD = 500                               # addresses of one part that are told
SHOWN = frozenset({
    "t", "v", "f", "is", "p", "a", "text", "delText", "instrText", "Data", "Font", "pt", "span", "h", "CHAR", "TextCode",
    "UnicodeString", "title", "Title", "descr", "desc", "Description", "Subject", "Keywords", "Comments", "alt", "name",
    "Name", "tooltip", "display", "ScreenTip", "string", "string-value", "value", "contents", "contents-richtext", "author",
    "prompt", "promptTitle", "error", "errorTitle", "caption", "label", "displayText", "oddHeader", "oddFooter",
    "evenHeader", "evenFooter", "firstHeader", "firstFooter", "formula", "RefersTo", "Formula", "definedName", "uri", "URI",
})
"""Elements and attributes that are read by people or have a reader of their own."""
OWN = frozenset({
    "a", "absPath", "Template", "HyperlinkBase", "Relationship", "docPr", "cNvPr", "hyperlink", "hlink", "Hyperlink", "lpwstr",
    "lpstr", "fileSharing", "docVar", "webPublishItem", "Cell", "alias", "tag", "listItem", "tblCaption", "tblDescription",
    "filter", "customFilter", "inputCells",
})
"""Elements in which people write, in which a program notes where a document lay or goes, and links, which are judged as such."""
CONNECTED = re.compile(rb"(?:data\s?source|dbq|database|defaultdir|location)\s{0,4}=\s{0,4}[\"']?\Z", re.I)
FETCHES = re.compile(rb"<(?:[\w.-]{1,20}:)?xsnLocation(?:\s[^<>]{0,200})?>\s{0,40}([^<>\s][^<>]{3,1000})<|"
                     rb"[\s:](?:manifestLocation|SelectedStyle)\s{0,4}=\s{0,4}[\"']([^\"'<>]{3,1000})[\"']")
"""The form of a document's panel (customXsn), a pack of a smart document ([ECMA-376] 23.2), the transform of a list of sources
(22.6.2.59): fetched from the web, too."""
CLOSED = re.compile(rb"openByDefault(?:\s[^<>]{0,200})?>\s{0,40}False", re.I)
FETCHING = (b"xsnLocation", b"manifestLocation", b"SelectedStyle")
CELLS = (b"<sheetData>", b"</sheetData>")
NAME = re.compile(rb"([\w.-]{1,60})\s*=\s*[\"']\Z")
TAG = re.compile(rb"<[/?]?(?:[\w.-]{1,20}:)?([\w.-]{1,60})")
WITHIN = re.compile(rb"<(?:\"[^\"]*+\"|'[^']*+'|[^<>\"'])*+")
"""A tag up to one of its values."""
VALUE_ENDS = re.compile(rb"[\"'<>;]")


def elsewhere(data: bytes, known: Iterable[Observation] = (), texts: bool = True) -> Iterator[Observation]:
    """What one part names on shares of the world, but for what is `known`; `texts` for what stands between tags, too."""
    data = spelled(undressed(narrow(data)))
    told = {observation.detail for observation in known}
    most = TOLD + len(told)
    for start in counted(_starts(data), MOST, "addresses in one part"):
        if len(told) > most:
            return
        target, source = _address(data, start, texts)
        if source and target not in told and abroad(target):
            told.add(target)
            yield Observation(source, target[:400])


def _starts(data: bytes) -> Iterator[int]:
    """Where addresses may begin: backslashes, and schemes of shares."""
    at = data.find(SHARE) if SHARE[:1] in data else -1
    while at >= 0:
        yield at
        at = data.find(SHARE, at + 2)
    for found in chain.from_iterable(pattern.finditer(data) for sign, pattern in SCHEMES if sign in data):
        word = LETTERS.search(data[max(0, found.start() - 8):found.start()])
        yield found.start() - len(word[0]) if word else found.start()


def _address(data: bytes, start: int, texts: bool) -> tuple[str, str]:
    """The address that begins there, and the observation that it is; '' where nothing fetches it."""
    low = max(0, start - BACK)
    begin = max(data.rfind(sign, low, start) for sign in (b'"', b"'", b">"))
    lead = data[begin + 1:start].strip() if begin >= 0 else b"text"
    if (lead and CONNECTED.search(lead) is None) or not _named(data, begin, texts):
        return "", ""
    end = VALUE_ENDS.search(data, start, start + LONGEST)
    value = data[start:end.start() if end is not None else start + LONGEST]
    return unescape(value.decode("utf-8", "replace")).strip(), "DOC-REMOTE-DATASOURCE" if lead else "DOC-EXTERNAL-SHARE"


def of_part(name: str, data: bytes, quiet: bool = False) -> Iterator[Observation]:
    """Of a part of a package. Data of other programs (customXml) and properties are only kept in a package; `quiet` parts
    (sheets, strings, styles) have no forms."""
    low = name.lower()
    if low.startswith("docprops/"):
        return
    data = undressed(data)
    if not quiet:
        yield from forms(data)
    if not low.startswith("customxml/"):
        yield from elsewhere(_beside(data))


def cells(data: bytes) -> tuple[int, int]:
    """Begin and end of the cells of a sheet: they are the most of it, and have readers of their own; (0, 0) for none."""
    begin = data.find(CELLS[0])
    end = data.find(CELLS[1], begin) if begin >= 0 else -1
    return (begin, end) if end >= 0 else (0, 0)


def _beside(data: bytes) -> bytes:
    begin, end = cells(data)
    return data[:begin] + data[end:] if end else data


def _named(data: bytes, begin: int, texts: bool) -> bool:
    """Whether the value behind this quotation mark or end of a tag belongs to something that may be fetched."""
    opened = data.rfind(b"<", max(0, begin - BACK), begin)
    tag = TAG.match(data, opened) if opened >= 0 else None
    if data[begin:begin + 1] == b">":
        return (texts and tag is not None and data[opened + 1:opened + 2] not in (b"/", b"?", b"!")
                and tag[1].decode() not in OWN | SHOWN)
    name = NAME.search(data, max(0, begin - NAMED), begin + 1)
    if name is None or name[1].decode() in SHOWN or (tag is not None and tag[1].decode() in OWN):
        return False
    return opened < 0 or WITHIN.fullmatch(data, opened, begin) is not None


def forms(data: bytes) -> Iterator[Observation]:
    """What is fetched from the web or a share by elements that have no relationship."""
    if not any(name in data for name in FETCHING):
        return
    for found in counted(FETCHES.finditer(data), MOST, "forms in one part"):
        target = unescape((found[1] or found[2]).decode("utf-8", "replace")).strip()
        if found[1] and place(target) is Place.WEB and CLOSED.search(data, found.end(), found.end() + BACK):
            continue                                     # a library of SharePoint notes its form, and Word leaves the panel closed
        if place(target) in (Place.WEB, Place.SHARE, Place.SCRIPT):
            yield Observation("DOC-REMOTE-TEMPLATE", target[:400])
