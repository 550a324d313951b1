"""What office documents bring to run beside VBA: add-ins of the web, embedded players, Visio's add-ons, macros of WPS Office.

[MS-OWEXML] (web extensions), [MS-DOCX] 2.5.4.2 (webVideoPr), [MS-VSDX] and Visio's ShapeSheet reference (RUNADDON).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from gateway.extract.base import Child, Yield
from gateway.extract.office.code.scripted import MEDIA_TYPE
from gateway.extract.office.targets import Place, judge, place
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Text

STORES = frozenset({"filesystem", "registry", "spcatalog", "spapp", "uploadfiledevcatalog"})
"""Where an add-in comes from that neither Microsoft's store (OMEX) nor the recipient's own administrator (EXCatalog) vouches for:
a share, the registry of a developer, a site."""
ADDON = re.compile(r"RUNADDON(?:WARGS)?\s*\(\s*\"([^\"]{1,400})\"", re.I)
MADE = re.compile(r"RUNADDON(?:WARGS)?\s*\(\s*(?:[^\s\"][^\"<>]{0,80}|\"[^\"]{0,400}\"\s*&)", re.I)
"""An add-on whose name the drawing puts together."""
PROGRAM = re.compile(r"[\\:|]|(?<!\s)/|\.(?:exe|vsl|dll|com|scr|bat|cmd|vbs|js|hta|ps1)(?![A-Za-z0-9])|"
                     r"^\s*(?:cmd|powershell|mshta|calc)(?![A-Za-z0-9])", re.I)
RUNS = re.compile(rb"RUNADDON|RUNMACRO|PLAYSOUND|OPENFILE|HYPERLINK\s{0,9}\(|Address|EventItem|Stencil|&#", re.I)
ELEMENT = re.compile(r"<(?:\w{1,20}:)?(Cell|Address|EventItem|Window)(?=[\s>])"
                     r"((?:\"[^\"<]*+\"|'[^'<]*+'|[^<>\"'])*+)>([^<>]{0,1000})")
"""A cell of a package, and what the XML of 2003 has for some: where a hyperlink of a shape leads; and what runs when something
happens to a drawing, an add-on by its name or a program by its file (Visio's EventList); and the stencils opened with it."""
ATTRIBUTE = re.compile(r"([\w:]{1,40})\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
OPENED = re.compile(r"(?:OPENFILE|HYPERLINK)\s{0,9}\(\s{0,9}\"([^\"]{1,1000})\"", re.I)
PLAYED = re.compile(r"PLAYSOUND\s{0,9}\(\s{0,9}\"([^\"]{1,1000})\"", re.I)
RUN_FROM = re.compile(r"RUNMACRO\s{0,9}\([^\"()]{0,40}\"[^\"]{1,400}\"\s{0,9}[,;]\s{0,9}\"([^\"]{1,1000})\"", re.I)
"""The file in which a macro stands that a cell runs."""
VISIO = frozenset({"PageContents", "MasterContents", "VisioDocument", "Windows"})
"""Roots of the parts of a drawing that hold cells."""
CALLBACK = re.compile(r"\s(?:on|get|load)\w{1,40}\s{0,9}=\s{0,9}[\"']([^\"']{3,1000})")
SHAPE = re.compile(rb"\s(?:macro|fmlaMacro)\s{0,9}=\s{0,9}(?:\"([^\"<]{4,1000})\"|'([^'<]{4,1000})')|"
                   rb"FmlaMacro(?:\s[^<>]{0,200})?>([^<]{4,1000})<")
BOOK = re.compile(r"((?:https?:|file:|\\\\)[^'!]{3,1000})", re.I)
"""Where the book lies that a macro stands in: '\\\\host\\[a.xls]Sheet'!name."""
WPS = re.compile(r"jdedata|jsproject|jdeextension", re.I)


def extension(attributes: dict[str, str]) -> Observation | None:
    """The place of a web extension (`reference` of [MS-OWEXML]); None for the store's."""
    store = attributes.get("storeType", "").lower()
    return Observation("DOC-WEB-EXTENSION", f"{store} {attributes.get('store', '')}"[:300]) if store in STORES else None


def player(attributes: dict[str, str]) -> Child | None:
    """The page that Word shows for an online video: markup of the document's author."""
    page = attributes.get("embeddedHtml", "")
    if not page:
        return None
    odd = (Observation("DOC-REMOTE-FRAME", "script in the page of an online video"),) if "<script" in page.lower() else ()
    return Child(page.encode("utf-8", "replace"), ArtifactKind.TEXT, ("video.html",), "text/html", "online video", observations=odd)


def visio(data: bytes) -> Iterator[Yield]:
    """Cells of a drawing that run a program, and where it leads; built-in add-ons go by plain names ("Make Wall")."""
    if RUNS.search(data) is None:
        return
    text = data.decode("utf-8", "replace")
    plain = unescape(text)
    programs, links = dict.fromkeys(ADDON.findall(plain)), dict.fromkeys(OPENED.findall(plain))
    stencils: dict[str, None] = dict.fromkeys(RUN_FROM.findall(plain))
    for tag, attributes, content in ELEMENT.findall(text):
        if tag == "Address":
            links[unescape(content)] = None
        elif tag in ("EventItem", "Window") or "Address" in attributes or "&#" in attributes:
            values = {name: unescape(one or other) for name, one, other in ATTRIBUTE.findall(attributes)}
            if tag == "EventItem":
                programs[values.get("Target", "")] = None
            elif tag == "Window":
                stencils[values.get("Document", "")] = None
            elif values.get("N") == "Address":
                links[values.get("V", "")] = None
    made = MADE.search(plain)
    if made is not None:
        yield Observation("DOC-RUN-PROGRAM", made[0])
    for name in filter(PROGRAM.search, programs):
        yield Observation("DOC-RUN-PROGRAM", name[:400])
    for kind, address in (*(("hyperlink", a) for a in links), *(("attachedTemplate", a) for a in stencils),
                          *(("image", a) for a in dict.fromkeys(PLAYED.findall(plain)))):
        found = judge(kind, address)
        if found is not None and found.code not in ("DOC-LINK", "DOC-EXTERNAL-MEDIA"):
            yield found


def ribbon(data: bytes) -> Iterator[Yield]:
    """Callbacks of a ribbon ([MS-CUSTOMUI]): a macro of this document, or of a file elsewhere that is fetched for it."""
    text = unescape(data.decode("utf-8", "replace"))
    for name in dict.fromkeys(CALLBACK.findall(text)):
        if place(name) in (Place.WEB, Place.SHARE):
            yield Observation("DOC-REMOTE-MACRO", name)


def drawn(data: bytes) -> Iterator[Yield]:
    """Macros that shapes of a sheet call ([ECMA-376] 20.5.2.29, `macro`; FmlaMacro of [MS-OI29500]) in a file elsewhere."""
    for found in dict.fromkeys(SHAPE.findall(data)):
        name = unescape(b"".join(found).decode("utf-8", "replace"))
        book = BOOK.search(name)
        if book is not None and place(book[1].replace("[", "")) in (Place.WEB, Place.SHARE):
            yield Observation("DOC-REMOTE-MACRO", name[:300])


def is_wps_macro(*names: str) -> bool:
    """True for the part or stream in which WPS Office keeps a document's JavaScript, by part name, relation or content type."""
    return any(WPS.search(name) for name in names)


def wps_macro(name: str, data: bytes) -> Iterator[Yield]:
    """JavaScript that WPS Office runs like VBA; it writes it as plain text."""
    yield Observation("VBA-PROJECT", "JavaScript of WPS Office")
    text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    yield Child(text.encode("utf-8", "replace"), ArtifactKind.MACRO, (name,), detected_type=MEDIA_TYPE,
                observations=(Observation("VBA-MODULE", name),), texts=(Text(text, "macro"),))
