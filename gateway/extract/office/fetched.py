"""Shares of the world in the XML of documents, by elements and attributes that no reader here knows by name.

Office programs have many rooms for an address: forms of an information panel, packs of smart documents, books that a sheet
counts with, headers of a saved page. What people read, and what the program only notes for itself, is left out by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import chain, islice

from gateway.extract.office.targets import Place, abroad, place
from gateway.model.content import Observation

SHARE = b"\\\\"
SCHEMES = tuple((sign, re.compile(b":" + re.escape(sign) + rb"(?<=[lmbfavLMBFAV][ebsvpEBSVP]:.)")) for sign in (b"/", b"\\", b"%"))
"""Behind file, smb, smbs, cifs, dav, davs, nfs, afp: literals first, since patterns of the words themselves take ten times as
long; and none where its sign is nowhere, since one octet is found thirty times faster than two."""
LETTERS = re.compile(rb"[A-Za-z]{1,8}\Z")
REFERENCE = re.compile(rb"&#(?:x[0-9a-fA-F]{1,6}|\d{1,7});")
BACK = 1000                              # octets before an address in which its element begins
LONGEST = 2000                           # octets of a value
MOST = 2000                              # addresses of one part that are looked at
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
FETCHING = (b"xsnLocation", b"manifestLocation", b"SelectedStyle")
CELLS = (b"<sheetData>", b"</sheetData>")
NAME = re.compile(rb"[\w.-]{1,60}\Z")
TAG = re.compile(rb"<[/?]?(?:[\w.-]{1,20}:)?([\w.-]{1,60})")


def elsewhere(data: bytes, known: Iterable[Observation] = (), texts: bool = True) -> Iterator[Observation]:
    """What one part names on shares of the world, but for what is `known`; `texts` for what stands between tags, too."""
    if b"&" in data and b"&#" in data:
        data = REFERENCE.sub(lambda found: unescape(found[0].decode()).encode("utf-8", "replace"), data)
    told = {observation.detail for observation in known}
    for start in _starts(data):
        before = data[max(0, start - BACK):start]
        begin = max(before.rfind(b'"'), before.rfind(b"'"), before.rfind(b">"))
        if begin < 0 or not _named(before[:begin + 1], texts):
            continue
        lead = before[begin + 1:].strip()
        value = re.split(rb"[\"'<>;]", data[start:start + LONGEST], maxsplit=1)[0]
        target = unescape(value.decode("utf-8", "replace")).strip()
        if target not in told and (not lead or CONNECTED.search(lead)) and abroad(target):
            told.add(target)
            yield Observation("DOC-REMOTE-DATASOURCE" if lead else "DOC-EXTERNAL-SHARE", target[:400])


def _starts(data: bytes) -> Iterator[int]:
    """Where addresses may begin: backslashes, and schemes of shares."""
    at = data.find(SHARE) if SHARE[:1] in data else -1
    for _ in range(MOST):
        if at < 0:
            break
        yield at
        at = data.find(SHARE, at + 2)
    schemes = (pattern.finditer(data) for sign, pattern in SCHEMES if sign in data)
    for found in islice(chain.from_iterable(schemes), MOST):
        word = LETTERS.search(data[max(0, found.start() - 8):found.start()])
        yield found.start() - len(word[0]) if word else found.start()


def of_part(name: str, data: bytes, quiet: bool = False) -> Iterator[Observation]:
    """Of a part of a package. Data of other programs (customXml) and properties are only kept in a package; `quiet` parts
    (sheets, strings, styles) have no forms."""
    low = name.lower()
    if low.startswith("docprops/"):
        return
    if not quiet:
        yield from forms(data)
    if not low.startswith("customxml/"):
        yield from elsewhere(_beside(data))


def cells(data: bytes) -> tuple[int, int]:
    """Begin and end of the cells of a sheet: they are the most of it, and have readers of their own; (0, 0) for none."""
    begin = data.find(CELLS[0])
    end = data.rfind(CELLS[1], begin) if begin >= 0 else -1
    return (begin, end) if end >= 0 else (0, 0)


def _beside(data: bytes) -> bytes:
    begin, end = cells(data)
    return data[:begin] + data[end:] if end else data


def _named(before: bytes, texts: bool) -> bool:
    """Whether the value that begins here belongs to something that may be fetched."""
    opened = before.rfind(b"<")
    tag = TAG.match(before, opened) if opened >= 0 else None
    if tag is None or tag[1].decode() in OWN:
        return False
    if before.endswith(b">"):
        return texts and before[opened + 1:opened + 2] not in (b"/", b"?", b"!") and tag[1].decode() not in SHOWN
    name = NAME.search(before[opened:-1].rstrip().removesuffix(b"=").rstrip())
    return name is not None and name[0].decode() not in SHOWN


def forms(data: bytes) -> Iterator[Observation]:
    """What is fetched from the web or a share by elements that have no relationship."""
    if not any(name in data for name in FETCHING):
        return
    for count, found in enumerate(FETCHES.finditer(data)):
        if count >= MOST:
            return
        target = unescape((found[1] or found[2]).decode("utf-8", "replace")).strip()
        if place(target) in (Place.WEB, Place.SHARE, Place.SCRIPT):
            yield Observation("DOC-REMOTE-TEMPLATE", target[:400])
