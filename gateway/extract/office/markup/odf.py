"""OpenDocument (ISO 26300) packages and flat files: Basic and other scripts, events, links, DDE, objects, text and tables."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.office import targets
from gateway.extract.office.code import scripted
from gateway.extract.office.hangul import hwpscript
from gateway.extract.office.kinds import Kinds
from gateway.extract.office.markup.fetched import elsewhere
from gateway.extract.office.markup.ooxml import dde_call
from gateway.extract.office.markup.package import Package, PartRefused, is_package
from gateway.extract.office.markup.xml import XmlRefused, looks_like_xml, parse
from gateway.extract.workbook import formulas
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Table, Text
from gateway.model.finding import IncidentCode

PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"\xd7\xcd\xc6\x9a", b"\x01\0\0\0", b"VCLMTF")
LOADED = {"object": "oleobject", "object-ole": "oleobject", "section-source": "subdocument", "plugin": "control",
          "applet": "control",
          "floating-frame": "frame", "image": "image", "a": "hyperlink", "cell-range-source": "externallinkpath",
          "template": "attachedtemplate", "auto-reload": "subdocument",
          "table-source": "externallinkpath", "database-source-query": "mailmergesource", "event-listener": "other",
          "data-mapping": "mailmergesource", "script": "other", "library": "vbaproject", "form": "hyperlink", "button": "hyperlink"}
RUNS = ("vnd.sun.star.script:", "macro:", ".uno:", "slot:", "service:", "vnd.sun.star.expand:", "vnd.libreoffice.command:")
"""Links that run a script or a command of the office program."""
SCRIPTS = ("vnd.sun.star.script:", "macro:")
"""Of these what a document names for itself, wherever it stands: on a key, a tool bar, a button."""
SHIPPED = re.compile(r"(?:application:|vnd\.sun\.star\.script:)Template\.(?:Autotext|Correspondence|ModuleAgenda|Samples)\.Main"
                     r"(?:\?language=Basic&location=application)?")
"""Macros of the office program itself, which letters and minutes made with its wizards call when they are new."""
ALIAS = re.compile(rb"(?:CREATE\s{1,9}ALIAS\s[^\n]{1,200}?FOR|CALL)\s{1,9}\"(?!java\.lang\.Math\.|org\.hsqldb\.)"
                   rb"\w{1,60}(?:\.\w{1,60}){1,9}\"|"
                   rb"^\s{0,9}(?:SCRIPT|BACKUP\s{1,9}DATABASE\s{1,9}TO|SET\s{1,9}TABLE\s[^\n]{1,200}?SOURCE)\s{1,9}['\"]"
                   rb"[^'\"\n]{0,400}(?:\.\.[/\\]|[A-Za-z]:[/\\]|\\\\|/)[^'\"\n]{1,400}['\"]", re.I | re.M)
"""Methods of Java that the script of a database calls (CVE-2007-4575), and files that it writes anywhere (CVE-2023-1183); HSQLDB
itself writes aliases of its own functions."""
ACTIONS = {"execute": "DOC-RUN-PROGRAM", "macro": "ODF-EVENT"}
"""What a click on a shape of a slide does (ISO 26300-1, 19.361)."""
BINARIES = 1000                          # embedded files of one flat document
PREFIX = re.compile(r"^\s*(?:[A-Za-z]{1,12}:)?=?")
BOOKS = 5_000                            # of one formula: it has 65,535 characters at most
BOOK = re.compile(r"'([A-Za-z][A-Za-z0-9+.-]{1,20}:[^']{3,1000}|\\\\[^']{3,1000})'\s?#")
"""Another workbook in a formula (OpenFormula, 5.8)."""
CALCULATED = {"named-expression": "expression", "content-validation": "condition", "map": "condition", "condition": "value",
              "filter-condition": "value"}
"""Elements beside cells that have a formula, and the attribute it stands in (ISO 26300-1, 9.4.12, 9.4.5, 16.3)."""
MODERN = re.compile(r"^\s*(?:of|oooc|rpt|oof):", re.I)
HTML = re.compile(rb"\s{0,99}<(?:!doctype\s{1,9}html|html)[\s>]", re.I)
FETCHED = frozenset({"instance", "java-classpath"})
DRIVERS = frozenset({"java-classpath", "data-source-setting-value"})
"""Elements of a database document with the place of a driver among others (ISO 26300-1, 12; JavaDriverClassPath)."""
SOURCES = frozenset({"module", "source-code", "script"})
OWN = ("#", "./", "Object", "Pictures/", "vnd.sun.star.script:", "macro:")
OFFICE = (b"meta-inf/manifest.xml", b"mimetype", b"basic/")
REPEATS = 100                            # copies of a repeated cell that are kept
COPIES = 17_000_000                      # of filled cells: sixteen whole columns of one value
BLANKS = 1_000_000                       # that one element stands for
LOADS = 66_000                           # links and objects of one part: a sheet of Excel may have 65,530 hyperlinks
MARGINS = frozenset({"header", "footer", "header-left", "footer-left", "header-first", "footer-first"})
"""Elements of a page's style (OpenDocument 1.3 part 3, 16.10); they are told apart from the body as well."""
OFFERED, OFFERS = re.compile('"([^"]{2,200})"'), 1000
"""Texts that a condition compares with or a cell may be filled with, and how many of one are read."""


