"""OOXML packages (docx, xlsx, pptx, xlsb and their kin), read by relationships and content, never by part names.

ECMA-376 part 2 (packages), [MS-OFFMACRO2] (VBA), [MS-OE376]. Every part that is not XML goes on as a child; every XML part
is read once for text, field codes, links, macro sheets and formulas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.identify import framed
from gateway.extract.office import fields, targets
from gateway.extract.office.code import addins
from gateway.extract.office.code.activex import by_class, octets
from gateway.extract.office.markup import fetched, webpage
from gateway.extract.office.markup.corrupting import corrupting
from gateway.extract.office.markup.package import Package, PartRefused, is_package
from gateway.extract.office.markup.remarks import Remarks
from gateway.extract.office.markup.story import Story
from gateway.extract.office.markup.xml import XmlRefused, elements, looks_like_xml, narrow, parse, spelled, undressed
from gateway.extract.office.sheets import asked, biff12, connections, xlmtext
from gateway.extract.workbook import calls as sheet_calls
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"\xd7\xcd\xc6\x9a", b"\x01\0\0\0")
APPLE_DOUBLE = b"\0\x05\x16\x07"        # RFC 1740
WHOLE_CHILD = frozenset({"afchunk", "package", "oleobject"})     # yielded as children even where they are XML or HTML
DDE_FORMULA = re.compile(rb"<(?:[\w.-]{1,20}:)?(?:f|formula[12]?|definedName|calculatedColumnFormula)(?:\s[^<>]*)?>"
                         rb"([^<]*(?:\||&#)[^<]*)<")
CALL = re.compile(r"(?<=[\w.\\/:\"'])\|\s{0,20}'[^']*'\s{0,20}!|(?<=[\w.])\|[^!|]{1,260}!", re.I)
SHEET_NAME = re.compile(r"(?<!\|)'(?:[^'|\[\]]{0,200}\[[^'|\[\]]{1,200}\])?[^'\\/:*?\[\]]{1,31}'!")
"""A sheet whose name needs quotation marks; a bar in it is no call."""
FLAT = b"/xmlPackage"
ROOT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?[^>]{0,200}\?>\s*)?<(?:[\w.-]{1,20}:)?(\w+)[\s>/]")
LINKS = 1000                             # ordinary links that are listed
RELATIONS = 66_000                       # of one part: Excel allows 65,530 hyperlinks in a sheet
MOST = ((b"mergeCell ", 200_000, b"g"), (b"dataValidation ", 66_000, b"d"), (b"hyperlink ", 66_000, b"y"),
        (b"conditionalFormatting ", 100_000, b"g"))
"""Elements of one sheet beside its cells. Copying rows for years leaves tens of thousands; Excel itself hardly opens more. And a
letter of their names that cells of numbers have nowhere: one octet is found ten times faster than a name."""
FORMULAS = 400_000                       # formulas with a bar that are read in one sheet
LINKED = re.compile(rb"<(?:[\w.-]{1,20}:)?Fmla\w{1,20}>([^<]{1,2000})<")
"""Formulas of controls in VML: what they show, count with, run."""
BREAK = re.compile(rb"<br\s{0,9}>", re.I)
"""Excel itself writes it so into the captions of controls (VML), where XML wants an end."""
QUIET_ROOTS = frozenset({b"worksheet", b"sst", b"styleSheet", b"theme"})
"""Their text belongs to the reader of sheets, or they have none; links stand in relationships, formulas are searched."""
QUIET_PARTS = {
    b"styles": frozenset({"styles", "styleswitheffects"}),
    b"fonts": frozenset({"fonttable"}), b"numbering": frozenset({"numbering"})}
"""Root -> relationships by which a part of Word has neither text nor actions. Word's default styles are 20,000 elements."""


class Ooxml:
    name = "ooxml"

    def claims(self, node: Node) -> bool:
        package = node.type == "application/vnd.openxmlformats"
        return package or (not framed(node.type, node.artifact.names) and is_package(node.data))

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        try:
            package = Package(node.data, context.limits, context.allowance(len(node.data)))
        except PartRefused as error:
            yield error.problem
            return
        if "[content_types].xml" not in package.entries and "_rels/.rels" not in package.entries:
            return
        yield from _Reader(package, context).run()


