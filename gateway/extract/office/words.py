"""What office files say where no page shows it: field codes, descriptions of pictures, values of fields and forms, data that
came along as XML, queries and the tables of Power Query. Outbound mail only.

The readers of stories and sheets give the text; this gives attributes and codes with numbers in them.
"""

from __future__ import annotations

import base64
import html
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO

from gateway.extract.base import Child, Context, Node, Yield
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Text

PART = re.compile(r"(?:word|ppt|xl|visio)/[0-9A-Za-z_./-]{1,80}\.xml")
QUIET = re.compile(r"(?:word|ppt|xl|visio)/(?:theme/.{1,80}|sharedStrings|styles|stylesWithEffects|fontTable|calcChain|"
                   r"worksheets/.{1,80})\.xml")
"""Parts whose attributes are formats, or whose words others read."""
DATA = re.compile(r"customXml/item[0-9]{1,4}\.xml|ppt/tags/[0-9A-Za-z]{1,40}\.xml|"
                  r"xl/(?:connections|(?:queryTables|revisions)/[0-9A-Za-z]{1,40})\.xml")
"""Parts whose attributes all say something."""
SHEET = re.compile(r"xl/worksheets/[0-9A-Za-z]{1,40}\.xml")
SHEET_LIMIT = 1 << 20
"""Octets of a sheet behind whose cells scenarios and the like are looked for."""
BEHIND_CELLS = b"</sheetData>"
OPEN_DOCUMENT = ("content.xml", "styles.xml")
SAID = re.compile(rb"(?:descr|title|alt|val|tooltip|w:instr)=(?:\"([^\"<>]{8,8192})\"|'([^'<>]{8,8192})')")
FIELD = re.compile(rb"<(?:text|form|draw|db):[^<>]{8,20000}>")
FIELD_SAID = re.compile(rb"(?:string-value|current-value|form:value|title|label|help-text|text:name)="
                        rb"(?:\"([^\"<>]{1,8192})\"|'([^'<>]{1,8192})')")
VISIO = "visio/"
SHAPE_DATA = re.compile(rb"<Row(?: [^<>]{0,200})?>((?:<Cell [^<>]{0,9000}>\s{0,9}(?:</Cell>)?\s{0,9}){2,40})</Row>")
"""A property of a shape ([MS-VSDX] 2.2.5.2, section Property): what it is called and what it says."""
SHAPE_CELL = re.compile(rb"N=['\"](Label|Value)['\"] V=['\"]([^'\"<>]{1,8192})['\"]")
USER_FIELD = re.compile(rb"<text:(?:user-field|variable)-(?:decl|set)\s[^<>]{8,8192}>")
USER_NAME = re.compile(rb"text:name=\"([^\"<>]{1,200}?)[ _.0-9-]{0,8}\"")
"""The number that tells fields of one kind apart is no part of what they are called."""
USER_VALUE = re.compile(rb"office:(?:string-)?value=\"([^\"<>]{1,8192})\"")
CONTROL = re.compile(r"xl/ctrlProps/[0-9A-Za-z]{1,40}\.xml")
ITEM = re.compile(rb"<(?:\w{1,20}:)?item\s[^<>]{0,200}?val=\"([^\"<>]{1,8192})\"")
TAG = re.compile(rb"<[A-Za-z][^<>]{8,20000}>")
ATTRIBUTE = re.compile(rb"[\w:.-]{1,80}\s?=\s?(?:\"([^\"<>]{1,8192})\"|'([^'<>]{1,8192})')")
LONG = re.compile(rb"[0-9]{6}")
NAMED = re.compile(rb"([\w:.-]{1,80})\s?=\s?(?:\"([^\"<>]{1,8192})\"|'([^'<>]{1,8192})')")
MACHINERY = re.compile(
    rb"(?:\w{1,20}:)?(?:rsid\w{0,20}|\w{0,40}[iI]d|uri|guid|xmlns\w{0,20}|c?[xy]|[wh]|w[12]|panose\w{0,3}|csb[01]|usb[0-3]|crc|"
    rb"\w{0,40}[cC]olor|Target|Type|ContentType|PartName|path|style|points|position|idx|spid|uid)|xmlns:.{1,40}")
