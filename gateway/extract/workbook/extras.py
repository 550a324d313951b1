"""What an OOXML workbook says beside its cells: comments, notes, headers, footers, drawings, defined names, properties.

Read straight from the zip: calamine gives cells only.
"""

from __future__ import annotations

import html
import io
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from lxml import etree

from gateway.extract.base import Problem, Yield
from gateway.extract.office.markup.package import Package, PartRefused
from gateway.extract.office.sheets.xlstext import PRINT_CODES
from gateway.extract.records import constants
from gateway.extract.workbook.choices import OPENED as OFFERED
from gateway.extract.workbook.choices import choices
from gateway.model.content import Table, Text
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode

PARTS = (
    (re.compile(r"xl/comments[^/]*\.xml|xl/threadedComments/[^/]+\.xml", re.I), "comment"),
    (re.compile(r"xl/(?:drawings|charts)/[^/]+\.xml|xl/drawings/vmlDrawing[^/]*\.vml", re.I), "drawing"),
    (re.compile(r"xl/worksheets/[^/]+\.xml", re.I), "header"),
    (re.compile(r"xl/pivotCache/pivotCacheRecords[^/]*\.xml|xl/pivotCache/pivotCacheDefinition[^/]*\.xml", re.I), "pivot cache"),
    (re.compile(r"xl/externalLinks/externalLink[^/]*\.xml", re.I), "external cache"),
    (re.compile(r"xl/tables/[^/]+\.xml", re.I), "table"),
    (re.compile(r"customXml/item[0-9]*\.xml", re.I), "custom data"),
    (re.compile(r"xl/worksheets/_rels/[^/]+\.rels", re.I), "link"),
    (re.compile(r"docProps/(?:core|app|custom)\.xml|docMetadata/LabelInfo\.xml", re.I), "property"),
    (re.compile(r"xl/workbook\.xml", re.I), "defined name"),
    (re.compile(r"xl/richData/rd[^/]{0,40}\.xml", re.I), "data type"),
    (re.compile(r"xl/sharedStrings\.xml", re.I), "reading"),
)
QUIET = frozenset({"header", "reading"})
"""Sources whose parts others read, who tell of what is wrong with them."""
READING = re.compile(rb"<rPh [^<>]{0,100}><t(?: [^<>]{0,100})?>([^<]{6,400})</t>")
NUMBER = 6
"""Digits of a reading from which on it is a number."""
HEADERS = re.compile(rb"<(?:oddHeader|oddFooter|evenHeader|evenFooter|firstHeader|firstFooter)>(.{0,4096}?)</", re.S)
SAID = re.compile(rb'(?:prompt|promptTitle|error|errorTitle|tooltip|display|location)="([^"]{6,4096})"')
"""Attributes of validations and links in a sheet: shown when somebody comes near."""
FILTERED = re.compile(rb'<(?:filter|customFilter) (?:[a-zA-Z]{1,20}="[^"]{0,40}" ){0,3}val="([^"]{6,400})"')
"""What rows are shown for: values of the column ([ECMA-376] 18.3.2)."""
FORMULA = re.compile(rb"<f(?:ormula[12]?)?+(?: [^>]{0,200}+)?>"
                     rb"([^<&\"]*+(?:&(?!quot;|#)[^<&\"]*+)*+(?:\"|&quot;|&#)[^<]{0,8192}+)</")
"""A formula with a text in it."""
OPENED = re.compile(rb"f(?<=<f)")
"""The beginning of a formula: what stands first is rare in a sheet, so that hardly a place is looked at."""
LITERAL = re.compile('"((?:[^"]|""){0,4000})"')
PART_LIMIT = 32 << 20
ALLOWANCE = 256 << 20
"""Octets that the parts of a workbook may unpack to where nobody has bounded them before."""
MOST_COLUMNS = 16_384                    # of a sheet
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)


def extras(data: bytes, unpacked: Mapping[str, bytes] | None = None, package: Package | None = None) -> Iterator[Yield]:
    """Texts and tables of the parts above. A part that is too big or broken is a Problem of its own. `unpacked` are parts of
    `package` that somebody unpacked before; their checksums are looked at here."""
    try:
        opened = package or Package(data, Limits(), len(data) + ALLOWANCE)
    except PartRefused as error:
        yield Problem(IncidentCode.MALFORMED, f"workbook zip: {error}")
        return
    pivots: dict[str, _Pivot] = {}
    types: list[tuple[str, ...]] = []
    for entry in sorted(opened.found, key=lambda e: "Records" in e.name or e.name.endswith("value.xml")):       # definitions first
        source = next((s for pattern, s in PARTS if pattern.fullmatch(entry.name)), "")
        if not source:
            continue
        if entry.size > PART_LIMIT:
            if source not in QUIET:
                yield Problem(IncidentCode.SIZE, f"{source} part over {PART_LIMIT} octets")
            continue
        try:
            content = (unpacked or {}).get(entry.name, b"") if not opened.doubled else b""
            content = content or opened.content(entry)
        except PartRefused as error:
            yield Problem(error.problem.code, f"{source}: {error}")
            continue
        if source == "reading":
            yield from _readings(content)
        elif zlib.crc32(content) != entry.crc:
            yield Problem(IncidentCode.MALFORMED, f"{source}: wrong checksum")
        elif source == "data type":
            yield from _typed(content, types)
        elif source == "pivot cache":
            yield from _pivot(entry.name, content, pivots)
        else:
            if source == "header":
                yield from _choices(content, opened)
            yield from _part(source, content)


