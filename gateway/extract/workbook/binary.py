"""What calamine leaves out of xlsb workbooks ([MS-XLSB]): short and rich cells, and the words beside the cells."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence

from gateway.extract.base import Problem, Yield
from gateway.extract.bounded import counted
from gateway.extract.office.sheets import biff12, ptg
from gateway.extract.office.sheets.biff_cells import rk, written
from gateway.extract.office.sheets.xlstext import PRINT_CODES
from gateway.extract.workbook.scattered import Layout
from gateway.model.content import Table, Text
from gateway.model.finding import IncidentCode

ROW, RK, REAL, TEXT, SHARED, FORMULA_TEXT, FORMULA_NUMBER = 0, 2, 5, 6, 7, 8, 9
SHORT = {13: RK, 14: 3, 15: 4, 16: REAL, 17: TEXT, 18: SHARED, 12: 1}
"""BrtShortRk and its like: the cell right of the one before, whose header names no column; SheetJS writes them."""
RICH, ITEM = 62, 19                      # BrtCellRString, BrtSSTItem
NAME, COMMENT, HEADERS, CHOICES, LINK = 39, 637, 479, 64, 494
CELLS = frozenset({*SHORT, RICH})
WORDS = frozenset({NAME, COMMENT, HEADERS, CHOICES, LINK})
MOST_COLUMNS = 16_384
TEXTS = 100_000
"""Texts beside the cells of one part."""
MAGIC_COMMENT = b"\xfd\x04"
"""How a record COMMENT begins."""


def beside(sheets: Sequence[str], others: Iterable[str], read: Callable[[str], bytes]) -> Iterator[Yield]:
    """Of the parts of one workbook: `sheets` that have records of CELLS or WORDS, and `others` that may have."""
    layout, shared = Layout(), list[str]()
    for name in others:
        content = read(name)
        if name.lower().endswith("sharedstrings.bin"):
            shared = [_rich(body) for kind, body in biff12.records(content) if kind == ITEM] if sheets else []
        elif biff12.is_workbook(content) or MAGIC_COMMENT in content:
            yield from _words(content)
    for name in sheets:
        content = read(name)
        yield from _words(content)
        rows = layout.rows(_laid(content, shared))
        if rows is None:
            yield Problem(IncidentCode.SIZE, "cells that take more room than a workbook has")
            return
        if rows:
            yield Table("sheet", rows)


def _laid(content: bytes, shared: Sequence[str]) -> dict[int, dict[int, str]]:
    """The cells of a sheet that has any of CELLS, by row and column; empty for another."""
    cells: dict[int, dict[int, str]] = {}
    row, column, odd = 0, -1, False
    for kind, body in biff12.records(content):
        if kind == ROW and len(body) >= 4:
            row, column = int.from_bytes(body[:4], "little"), -1
        elif kind in SHORT:
            odd, column, value = True, column + 1, _value(SHORT[kind], body[4:], shared)
        elif 1 <= kind <= FORMULA_NUMBER or kind == RICH:
            odd, column = odd or kind == RICH, int.from_bytes(body[:4], "little")
            value = _value(kind, body[8:], shared)
        else:
            continue
        if kind != ROW and value and column < MOST_COLUMNS:
            cells.setdefault(row, {})[column] = value
    return cells if odd else {}


def _value(kind: int, body: bytes, shared: Sequence[str]) -> str:
    if kind in (TEXT, FORMULA_TEXT):
        return biff12.string(body, 0)[0]
    if kind == RICH:
        return _rich(body)
    if kind == SHARED and len(body) >= 4:
        number = int.from_bytes(body[:4], "little")
        return shared[number] if number < len(shared) else ""
    if kind == RK and len(body) >= 4:
        return written(rk(body[:4]))
    return written(struct.unpack_from("<d", body)[0]) if kind in (REAL, FORMULA_NUMBER) and len(body) >= 8 else ""


def _rich(body: bytes) -> str:
    """RichStr (2.5.121): an octet of flags, the text, its types."""
    return biff12.string(body, 1)[0]


def _words(content: bytes) -> Iterator[Yield]:
    texts = (text for kind, body in biff12.records(content) if kind in WORDS for text in _said(kind, body))
    found = [text for text in counted(texts, TEXTS, "texts beside the cells") if text.strip()]
    if found:
        yield Text("\n".join(found), "beside the cells")


def _said(kind: int, body: bytes) -> Iterator[str]:
    if kind == COMMENT:
        yield _rich(body)
    elif kind == HEADERS:
        yield from (PRINT_CODES.sub(" ", text) for text in _strings(body, 2, 6))
    elif kind == LINK:
        yield from _strings(body, 16, 4)
    elif kind == CHOICES and len(body) >= 8:
        at = 8 + 16 * int.from_bytes(body[4:8], "little")
        for _ in range(4):
            text, at = biff12.string(body, at)
            yield text
        yield from ptg.texts(_code(body, at), wide=True)
    elif kind == NAME:
        yield from ptg.texts(_code(body, biff12.string(body, 9)[1]), wide=True)


def _strings(body: bytes, at: int, count: int) -> Iterator[str]:
    for _ in range(count):
        text, at = biff12.string(body, at)
        yield text


def _code(body: bytes, at: int) -> bytes:
    """The tokens of a formula whose size stands there."""
    return body[at + 4:at + 4 + int.from_bytes(body[at:at + 4], "little")]
