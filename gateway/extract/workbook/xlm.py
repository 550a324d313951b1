"""BIFF records of binary workbooks ([MS-XLS], and BIFF2 to BIFF5): macro sheets, hidden ones too, and what starts them."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from gateway.extract.base import Context, Node, Problem, Yield
from gateway.extract.office import objects, targets
from gateway.extract.office.code import activex
from gateway.extract.office.sheets import biff_cells, ptg, xlmtext
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

BOF = (0x0809, 0x0409, 0x0209, 0x0009)
EOF, BOUNDSHEET, FILEPASS, SUPBOOK, LABEL, STRING, HLINK = 0x0A, 0x85, 0x2F, 0x1AE, 0x204, 0x207, 0x1B8
LINKS = 1000                             # hyperlinks that are told; Excel allows 65,530 a sheet
FORMULAS = (0x06, 0x206, 0x406)
NAMES = (0x18, 0x218)
MACRO_SHEET = 0x40
SXSTRING, CONSOLIDATED, QUERY = 0x00CD, 0x0051, 0x00DC
EXTERNAL_SHEET, OBJECT = 0x17, 0x5D
CONNECTIONS = frozenset({0x0805, 0x0876, 0x0804, 0x080A})
"""TXTQRY, DCONN, EXTSTRING, OLEDBCONN ([MS-XLS] 2.4): where text, pages or rows come from that fill a sheet."""
CLASS = re.compile(rb"\x03[\x03-\x7f]\0[\0\1]?([A-Za-z][\w -]{1,60}(?:\.\w{1,60}){0,3})")
"""The name of an object's class behind its formula ([MS-XLS] 2.5.198.101, PictFmlaEmbedInfo)."""
PLACED = re.compile(rb"\x08\0\x02\0([\s\S]{2})")
CONTROL = 0x10                           # flag of an object that is a control (2.5.154, FtPioGrbit)
TELLING = CONNECTIONS | {*BOF, *NAMES, EOF, BOUNDSHEET, FILEPASS, SUPBOOK, HLINK, SXSTRING, CONSOLIDATED, QUERY,
                         EXTERNAL_SHEET, OBJECT}
"""Records that say something outside of macro sheets, too."""
SHEET_KINDS = tuple(struct.pack("<H", n) for n in (0x05, 0x06, 0x10, 0x20, 0x40, 0x100))
SHEET_TYPES = {0: "worksheet", 1: "macro sheet", 2: "chart", 6: "VBA module"}
STATES = {0: "visible", 1: "hidden", 2: "very hidden"}
BUILT_IN = {0x01: "Auto_Open", 0x02: "Auto_Close", 0x0A: "Auto_Activate", 0x0B: "Auto_Deactivate"}
ASKED = {1: "ODBC", 4: "URL", 5: "OLEDB", 6: "TEXT"}
"""Kind of a query ([MS-XLS] 2.4.84, dbt) -> what stands before its place where that says so itself."""
ELSEWHERE = re.compile(r"https?://|\\\\[^\\;\"]{1,255}\\")
RECORDS = 3_000_000
"""Of one stream that are looked at: a sheet of 65,536 rows full of numbers has a million."""
SHEETS = 2_000
"""Of one workbook; Excel adds as many as memory holds, and people turn two hundred pages."""


@dataclass(slots=True)
class _Book:
    records: int = 0
    sheets: int = 0
    links: int = 0
    clicked: int = 0                                          # formulas that lead elsewhere by a click
    queries: int = 0
    asked: str = ""                                           # kind of the query whose strings follow
    macro_names: list[str] = field(default_factory=list)      # of macro sheets, in order
    lines: list[str] = field(default_factory=list)            # of the macro sheet that is open
    depth: int = 0
    in_macro: bool = False
    macros: int = 0
    encrypted: bool = False


class Biff:
    """A workbook stream without a compound file around it, as Excel 2 to 5 wrote it and every Excel still opens it."""

    name = "biff"

    def claims(self, node: Node) -> bool:
        kind, size = struct.unpack_from("<HH", node.data.ljust(4, b"\0"))
        return kind in BOF and 4 <= size <= 16 and len(node.data) > 8 and node.data[6:8] in SHEET_KINDS

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        crowded = False
        for found in extract(node.data):
            crowded = crowded or isinstance(found, Problem)
            yield found
        if context.outbound and not crowded and biff_cells.old(node.data):
            yield from biff_cells.tables(records(node.data))


BIFF = Biff()


def records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at, end, head = 0, len(data) - 4, struct.Struct("<HH").unpack_from
    for _ in range(RECORDS):
        if at > end:
            return
        kind, size = head(data, at)
        at += 4
        yield kind, data[at:at + size]
        at += size