@dataclass(slots=True)
class _Body:
    """A target for content.xml, styles.xml, meta.xml and flat files."""

    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    rows: list[tuple[str, ...]] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    cell: list[str] | None = None
    repeat: int = 1
    tables: list[Table] = field(default_factory=list)
    table: str = ""
    seen: Kinds = field(default_factory=Kinds)
    loads: int = 0                       # links and objects met
    copies: int = 0                      # filled cells, as often as they are repeated
    rows_repeat: int = 1
    blanks: int = 0                      # of the largest run
    module: list[str] | None = None
    margin: bool = False                 # within a header or footer
    margins: list[str] = field(default_factory=list)
    modules: list[tuple[str, str]] = field(default_factory=list)
    module_name: str = ""
    binary: list[str] | None = None
    binaries: list[str] = field(default_factory=list)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.margin = self.margin or tag in MARGINS
        href = attributes.get("href", "")
        self.loads += tag in LOADED
        if href and tag in LOADED and not href.startswith(OWN):
            self.see(targets.judge(LOADED[tag], href))
        elif href and tag not in LOADED and targets.place(href) is targets.Place.SHARE:
            self.see(Observation("DOC-EXTERNAL-SHARE", href[:300]))    # backgrounds, sounds, fonts, lists of an index
        if tag in FETCHED:
            self.fetched(attributes)
        if href.strip().lower().startswith(RUNS if tag == "a" else SCRIPTS) and tag not in ("event-listener", "event"):
            self.see(Observation("ODF-EVENT", href[:300]))
        elif attributes.get("id", "").strip().lower().startswith(SCRIPTS):     # of a menu: menu:id
            self.see(Observation("ODF-EVENT", attributes["id"][:300]))
        elif tag == "library" and attributes.get("passwordprotected") == "true":
            self.see(Observation("VBA-UNREAD", f"locked library {attributes.get('name', '')}"))
        elif tag == "event-listener" and attributes.get("action") in ACTIONS:
            self.see(Observation(ACTIONS[attributes["action"]], href[:300]))
        elif tag in ("event-listener", "event") and (":" in href or attributes.get("macro-name")):
            called = href or attributes.get("macro-name", "")
            if SHIPPED.fullmatch(called) is None:
                self.see(Observation("ODF-EVENT", " ".join((attributes.get("event-name", ""), called))))
        elif tag in ("dde-source", "dde-connection-decl"):
            self.see(Observation("DOC-DDE", "|".join((attributes.get("dde-application", ""), attributes.get("dde-topic", "")))))
        elif tag == "body":
            self.line = []               # settings and styles of a flat file end here
        elif tag == "table":
            self.table = attributes.get("name", "")
            self.rows = []
        elif tag == "table-row":
            self.row = []
            self.rows_repeat = _number(attributes, "number-rows-repeated")
        elif tag in ("table-cell", "covered-table-cell"):
            self.cell = []
            self.repeat = _number(attributes, "number-columns-repeated")
            self.calculate(attributes.get("formula", ""))
        elif tag in CALCULATED:
            self.calculate(attributes.get(CALCULATED[tag], ""))
            self.lines += [found[1] for found in islice(OFFERED.finditer(attributes.get(CALCULATED[tag], "")), OFFERS)]
        elif tag in SOURCES and (tag != "script" or attributes.get("language")):
            self.module, self.module_name = [], attributes.get("name", "script")
        elif tag == "binary-data":
            self.binary = []
        elif tag in ("tab", "s", "line-break"):
            self.line.append("\n" if tag == "line-break" else "\t" if self.margin and tag == "tab" else " ")
            self.blanks = max(self.blanks, _number(attributes, "c"))

    def fetched(self, attributes: dict[str, str]) -> None:
        """What a form is filled with when it is shown (XForms 1.1, 3.3.2), and where the driver of a database lies."""
        for name in ("src", "resource", "java-classpath"):
            if targets.place(attributes.get(name, "")) in (targets.Place.WEB, targets.Place.SHARE):
                self.see(Observation("DOC-REMOTE-QUERY", attributes[name][:300]))

    def driver(self, text: str) -> None:
        """Java that a database is spoken to with: loaded and run."""
        if any(targets.place(one) in (targets.Place.WEB, targets.Place.SHARE) for one in text.split()):
            self.see(Observation("DOC-REMOTE-MACRO", text.strip()[:300]))

    def end(self, tag: str) -> None:
        if tag in DRIVERS:
            self.driver("".join(self.line))
            self.line = []
        elif tag in ("p", "h"):
            text = "".join(self.line)
            self.line = []
            if text:
                (self.lines if self.cell is None else self.cell).append(text)
                if self.margin:
                    self.margins.append(text)
        elif tag in ("table-cell", "covered-table-cell"):
            text = "\n".join(self.cell or [])
            self.row += [text] * (min(REPEATS, self.repeat) if text else 1)
            self.copies += self.rows_repeat * self.repeat * (text != "")
            self.cell = None
        elif tag == "table-row" and any(self.row):
            self.rows.append(tuple(self.row))
        elif tag == "table" and self.rows:
            self.tables.append(Table(f"table {self.table}".strip(), tuple(self.rows)))
            self.rows = []
        elif tag in MARGINS:
            self.margin = False
        elif tag in SOURCES and self.module is not None:
            self.modules.append((self.module_name, "".join(self.module)))
            self.module = None
        elif tag == "binary-data" and self.binary is not None:
            self.binaries.append("".join(self.binary))
            self.binary = None
        elif tag in ("title", "subject", "description", "creator", "keyword", "user-defined", "initial-creator") and self.line:
            self.lines.append("".join(self.line))
            self.line = []

    def data(self, text: str) -> None:
        if self.module is not None:
            self.module.append(text)
        elif self.binary is not None:
            self.binary.append(text)
        else:
            self.line.append(text)

    def calculate(self, formula: str) -> None:
        """A formula of a cell, a name or a condition."""
        if "dde(" in formula.lower().replace(" ", "") or "webservice(" in formula.lower() or (
                "|" in formula and not MODERN.match(formula) and dde_call(formula)):
            self.see(Observation("DOC-DDE", formula[:400]))
        for found in islice(BOOK.finditer(formula), BOOKS):
            self.see(targets.judge("externallinkpath", found[1]))
        if "(" in formula:
            for seen in formulas.cells(PREFIX.sub("=", formula, count=1).encode("utf-8", "replace")):
                self.see(seen)

    def see(self, observation: Observation | None) -> None:
        self.seen.add(observation)

    def items(self, source: str) -> Iterator[Yield]:
        if self.lines:
            yield Text("\n".join(self.lines), source)
        if self.margins:
            yield Text("\n".join(self.margins), "header")
        yield from self.tables
        yield from self.seen
        if self.loads > LOADS:
            yield Problem(IncidentCode.COUNT, f"more than {LOADS} links and objects")
        if self.copies > COPIES or self.blanks > BLANKS:
            yield Problem(IncidentCode.RATIO, "cells or blanks that are repeated more often than any sheet can hold")
        for name, code in self.modules:
            if code.strip():
                yield scripted.script(name, code.encode("utf-8", "replace"))
        for text in self.binaries[:BINARIES]:
            yield from binary(text)
        if len(self.binaries) > BINARIES:
            yield Problem(IncidentCode.COUNT, f"more than {BINARIES} embedded files")


