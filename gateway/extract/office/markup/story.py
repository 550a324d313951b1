"""The readable text of WordprocessingML and DrawingML parts, their tables, field codes and actions, in one pass.

Word, PowerPoint, chart, diagram, comment and drawing parts share local names: p, r, t, tab, br, tbl, tr, tc.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from gateway.extract.base import Problem
from gateway.extract.office import fields
from gateway.extract.office.kinds import Kinds
from gateway.extract.office.markup.placed import Boxes
from gateway.extract.office.targets import Place, place
from gateway.model.content import Observation, Table, Text
from gateway.model.finding import IncidentCode

COLUMNS = 63                             # of a table in Word
MERGED = 200                             # characters of a cell over several rows that are said in each
NESTED = 200                             # fields within one another; Word gives up at 20
MOST = {
    "fldChar": 60_000, "fldSimple": 20_000, "hlinkClick": 66_000, "hlinkHover": 66_000, "control": 2_000, "OLEObject": 2_000,
    "ddeLink": 1_000, "bookmarkStart": 60_000, "sdt": 60_000, "definedName": 200_000, "listItem": 60_000, "sp": 60_000,
    "grpSp": 60_000,
}
"""Of one part that are read, above what any program makes. Three marks make a field, and a thousand pages with an index and
references have 5,000 fields; Excel allows 65,530 hyperlinks a sheet; workbooks that were copied for years carry 100,000 names."""
LONG = re.compile(r"[0-9](?:\.[0-9]{1,17})?[eE]\+?1[0-8]")
"""A whole number of up to 19 digits with its exponent."""
BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}
SHOWN = frozenset({
    "t", "v", "text", "delText", "oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter", "Data",
})
TABLES, ROWS, CELLS = frozenset({"tbl", "Table"}), frozenset({"tr", "Row"}), frozenset({"tc", "Cell"})
"""Word's names, and those of Excel 2003's XML."""
PLACED = frozenset({"sp", "grpSp", "off", "ext", "chOff", "chExt"})
"""Of a slide: shapes, groups of them, and where they stand."""
WANTED = SHOWN | BREAKS.keys() | {
    "instrText", "delInstrText", "tbl", "fldChar", "fldSimple", "r", "vanish", "webHidden", "hlinkClick", "hlinkHover",
    "hlinkMouseOver", "control", "OLEObject", "ddeLink", "sym", "p", "si", "comment", "pt",
    "gridSpan", "gridBefore", "vMerge", "textpath", "AlternateContent", "Fallback", "alias",
} | TABLES | ROWS | CELLS | PLACED | MOST.keys()
"""Every element that `Story` does something with."""
SOURCES = {"hdr": "header", "ftr": "footer", "footnotes": "footnotes", "endnotes": "endnotes", "comments": "comments",
           "glossaryDocument": "building blocks", "notes": "notes", "chartSpace": "chart", "dataModel": "diagram",
           "wsDr": "drawing", "cmLst": "comments", "ThreadedComments": "comments", "sldMaster": "slide master",
           "sldLayout": "slide layout", "userShapes": "drawing"}


PICTURES = ("wingdings", "webdings", "marlett", "zapfdingbats", "mt extra", "bookshelf")
"""Fonts in which the places of letters hold pictures."""
MACRO = "ppaction://macro?name="


def remote(action: str) -> bool:
    """A macro of a presentation that lies elsewhere."""
    return action.lower().startswith(MACRO) and place(action[len(MACRO):]) in (Place.WEB, Place.SHARE)


def symbol(code: int, font: str) -> str:
    """The character of a symbol: fonts of 8 bits have theirs from F020 on ([ECMA-376] 17.3.3.30), pictures in those of PICTURES."""
    letters = 0xf020 <= code < 0xf080 and not font.lower().startswith(PICTURES)
    return chr(code - 0xf000) if letters else chr(code)


@dataclass(slots=True)
class _Grid:
    rows: list[tuple[str, ...]] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    across: int = 1                      # columns that the open cell takes
    down: bool = False                   # the open cell is part of the one above


@dataclass(slots=True)
class _Field:
    code: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)         # of the code what no tracked change deletes
    result: list[str] = field(default_factory=list)
    separated: bool = False


@dataclass(slots=True)
class Story:
    """A target for gateway.extract.office.markup.xml.parse."""

    root: str = ""
    lines: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    seen: Kinds = field(default_factory=Kinds)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MOST, 0))
    flood: str = ""                      # what there is more of than any document needs
    indirect: fields.Indirect = field(default_factory=fields.Indirect)
    boxes: Boxes = field(default_factory=Boxes)
    _said: int = 0                       # lines before the open shape
    _line: list[str] = field(default_factory=list)
    _grids: list[_Grid] = field(default_factory=list)
    _fields: list[_Field] = field(default_factory=list)
    _simple: list[str] = field(default_factory=list)
    _taking: str = ""                    # the text element that is open
    _piece: list[str] = field(default_factory=list)
    _vanish: bool = False
    _veiled: list[tuple[int, str]] = field(default_factory=list)       # hidden text of the open line, and where
    _deleted: list[str] = field(default_factory=list)                  # deleted pieces of it
    _in_style: int = 0
    _alias: str = ""
    _alternatives: list[tuple[list[str], int, int]] = field(default_factory=list)      # where lines go, and how many had come

    # -- target interface

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.root = self.root or tag
        if tag in MOST and self._full(tag):
            return
        if tag in SHOWN or tag == "instrText" or tag == "delInstrText":
            self._taking, self._piece = tag, []
        elif tag in BREAKS:
            self._add(BREAKS[tag])
        elif tag in PLACED and self.root == "sld":
            self._said = len(self.lines) if tag == "sp" else self._said
            self.boxes.start(tag, attributes)
        elif tag == "sdt" and self._line and not self._line[-1].endswith((" ", "\t", "\n")):
            self._add(" ")               # a field to fill in right behind its label
        elif tag == "textpath":          # a watermark ([MS-OI29500] VML)
            self._add(attributes.get("string", "") + "\n")
        elif tag == "vMerge" and self._grids:
            self._grids[-1].down = attributes.get("val", "continue") == "continue"
        elif tag in ("gridSpan", "gridBefore") and self._grids:
            self._span(tag, attributes.get("val", ""))
        elif tag in TABLES:
            self._flush()
            self._grids.append(_Grid())
        elif tag == "fldChar":
            self._field_char(attributes.get("fldCharType", ""))
        elif tag == "fldSimple":
            self._judge(attributes.get("instr", ""))
        elif tag == "r":
            self._vanish = False
        elif tag == "AlternateContent":
            self._alternatives.append((self._into(), len(self._into()), -1))
        elif tag == "Fallback" and self._alternatives:
            into, first, _ = self._alternatives[-1]
            self._alternatives[-1] = (into, first, len(into))
        elif tag == "vanish" or tag == "webHidden":
            self._vanish = attributes.get("val", "1") not in ("0", "false", "off")
        elif tag in ("hlinkClick", "hlinkHover", "hlinkMouseOver", "control", "OLEObject", "ddeLink", "sym", "listItem", "alias"):
            self._element(tag, attributes)

    def end(self, tag: str) -> None:
        if tag == self._taking:
            self._take(tag, "".join(self._piece))
        elif tag == "p" or tag == "si" or tag == "comment" or tag == "pt":
            self._flush()
        elif tag in CELLS and self._grids:
            self._flush()
            grid = self._grids[-1]
            text = "\n".join(grid.cell) or (self._above(grid) if grid.down else "")
            grid.row += [text, *[""] * (grid.across - 1)]
            grid.cell, grid.across, grid.down = [], 1, False
        elif tag in ROWS and self._grids:
            grid = self._grids[-1]
            if grid.row:
                grid.rows.append(tuple(grid.row))
            grid.row = []
        elif tag in TABLES and self._grids:
            self._close_table()
        elif tag == "AlternateContent" and self._alternatives:
            self._choose(*self._alternatives.pop())
        elif tag == "sp":
            self._flush()
            self.boxes.shape_ends(self.lines[self._said:])
        elif tag == "grpSp":
            self.boxes.group_ends()

    def data(self, text: str) -> None:
        if self._taking:
            self._piece.append(text)

    # -- what it is made of

    def _above(self, grid: _Grid) -> str:
        """What the cell over the open one says, of which it is a part ([ECMA-376] 17.4.84): a label of several rows."""
        row = grid.rows[-1] if grid.rows else ()
        return row[len(grid.row)] if len(grid.row) < len(row) and len(row[len(grid.row)]) <= MERGED else ""

    def _into(self) -> list[str]:
        """Where lines go at present."""
        return self._grids[-1].cell if self._grids else self.lines

    def _choose(self, into: list[str], first: int, second: int) -> None:
        """Drops what is there for older programs where it says the same again ([ECMA-376] part 3, 7.5)."""
        if second > first and into is self._into() and into[first:second] == into[second:]:
            del into[second:]

    def _span(self, tag: str, value: str) -> None:
        """Columns that a cell takes, or that a row leaves out at its beginning ([ECMA-376] 17.4.17, 17.4.15)."""
        number = min(int(value), COLUMNS) if value.isdecimal() and len(value) < 6 else 1
        if tag == "gridSpan":
            self._grids[-1].across = max(1, number)
        elif not self._grids[-1].row:
            self._grids[-1].row = [""] * number

    def _full(self, tag: str) -> bool:
        """True where no more elements of this name are read."""
        self.counts[tag] += 1
        if self.counts[tag] > MOST[tag]:
            self.flood = f"more than {MOST[tag]} elements {tag}"
        return self.counts[tag] > MOST[tag]

    def _take(self, tag: str, text: str) -> None:
        self._taking = ""
        if tag == "Data" and LONG.fullmatch(text):        # a long number of Excel 2003's XML: 5.5778728960001E+13
            text = str(int(float(text)))
        if tag in ("instrText", "delInstrText"):
            if self._fields:
                self._fields[-1].code.append(text)
                if tag == "instrText":
                    self._fields[-1].kept.append(text)
            else:
                self._simple.append(text)
            return
        if self._fields and self._fields[-1].separated:
            self._fields[-1].result.append(text)
        if self._vanish or tag == "delText":
            self.hidden.append(text)
            if tag == "delText":
                self._deleted.append(text)
            else:
                self._veiled.append((len(self._line), text))
        else:
            self._line.append(text)
        if tag not in ("t", "delText"):
            self._flush()

    def _add(self, text: str) -> None:
        self._line.append(text)

    def _flush(self) -> None:
        line = "".join(self._line)
        if len(self._deleted) > 1:                        # each save may begin a new piece
            self.hidden.append("".join(self._deleted))
        self._deleted = []
        if len(self._veiled) > 1 or (self._veiled and line):
            done, pieces = 0, list[str]()
            for at, text in self._veiled:
                pieces += (*self._line[done:at], text)
                done = at
            self.hidden.append("".join((*pieces, *self._line[done:])))
        self._line, self._veiled = [], []
        if not line:
            return
        self._into().append(line)

    def _close_table(self) -> None:
        self._flush()
        grid = self._grids.pop()
        if grid.row or grid.cell:
            grid.rows.append((*grid.row, *grid.cell))
        if grid.rows:
            self.tables.append(Table(f"table {len(self.tables) + 1}", tuple(grid.rows)))

    def _field_char(self, kind: str) -> None:
        if kind == "begin":
            if len(self._fields) >= NESTED:
                self.flood = f"more than {NESTED} fields within one another"
            else:
                self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            self._fields[-1].separated = True
            self._instruct(self._fields[-1])
        elif kind == "end" and self._fields:
            done = self._fields.pop()
            code = "".join(done.code)
            if not done.separated:
                self._instruct(done)
            if self._fields and not self._fields[-1].separated:
                self._fields[-1].code.append(fields.quoted(code) or "".join(done.result))

    def _instruct(self, frame: _Field) -> None:
        """A complete instruction, with what tracked changes delete and without."""
        self._judge("".join(frame.code))
        if 0 < len(frame.kept) < len(frame.code):
            self._judge("".join(frame.kept))

    def _judge(self, code: str) -> None:
        self.indirect.code(code)
        for observation in fields.judge(code):
            self._see(observation)

    def _see(self, observation: Observation) -> None:
        self.seen.add(observation)

    def _element(self, tag: str, attributes: dict[str, str]) -> None:
        if tag.startswith("hlink"):
            action = attributes.get("action", "")
            if remote(action):
                self._see(Observation("DOC-REMOTE-MACRO", action))
            elif action.lower().startswith("ppaction://program"):
                self._see(Observation("DOC-RUN-PROGRAM", action))
            elif action.lower().startswith("ppaction://macro"):
                self._see(Observation("DOC-CALLS-MACRO", action))
            elif action.lower().startswith("ppaction://ole"):
                self._see(Observation("DOC-ACTION", action))
        elif tag == "ddeLink":
            self._see(Observation("DOC-DDE", f"{attributes.get('ddeService', '')}|{attributes.get('ddeTopic', '')}"))
        elif tag == "alias":
            self._alias = attributes.get("val", "")
        elif tag == "listItem":
            if self._alias:              # the field's name stands above its choices
                self.hidden.append(self._alias)
                self._alias = ""
            self.hidden.append(" ".join(dict.fromkeys(attributes.get(name, "") for name in ("displayText", "value"))).strip())
        elif tag == "OLEObject":
            self._see(Observation("DOC-OLE-CLASS", attributes.get("ProgID", "")))
        elif tag == "sym":
            code = attributes.get("char", "")
            if code and len(code) <= 6:
                try:
                    self._line.append(symbol(int(code, 16), attributes.get("font", "")))
                except (ValueError, OverflowError):
                    return

    def finish(self) -> None:
        """Closes what a truncated part left open, so that nothing seen is lost."""
        while self._grids:
            self._close_table()
        self._flush()
        for frame in self._fields:
            self._instruct(frame)
        if self._simple:
            self._judge("".join(self._simple))
        for line in chain(self.lines, self.hidden, (cell for table in self.tables for row in table.rows for cell in row)):
            self.indirect.text(line)

    def items(self, name: str) -> Iterator[Text | Table | Observation | Problem]:
        source = SOURCES.get(self.root, "body")
        if self.root == "sld":
            source = "slide " + "".join(c for c in name if c.isdigit())
        if self.lines:
            yield Text("\n".join(self.lines), source)
        if self.hidden:
            yield Text("\n".join(self.hidden), f"{source} hidden", hidden=True)
        for table in self.tables:
            yield Table(f"{source} {table.source}", table.rows)
        if self.root == "sld" and (rows := self.boxes.rows()):
            yield Table(f"{source} boxes", rows)
        yield from self.seen
        if self.flood:
            yield Problem(IncidentCode.COUNT, self.flood)