def extract(data: bytes) -> Iterator[Yield]:
    """Observations and macro artifacts of one Workbook or Book stream (or of a bare BIFF file)."""
    book = _Book()
    linked = ptg.called(data)
    for book.records, (kind, body) in enumerate(records(data), 1):
        if kind not in TELLING and not book.in_macro:
            if linked and kind == FORMULAS[0] and ptg.called(body):
                yield from _clicked(book, body)
            continue
        if kind == FILEPASS:
            book.encrypted = True
            return
        if kind != SXSTRING:
            book.asked = ASKED.get(body[0] & 7, "") if kind == QUERY and body else ""
        if kind in BOF:
            book.depth += 1
            book.in_macro = len(body) >= 4 and struct.unpack_from("<H", body, 2)[0] == MACRO_SHEET
        elif kind == EOF:
            if book.in_macro:
                yield from _close(book)
            book.in_macro = False
        elif kind == BOUNDSHEET:
            book.sheets += 1
            if book.sheets > SHEETS:
                yield Problem(IncidentCode.COUNT, f"more than {SHEETS} sheets")
                return
            yield from _bound(book, body)
        elif kind in BY_THEMSELVES:
            yield from BY_THEMSELVES[kind](body)
        elif kind == CONSOLIDATED:
            yield from _link(bytes(2) + body[6:])         # behind the range of cells
        elif kind == HLINK:
            yield from _hyperlink(book, body)
        elif kind == SXSTRING:
            for found in _query(body, book.asked):
                book.queries += 1
                if book.queries <= LINKS:
                    yield found
        elif book.in_macro and len(book.lines) < xlmtext.LINES:
            _cell(book, kind, body)
    if book.records == RECORDS:
        yield Problem(IncidentCode.COUNT, f"more than {RECORDS} records")
    if book.in_macro or book.lines:
        yield from _close(book)
    if book.macros < len(book.macro_names):
        yield Problem(IncidentCode.MALFORMED, "a macro sheet that the directory names was not found")


def is_encrypted(data: bytes) -> bool:
    """A FILEPASS record stands right after the first BOF ([MS-XLS] 2.2.10)."""
    return any(kind == FILEPASS for _, (kind, _) in zip(range(8), records(data), strict=False))


def _close(book: _Book) -> Iterator[Yield]:
    name = book.macro_names[book.macros] if book.macros < len(book.macro_names) else f"macro sheet {book.macros + 1}"
    book.macros += 1
    yield from xlmtext.sheet(name, book.lines, [c for line in book.lines for c in ptg.functions(line)])
    book.lines = []


def _bound(book: _Book, body: bytes) -> Iterator[Yield]:
    if len(body) < 8:
        return
    state, kind, count = body[4], body[5], body[6]
    if body[7] & 1 and len(body) >= 8 + 2 * count:
        name = body[8:8 + 2 * count].decode("utf-16-le", "replace")
    else:
        name = body[8:8 + count].decode("latin-1") if body[7] in (0, 1) else body[7:7 + count].decode("latin-1")
    if kind == 1:
        book.macro_names.append(name)
        yield Observation("XLM-SHEET", f"{name} ({STATES.get(state & 3, 'hidden')})")
    elif kind == 6:
        yield Observation("VBA-MODULE-SHEET", name)
    elif kind not in SHEET_TYPES:
        yield Observation("XLM-UNKNOWN-SHEET", f"{name} type {kind}")


def _name(body: bytes) -> Iterator[Yield]:
    """LBL ([MS-XLS] 2.4.150): flags, key, length, formula length ... name."""
    if len(body) < 15:
        return
    flags = struct.unpack_from("<H", body)[0]
    count = body[3]
    raw = body[14:]
    size = struct.unpack_from("<H", body, 4)[0]
    if size and len(raw) >= size + count:
        tokens = raw[count + (count if raw[0] == 1 else 0) + (raw[0] < 2):][:size]
        for call in dict.fromkeys(ptg.functions(ptg.render(tokens, wide=False) or "")):
            if call in ptg.RUNS:
                yield Observation("XLM-CALL", call)
    if raw[:1] in (b"\0", b"\1"):
        text = raw[1:1 + 2 * count].decode("utf-16-le", "replace") if raw[0] & 1 else raw[1:1 + count].decode("latin-1")
    else:
        text = raw[:count].decode("latin-1")
    if flags & 0x20 and text[:1] and ord(text[0]) in BUILT_IN:
        yield Observation("XLM-AUTO-NAME", BUILT_IN[ord(text[0])])
    elif xlmtext.auto_name(text) and not text.startswith("\x01"):
        yield Observation("XLM-AUTO-NAME", text)
    elif text in ptg.NEWER:
        yield Observation("FORMULA-CALL", text)


def _link(body: bytes) -> Iterator[Yield]:
    """SUPBOOK ([MS-XLS] 2.4.271): another workbook, or service and topic of DDE parted by 0x03."""
    if len(body) < 5 or body[2:4] in (b"\x01\x04", b"\x01\x3a"):
        return
    count = int.from_bytes(body[2:4], "little")
    text = body[5:5 + 2 * count].decode("utf-16-le", "replace") if body[4] & 1 else body[5:5 + count].decode("latin-1")
    yield from _elsewhere(text)


