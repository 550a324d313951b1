"""Office documents that are one XML file: Word and Excel 2003, flat packages, flat OpenDocument, PDF in XML; and ActiveMime."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import islice

from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.bounded import counted
from gateway.extract.office import targets
from gateway.extract.office.code import addins
from gateway.extract.office.kinds import Kinds
from gateway.extract.office.markup import fetched, odf, webpage
from gateway.extract.office.markup.ooxml import dde_call
from gateway.extract.office.markup.ooxml import formulas as sheet_formulas
from gateway.extract.office.markup.remarks import Remarks
from gateway.extract.office.markup.story import Story
from gateway.extract.office.markup.xml import XmlRefused, narrow, parse, undressed
from gateway.extract.pdf import xfa as pdfxfa
from gateway.extract.workbook import formulas
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

HTML = re.compile(rb"<(?:html|script|body|iframe|svg|object|embed)[\s>]", re.I)
"""A page that only claims to be a document is read as a page too."""
ACTIVE_MIME = b"ActiveMime"
FORM = re.compile(rb"<\?(?:mso-(?:infoPathSolution|application|solutionextension)|xml-stylesheet)[^>]{0,2000}?"
                  rb"\s(?:href|manifestPath)\s{0,4}=\s{0,4}[\"']([^\"'>]{3,1000})")
"""Where InfoPath fetches the form of a filled one ([MS-IPFF2] 2.1), Word and Excel the pack of a smart document, and Excel the
style sheet through which it opens a workbook."""
FORMS = 20
FILES = 20_000                           # pictures and other files of one document, in base64
LINKED = {
    "attachedTemplate": ("attachedTemplate", "val"), "subDoc": ("subDocument", "val"), "frame": ("subDocument", "val"),
    "sourceFileName": ("subDocument", "val"), "dataSource": ("mailMergeSource", "val"), "headerSource": ("mailMergeSource", "val"),
    "saveThroughXSLT": ("transform", "xslt"), "hlink": ("hyperlink", "dest"), "OLEObject": ("oleObject", "href"),
}
"""Element of WordprocessingML 2003 -> what a relationship of a package would be, and the attributes that hold the address."""
RULE = re.compile(rb"<(?:\w{1,20}:)?(?:Value[12]?|Min|Max)>([^<>]{3,4000})<")
BARS = 200_000                           # rules of one workbook that are read
BINARIES = frozenset({"binData", "binaryData", "chunk", "VBProjectData", "ForeignData"})


@dataclass(slots=True)
class _Flat:
    remarks: Remarks
    names: list[str] = field(default_factory=list)
    name: str = ""
    piece: list[str] | None = None
    binaries: list[tuple[str, str]] = field(default_factory=list)
    seen: list[Observation] = field(default_factory=list)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.remarks.start(tag, attributes)
        if tag in BINARIES:
            self.piece = []
        if "name" in attributes:
            self.name = attributes["name"]
        if tag in LINKED:
            relation, *names = LINKED[tag]
            found = targets.judge(relation, next((attributes[n] for n in names if attributes.get(n)), ""))
            self.seen += [found] if found else []
        elif "HRef" in attributes:
            self.seen += _linked(tag, attributes["HRef"])
        for value in (attributes.get("Formula", ""), attributes.get("RefersTo", "")):
            if "|" in value and dde_call(value):
                self.seen.append(Observation("DOC-DDE", value[:400]))
            elif "(" in value or "\\\\" in value or "://" in value:
                self.seen += formulas.cells(value.encode("utf-8", "replace"))
        if tag == "Macrosheet":
            self.seen.append(Observation("XLM-SHEET", attributes.get("Name", "")))

    def end(self, tag: str) -> None:
        if tag in BINARIES and self.piece is not None:
            self.binaries.append((self.name, "".join(self.piece)))
            self.piece = None
        self.remarks.end(tag)

    def data(self, text: str) -> None:
        if self.piece is not None:
            self.piece.append(text)
        else:
            self.remarks.data(text)


class OfficeXml:
    name = "officexml"

    def claims(self, node: Node) -> bool:
        return node.type == "application/x-office-xml" or node.data[:10] == ACTIVE_MIME

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        if node.data[:10] == ACTIVE_MIME:
            yield from active_mime(node.data, context.allowance(len(node.data)))
            return
        if HTML.search(node.data):
            # one octet more: a child with its parent's octets would count as a copy that unpacks itself without end
            yield Child(node.data + b"\n", ArtifactKind.TEXT, node.artifact.names, detected_type="text/html", label="as a page")
        head = node.data[:8192].replace(b"\0", b"")       # UTF-16 too
        if b"urn:oasis:names:tc:opendocument" in head:
            yield from odf.markup(node.data, "body")
            return
        form = b"ns.adobe.com/xdp" in head
        if context.outbound and (form or b"visio" in head):          # its words stand in elements of its own
            yield Child(node.data + b"\n", ArtifactKind.TEXT, node.artifact.names, detected_type="text/xml", label="as records")
        if form:
            yield from pdfxfa.form(narrow(node.data).decode("utf-8", "replace"))
        for named in islice(FORM.finditer(head), FORMS):
            found = targets.judge("attachedTemplate", named[1].decode("utf-8", "replace"))
            if found:
                yield found
        story = Story()
        flat = _Flat(Remarks(story))
        try:
            parse(node.data, flat)
        except XmlRefused as error:
            yield Problem(IncidentCode.MALFORMED, f"office XML: {error}")
        story.finish()
        flat.remarks.close()
        yield from story.items("document")
        data = undressed(narrow(node.data))
        for look in (webpage.sources, webpage.kept, _rules, sheet_formulas, addins.visio, fetched.forms):
            yield from look(data)
        yield from fetched.elsewhere(data, (*flat.seen, *flat.remarks.seen, *story.seen))
        yield from flat.remarks.told()
        yield from Kinds(flat.seen)
        yield from story.indirect.found()
        for name, text in counted(flat.binaries, FILES, "files within tags"):
            yield from _binary(name, text)


def _rules(data: bytes) -> Iterator[Observation]:
    """Formulas of conditional formats and of validations, which stand between tags (XML Spreadsheet Reference)."""
    if b"ConditionalFormatting" not in data and b"DataValidation" not in data:
        return
    for found in counted(RULE.finditer(data), BARS, "rules"):
        text = unescape(found[1].decode("utf-8", "replace"))
        if "|" in text and dde_call(text):
            yield Observation("DOC-DDE", text[:400])
            return
        if "(" in text:
            yield from formulas.cells(b"=" + text.lstrip("=").encode("utf-8", "replace"))


def _linked(tag: str, target: str) -> Iterator[Observation]:
    """An address in a workbook of Excel 2003: behind a cell, or of a table that it fetches (XML Spreadsheet Reference)."""
    if tag == "Cell":
        found = targets.judge("hyperlink", target)
        if found:
            yield found
    elif targets.place(target) in (targets.Place.WEB, targets.Place.SHARE, targets.Place.SCRIPT):
        yield Observation("DOC-REMOTE-QUERY", target)


def _binary(name: str, text: str) -> Iterator[Yield]:
    try:
        made = base64.b64decode("".join(text.split()), validate=False)
    except (binascii.Error, ValueError):
        yield Problem(IncidentCode.MALFORMED, f"binary data {name}")
        return
    if made:
        yield Child(made, ArtifactKind.OBJECT, (re.split(r"[\\/]", name)[-1],))


def active_mime(data: bytes, allowance: int) -> Iterator[Yield]:
    """MSO files: a compound file deflated behind a header of 0x32 octets, or wherever a deflate stream begins."""
    for start in dict.fromkeys((0x32, 0x22A, data.find(b"\x78\x9c"), data.find(b"\x78\x01"))):
        if start < 0:
            continue
        machine = zlib.decompressobj()
        try:
            made = machine.decompress(data[start:], max(1, allowance))
        except zlib.error:
            continue
        if machine.unconsumed_tail:
            yield Problem(IncidentCode.RATIO, "ActiveMime")
        if not made:
            continue
        yield Child(made, ArtifactKind.OBJECT, ("editdata.mso",))
        return
    yield Problem(IncidentCode.MALFORMED, "ActiveMime")


OFFICE_XML = OfficeXml()