"""Attributes that count, place, name and colour things, and addresses, which others read."""
IDENTITY = re.compile(rb"<(?:\w{1,20}:)?\w{0,40}[iI][dD](?![\w:])")
"""A tag whose value is one of its program's own: `p14:creationId`."""
TAG_LIMIT = 20_000
"""Octets of a tag."""
CODE = re.compile(rb"<w:(?:instrText|delInstrText)[^>]{0,100}>([^<]{8,8192})<")
MASHUP = re.compile("<DataMashup[^<>]{0,200}>([0-9A-Za-z+/=\\s]{16,})<")
"""Power Query ([MS-QDEFF] 2.2): version, length of a package, the package."""
PLAIN_DIGITS = 10
"""Digits of a value that is nothing else, unless its attribute is one of VALUES: lengths, places and times have fewer."""
VALUES = (b"val", b"value", b"v", b"n", b"c", b"displayText", b"uniqueName")
DIGITS, FEW_DIGITS = 7, 6
"""Of a value that may be somebody's number: in documents full of colours and places, and where values are data."""
HONG_KONG = re.compile(rb"[A-Z][0-9]{6}\([0-9A]\)")
"""An identity card with six digits and a letter."""
PART_LIMIT = 32 << 20
ERRORS = (zipfile.BadZipFile, OSError, ValueError, RuntimeError, EOFError, zlib.error)
KINDS = (b"word/document", b"ppt/presentation", b"xl/workbook", b"visio/document", b"content.xml")


class OfficeWordsExtractor:
    name = "office words"

    def claims(self, node: Node) -> bool:
        return node.data.startswith(b"PK\x03\x04")

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        if not context.outbound or not any(kind in node.data for kind in KINDS):
            return
        lines: dict[str, None] = {}
        try:
            with zipfile.ZipFile(BytesIO(node.data)) as archive:
                for part in archive.infolist():
                    read = _reader(part)
                    if read is not None:
                        content = archive.read(part)
                        lines |= dict.fromkeys(read(content))
                        if part.filename.startswith("customXml/"):
                            yield from _mashup(content)
                            yield from _records(part.filename, content)
        except ERRORS:
            return                                        # the readers of containers and packages say what is wrong
        if lines:
            yield Text("\n".join(lines), "beside the text", hidden=True)


def _reader(part: zipfile.ZipInfo) -> Callable[[bytes], Iterable[str]] | None:
    """What finds the lines of a part; None where others read all of it."""
    if part.file_size > PART_LIMIT:
        return None
    if DATA.fullmatch(part.filename):
        return lambda content: _tags(_plain(content), TAG, ATTRIBUTE)
    if CONTROL.fullmatch(part.filename):
        return _items
    if PART.fullmatch(part.filename) and not QUIET.fullmatch(part.filename):
        return _shapes if part.filename.startswith(VISIO) else _lines
    if part.filename.rpartition("/")[2] in OPEN_DOCUMENT:
        return lambda content: (*_user_fields(content), *_tags(content, FIELD, FIELD_SAID))
    if part.file_size <= SHEET_LIMIT and SHEET.fullmatch(part.filename):
        return lambda content: _tags(content[content.rfind(BEHIND_CELLS):] if BEHIND_CELLS in content else b"", TAG, ATTRIBUTE)
    return None


def _plain(content: bytes) -> bytes:
    """XML in UTF-16 as UTF-8."""
    return content.decode("utf-16", "replace").encode() if content[:2] in (b"\xff\xfe", b"\xfe\xff") else content