@dataclass(slots=True)
class _Reader:
    package: Package
    context: Context
    kinds: dict[str, set[str]] = field(default_factory=dict)      # part name, lower case -> relationship types
    labels: dict[str, str] = field(default_factory=dict)          # relationship id of the workbook -> part name
    content_types: dict[str, str] = field(default_factory=dict)
    auto_names: list[str] = field(default_factory=list)
    sheets: list[tuple[str, str, str]] = field(default_factory=list)   # relationship id, name, state
    problems: set[str] = field(default_factory=set)
    links: int = 0
    indirect: fields.Indirect = field(default_factory=fields.Indirect)
    queries: list[str] = field(default_factory=list)      # of Power Query, in its language
    updated: bool = False                # a query asks for its data when the book is opened

    def run(self) -> Iterator[Yield]:
        names = [e.name for e in self.package.entries.values() if not e.name.endswith("/")]
        first = [n for n in names if n.lower().endswith((".rels", "[content_types].xml"))]
        for name in first:
            yield from self.guarded(name, self.relations if name.lower().endswith(".rels") else self.types)
        rest = sorted((n for n in names if n not in set(first)), key=self.weight)
        for name in rest:
            yield from self.guarded(name, self.part)
        yield from self.summary()

    def weight(self, name: str) -> tuple[int, str]:
        """Small parts first: a bomb may end the reading, what was small is seen by then."""
        return (self.package.entries[name.lower()].size >> 20, name)

    def guarded(self, name: str, reader: object) -> Iterator[Yield]:
        try:
            data = self.package.read(name)
        except PartRefused as error:
            if str(error) not in self.problems:
                self.problems.add(str(error))
                yield error.problem
            return
        try:
            if data.startswith(APPLE_DOUBLE):             # what macOS keeps beside each part when it packs one anew
                yield Child(data, ArtifactKind.OBJECT, (name.rpartition("/")[2],))
                return
            yield from reader(name, data)  # type: ignore[operator]
        except XmlRefused as error:
            yield Problem(IncidentCode.MALFORMED, f"{name}: {error}")

    # -- relationships and content types

    def types(self, name: str, data: bytes) -> Iterator[Yield]:
        for tag, attributes, _ in elements(data):
            if tag in ("Override", "Default"):
                key = attributes.get("PartName", "").lower().lstrip("/") or "." + attributes.get("Extension", "").lower()
                self.content_types[key] = attributes.get("ContentType", "").lower()
        yield from ()

    def relations(self, name: str, data: bytes) -> Iterator[Yield]:
        source = _source_of(name)
        for count, (tag, attributes, _) in enumerate(elements(data)):
            if count > RELATIONS:
                yield Problem(IncidentCode.COUNT, f"more than {RELATIONS} relationships")
                return
            if tag != "Relationship":
                continue
            kind = attributes.get("Type", "").rstrip("/").rpartition("/")[2].lower()
            target = attributes.get("Target", "")
            if attributes.get("TargetMode", "").strip().lower() == "external" or _external(target):
                found = targets.judge(kind, target)
                self.links += found is not None and found.code == "DOC-LINK"
                if found is not None and (found.code != "DOC-LINK" or self.links <= LINKS):
                    yield found
                continue
            part = _resolve(source, target)
            self.kinds.setdefault(part.lower(), set()).add(kind)
            if "/workbook" in "/" + source.lower():
                self.labels[attributes.get("Id", "")] = part.lower()

    # -- parts

    def part(self, name: str, data: bytes) -> Iterator[Yield]:
        low = name.lower()
        kinds = self.kinds.get(low, set())
        if kinds & WHOLE_CHILD or not looks_like_xml(data):
            yield from self.binary(name, data, kinds)
            return
        head = data[:4096]
        if b"\0" in head:
            data = narrow(data)
            head = data[:4096]
        root = ROOT.match(head)
        quiet = root is not None and (root.group(1) in QUIET_ROOTS or _quiet(root.group(1), kinds)) and b"<!DOCTYPE" not in head
        yield from fetched.of_part(name, data, quiet)
        if FLAT in data and low.startswith("customxml/"):
            yield from _bound(data)
        if connections.MASHUP in data:
            yield from self.queried(connections.queries(data, self.context.limits))
        if root and quiet:
            if root.group(1) == b"worksheet":
                yield from formulas(data)
            if not self.context.outbound and root.group(1) in (b"sst", b"worksheet"):
                yield from asked.of_markup(data, root.group(1) == b"sst", _unescape)
            return
        yield from corrupting(data)
        yield from self.markup(name, data, kinds)

    def binary(self, name: str, data: bytes, kinds: set[str]) -> Iterator[Yield]:
        base = name.rpartition("/")[2]
        content_type = self.type_of(name)
        found = by_class(octets(data)) if "activexcontrolbinary" in kinds else None
        if found is not None:
            yield found
        if "afchunk" in kinds:
            yield from webpage.fetched(data)
        if addins.is_wps_macro(base, content_type, *kinds):
            yield from addins.wps_macro(base, data)
        own = self.content_types.get(name.lower(), "")
        if ("vbaproject" in kinds or own.endswith("vbaproject")) and data[:4] != b"\xd0\xcf\x11\xe0":
            yield Observation("VBA-UNREAD", base)
        if name.lower().endswith(".bin") and ("sheet" in content_type or "workbook" in content_type
                                              or name.lower().startswith("xl/")
                                              ) and data[:2] != b"\xd0\xcf":
            yield from self.biff(name, data, kinds, content_type)
        picture = data.startswith(PICTURES)
        yield Child(data, ArtifactKind.IMAGE if picture else ArtifactKind.OBJECT, (base,), declared_type=content_type)

    def biff(self, name: str, data: bytes, kinds: set[str], content_type: str) -> Iterator[Yield]:
        if "macrosheet" in content_type or kinds & {"xlmacrosheet", "xlintlmacrosheet"}:
            yield from biff12.macro_sheet(name, data)
        elif biff12.is_workbook(data):
            book = biff12.workbook(data)
            self.sheets += book.sheets
            self.auto_names += book.auto_names
            yield from (Observation("FORMULA-CALL", call) for call in dict.fromkeys(book.calls))
        elif "connections" in kinds:
            yield from biff12.connections(data)
        else:
            yield from biff12.outward(data)
            if not self.context.outbound:
                yield from asked.of_binary(data)

    def type_of(self, name: str) -> str:
        low = name.lower()
        return self.content_types.get(low) or self.content_types.get("." + low.rpartition(".")[2], "")

    def markup(self, name: str, data: bytes, kinds: set[str]) -> Iterator[Yield]:
        story, tee, problem = self.told(data)
        if problem is not None and BREAK.search(data) is not None and (name.lower().endswith(".vml") or "vmldrawing" in kinds):
            story, tee, problem = self.told(BREAK.sub(b"<br/>", data))
        story.finish()
        data = undressed(data)
        root = story.root
        if root == "macrosheet" or "macrosheet" in self.type_of(name) or kinds & {"xlmacrosheet", "xlintlmacrosheet"}:
            yield from xlmtext.macro_sheet(name, data)
        elif root == "worksheet":
            yield from formulas(data)
        elif root == "dialogsheet":
            yield Observation("XLM-DIALOG", name)
        elif root == "customUI":
            yield from addins.ribbon(data)
        elif root == "workbook":
            self.sheets += tee.sheets
            self.auto_names += tee.auto_names
        if root not in ("worksheet", "styleSheet", "theme", "macrosheet"):
            yield from story.items(name.rpartition("/")[2])
        if root in ("workbook", "chartSpace", "table"):
            yield from formulas(data)
        if root in ("wsDr", "xml", "formControlPr"):
            yield from addins.drawn(data)
            told = (*sheet_calls.ATTRIBUTES.findall(data), *LINKED.findall(data)) if b"|" in data else ()
            shown = (_unescape(found.decode("utf-8", "replace")) for found in told)
            yield from (Observation("DOC-DDE", text[:400]) for text in shown if dde_call(text))
        self.updated = self.updated or tee.updated
        for text in dict.fromkeys(tee.queries):
            yield from self.queried(connections.within(text, self.context.limits))
        if root in addins.VISIO:
            yield from addins.visio(data)
        yield from tee.items(root, name)
        if problem is not None:
            raise problem

    def told(self, data: bytes) -> tuple[Story, Remarks, XmlRefused | None]:
        """What one part says, and what ended the reading."""
        story = Story(indirect=self.indirect)
        tee = Remarks(story)
        try:
            parse(data, tee)
        except XmlRefused as error:
            return story, tee, error
        return story, tee, None

    def queried(self, found: Iterator[str | Problem]) -> Iterator[Problem]:
        """Keeps the text of queries, which are judged when it is known whether they are asked by themselves."""
        if len(self.queries) > connections.QUERIES:
            yield Problem(IncidentCode.COUNT, f"more than {connections.QUERIES} packages of queries")
            return
        for item in found:
            if isinstance(item, Problem):
                yield item
            else:
                self.queries.append(item)

    def summary(self) -> Iterator[Yield]:
        yield from self.indirect.found()
        for query in dict.fromkeys(self.queries):
            yield from connections.query(query, self.updated)
        for name in self.auto_names:
            yield Observation("XLM-AUTO-NAME", name)
        for identifier, name, state in self.sheets:
            kinds = self.kinds.get(self.labels.get(identifier, ""), set())
            if kinds & {"xlmacrosheet", "xlintlmacrosheet"}:
                yield Observation("XLM-SHEET", f"{name} ({state or 'visible'})")


