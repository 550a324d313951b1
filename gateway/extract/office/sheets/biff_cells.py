"""Cells of workbooks before Excel 97 (BIFF2 to BIFF5; OpenOffice's "Microsoft Excel File Format").

Their texts are octets of a code page, which libraries for [MS-XLS] take for Latin letters.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gateway.extract.base import Problem
from gateway.extract.office.binary.mapi import CODEPAGES
from gateway.extract.workbook.scattered import Layout
from gateway.model.content import Table
from gateway.model.finding import IncidentCode

BIFF8 = 0x0600
BOF = (0x0809, 0x0409, 0x0209, 0x0009)
CODEPAGE, CONTINUED = 0x42, {0x07: 1, 0x207: 2}           # STRING: what a formula comes to, and octets of its length
LABELS = {0x04: (7, 1), 0x204: (6, 2), 0xD6: (6, 2)}      # where the length stands, and its octets
NUMBERS = {0x03: 7, 0x203: 6, 0x06: 6, 0x206: 6, 0x406: 6}
INTEGER, RK, MULRK = 0x02, 0x27E, 0xBD
SHEETS = 2_000
MOST_COLUMNS = 256                       # of a sheet of these versions
GUESSED = ("ascii", "utf-8", "cp950", "gb18030", "cp932", "cp949")


@dataclass(slots=True)
class _Sheet:
    cells: dict[int, dict[int, str]] = field(default_factory=dict)
    last: tuple[int, int] = (0, 0)       # row and column of the last formula

    def put(self, row: int, column: int, value: str) -> None:
        if column < MOST_COLUMNS and value:
            self.cells.setdefault(row, {})[column] = value
        self.last = row, column


def old(stream: bytes) -> bool:
    """True for a stream of a version before BIFF8."""
    kind, size = struct.unpack_from("<HH", stream.ljust(4, b"\0"))
    return kind in BOF and size >= 2 and (kind != BOF[0] or struct.unpack_from("<H", stream.ljust(6, b"\0"), 4)[0] < BIFF8)


def tables(records: Iterable[tuple[int, bytes]]) -> Iterator[Table | Problem]:
    """One a sheet; a Problem where they take too much room."""
    layout = Layout()
    for number, sheet in enumerate(_sheets(records), 1):
        rows = layout.rows(sheet.cells) if number <= SHEETS else None
        if rows is None:
            yield Problem(IncidentCode.SIZE, "cells or sheets that take more room than a workbook has")
            return
        yield Table("sheet", rows)


def _sheets(records: Iterable[tuple[int, bytes]]) -> Iterator[_Sheet]:
    """Those with anything in them."""
    charset = ""
    sheet = _Sheet()
    for kind, body in records:
        if kind in BOF:
            if sheet.cells:
                yield sheet
            sheet = _Sheet()
        elif kind == CODEPAGE and len(body) >= 2:
            charset = CODEPAGES.get(struct.unpack_from("<H", body)[0], "")
        elif kind in CONTINUED:
            sheet.put(*sheet.last, _text(body, 0, CONTINUED[kind], charset))
        elif len(body) >= 6:
            _cell(sheet, kind, body, charset)
    if sheet.cells:
        yield sheet


def _cell(sheet: _Sheet, kind: int, body: bytes, charset: str) -> None:
    row, column = struct.unpack_from("<HH", body)
    if kind in LABELS:
        sheet.put(row, column, _text(body, *LABELS[kind], charset))
    elif kind in NUMBERS and len(body) >= NUMBERS[kind] + 8:
        sheet.put(row, column, written(struct.unpack_from("<d", body, NUMBERS[kind])[0]))
    elif kind == INTEGER and len(body) >= 9:
        sheet.put(row, column, str(struct.unpack_from("<H", body, 7)[0]))
    elif kind == RK and len(body) >= 10:
        sheet.put(row, column, written(rk(body[6:10])))
    elif kind == MULRK:
        for i, at in enumerate(range(6, len(body) - 5, 6)):
            sheet.put(row, column + i, written(rk(body[at:at + 4])))


def _text(body: bytes, at: int, octets: int, charset: str) -> str:
    length = int.from_bytes(body[at:at + octets], "little")
    raw = body[at + octets:at + octets + length]
    for name in (charset, *GUESSED):
        try:
            return raw.decode(name) if name else raw.decode("ascii")
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def rk(octets: bytes) -> float:
    """Thirty bits of a number, divided by 100 or not ([MS-XLS] 2.5.217)."""
    value = int.from_bytes(octets, "little")
    if value & 2:
        found = float(int.from_bytes(octets, "little", signed=True) >> 2)
    else:
        found = float(struct.unpack("<d", struct.pack("<Q", (value & ~3) << 32))[0])
    return found / 100 if value & 1 else found


def written(value: float) -> str:
    """A number as a sheet shows it that rounds nothing."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e19 else repr(value)
