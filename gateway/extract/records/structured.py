"""Records in text and database files: JSON, SQL dumps, XML, vCard, LDIF, YAML and SQLite. Rows and columns for the detectors.

SQLite pages are read here without the library: the file is hostile, and the library would want to open it by name.
"""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from gateway.extract import nesting
from gateway.extract.base import Context, Node, Problem, Yield
from gateway.extract.charset import readings
from gateway.extract.records import constants, markup, sql, sqlite_pages
from gateway.extract.records.objects import COLUMNS, MOST_RECORDS, VALUED, named_rows, nested, scalar
from gateway.extract.text.codings import base64_of
from gateway.model.content import Table, Text
from gateway.model.finding import IncidentCode

MOST_TAGS, MOST_ATTRIBUTES = 1_300_000, 500_000
"""Of one XML document: a tree of as many takes 240 MB. A file of 70,000 customers with eight fields each has as many tags."""
MOST_TABLES = 1_000
"""Kinds of records of one file; those of others count as names and values."""
FIELDS = 10_000                          # of one card
LEAST_WRITTEN = 16                       # characters of a string that may be JSON
NUMBERED = 5                             # digits of a key that is the number of what stands under it
ATTRIBUTES = 1_000                       # of one element
SELECTED_LOOK = re.compile(rb"(?:from|using)\s*\(\s*values\s*\(|select\s+n?'[^']{1,100}'\s+as\s")
QUERIES = re.compile(rb"\A(?:section \w{1,60};|let\s)|#table\s?\(|\Wtable\.from")
"""Documents in the language of Power Query ([MS-QDEFF] 2.5, Formulas/Section1.m)."""
LISTS = re.compile(rb"\[\s*[\[\"]")
LDIF = re.compile(rb"(?:version: ?1\s{1,4}|#[^\n]{0,200}\n){0,9}dn::? ?\S", re.I)
XML_PARSER = {"resolve_entities": False, "no_network": True, "huge_tree": False, "recover": True}


class StructuredExtractor:
    name = "structured"

    def claims(self, node: Node) -> bool:
        return node.type in ("application/vnd.sqlite3", "application/json", "text/xml", "text/vcard") or (
            node.type in ("text/plain", "text/x-script") and (_looks(node.data) != "" or _marked_up(node.data))) or (
            node.type == "text/html" and _looks(node.data) in ("xml", "json"))       # with a tag or two that HTML has as well

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        kind = {"application/json": "json", "text/xml": "xml", "text/vcard": "vcard"}.get(node.type) or _looks(node.data)
        if not kind:
            kind = "xml" if context.outbound else ""      # without the line that says so, it is read for its records only
        look = {"json": nesting.json, "xml": nesting.xml, "ldif": nesting.ldif}.get(kind)
        flood = look(node.data) if look is not None else ""
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
                yield from sql.statements(text)
            elif kind == "m":
                yield from (Table("rows", rows) for rows in constants.tables(text))


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
    if QUERIES.search(low):
        return "m"
    if b"copy " in low and b"from stdin" in low:
        return "sql"
    if SELECTED_LOOK.search(low):
        return "sql"
    if any(mark in low for mark in (b"insert into", b"insert all", b"insert [")):
        return "sql"
    return "sql" if b"create table" in low and b"insert" in data.lower() else ""


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
        inner = [(v, str(k)) for k, v in value.items() if isinstance(v, (dict, list))] if isinstance(value, dict) else []
        if inner and (rows := named_rows(value)):
            yield Table("records", tuple(rows))
        elif name and 0 < len(inner) == len(value) <= COLUMNS and all(sum(map(str.isdigit, key)) >= NUMBERED for _, key in inner):
            pairs.append((name, *(key for _, key in inner)))             # {"account_no": {"00412345678901": {..}}}
        count += 1 if not isinstance(value, dict) or len(value) <= COLUMNS else len(value)
        if count > MOST_RECORDS:
            yield Problem(IncidentCode.COUNT, f"more than {MOST_RECORDS} records")
            break
        if isinstance(value, dict):
            scalars = {str(k): scalar(v) for k, v in value.items() if not isinstance(v, (dict, list))}
            queue.extend((said, str(k)) for k, v in value.items() if (said := _written(v)) is not None)
            if len(scalars) > COLUMNS:                    # a list by its keys, no record
                pairs.extend(scalars.items())
            elif scalars and (tuple(scalars) in tables or len(tables) < MOST_TABLES):
                tables.setdefault(tuple(scalars), []).append(tuple(scalars.values()))
            else:
                pairs.extend(scalars.items())
            queue.extend(inner)
        elif isinstance(value, list):
            if value[:1] == ["vcard"] and (card := _card(value)):
                queue.append((card, name))
            elif len(value) > 1 and all(isinstance(v, str) and v.endswith("\n") for v in value[:-1]) and isinstance(value[-1], str):
                yield Text("".join(value), "records")     # a text by its lines, as notebooks have it
            elif 0 < len(value) <= COLUMNS and all(not isinstance(v, (dict, list)) for v in value):
                pairs.append((name, *map(scalar, value)))
            elif len(value) <= COLUMNS and any(isinstance(v, str) for v in value) and all(_one_said(v) is not None for v in value):
                pairs.append((name, "".join(_one_said(v) or "" for v in value)))
            else:
                queue.extend((nested(v), name) for v in reversed(value))
        elif name:
            pairs.append((name, scalar(value)))
    for columns, rows in tables.items():
        yield Table("records", (columns, *rows))
    if pairs:
        yield Table("values", tuple(pairs))