def _choices(content: bytes, opened: Package) -> Iterator[Yield]:
    """What cells may hold or are marked for, under the headings of their columns."""
    begin = content.find(b"<sheetData>")
    end = content.find(b"</sheetData>", begin)
    if 0 <= begin < end and OFFERED.search(content, end):
        for rows in choices(content[end:], content[begin:end], lambda: _strings(opened)):
            yield Table("choices", rows, hidden=True)


def _strings(opened: Package) -> list[str]:
    """The shared strings of a workbook; none where they are too many or broken."""
    entry = next((entry for entry in opened.found if entry.name.lower() == "xl/sharedstrings.xml"), None)
    if entry is None or entry.size > PART_LIMIT:
        return []
    try:
        root = etree.fromstring(opened.content(entry), PARSER)
    except (PartRefused, etree.XMLSyntaxError):
        return []                                         # the reader of the cells tells it
    return ["".join(item.itertext()) for item in root.iterfind("{*}si")] if root is not None else []


@dataclass(slots=True)
class _Pivot:
    """Names of a cache's fields, and the values that its records count off."""

    names: list[str] = field(default_factory=list)
    shared: list[list[str]] = field(default_factory=list)


def _pivot(name: str, content: bytes, pivots: dict[str, _Pivot]) -> Iterator[Yield]:
    """Rows under the names of their fields ([ECMA-376] 18.10): what a pivot table still knows of a sheet that was deleted."""
    number = "".join(c for c in name if c.isdigit())
    try:
        if "Records" not in name:
            pivot = pivots[number] = _Pivot()
            root = etree.fromstring(content, PARSER)
            for item in root.iter("{*}cacheField") if root is not None else ():
                pivot.names.append(item.get("name") or "")
                pivot.shared.append([e.get("v") or "" for e in item.iterfind("{*}sharedItems/*")])
            rows = [(n, *values) for n, values in zip(pivot.names, pivot.shared, strict=True) if values]
        else:
            pivot = pivots.get(number, _Pivot())
            rows = [tuple(pivot.names), *_counted_off(content, pivot)]
    except etree.XMLSyntaxError as error:
        yield Problem(IncidentCode.MALFORMED, f"pivot cache: {type(error).__name__}")
        return
    if rows:
        yield Table("pivot cache", tuple(rows), hidden=True)


def _counted_off(content: bytes, pivot: _Pivot) -> Iterator[tuple[str, ...]]:
    """A row for each record, which is forgotten then: a tree of all of them takes forty times their octets."""
    for _, record in etree.iterparse(io.BytesIO(content), tag="{*}r", resolve_entities=False, no_network=True, recover=True):
        yield tuple(_cached(e, i, pivot) for i, e in enumerate(record))
        record.clear()
        parent = record.getparent()
        while parent is not None and parent[0] is not record:
            del parent[0]


def _typed(content: bytes, types: list[tuple[str, ...]]) -> Iterator[Yield]:
    """Records behind cells with a data type, under the names of their fields ([MS-XLSX] 2.3.13: rvStructures, rvData)."""
    root = etree.fromstring(content, PARSER)
    if root is None:
        return
    types += (tuple(key.get("n") or "" for key in kind.iterfind("{*}k")) for kind in root.iterfind("{*}s"))
    found: dict[int, list[tuple[str, ...]]] = {}
    for value in root.iterfind("{*}rv"):
        number = value.get("s") or ""
        found.setdefault(int(number) if number.isdecimal() and len(number) < 6 else 0, []).append(
            tuple(part.text or "" for part in value.iterfind("{*}v")))
    for number, rows in found.items():
        names = types[number] if number < len(types) else ()
        yield Table("data type", ((names, *rows) if names else tuple(rows)), hidden=True)


def _cached(element: etree._Element, column: int, pivot: _Pivot) -> str:
    value = str(element.get("v") or "")
    if not str(element.tag).endswith("}x") or column >= len(pivot.shared) or not value.isdigit():
        return value
    shared = pivot.shared[column]
    return shared[int(value)] if int(value) < len(shared) else ""


