"""Workbooks: xlsx, xlsm, xlsb, xls, ods. Cells by calamine, hidden sheets too; what is beside the cells in sheet_extras."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO
from itertools import chain, pairwise
from typing import cast

import orjson
import python_calamine

from gateway.extract.base import Context, Node, Problem, Yield
from gateway.extract.office.binary.compound import Compound, Damaged
from gateway.extract.office.sheets import biff_cells
from gateway.extract.workbook import binary, xlm
from gateway.extract.workbook import room as sheet_room
from gateway.extract.workbook.extras import extras
from gateway.extract.workbook.scattered import CELLS
from gateway.model.content import Table, Text
from gateway.model.finding import IncidentCode

Value = int | float | str | bool | time | date | datetime | timedelta | None
"""What calamine makes of a cell."""
MAGIC_ZIP, MAGIC_OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
NAMED = 6
"""Digits from which on the name of a sheet may be somebody's number."""
AT_ONCE = 1024
"""Rows that are written out together: the narrow ones cost more by the row than by the cell."""
HEADED = 40
"""Rows at the top of a sheet in which an empty column is looked for first."""
BODY_WITHIN = 1 << 20
"""Octets of content.xml in which the body element is looked for; styles come first."""
OLE_BOOKS = tuple(f"{name}\0".encode("utf-16-le") for name in ("Workbook", "Book", "WORKBOOK", "BOOK"))
END, END_WITHIN = b"PK\x05\x06", 66_000
"""The record at the end of a ZIP file, and where it is looked for (APPNOTE 4.3.16)."""
STREAM = 2
"""The kind of an entry that is a stream ([MS-CFB] 2.6.1)."""
ENTRY = 128
"""Octets of a directory entry ([MS-CFB] 2.6.1), which begins with the name: elsewhere it is a word, such as that of a style."""


def _named(data: bytes, name: bytes) -> bool:
    """Whether a directory entry has the name."""
    size = struct.pack("<HB", len(name), STREAM)
    at = data.find(name)
    while at >= 0 and (at % ENTRY or data[at + 64:at + 67] != size):
        at = data.find(name, at + 2)
    return at >= 0


def _office_sheet(data: bytes) -> bool:
    return b"xl/workbook." in data and b"xl/workbook." in _listed(data)


def _listed(data: bytes) -> bytes:
    """The central directory, where there is one: workbooks inside a package (charts of slides) have theirs before it."""
    end = data.rfind(END, -END_WITHIN)
    if end < 0 or len(data) < end + 22:
        return data
    size, start = struct.unpack_from("<II", data, end + 12)
    return data[start:start + size] if data.startswith(b"PK\x01\x02", start) else data


class SheetExtractor:
    name = "sheets"

    def claims(self, node: Node) -> bool:
        data = node.data
        if data.startswith(MAGIC_ZIP):
            return _office_sheet(data) or (b"content.xml" in data and _opendocument_sheet(data))
        return data.startswith(MAGIC_OLE) and any(_named(data, name) for name in OLE_BOOKS)

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        if not context.outbound:
            return
        packed = node.data.startswith(MAGIC_ZIP)
        if not packed and _locked(node.data):
            return                                        # gateway.extract.office.encryption opens it or says that it cannot
        unpacked = sheet_room.Unpacked()
        refused = sheet_room.package(node.data, context, unpacked) if packed else sheet_room.compound(node.data)
        if refused is not None:
            yield refused
            return
        streams = () if packed else old_streams(node.data)
        if streams:
            for stream in streams:
                yield from biff_cells.tables(xlm.records(stream))
            return
        try:
            book = python_calamine.load_workbook(BytesIO(unpacked.book or node.data))
        except python_calamine.PasswordError:
            yield Problem(IncidentCode.ENCRYPTED, "workbook with a password")
            return
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            if packed and not _office_sheet(node.data):
                return                                    # OpenDocument: office.markup.odf reads the tables too
            yield Problem(IncidentCode.MALFORMED, f"workbook: {type(error).__name__}")
            return
        yield from _tables(book)
        if packed:
            yield from extras(node.data, unpacked.parts, unpacked.package)
            yield from binary.beside(unpacked.odd, unpacked.others, unpacked.read)


def _locked(data: bytes) -> bool:
    """Whether all that a workbook before Excel 2007 holds is encrypted."""
    try:
        root = next(Compound(data, len(data)).storages())
    except Damaged:
        return False
    streams = [stream for name in ("workbook", "book") if (stream := root.read(name))]
    return bool(streams) and all(map(xlm.is_encrypted, streams))


def old_streams(data: bytes) -> list[bytes]:
    """Workbook streams of versions before Excel 97, which calamine reads letter by letter."""
    root = next(Compound(data, len(data)).storages())     # sheet_room has read it before
    found = (root.read(name) for name in ("book", "workbook"))
    return [stream for stream in found if biff_cells.old(stream)]


