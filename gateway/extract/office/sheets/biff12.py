"""BIFF12, the records of xlsb parts ([MS-XLSB]): sheets with their state, names that run by themselves, formulas."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from gateway.extract.base import Yield
from gateway.extract.bounded import counted
from gateway.extract.office import targets
from gateway.extract.office.sheets import ptg, xlmtext
from gateway.model.content import Observation

BEGIN_BOOK, BEGIN_SHEET = 131, 129
BUNDLE_SHEET, NAME = 156, 39
FORMULAS = (8, 9, 10, 11)                # BrtFmlaString, BrtFmlaNum, BrtFmlaBool, BrtFmlaError
LINK = 360                               # BrtBeginSupBook: its first field says workbook, DDE or OLE
STATES = {0: "visible", 1: "hidden", 2: "very hidden"}
RECORDS = 2_000_000
ADDRESS = re.compile(rb"(?:(?:h\0t\0t\0p\0(?:s\0)?|f\0i\0l\0e\0):\0/\0/\0|\\\0\\\0)(?:[\x21\x23-\x3a\x3c-\x7e]\0){3,400}", re.I)
LINKS = 1000                             # cells of one sheet that are told


@dataclass(slots=True)
class Book:
    sheets: list[tuple[str, str, str]] = field(default_factory=list)
    auto_names: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)            # functions that ask a server


def records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(record type, content); type and size are variable-length numbers (section 2.1.4)."""
    at = 0
    for _ in range(RECORDS):
        if at >= len(data):
            return
        kind = data[at]
        at += 1
        if kind & 0x80 and at < len(data):
            kind = (kind & 0x7F) | ((data[at] & 0x7F) << 7)
            at += 1
        size = shift = 0
        for _ in range(4):
            if at >= len(data):
                return
            octet = data[at]
            at += 1
            size |= (octet & 0x7F) << shift
            shift += 7
            if not octet & 0x80:
                break
        yield kind, data[at:at + size]
        at += size


def _first(data: bytes) -> int:
    return next((kind for kind, _ in records(data[:64])), -1)


def is_workbook(data: bytes) -> bool:
    return _first(data) == BEGIN_BOOK


def is_sheet(data: bytes) -> bool:
    return _first(data) == BEGIN_SHEET


def string(body: bytes, at: int) -> tuple[str, int]:
    """The text that begins there, empty where there is none, and where it ends (2.5.168)."""
    count = int.from_bytes(body[at:at + 4], "little")
    if count == 0xFFFFFFFF:
        return "", at + 4
    return body[at + 4:at + 4 + 2 * count].decode("utf-16-le", "replace"), at + 4 + 2 * count


def workbook(data: bytes) -> Book:
    book = Book()
    for kind, body in records(data):
        if kind == BUNDLE_SHEET and len(body) >= 12:
            state = STATES.get(struct.unpack_from("<I", body)[0] & 3, "visible")
            relation, at = string(body, 8)
            name, _ = string(body, at)
            book.sheets.append((relation, name, state))
        elif kind == NAME and len(body) >= 13:
            name, at = string(body, 9)
            code = body[at + 4:at + 4 + int.from_bytes(body[at:at + 4], "little")]
            book.calls += ptg.RUNS & set(ptg.functions(ptg.render(code, wide=True)))
            if xlmtext.auto_name(name):
                book.auto_names.append(name)
            elif name in ptg.NEWER:
                book.calls.append(name)
    return book


def _code(kind: int, body: bytes) -> bytes:
    """Tokens of a formula record: cell header 8, value, flags 2, size 4, tokens."""
    at = 8
    if kind == 8:
        at += 4 + 2 * int.from_bytes(body[at:at + 4], "little")
    else:
        at += 8 if kind == 9 else 1
    at += 2
    size = int.from_bytes(body[at:at + 4], "little")
    return body[at + 4:at + 4 + size]


def macro_sheet(name: str, data: bytes) -> Iterator[Yield]:
    lines: list[str] = []
    for kind, body in records(data):
        if kind in FORMULAS and len(lines) < xlmtext.LINES:
            lines.append(ptg.render(_code(kind, body), wide=True))
        elif kind == 6 and len(lines) < xlmtext.LINES:
            lines.append(string(body, 8)[0])
    yield from xlmtext.sheet(name.rpartition("/")[2], lines, [c for line in lines for c in ptg.functions(line)])


def outward(data: bytes) -> Iterator[Yield]:
    """Where a part leads: cells of a sheet by a click, links of an external link part by themselves."""
    yield from (islice(clicked(data), LINKS) if is_sheet(data) else links(data))


def clicked(data: bytes) -> Iterator[Yield]:
    if ptg.called(data):
        for kind, body in records(data):
            if kind in FORMULAS and ptg.called(body):
                yield from ptg.clicks(_code(kind, body), wide=True)


def connections(data: bytes) -> Iterator[Yield]:
    """Pages and shares that the connections of a workbook read from ([MS-XLSB] 2.1.7.13)."""
    for found in counted(ADDRESS.finditer(data), 10 * LINKS, "addresses of connections"):
        text = found[0].decode("utf-16-le", "replace")
        if targets.place(text) in (targets.Place.WEB, targets.Place.SHARE) and not targets.OFFICE_CLOUD.match(text):
            yield Observation("DOC-REMOTE-QUERY", text)


def links(data: bytes) -> Iterator[Yield]:
    """DDE links in an external link part; workbooks and OLE links are judged by their relationship."""
    for kind, body in records(data):
        if kind == LINK and len(body) >= 2 and struct.unpack_from("<H", body)[0] == 1:
            service, at = string(body, 2)
            yield Observation("DOC-DDE", f"{service}|{string(body, at)[0]}")
