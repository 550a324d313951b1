"""What single elements of an office package's XML say, noted while the story of the part is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.extract.base import Child, Problem, Yield
from gateway.extract.office import properties, targets
from gateway.extract.office.code import addins
from gateway.extract.office.code.activex import control
from gateway.extract.office.kinds import Kinds
from gateway.extract.office.markup.story import WANTED, Story
from gateway.extract.office.sheets import connections, xlmtext
from gateway.model.content import Observation, Text
from gateway.model.finding import IncidentCode

PAINTED = frozenset({"imagedata", "fill", "stroke", "image"})
SHAPES = frozenset({"shape", "shapetype", "group", "rect", "roundrect", "oval", "line", "polyline", "curve", "arc"})
"""Elements of VML that fetch a picture, and those that a click opens (ECMA-376-4, 14.1)."""
NOTED = PAINTED | SHAPES | {
    "sheet", "definedName", "ocx", "webPr", "dbPr", "textPr", "olapPr", "oledbPr", "dataFeedPr", "customUI", "commands", "property",
    "Relationship", "reference", "webVideoPr", "connectString", "udl", "connection", "docVar", "HyperlinkBase"}
"""Elements whose attributes say something (`Remarks.note`)."""
PLAYERS = 1_000                          # of one part: films of the web that it shows


@dataclass(slots=True)
class Remarks:
    """Passes events on to the story and notes what single elements say."""

    story: Story
    seen: list[Observation] = field(default_factory=list)
    sheets: list[tuple[str, str, str]] = field(default_factory=list)
    auto_names: list[str] = field(default_factory=list)
    pages: list[Child] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    loose_size: int = 0
    name: str = ""
    value: list[str] = field(default_factory=list)        # of the property of that name
    refreshed: bool = False              # the open connection asks for its data when the book is opened
    queries: list[str] = field(default_factory=list)      # connections of Power Query
    updated: bool = False                # and is a Power Query
    wanted = WANTED | NOTED

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.story.start(tag, attributes)
        if tag == "HyperlinkBase":
            self.close()
            self.name = tag
        elif attributes:
            self.note(tag, attributes)

    def end(self, tag: str) -> None:
        self.story.end(tag)

    def close(self) -> None:
        """A property is complete where the next one begins."""
        if self.name:
            text = "".join(self.value).strip()
            found = properties.judge(self.name, text)
            self.seen += [found] if found else []
            self.story.indirect.value(text)
        self.name, self.value = "", []

    def data(self, text: str) -> None:
        self.story.data(text)
        if self.name and len(self.value) < 100:
            self.value.append(text)
        if self.loose_size < 1 << 20 and not text.isspace():
            self.loose.append(text)
            self.loose_size += len(text)

    def note(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            self.sheets.append((attributes.get("id", ""), attributes.get("name", ""), attributes.get("state", "")))
        elif tag == "definedName":
            name = attributes.get("name", "")
            if xlmtext.auto_name(name):
                self.auto_names.append(name)
        elif tag == "ocx":
            self.seen.append(control(attributes.get("classid", "")))
        elif tag == "connection":
            self.refreshed = connections.refreshed(attributes)
            self.seen += connections.kept_elsewhere(attributes)
        elif tag in ("webPr", "dbPr", "textPr", "olapPr", "oledbPr", "dataFeedPr"):
            self.seen += connections.connection(tag, attributes, self.refreshed)
            if connections.is_query(attributes):
                self.updated = self.updated or self.refreshed
                self.queries.append(attributes["connection"])
        elif tag in ("customUI", "commands") and attributes.get("onLoad"):
            self.seen.append(Observation("DOC-CUSTOM-UI", attributes["onLoad"]))
        elif tag == "property":
            self.close()
            self.name = attributes.get("name", "")
            self.loose.append(f"{self.name} =")           # the value follows: sensitivity labels are told by their names
        elif tag == "docVar":
            self.story.indirect.value(attributes.get("val", ""))
        elif tag == "Relationship" and attributes.get("TargetMode", "").lower() == "external":
            found = targets.judge(attributes.get("Type", "").rpartition("/")[2], attributes.get("Target", ""))
            self.seen += [found] if found else []
        elif tag in ("connectString", "udl"):
            self.seen += connections.connection(tag, {"connection": attributes.get("val", "")})
        elif tag in PAINTED | SHAPES and (target := attributes.get("src") or attributes.get("href", "")):
            found = targets.judge("image" if tag in PAINTED else "hyperlink", target)
            self.seen += [found] if found else []
        elif tag == "reference" and "storeType" in attributes:
            extension = addins.extension(attributes)
            self.seen += [extension] if extension else []
        elif tag == "webVideoPr" and len(self.pages) <= PLAYERS:
            page = addins.player(attributes)
            self.pages += [page] if page else []

    def told(self) -> Iterator[Yield]:
        """What was seen, and the pages of players."""
        yield from Kinds(self.seen)
        yield from self.pages[:PLAYERS]
        if len(self.pages) > PLAYERS:
            yield Problem(IncidentCode.COUNT, f"more than {PLAYERS} pages of players")

    def items(self, root: str, name: str) -> Iterator[Yield]:
        self.close()
        yield from self.told()
        if self.loose and root not in ("document", "hdr", "ftr", "worksheet", "sst", "styleSheet", "theme", "sld", "macrosheet"):
            text = "\n".join(self.loose)
            if root in ("Properties", "coreProperties"):
                yield Text(text, "property")
            elif "customxml" in name.lower() or root not in ("settings", "styles", "numbering", "fonts", "webSettings",
                                                             "vmlDrawing"):
                yield Text(text, f"part {name}", hidden=True)
