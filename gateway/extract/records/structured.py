"""Records in text and database files: JSON, SQL dumps, XML, vCard, LDIF, YAML and SQLite. Rows and columns for the detectors.

SQLite pages are read here without the library: the file is hostile, and the library would want to open it by name.
"""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from lxml import etree

from gateway.extract import nesting
from gateway.extract.base import Context, Node, Problem, Yield
from gateway.extract.charset import readings
from gateway.extract.records import markup, sqlite_pages
from gateway.extract.text.codings import base64_of
from gateway.model.content import Table, Text
from gateway.model.finding import IncidentCode

MOST_RECORDS = nesting.RECORDS           # of one file; beyond, it counts as too big to judge
MOST_TAGS, MOST_ATTRIBUTES = 1_300_000, 500_000
"""Of one XML document: a tree of as many takes 240 MB. A file of 70,000 customers with eight fields each has as many tags."""
MOST_TABLES = 1_000
"""Kinds of records of one file; those of others count as names and values."""
FIELDS = 10_000                          # of one card
LEAST_WRITTEN = 16                       # characters of a string that may be JSON
COLUMNS = 16_384                         # of one record, as in a spreadsheet
ATTRIBUTES = 1_000                       # of one element
INSERT = re.compile(
    r"(?:insert\s+(?:all\s+|first\s+)?|(?<=\))\s{1,40})into\s+([^\s(]{1,128})\s*+(\([^()]{1,4096}\)\s*+)?values\s*+", re.I)
"""One statement, or the next table of one that fills several (INSERT ALL)."""
CREATE = re.compile(r"create\s+table\s+(?:if\s+not\s+exists\s+)?([^\s(]{1,128})\s*+\(((?:[^()]|\([^()]{0,200}\)){1,8000}+)\)", re.I)
BRACKETED = re.compile(r"\([^()]{0,200}\)")
CLAUSES = frozenset({"primary", "unique", "key", "index", "constraint", "foreign", "check", "fulltext"})
MOST_CREATED = 1_000
COPY = re.compile(r"^copy\s+[^\s(]{1,128}\s*+\(([^()]{1,4096})\)\s*+from\s+stdin[^\n]*\n", re.I | re.M)
QUOTED = re.compile(r"[NnEe]?'((?:[^'\\]|''|\\.)*+)(?:'|\\?\Z)|([^,()'\s][^,()']*)|(\))", re.S)
LISTS = re.compile(rb"\[\s*[\[\"]")
LDIF = re.compile(rb"(?:version: ?1\s{1,4}|#[^\n]{0,200}\n){0,9}dn::? ?\S", re.I)
XML_PARSER = {"resolve_entities": False, "no_network": True, "huge_tree": False, "recover": True}


class StructuredExtractor:
    name = "structured"

    def claims(self, node: Node) -> bool:
        return node.type in ("application/vnd.sqlite3", "application/json", "text/xml", "text/vcard") or (
            node.type in ("text/plain", "text/x-script") and (_looks(node.data) != "" or _marked_up(node.data))) or (
            node.type == "text/html" and _looks(node.data) == "xml")       # XML with a tag or two that HTML has as well

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        kind = {"application/json": "json", "text/xml": "xml", "text/vcard": "vcard"}.get(node.type) or _looks(node.data)
        if not kind:
            kind = "xml" if context.outbound else ""      # without the line that says so, it is read for its records only
        flood = nesting.json(node.data) if kind == "json" else nesting.xml(node.data) if kind == "xml" else ""
        if flood:
            yield Problem(IncidentCode.COUNT, flood)
        if flood or not context.outbound:
            return
        if node.type == "application/vnd.sqlite3":
            yield from _sqlite(node.data)
            return
        if kind == "xml":
            yield from _xml(node.data)
            return
        for text, charset in readings(node.data):
            yield Text(text, "body", charset)
            if kind == "json":
                yield from _json(text)
            elif kind == "vcard":
                yield from _vcard(text)
            elif kind == "ldif":
                yield from _ldif(text)
            elif kind == "sql":
                yield from _sql(text)
                yield from _copied(text)


MARKED = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,99}<([A-Za-z_][\w.:-]{0,60})[\s>]")