def _opendocument_sheet(data: bytes) -> bool:
    """OpenDocument with a spreadsheet body, whatever its mimetype member says."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive, archive.open("content.xml") as content:
            return b"office:spreadsheet" in content.read(BODY_WITHIN)
    except (zipfile.BadZipFile, KeyError, OSError, EOFError, ValueError, RuntimeError, zlib.error):
        return False                                      # not readable: the container readers say so


def _tables(book: python_calamine.CalamineWorkbook) -> Iterator[Yield]:
    visible = python_calamine.SheetVisibleEnum.Visible
    count = 0
    for meta in book.sheets_metadata:
        if meta.typ not in (python_calamine.SheetTypeEnum.WorkSheet, python_calamine.SheetTypeEnum.MacroSheet):
            continue
        try:
            sheet = book.get_sheet_by_name(meta.name)
            found = cast(list[list[Value]], sheet.to_python(skip_empty_area=True))
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            yield Problem(IncidentCode.MALFORMED, f"sheet: {type(error).__name__}")
            continue
        count += sum(map(len, found))
        if count > CELLS:
            yield Problem(IncidentCode.SIZE, f"more than {CELLS} cells")
            return
        for part in _beside(found):
            yield Table(f"sheet {meta.name}", tuple(_rows(part)), hidden=meta.visible != visible)
    names = [meta.name for meta in book.sheets_metadata if sum(map(str.isdigit, meta.name)) >= NAMED]
    if names:
        yield Text("\n".join(names), "sheet name")


def _beside(found: list[list[Value]]) -> list[list[list[Value]]]:
    """Tables that stand side by side in one sheet: empty columns part them, and they begin in different rows."""
    width = len(found[0]) if found else 0
    empty = [i for i in range(1, width - 1) if all(row[i] == "" for row in found[:HEADED])]
    empty = [i for i in empty if all(row[i] == "" for row in found)
             and not any(_boxed(row[i - 1]) and _boxed(row[i + 1]) for row in found)]
    edges = [-1, *empty, width]
    spans = [(left + 1, right) for left, right in pairwise(edges) if right - left > 1]
    if len(spans) < 2 or min(right - left for left, right in spans) < 2:
        return [found]
    tops = [next(i for i, row in enumerate(found) if any(value != "" for value in row[left:right])) for left, right in spans]
    if len(set(tops)) < 2:
        return [found]
    return [[row[left:right] for row in found[top:]] for top, (left, right) in zip(tops, spans, strict=True)]


def _boxed(value: Value) -> bool:
    """One character of a number, as forms have it in each box: an empty column beside it parts groups."""
    return len(value) == 1 if isinstance(value, str) else isinstance(value, (int, float)) and 0 <= value <= 9


def _rows(found: list[list[Value]]) -> Iterator[tuple[str, ...]]:
    """The texts of a sheet, whose rows are of one length. Empties `found`, so that a sheet is not kept twice."""
    width = len(found[0]) if found else 0
    for begin in range(0, len(found), AT_ONCE) if width else ():
        piece = found[begin:begin + AT_ONCE]
        found[begin:begin + AT_ONCE] = [[]] * len(piece)
        cells = _texts(list(chain.from_iterable(piece)))
        yield from zip(*[iter(cells)] * width, strict=True)


def _texts(values: list[Value]) -> list[str]:
    """As `cell` of each."""
    other = written([value for value in values if type(value) is not str])
    take = iter(other).__next__
    if len(other) == len(values):
        return other
    found = [value if type(value) is str else take() for value in values] if other else cast(list[str], values)
    return [text.replace("\0", "") for text in found] if "\0" in "".join(found) else found


def written(values: list[Value]) -> list[str]:
    """As `cell` of each, which are no texts: one JSON of all of them takes a fifth of the time."""
    text = orjson.dumps(values, default=str, option=orjson.OPT_OMIT_MICROSECONDS)[1:-1] + b","
    odd = text.translate(None, b"0123456789.,")           # nothing in most sheets
    if odd and any(mark in text for mark in (b"e+", b"e-", b"null", b"-0.0,")):
        return list(map(cell, values))
    text = text.replace(b".0,", b",")
    if odd.strip(b"-"):
        for old, new in ((b"T00:00:00", b""), (b"T", b" "), (b'"', b""), (b"true", b"TRUE"), (b"false", b"FALSE")):
            text = text.replace(old, new)
    found = text.decode().split(",")[:-1]
    return found if len(found) == len(values) else list(map(cell, values))


def cell(value: Value) -> str:
    """A cell as people read it. Whole numbers without a fraction or an exponent: 1.23E+17 is an account number.

    Excel keeps 15 digits of a number; a longer one was already altered by Excel and cannot be had back.
    """
    if isinstance(value, str):
        return value.replace("\0", "")                    # calamine widens the octets of BIFF5 ([MS-XLS] before Excel 97)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e19 else repr(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds").removesuffix(" 00:00:00")
    if isinstance(value, time):
        return value.isoformat("seconds")
    return "" if value is None else str(value)


SHEETS = SheetExtractor()