def _bound(data: bytes) -> Iterator[Child]:
    """Formatted text that a control of the document is bound to: a flat package, as text of the data ([MS-DOCX] 2.5.1)."""
    text = _unescape(data.decode("utf-8", "replace"))
    begin, end = text.find("<pkg:package"), text.rfind("</pkg:package>")
    if 0 <= begin < end:
        part = b'<?xml version="1.0"?>' + text[begin:end + 14].encode("utf-8", "replace")
        yield Child(part, ArtifactKind.OBJECT, label="bound text")


def _quiet(root: bytes, kinds: set[str]) -> bool:
    """True where every relationship to the part says the same harmless thing as its root."""
    return bool(kinds) and kinds <= QUIET_PARTS.get(root, frozenset())


def formulas(data: bytes) -> Iterator[Yield]:
    """DDE calls in the formulas of a worksheet, =service|'topic'!item, and functions that reach outside."""
    data = spelled(undressed(data))
    yield from sheet_calls.calls(data)
    begin, end = fetched.cells(data)
    for element, most, letter in MOST:
        among = data.find(letter, begin, end) >= 0
        if (data.count(element) if among else data.count(element, 0, begin) + data.count(element, end)) > most:
            yield Problem(IncidentCode.COUNT, f"more than {most} elements {element.decode().strip()} in a sheet")
    if b"|" not in data and (b"&" not in data or b"&#" not in data):
        return                                            # most sheets, whatever their size
    for count, found in enumerate(DDE_FORMULA.finditer(data)):
        if count >= FORMULAS:
            yield Problem(IncidentCode.COUNT, "formulas with a bar")
            return
        text = _unescape(found.group(1).decode("utf-8", "replace"))
        if "|" in text and dde_call(text):
            yield Observation("DOC-DDE", text[:400])
            return