def _marked_up(data: bytes) -> bool:
    """XML without its first line: one element and nothing else."""
    found = MARKED.match(data)
    return found is not None and data[-200:].rstrip().endswith(b"</" + found[1] + b">")


def _looks(data: bytes) -> str:
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    low = head[:4096].lower()
    if low.startswith(b"begin:vcard"):
        return "vcard"
    if low.startswith(b"<?xml"):
        return "xml"
    if head[:1] in (b"{", b"[") and (b'":' in head or b'" :' in head or b"{" in head[1:64] or LISTS.match(head)):
        return "json"
    if LDIF.match(head):
        return "ldif"
    if b"copy " in low and b"from stdin" in low:
        return "sql"
    return "sql" if b"insert into" in low or b"insert all" in low or (b"create table" in low and b"insert" in data.lower()) else ""


def _json(text: str) -> Iterator[Yield]:
    """One document, or one a line (JSON lines). Lists of objects become tables; the rest name and value."""
    try:
        documents = [json.loads(text)]
    except (ValueError, RecursionError):
        documents = []
        for line in text.splitlines():
            if line.lstrip()[:1] in ("{", "["):
                try:
                    documents.append(json.loads(line))
                except (ValueError, RecursionError):
                    continue
    yield from records([documents] if len(documents) != 1 else documents)


def records(documents: list[Any]) -> Iterator[Yield]:
    """Objects of the same keys as tables, lists of plain values as rows, the rest name and value."""
    tables: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    pairs: list[tuple[str, ...]] = []
    queue: list[tuple[Any, str]] = [(d, "") for d in documents]
    count = 0
    while queue:
        value, name = queue.pop()
        count += 1 if not isinstance(value, dict) or len(value) <= COLUMNS else len(value)
        if count > MOST_RECORDS:
            yield Problem(IncidentCode.COUNT, f"more than {MOST_RECORDS} records")
            break
        if isinstance(value, dict):
            scalars = {str(k): _scalar(v) for k, v in value.items() if not isinstance(v, (dict, list))}
            queue.extend((inner, str(k)) for k, v in value.items() if (inner := _written(v)) is not None)
            if len(scalars) > COLUMNS:                    # a list by its keys, no record
                pairs.extend(scalars.items())
            elif scalars and (tuple(scalars) in tables or len(tables) < MOST_TABLES):
                tables.setdefault(tuple(scalars), []).append(tuple(scalars.values()))
            else:
                pairs.extend(scalars.items())
            queue.extend((v, str(k)) for k, v in value.items() if isinstance(v, (dict, list)))
        elif isinstance(value, list):
            if 0 < len(value) <= COLUMNS and all(not isinstance(v, (dict, list)) for v in value):
                pairs.append((name, *map(_scalar, value)))
            elif len(value) <= COLUMNS and any(isinstance(v, str) for v in value) and all(_one_said(v) is not None for v in value):
                pairs.append((name, "".join(_one_said(v) or "" for v in value)))
            else:
                queue.extend((v, name) for v in reversed(value))
        elif name:
            pairs.append((name, _scalar(value)))
    for columns, rows in tables.items():
        yield Table("records", (columns, *rows))
    if pairs:
        yield Table("values", tuple(pairs))


def _written(value: object) -> Any:
    """What a string says that is JSON itself, as requests and messages are logged; None for any other value."""
    if not isinstance(value, str) or len(value) < LEAST_WRITTEN or value.lstrip()[:1] not in ("{", "["):
        return None
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, (dict, list)) else None