def _number(attributes: dict[str, str], name: str) -> int:
    """A count of repetitions; 1 where there is none that can be read."""
    text = attributes.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 13 else 1


def named(tail: bytes) -> bool:
    """Whether the end of an archive names what OpenDocument packages have. (A pattern that forgives capitals costs 7 ms here.)"""
    return any(word in tail for word in OFFICE)


def binary(text: str) -> Iterator[Yield]:
    """An object or picture of a flat document, in base64."""
    try:
        made = base64.b64decode("".join(text.split()), validate=False)
    except (binascii.Error, ValueError):
        yield Problem(IncidentCode.MALFORMED, "binary data")
        return
    if made:
        yield Child(made, ArtifactKind.IMAGE if made.startswith(PICTURES) else ArtifactKind.OBJECT, label="embedded file")


class Odf:
    name = "odf"

    def claims(self, node: Node) -> bool:
        return node.type == "application/vnd.oasis.opendocument" or (
            (node.data[:2] == b"PK" or node.type == "application/zip") and named(node.data[-262_144:].lower())
            and is_package(node.data))

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        try:
            package = Package(node.data, context.limits, context.allowance(len(node.data)))
        except PartRefused as error:
            yield error.problem
            return
        if not {"meta-inf/manifest.xml", "mimetype", "basic/script-lc.xml"} & package.entries.keys():
            return
        for entry in sorted(package.entries.values(), key=lambda e: e.size >> 20):
            if entry.name.endswith("/"):
                continue
            try:
                data = package.read(entry.name)
            except PartRefused as error:
                yield error.problem
                continue
            yield from _part(entry.name, data)


