"""Workbooks: xlsx, xlsm, xlsb, xls, ods. Cells by calamine, hidden sheets too; what is beside the cells in sheet_extras."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO

import python_calamine

from gateway.extract import sheet_room, xlm
from gateway.extract.base import Context, Node, Problem, Yield
from gateway.extract.office import biff_cells
from gateway.extract.office.compound import Compound
from gateway.extract.sheet_extras import extras
from gateway.model.content import Table, Text
from gateway.model.finding import IncidentCode

MAGIC_ZIP, MAGIC_OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
NAMED = 6
"""Digits from which on the name of a sheet may be somebody's number."""
BODY_WITHIN = 1 << 20
"""Octets of content.xml in which the body element is looked for; styles come first."""
OLE_BOOKS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))


class SheetExtractor:
    name = "sheets"

    def claims(self, node: Node) -> bool:
        data = node.data
        if data.startswith(MAGIC_ZIP):
            return b"xl/workbook." in data or (b"content.xml" in data and _opendocument_sheet(data))
        return data.startswith(MAGIC_OLE) and any(name in data for name in OLE_BOOKS)

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        if not context.outbound:
            return
        packed = node.data.startswith(MAGIC_ZIP)
        parts: dict[str, bytes] = {}
        refused = sheet_room.package(node.data, context, parts) if packed else sheet_room.compound(node.data)
        if refused is not None:
            yield refused
            return
        streams = () if packed else old_streams(node.data)
        if streams:
            for stream in streams:
                yield from biff_cells.tables(xlm.records(stream))
            return
        try:
            book = python_calamine.load_workbook(BytesIO(node.data))
        except python_calamine.PasswordError:
            yield Problem(IncidentCode.ENCRYPTED, "workbook with a password")
            return
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            yield Problem(IncidentCode.MALFORMED, f"workbook: {type(error).__name__}")
            return
        yield from _tables(book)
        if packed:
            yield from extras(node.data, parts)


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
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, RuntimeError, zlib.error):
        return False                                      # not readable: the container readers say so


def _tables(book: python_calamine.CalamineWorkbook) -> Iterator[Yield]:
    visible = python_calamine.SheetVisibleEnum.Visible
    cells = 0
    for meta in book.sheets_metadata:
        if meta.typ not in (python_calamine.SheetTypeEnum.WorkSheet, python_calamine.SheetTypeEnum.MacroSheet):
            continue
        try:
            sheet = book.get_sheet_by_name(meta.name)
            found = sheet.to_python(skip_empty_area=True)
        except (python_calamine.CalamineError, OSError, ValueError) as error:
            yield Problem(IncidentCode.MALFORMED, f"sheet: {type(error).__name__}")
            continue
        cells += sum(map(len, found))
        if cells > sheet_room.CELLS:
            yield Problem(IncidentCode.SIZE, f"more than {sheet_room.CELLS} cells")
            return
        rows = tuple(tuple([
            value if type(value) is str and "\0" not in value else _number(value) if type(value) is float else cell(value)
            for value in row]) for row in found)
        yield Table(f"sheet {meta.name}", rows, hidden=meta.visible != visible)
    names = [meta.name for meta in book.sheets_metadata if sum(map(str.isdigit, meta.name)) >= NAMED]
    if names:
        yield Text("\n".join(names), "sheet name")


def _number(value: float) -> str:
    """As `cell`: what most numbers are, quicker."""
    written = repr(value)
    return written[:-2] if written[-2:] == ".0" and value else cell(value) if "e" in written or not value else written


def cell(value: object) -> str:
    """A cell as people read it. Whole numbers without a fraction or an exponent: 1.23E+17 is an account number.

    Excel keeps 15 digits of a number; a longer one was already altered by Excel and cannot be had back.
    """
    if type(value) is float:
        return str(int(value)) if value.is_integer() and abs(value) < 1e19 else repr(value)
    if isinstance(value, str):
        return value.replace("\0", "")                    # calamine widens the octets of BIFF5 ([MS-XLS] before Excel 97)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e19 else repr(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, (date, time, timedelta)):
        return str(value)
    return "" if value is None else str(value)


SHEETS = SheetExtractor()