def _one_said(value: object) -> str | None:
    """What a piece of a text says that comes as a list of strings and of objects with a text each; None for anything else."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        return None
    said = [v for k, v in value.items() if k in VALUED and isinstance(v, str)]
    return said[0] if len(said) == 1 and len(value) <= 4 else None


def _scalar(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e19:
        return str(int(value))
    return "" if value is None else str(value)


def _sql(text: str) -> Iterator[Yield]:
    """INSERT statements as tables, those of one table and the same columns as one; column names where a statement gives them."""
    tables: dict[tuple[str, tuple[str, ...]], list[tuple[str, ...]]] = {}
    statements = text.lower().count("into ")
    created = {found[1].lower(): _columns(found[2]) for found in islice(CREATE.finditer(text), MOST_CREATED)}
    match = INSERT.search(text) if statements < MOST_RECORDS else None
    if statements >= MOST_RECORDS:
        yield Problem(IncidentCode.COUNT, f"more than {MOST_RECORDS} records")
    while match:
        named = match[2].rstrip()[1:-1].split(",") if match[2] else created.get(match[1].lower(), ())
        columns = tuple(c.strip(' `"[]') for c in named)
        place = (match[1], columns) if len(tables) < MOST_TABLES or (match[1], columns) in tables else ("", ())
        rows = tables.setdefault(place, [columns] if columns and place[0] else [])
        at = _values(text, match.end(), rows)
        if len(rows) >= MOST_RECORDS:
            yield Problem(IncidentCode.COUNT, f"more than {MOST_RECORDS} records")
            break
        match = INSERT.search(text, at)
    for rows in tables.values():
        if rows:
            yield Table("insert", tuple(rows))


def _columns(definition: str) -> tuple[str, ...]:
    """The names of the columns of a CREATE TABLE statement: the first word between commas that no parentheses hold."""
    names = [piece.split(None, 1)[0].strip('`"[]') for piece in BRACKETED.sub("", definition).split(",") if piece.strip()]
    return tuple(name for name in names if name.lower() not in CLAUSES)


def _values(text: str, at: int, rows: list[tuple[str, ...]]) -> int:
    """Adds the rows of one statement; gives where it ends."""
    current: list[str] = []
    while at < len(text) and len(rows) < MOST_RECORDS:
        c = text[at]
        if c == ";":
            break
        if c in "(, \r\n\t":
            at += 1
            continue
        found = QUOTED.match(text, at)
        if found is None or (c in "iI" and INSERT.match(text, at)):
            break
        at = found.end()
        if found[3]:
            rows.append(tuple(current))
            current = []
            if text[at:at + 1].isspace() and INSERT.match(text, at):
                break
        else:
            current.append(found[1].replace("''", "'") if found[1] is not None else found[2].strip())
    return at


def _copied(text: str) -> Iterator[Yield]:
    """COPY statements of PostgreSQL dumps: the columns, then a line a row up to `\\.`."""
    match = COPY.search(text)
    while match:
        end = text.find("\n\\.", match.end())
        lines = text[match.end():end if end >= 0 else len(text)].split("\n", MOST_RECORDS)[:MOST_RECORDS]
        rows = [tuple(c.strip(' "') for c in match[1].split(","))]
        yield Table("copy", (*rows, *(tuple(line.split("\t")) for line in lines if line)))
        match = COPY.search(text, end) if end >= 0 else None


def _ldif(text: str) -> Iterator[Yield]:
    """Entries of a directory as records (RFC 2849): a line an attribute, base64 behind two colons, blank lines between."""
    entries: list[dict[str, list[str]]] = [{}]
    for line in re.sub(r"\r?\n ", "", text).splitlines():
        key, colon, value = line.partition(":")
        if not line.strip():
            entries.append({})
        elif colon and not line.startswith("#"):
            if value.startswith(":"):
                value = base64_of(value.strip(": ").encode("ascii", "replace")).decode("utf-8", "replace")
            entries[-1].setdefault(key, []).append(value.strip())
    yield from records([[{key: " ".join(values) for key, values in e.items()} for e in entries if e]])


def _quoted_printable(key: str, value: str) -> str:
    """The text of a vCard 2.1 property that says so."""
    charset = re.search(r"charset=\"?([\w-]{2,20})", key, re.I)
    octets = binascii.a2b_qp(value.encode("utf-8", "replace"))
    return readings(octets, charset[1] if charset else "utf-8")[0][0] if octets else ""


def _vcard(text: str) -> Iterator[Yield]:
    """One row a card (RFC 6350). The reader of calendars and cards says so where there are too many."""
    if text.upper().count("BEGIN:V") > nesting.CARDS:
        return
    rows: list[tuple[str, ...]] = [("name", "phone", "email", "address", "birthdate", "note")]
    unfolded = re.sub(r"\n[ \t]|(?<==)\n(?==[0-9A-F]{2})", "", text.replace("\r\n", "\n"))
    fields: dict[str, list[str]] | None = None
    for line in unfolded.splitlines():
        low = line.strip().lower()
        if low == "begin:vcard":
            fields = {} if fields is None else fields
        elif low == "end:vcard" and fields is not None:
            name = (fields.get("FN") or fields.get("N") or [""])[0]
            rows.append((name, *(" ".join(fields.get(k, [])) for k in ("TEL", "EMAIL", "ADR", "BDAY", "NOTE"))))
            fields = None
        elif fields is not None:
            key, _, value = line.partition(":")
            base = key.split(";")[0].rsplit(".", 1)[-1].upper()
            if ";" in key and "QUOTED-PRINTABLE" in key.upper():
                value = _quoted_printable(key, value.replace("==", "="))
            fields.setdefault(base, []).append(value.replace("\\,", ",").replace(";", " ").strip())
            if len(fields[base]) > FIELDS:
                yield Problem(IncidentCode.COUNT, f"a card with more than {FIELDS} fields")
                return
    if len(rows) > 1:
        yield Table("cards", tuple(rows))


CALLED = frozenset({"name", "key", "label", "title", "field", "k", "n", "attribute", "column", "caption"})
VALUED = frozenset({"value", "val", "v", "text", "content", "data"})
"""Children or attributes of an element that is one field of a record: what it is called, what it says."""


def _xml(data: bytes) -> Iterator[Yield]:
    """Elements with text children as records, everything else as name and value."""
    if data.count(b"<") > MOST_TAGS or data.count(b'="') + data.count(b"='") > MOST_ATTRIBUTES:
        yield Problem(IncidentCode.COUNT, f"more than {MOST_TAGS} tags or {MOST_ATTRIBUTES} attributes")
        return
    try:
        root = etree.fromstring(data, etree.XMLParser(**XML_PARSER))
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        for text, charset in readings(data):
            yield Text(re.sub(r"<[^<>]{0,512}>", " ", text), "body", charset)
        return
    tables: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    lines: list[str] = []
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        name = _local(element.tag)
        if len(element.attrib) > ATTRIBUTES or len(element) > MOST_RECORDS:
            yield Problem(IncidentCode.COUNT, f"more than {ATTRIBUTES} attributes or {MOST_RECORDS} records")
            break
        leaves = [(_local(c.tag), (c.text or "").strip()) for c in element if isinstance(c.tag, str) and not len(c)]
        leaves += [(str(k), v) for k, v in element.attrib.items()]
        if len(leaves) == 2 and leaves[0][0].lower() in CALLED and leaves[1][0].lower() in VALUED and leaves[0][1]:
            lines.append(f"{leaves[0][1]}: {leaves[1][1]}")
        elif len(leaves) == 1 and element.attrib:
            lines.append(f"{leaves[0][0]}: {leaves[0][1]}")
        elif len(leaves) > 1 and ((columns := tuple(k for k, _ in leaves)) in tables or len(tables) < MOST_TABLES):
            tables.setdefault(columns, []).append(tuple(v for _, v in leaves))
        else:
            lines += (f"{key}: {value}" for key, value in leaves[len(element):])
        for value in (element.text, element.tail):
            if value and value.strip():
                lines.append(f"{name}: {value.strip()}")
    for columns, rows in tables.items():
        yield Table("records", (columns, *rows))
    yield from markup.tables(root)
    yield from markup.page(root, data)
    if lines:
        yield Text("\n".join(lines), "body")


def _local(tag: str) -> str:
    """A name without its namespace. Damaged documents have names that lxml's QName refuses."""
    return tag.rpartition("}")[2].rpartition(":")[2]


def _sqlite(data: bytes) -> Iterator[Yield]:
    try:
        for name, rows in sqlite_pages.tables(data):
            yield Table(f"table {name}", rows)
    except sqlite_pages.BrokenDatabase as error:
        yield Problem(IncidentCode.MALFORMED, f"sqlite: {error}")


STRUCTURED = StructuredExtractor()