def _part(source: str, content: bytes) -> Iterator[Yield]:
    if source == "header":
        content, formulas = _beside(content)
        for match in HEADERS.finditer(content) if b"Heade" in content or b"Foote" in content else ():
            text = PRINT_CODES.sub(" ", html.unescape(match[1].decode("utf-8", "replace"))).strip()
            if text:
                yield Text(text, "header")
        for part in (content, formulas):
            yield from (Table("array", rows, hidden=True) for rows in _arrays(part))
        lines = [*_said(content), *_literals(content), *_literals(formulas)]
        if lines:
            yield Text("\n".join(dict.fromkeys(lines)), "beside cells", hidden=True)
        return
    try:
        root = etree.fromstring(content, PARSER)
    except etree.XMLSyntaxError as error:
        yield Problem(IncidentCode.MALFORMED, f"{source}: {type(error).__name__}")
        return
    if root is None:
        return
    if source == "property":
        yield from _properties(root)
    elif source == "link":
        yield Text("\n".join(unquote(e.get("Target", "")) for e in root.iter() if isinstance(e.tag, str)), source, hidden=True)
    elif source == "external cache":
        yield Table(source, tuple(_cached_rows(root)), hidden=True)
    elif source == "table":
        names = [e.get("name") or "" for e in root.iter("{*}tableColumn")]
        yield Text("\n".join([*names, *_said(content)]), source, hidden=True)
    else:
        yield Text(_paragraphs(root), source, hidden=source != "comment")


def _cached_rows(root: etree._Element) -> Iterator[tuple[str, ...]]:
    """What a workbook keeps of the cells of others it refers to ([ECMA-376] 18.14), each in its column."""
    for row in root.iter("{*}row"):
        cells: list[str] = []
        for cell in row.iterfind("{*}cell"):
            letters = "".join(filter(str.isalpha, cell.get("r") or ""))[:3].upper()
            column = sum((ord(c) - 64) * 26 ** i for i, c in enumerate(reversed(letters)) if c.isascii()) - 1
            cells += [""] * min(max(0, column - len(cells)), MOST_COLUMNS)
            cells.append(cell.findtext("{*}v") or "")
        yield tuple(cells)


def _beside(content: bytes) -> tuple[bytes, bytes]:
    """A worksheet without its cells, and these where formulas stand in them: most of a sheet is looked at once."""
    begin = content.find(b"<sheetData>")
    end = content.find(b"</sheetData>", begin)
    if begin < 0 or end < 0:
        return content, b""
    return content[:begin] + content[end:], content[begin:end] if content.find(b"f", begin + 11, end) >= 0 else b""


def _said(content: bytes) -> Iterator[str]:
    """Messages of validations and links, and what filters look for."""
    if b"<dataValidation" in content or b"<hyperlink" in content:
        for match in SAID.finditer(content):
            yield html.unescape(match[1].decode("utf-8", "replace"))
    if b"ilter " in content:
        for match in FILTERED.finditer(content):
            yield html.unescape(match[1].decode("utf-8", "replace"))


def _literals(content: bytes) -> Iterator[str]:
    """The texts that a formula puts together: `="A12345"&"6789"`, a list of choices."""
    if OPENED.search(content) is None:
        return
    for match in FORMULA.finditer(content):
        if b'"' in match[1] or b"&quot;" in match[1]:
            joined = "".join(LITERAL.findall(html.unescape(match[1].decode("utf-8", "replace"))))
            if any(map(str.isdigit, joined)):
                yield joined


def _arrays(content: bytes) -> Iterator[constants.Rows]:
    """Tables that stand as constants in formulas."""
    if b"{" not in content or OPENED.search(content) is None:
        return
    for match in FORMULA.finditer(content):
        if b"{" in match[1]:
            yield from constants.tables(html.unescape(match[1].decode("utf-8", "replace")))


def _readings(content: bytes) -> Iterator[Yield]:
    """What is shown above the letters of cells ([ECMA-376] 18.4.6), where it has numbers in it."""
    if b"<rPh" not in content:
        return
    said = [html.unescape(match[1].decode("utf-8", "replace")) for match in READING.finditer(content)]
    said = [text for text in said if sum(map(str.isdigit, text)) >= NUMBER]
    if said:
        yield Text("\n".join(said), "reading of cells")


def _paragraphs(root: etree._Element) -> str:
    """Runs of one paragraph or comment without gaps, a line break between them."""
    lines: list[str] = []
    current: list[str] = []
    for element in root.iter():
        name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if name in ("p", "comment", "threadedComment", "div", "definedName", "row", "pt") and current:
            lines.append("".join(current))
            current = []
        if element.text and element.text.strip():
            current.append(element.text)
        lines += [v for v in (element.get("descr"), element.get("title")) if v]          # of drawings, for the blind
    lines.append("".join(current))
    return "\n".join(lines)


def _properties(root: etree._Element) -> Iterator[Yield]:
    """Document properties as name and value: sensitivity labels (MSIP_Label_...) live here."""
    rows = []
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        local = element.tag.rpartition("}")[2]
        name = element.get("name") or local
        value = "".join(element.itertext()).strip() if element.get("name") or not len(element) else ""
        if value:
            rows.append((name, value))
        if local == "label":     # docMetadata/LabelInfo.xml, [MS-OFFCRYPTO] 2.6.2
            rows.append(("MSIP_Label", " ".join(f"{k}={v}" for k, v in element.attrib.items())))
    if rows:
        yield Table("properties", tuple(rows), hidden=True)


__all__ = ["extras"]