def _tags(content: bytes, tag: re.Pattern[bytes], said: re.Pattern[bytes]) -> Iterator[str]:
    """A line for each tag with numbers in it: its attributes belong together."""
    for match in tag.finditer(content):
        if sum(48 <= c < 58 for c in match[0]) >= FEW_DIGITS:
            values = [value[value.lastindex or 1] for value in said.finditer(match[0])]
            if sum(48 <= c < 58 for value in values for c in value) >= FEW_DIGITS:
                yield "  ".join(html.unescape(value.decode("utf-8", "replace")) for value in values)


def _user_fields(content: bytes) -> Iterator[str]:
    """Fields of OpenDocument that a user named, each with what it holds (ISO/IEC 26300-1, 7.4)."""
    if b"<text:user-field-" not in content and b"<text:variable-" not in content:
        return
    for field in USER_FIELD.finditer(content):
        name, value = USER_NAME.search(field[0]), USER_VALUE.search(field[0])
        if name and value:
            yield html.unescape(f"{name[1].decode('utf-8', 'replace')}: {value[1].decode('utf-8', 'replace')}")


def _shapes(content: bytes) -> Iterator[str]:
    for row in SHAPE_DATA.finditer(content):
        said = {found[1]: html.unescape(found[2].decode("utf-8", "replace")) for found in SHAPE_CELL.finditer(row[1])}
        if len(said) == 2:
            yield f"{said[b'Label']}: {said[b'Value']}"
    yield from _lines(content)


def _items(content: bytes) -> Iterator[str]:
    """What a list or box of choices in a sheet offers, its headings too."""
    if LONG.search(content):
        yield from (html.unescape(item[1].decode("utf-8", "replace")) for item in ITEM.finditer(content))
        yield from _long(ITEM.sub(b"", content))


def _mashup(content: bytes) -> Iterator[Child]:
    if b"D\0a\0t\0a\0M" not in content and b"DataM" not in content:
        return
    found = MASHUP.search(_plain(content).decode("utf-8", "replace"))
    blob = base64.b64decode(found[1]) if found else b""
    if len(blob) > 8:
        yield Child(blob[8:8 + int.from_bytes(blob[4:8], "little")], ArtifactKind.OBJECT, ("Power Query",))


def _records(name: str, content: bytes) -> Iterator[Child]:
    """Data that came along as XML, for the reader of records: its names stand in tags and attributes."""
    plain = _plain(content)
    if LONG.search(plain) is not None and b"<DataMashup" not in plain:
        yield Child(plain, ArtifactKind.OBJECT, (name.rpartition("/")[2],), detected_type="text/xml")


def _long(content: bytes) -> Iterator[str]:
    """A line for each tag that has a long number in any attribute but those of machinery."""
    done = 0
    for match in LONG.finditer(content):
        begin = content.rfind(b"<", max(0, match.start() - TAG_LIMIT), match.start()) if match.start() >= done else -1
        if begin < 0 or content.find(b">", begin, match.start()) >= 0:
            continue                                      # not within a tag
        end = content.find(b">", match.end(), match.end() + TAG_LIMIT)
        done = max(match.end(), end)
        if IDENTITY.match(content, begin):
            continue
        values = [(found[1].rpartition(b":")[2], found[2] or found[3] or b"") for found in NAMED.finditer(content, begin, done)
                  if not MACHINERY.fullmatch(found[1])]
        said = [value for name, value in values if not _measure(name, value)]
        if any(LONG.search(value) for value in said):
            yield "  ".join(html.unescape(value.decode("utf-8", "replace")) for value in said)


def _measure(name: bytes, value: bytes) -> bool:
    """Whether a value is a length, place or time, or the identity of something."""
    return value.startswith(b"{") or (value.lstrip(b"-").isdigit() and name not in VALUES and len(value) < PLAIN_DIGITS)


def _lines(content: bytes) -> Iterator[str]:
    yield from _long(content)
    for pattern in (SAID, CODE):
        for match in pattern.finditer(content):
            value = match[match.lastindex or 1]
            if sum(48 <= c < 58 for c in value) >= DIGITS or HONG_KONG.search(value):
                yield html.unescape(value.decode("utf-8", "replace"))


OFFICE_WORDS = OfficeWordsExtractor()