def _card(value: list[Any]) -> dict[str, str]:
    """A card of contacts in JSON (RFC 7095): its properties are lists of a name, parameters, a type and values."""
    listed = value[1] if len(value) > 1 and isinstance(value[1], list) else []
    return {str(p[0]): " ".join(scalar(v) for v in p[3:] if not isinstance(v, (dict, list))).removeprefix("tel:")
            for p in listed[:COLUMNS] if isinstance(p, list) and len(p) > 3 and isinstance(p[1], dict)}


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


def _ldif(text: str) -> Iterator[Yield]:
    """Entries of a directory as records (RFC 2849): a line an attribute, base64 behind two colons, blank lines between."""
    entries: list[dict[str, str]] = []
    entry: dict[str, list[str]] = {}
    for line in (*re.sub(r"\r?\n ", "", text).splitlines(), ""):
        key, colon, value = line.partition(":")
        if not line.strip():
            if entry:
                entries.append({key: " ".join(values) for key, values in entry.items()})
                entry = {}
        elif colon and not line.startswith("#"):
            if value.startswith(":"):
                value = base64_of(value.strip(": ").encode("ascii", "replace")).decode("utf-8", "replace")
            entry.setdefault(key, []).append(value.strip())
    yield from records([entries])


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
    tree = _Tree()
    yield from tree.read(root)
    named = markup.captions(root, data)
    for columns, rows in tree.tables.items():
        yield Table("records", (tuple(named.get(name, name) for name in columns), *rows))
    if tree.rows:
        yield from markup.tables(root)
    narrow = data.replace(b"\0", b"")
    if b"Row" in narrow and b"Col" in narrow:
        yield from markup.sheets(root)
    yield from markup.page(root, data)
    if tree.lines:
        yield Text("\n".join(tree.lines), "body")


class _Tree:
    """What the elements of a document say. Each is touched once: lxml makes an object of it whenever it is."""

    def __init__(self) -> None:
        self.tables: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        self.lines: list[str] = []
        self.rows = False                # an element may be a row of cells that are elements
        self.names: dict[str, str] = {}

    def read(self, root: etree._Element) -> Iterator[Problem]:
        waiting: list[etree._Element | str] = [root]
        while waiting:
            element = waiting.pop()
            if isinstance(element, str):
                self.lines.append(element)
                continue
            if len(element.attrib) > ATTRIBUTES or len(element) > MOST_RECORDS:
                yield Problem(IncidentCode.COUNT, f"more than {ATTRIBUTES} attributes or {MOST_RECORDS} records")
                return
            said = element.items()                       # lxml looks at all before it for each
            leaves, inside = self.children(element)
            if len(said) == 1 and not len(element) and self.name(said[0][0]).lower() in CALLED and said[0][1] and element.text:
                self.lines.append(f"{said[0][1]}: {element.text.strip()}")          # <field name="id_no">A123456789</field>
            else:
                self.record(leaves, said)
            self.said(element, element.tag, self.lines)
            inside.reverse()
            waiting += inside

    def children(self, element: etree._Element) -> tuple[list[tuple[str, str]], list[etree._Element | str]]:
        """Names and texts of those without children, and in order what is still to be read: elements, or lines that they give."""
        leaves: list[tuple[str, str]] = []
        inside: list[etree._Element | str] = []
        grown = 0
        for child in element:
            tag = child.tag
            if not isinstance(tag, str):
                continue
            if len(child):
                grown += 1
                inside.append(child)
                continue
            leaves.append((self.name(tag), (child.text or "").strip()))
            if child.items():
                inside.append(child)
            else:
                self.said(child, tag, inside)
        self.rows = self.rows or grown >= markup.LEAST_CELLS
        return leaves, inside

    def said(self, element: etree._Element, tag: str, lines: list[etree._Element | str] | list[str]) -> None:
        """The text in an element and behind it, named, added to some lines."""
        for value in (element.text, element.tail):
            if value and (value := value.strip()):
                lines.append(f"{self.name(tag)}: {value}" if "\n" not in value else f"{self.name(tag)}:\n{value}")

    def record(self, leaves: list[tuple[str, str]], said: list[tuple[str, str]]) -> None:
        """An element's leaves and attributes: a field, one value, a row."""
        leaves = [*leaves, *said]
        if len(leaves) == 2 and leaves[0][0].lower() in VALUED:
            leaves.reverse()
        if len(leaves) == 2 and leaves[0][0].lower() in CALLED and leaves[1][0].lower() in VALUED and leaves[0][1]:
            self.lines.append(f"{leaves[0][1]}: {leaves[1][1]}")
        elif len(leaves) == 1 and said:
            self.lines.append(f"{leaves[0][0]}: {leaves[0][1]}")
        elif len(leaves) > 1 and ((columns := tuple(k for k, _ in leaves)) in self.tables or len(self.tables) < MOST_TABLES):
            self.tables.setdefault(columns, []).append(tuple(v for _, v in leaves))
        else:
            self.lines += (f"{key}: {value}" for key, value in said)

    def name(self, tag: str) -> str:
        """A name without its namespace. Damaged documents have names that lxml's QName refuses."""
        known = self.names.get(tag)
        if known is None:
            known = self.names[tag] = tag.rpartition("}")[2].rpartition(":")[2]
        return known


def _sqlite(data: bytes) -> Iterator[Yield]:
    try:
        for name, rows in sqlite_pages.tables(data):
            yield Table(f"table {name}", rows)
    except sqlite_pages.BrokenDatabase as error:
        yield Problem(IncidentCode.MALFORMED, f"sqlite: {error}")


STRUCTURED = StructuredExtractor()