def _part(name: str, data: bytes) -> Iterator[Yield]:
    low = name.lower()
    if low == "meta-inf/manifest.xml" and b"encryption-data" in data:
        yield Problem(IncidentCode.ENCRYPTED, "OpenDocument")
    elif low.startswith("scripts/") and not low.endswith("/"):
        if low not in hwpscript.NAMES or hwpscript.code(data):
            yield scripted.script(name.rpartition("/")[2], data)
    elif not looks_like_xml(data):
        if low != "mimetype":
            kind = ArtifactKind.IMAGE if data.startswith(PICTURES) else ArtifactKind.OBJECT
            yield Child(data, kind, (name.rpartition("/")[2],))
        called = ALIAS.search(data) if low == "database/script" else None
        if called:
            yield Observation("ODF-EVENT", called[0].decode("utf-8", "replace"))
    else:
        yield from markup(data, "property" if low.startswith("meta") else "body")


def markup(data: bytes, source: str) -> Iterator[Yield]:
    """One XML part, or a flat document. A problem comes after what was read before it."""
    body = _Body()
    try:
        parse(data, body)
    except XmlRefused as error:
        # Basic libraries carry a doctype without entities; OpenOffice itself writes it.
        cleaned = _without_doctype(data)
        body = _Body()
        try:
            parse(cleaned if cleaned is not None else data, body)
        except XmlRefused:
            if HTML.match(data):                          # pages of books that are no XML
                yield Child(data, ArtifactKind.OBJECT, (), "text/html", "page")
                return
            yield Problem(IncidentCode.MALFORMED, f"OpenDocument part: {error}")
    yield from body.items(source)
    yield from elsewhere(data, body.seen, texts=False)


def _without_doctype(data: bytes) -> bytes | None:
    """The part without a plain `<!DOCTYPE name PUBLIC ...>`; None where it has an internal subset or none at all."""
    start = data.find(b"<!DOCTYPE", 0, 1024)
    end = data.find(b">", start) if start >= 0 else -1
    if end < 0 or b"[" in data[start:end]:
        return None
    return data[:start] + data[end + 1:]


ODF = Odf()