def _sheet(body: bytes) -> Iterator[Yield]:
    """EXTERNSHEET of Excel 95 and older ones: the same with one octet of length. Newer ones have pairs of numbers there."""
    if len(body) > 2 and len(body) != 2 + 6 * int.from_bytes(body[:2], "little"):
        yield from _elsewhere(body[1:1 + body[0]].decode("latin-1"))


def _elsewhere(text: str) -> Iterator[Yield]:
    if "\x03" in text and not text.startswith(("\x01", "\x02", "\x03")):
        yield Observation("DOC-DDE", text.replace("\x03", "|"))
        return
    target = text.lstrip("\x01\x05")
    if text.startswith(("\x01@", "\x01\x01@")):          # a volume of a share (2.5.277, unc-volume)
        target = "\\\\" + target.removeprefix("@")
    found = targets.judge("externalLinkPath", target.replace("\x03", "/"))
    if found is not None:
        yield found


def _connected(body: bytes) -> Iterator[Yield]:
    """A page, or a share of the world, in whatever string of a connection; Power Query has a reader of its own."""
    for text in (body.decode("latin-1"), body.replace(b"\0", b"").decode("latin-1")):
        found = _outward(text)
        if found is not None:
            yield Observation("DOC-REMOTE-QUERY", text[found.start():found.start() + 400])
            return


def _outward(text: str) -> re.Match[str] | None:
    """The first address that leads out of the author's own house."""
    return next((found for found in ELSEWHERE.finditer(text) if found[0][0] != "\\" or targets.abroad(found[0])), None)


def _object(body: bytes) -> Iterator[Yield]:
    """OBJ ([MS-XLS] 2.4.181): a control by the name of its class, or an embedded object by it."""
    name = CLASS.search(body)
    placed = PLACED.search(body)
    if name is None:
        return
    text = name[1].decode("latin-1")
    is_control = placed is not None and int.from_bytes(placed[1], "little") & CONTROL
    found = activex.named(text) if is_control else objects.by_name(text)
    if found is not None:
        yield found


def _query(body: bytes, asked: str) -> Iterator[Yield]:
    """The connection of a query ([MS-XLS] 2.4.84 DBQUERY, 2.4.310 SXString): kind and place parted by a semicolon, or the place
    alone behind a record that tells the kind (`asked`)."""
    count = int.from_bytes(body[:2], "little")
    text = body[3:3 + 2 * count].decode("utf-16-le", "replace") if body[2:3] == b"\1" else body[3:3 + count].decode("latin-1")
    kind, _, rest = text.partition(";")
    if kind.upper() not in (*ASKED.values(), "FINDER"):
        kind, rest = asked, text
    if kind.upper() in ("URL", "TEXT", "FINDER") and targets.place(rest) in (targets.Place.WEB, targets.Place.SHARE):
        yield Observation("DOC-REMOTE-QUERY", rest[:400])
    elif kind.upper() in ("ODBC", "OLEDB") and _outward(rest):
        yield Observation("DOC-REMOTE-DATASOURCE", rest[:400])


def _hyperlink(book: _Book, body: bytes) -> Iterator[Yield]:
    """HLINK ([MS-XLS] 2.4.140): a range of cells, a class id, the link."""
    for found in objects.hyperlink(body[24:]):
        book.links += 1
        if not isinstance(found, Observation) or found.code != "DOC-LINK" or book.links <= LINKS:
            yield found


def _clicked(book: _Book, body: bytes) -> Iterator[Yield]:
    """FORMULA ([MS-XLS] 2.4.127) of a worksheet."""
    for found in ptg.clicks(body[22:22 + int.from_bytes(body[20:22], "little")], wide=False):
        book.clicked += 1
        if book.clicked <= LINKS:
            yield found


def _cell(book: _Book, kind: int, body: bytes) -> None:
    if kind in FORMULAS and len(body) >= 22:
        size = struct.unpack_from("<H", body, 20)[0]
        line = ptg.render(body[22:22 + size], wide=False)
        if line:
            book.lines.append(line)
    elif kind in (LABEL, STRING) and len(body) > 3:
        at = 6 if kind == LABEL else 0
        count = int.from_bytes(body[at:at + 2], "little")
        raw = body[at + 2:]
        if raw[:1] in (b"\0", b"\1"):
            text = raw[1:1 + 2 * count].decode("utf-16-le", "replace") if raw[0] & 1 else raw[1:1 + count].decode("latin-1")
        else:
            text = raw[:count].decode("latin-1")
        book.lines.append(text)


BY_THEMSELVES: dict[int, Callable[[bytes], Iterator[Yield]]] = {
    **dict.fromkeys(NAMES, _name), **dict.fromkeys(CONNECTIONS, _connected),
    SUPBOOK: _link, EXTERNAL_SHEET: _sheet, OBJECT: _object}
"""Records whose readers need no more than what stands in them."""
