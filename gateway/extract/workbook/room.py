"""How much room a workbook would make its reader take, before the reader is let loose on it.

calamine lays a sheet out from its first cell to its last one, empty cells included: two cells in opposite corners are a
gigabyte (xlsx), a repeated cell of OpenDocument is written out. Excel keeps such sheets as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from gateway.extract.base import Context, Problem
from gateway.extract.office.binary.compound import Compound, Damaged
from gateway.extract.office.markup.package import Package, PartRefused
from gateway.extract.office.markup.xml import crowded
from gateway.extract.office.sheets import biff12
from gateway.extract.workbook import binary, shared, xlm
from gateway.extract.workbook.scattered import CELLS, REPEATED, fits
from gateway.model.finding import IncidentCode

NAMES = 200_000
"""Defined names; workbooks that were copied for years carry 100,000."""
KEPT = 16 << 20
"""Octets of unpacked parts that are handed on."""
BLANKS = 1_000_000
"""Blanks that one element of OpenDocument stands for."""
COLUMN = re.compile(rb"\sr\s?=\s?[\"']([A-Za-z]{1,3})\d")
FAR = re.compile(rb"r(?:=\"(?:[A-Za-z]{2,3}[0-9]|[A-Za-z]?[0-9]{6})|\s+=|=[^\"])")
"""A place beyond Z99999, or one written as no program of offices writes it."""
FEW = 300_000
"""Cells between the first and the last one that need not be counted."""
AT_ONCE = 1 << 18
"""Octets of a sheet that are looked at together."""
PLACE = 16
"""Octets of a place: ` r="XFD1048576"`."""
R, EQUAL, QUOTE = b'r="'
_LETTER = np.array([chr(i).isascii() and chr(i).isalpha() for i in range(256)])
ROW = re.compile(rb"\sr\s?=\s?[\"'](?:[A-Za-z]{1,3})?(\d{1,7})[\"']")
CELL = re.compile(rb"<(?:[\w.-]{1,20}:)?c[\s/>]")
ODS_ROW = re.compile(rb"<(?:[\w.-]{1,20}:)?table-row([^<>]{0,2000}+)>")
ODS_CELL = re.compile(rb"<(?:[\w.-]{1,20}:)?(?:covered-)?table-cell([^<>]{0,2000}+)>")
ROWS_REPEATED = re.compile(rb"number-rows-repeated\s?=\s?[\"'](\d{1,12})")
COLUMNS_REPEATED = re.compile(rb"number-columns-repeated\s?=\s?[\"'](\d{1,12})")
SPACES = re.compile(rb"<(?:[\w.-]{1,20}:)?s\s[^<>]{0,60}?c\s?=\s?[\"'](\d{1,12})")
READ = (".xml", ".bin", ".rels", "mimetype")
"""How the names of parts end that a reader of cells looks at."""
PASSED_OVER = ("customxml/", "docprops/", "xl/media/", "xl/theme/")
BIFF_CELLS = frozenset({0x06, 0x203, 0x204, 0x205, 0x27E, 0xFD, 0xBD})
"""Cells with something in them ([MS-XLS] 2.4: Formula, Number, Label, BoolErr, RK, LabelSst, MulRk). String has no place."""
BIFF12_ROW, BIFF12_CELLS = 0, range(1, 12)


@dataclass(slots=True)
class Unpacked:
    """A workbook that was unpacked to be looked at, for those who read it next."""

    package: Package | None = None
    parts: dict[str, bytes] = field(default_factory=dict)
    book: bytes = b""                    # the same with its parts stored; empty where they are too many or ambiguous
    odd: list[str] = field(default_factory=list)          # xlsb sheets with records that calamine passes over, and has words in
    others: list[str] = field(default_factory=list)       # other parts of xlsb

    def note(self, name: str, kinds: set[int]) -> None:
        """A part, and the kinds of records of an xlsb sheet that are no plain cells."""
        if kinds:
            if not kinds.isdisjoint(binary.CELLS | binary.WORDS):
                self.odd.append(name)
        elif name.lower().endswith(".bin"):
            self.others.append(name)

    def read(self, name: str) -> bytes:
        """A part once more."""
        return self.parts.get(name) or (self.package.read(name) if self.package else b"")


def package(data: bytes, context: Context, unpacked: Unpacked | None = None) -> Problem | None:
    """What forbids to read an xlsx, xlsb or ods workbook, None where nothing does. `unpacked` is given what was unpacked."""
    try:
        parts = Package(data, context.limits, context.limits.expanded)
        cells, room, kept, told = 0, KEPT, unpacked.parts if unpacked else {}, shared.Shared()
        for entry in parts.entries.values():
            low = entry.name.lower()
            if not low.endswith(READ) or low.startswith(PASSED_OVER):
                continue
            content = parts.read(entry.name)
            room -= len(content)
            if room > 0:
                kept[entry.name] = content
            kinds: set[int] = set()
            cells += _cells(low, content, kinds)
            if unpacked:
                unpacked.note(entry.name, kinds)
            told.add(entry.name, content, _sheet(low, content))
            if low == "xl/workbook.xml" and content.count(b"definedName ") > NAMES:
                return Problem(IncidentCode.COUNT, f"more than {NAMES} defined names")
            if "comment" in low and crowded(content):
                return Problem(IncidentCode.COUNT, f"{entry.name}: too many comments")
            if cells > CELLS:
                return Problem(IncidentCode.SIZE, f"more than {CELLS} cells")
        if told.too_many(lambda name: kept.get(name) or parts.read(name)):
            return Problem(IncidentCode.SIZE, f"cells that show more than {shared.MOST} octets of shared texts")
    except PartRefused as error:
        return error.problem
    except KeyError:
        return None
    if unpacked:
        unpacked.package = parts
        unpacked.book = parts.stored(kept) if room > 0 else b""
    return None


def _cells(name: str, content: bytes, kinds: set[int]) -> int:
    """Cells of one part, as its reader lays them out. `kinds` is given the other records of an xlsb sheet."""
    if name == "content.xml":
        return opendocument(content)
    if not _sheet(name, content):
        return 0
    return places(content, kinds) if name.endswith(".bin") else markup(content)


def _sheet(name: str, content: bytes) -> bool:
    return biff12.is_sheet(content) if name.endswith(".bin") else name.endswith(".xml") and b"worksheet" in content[:4096]


def markup(content: bytes) -> int:
    """Cells between the first and the last one of a worksheet part; 0 where none stands beyond Z99999: any machine has room
    for those, they are counted as they are laid out."""
    found = _plainly(content)
    if found is None:                                     # as no program of offices writes it
        if not FAR.search(content):
            return 0
        written = COLUMN.findall(content)
        rows = max(map(int, set(ROW.findall(content))), default=0)
        found = max(map(_column, set(written)), default=0), rows, len(written)
    columns, rows, count = found
    cells = columns * rows
    return cells if fits(cells, count) else CELLS + 1


def _plainly(content: bytes) -> tuple[int, int, int] | None:
    """The last column and row and how many cells are written, noughts where none stands beyond Z99999; None for a sheet in which
    a place may be written in another way than ` r="XFD1048576"`."""
    raw = np.frombuffer(b" " + content + b" " * PLACE, np.uint8)
    found, far = [], False
    for begin in range(0, len(content), AT_ONCE):
        piece = raw[begin:begin + AT_ONCE + 3]
        equal = np.flatnonzero(piece[2:-1] == EQUAL) + 2
        before = piece[equal - 1]
        named = before == R
        if (before <= 32).any() or (piece[equal[named] + 1] != QUOTE).any():
            return None
        at = equal[named & (piece[equal - 2] <= 32)] + begin + 2
        far = far or bool(((raw[at + 1] > 64) | ((raw[at] < 64) & (raw[at + 5] - 48 < 10)) | (raw[at + 6] - 48 < 10)).any())
        found.append(at)
    return _last(raw, found, len(CELL.findall(content))) if far and not _small(raw, found) else (0, 0, 0)


def _small(raw: np.ndarray, places: list[np.ndarray]) -> bool:
    """Whether the first letter of two and the first digit of four say that the sheet has few cells: wide, but not far."""
    columns, rows = 26, 999
    for at in places:
        two = raw[at + 1] > 64
        wide, digits = at[two], at + two + (raw[at] > 64)
        if (raw[wide + 2] > 64).any() or (raw[digits + 4] - 48 < 10).any():
            return False
        thousands = raw[digits[raw[digits + 3] - 48 < 10]]
        columns = max(columns, (int((raw[wide] & 31).max(initial=0)) + 1) * 26)
        rows = max(rows, (int((thousands & 15).max(initial=0)) + 1) * 1000)
    return columns * rows <= FEW


def _last(raw: np.ndarray, places: list[np.ndarray], written: int) -> tuple[int, int, int] | None:
    """Of the places that begin there: the last column and row, and how many name a column; noughts where none is beyond Z99999.
    A row without cells (LibreOffice writes the last one of all) counts only where one of the `written` cells names no place."""
    columns = rows = last = count = 0
    for at in places:
        letters = np.zeros(len(at), np.int64)
        column, row, length = letters.copy(), letters.copy(), letters.copy()
        for i in range(3):
            one = raw[at + i]
            letters += _LETTER[one] & (letters == i)
            column = np.where(letters > i, column * 26 + (one & 31), column)
        digits = at + letters
        for i in range(8):
            one = raw[digits + i]
            more = (one - 48 < 10) & (length == i)
            row = np.where(more, row * 10 + (one & 15), row)
            length += more
        if (length > 7).any():
            return None
        cells = (letters > 0) & (length > 0)
        named = column[cells]
        columns, count = max(columns, int(named.max(initial=0))), count + len(named)
        rows, last = max(rows, int(row[cells].max(initial=0))), max(last, int(row[raw[digits + length] == QUOTE].max(initial=0)))
    rows = rows if count >= written else last
    return (columns, rows, count) if columns > 26 or rows > 99_999 else (0, 0, 0)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def places(content: bytes, kinds: set[int]) -> int:
    """The same of an xlsb part ([MS-XLSB] 2.4: BrtRowHdr, BrtCell). `kinds` is given the other records."""
    row = column = rows = columns = 0
    for kind, body in biff12.records(content):
        if kind == BIFF12_ROW and len(body) >= 4:
            row, column = int.from_bytes(body[:4], "little"), -1
            continue
        if kind in BIFF12_CELLS and len(body) >= 4:
            column = int.from_bytes(body[:4], "little")
        else:
            kinds.add(kind)
            if kind not in binary.SHORT:
                continue
            column += 1
        rows, columns = max(rows, row + 1), max(columns, column + 1)
    return rows * columns


def opendocument(content: bytes) -> int:
    """Cells with something in them, as often as they are repeated, and blanks that stand for a million."""
    if any(int(n) > BLANKS for n in SPACES.findall(content)):
        return CELLS + 1
    if b"-repeated" not in content:
        return 0
    total, ends = 0, [*(m.start() for m in ODS_ROW.finditer(content)), len(content)]
    for match, end in zip(ODS_ROW.finditer(content), ends[1:], strict=True):
        repeated = ROWS_REPEATED.search(match[1])
        if repeated is None and b"columns-repeated" not in content[match.end():end]:
            continue
        width = filled = 0
        for cell in ODS_CELL.finditer(content, match.end(), end):
            copies = COLUMNS_REPEATED.search(cell[1])
            width += int(copies[1]) if copies else 1
            empty = cell[1].endswith(b"/") or content.startswith(b"</", cell.end())
            if copies and int(copies[1]) * (content.find(b"-cell>", cell.end(), end) - cell.end()) > shared.MOST:
                return CELLS + 1
            filled = filled if empty and b":value" not in cell[1] else width
        total += filled * (int(repeated[1]) if repeated else 1)
        if total > REPEATED:
            return CELLS + 1
    return total


def compound(data: bytes) -> Problem | None:
    """What forbids to read an xls workbook."""
    try:
        file = Compound(data, len(data))
        root = next(file.storages())
    except Damaged as error:
        return Problem(IncidentCode.MALFORMED, f"workbook: {error}")
    if file.circular():
        return Problem(IncidentCode.MALFORMED, "workbook: sectors that lead back to themselves")
    streams = [root.read(name) for name in ("workbook", "book")]
    if any(sum(kind == xlm.BOUNDSHEET for kind, _ in xlm.records(stream)) > xlm.SHEETS for stream in streams):
        return Problem(IncidentCode.COUNT, f"more than {xlm.SHEETS} sheets")
    cells = sum(cells for stream in streams for cells in _sheets(stream))
    return Problem(IncidentCode.SIZE, f"more than {CELLS} cells") if cells > CELLS else None


def _sheets(stream: bytes) -> Iterator[int]:
    """Cells between first and last of each sheet of a BIFF stream ([MS-XLS] 2.4: row and column begin every cell)."""
    rows = columns = 0
    for kind, body in xlm.records(stream):
        if kind in xlm.BOF:
            yield rows * columns
            rows = columns = 0
        elif kind in BIFF_CELLS and len(body) >= 4:
            rows = max(rows, int.from_bytes(body[:2], "little") + 1)
            columns = max(columns, int.from_bytes(body[2:4], "little") + 1)
            if kind == 0xBD:
                columns = max(columns, int.from_bytes(body[-2:], "little") + 1)
    yield rows * columns