def dde_call(text: str) -> bool:
    """True for service|topic!item outside string literals."""
    bare = SHEET_NAME.sub("!", re.sub(r'"[^"]*"', '""', text))
    return "|" in bare and CALL.search(bare) is not None


_ENTITY = re.compile(r"&(#x?[0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos);")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def _unescape(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        body = found.group(1)
        if body[0] != "#":
            return _NAMED[body]
        number = int(body[2:], 16) if body[1] in "xX" else int(body[1:] if body[1:].isdigit() else "0")
        return chr(number) if 0 < number < 0x110000 else ""
    return _ENTITY.sub(one, text)


def _source_of(name: str) -> str:
    """word/_rels/document.xml.rels belongs to word/document.xml; _rels/.rels to the package."""
    folder, _, base = name.rpartition("/")
    folder = re.sub(r"/?_rels$", "", folder, flags=re.I)
    return f"{folder}/{base[:-5]}".lstrip("/")


def _resolve(source: str, target: str) -> str:
    target = target.replace("\\", "/").partition("#")[0].partition("?")[0]
    if target.startswith("/"):
        steps: list[str] = []
    else:
        steps = source.split("/")[:-1]
    for step in target.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)


def _external(target: str) -> bool:
    """A URL or share in a relationship that forgot to say External: some programs follow it."""
    return targets.place(target) in (targets.Place.WEB, targets.Place.SHARE, targets.Place.SCRIPT)


OOXML = Ooxml()
