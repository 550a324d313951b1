"""Text, tables and field codes of binary Word documents by the piece table ([MS-DOC] 2.4.1); Word 6 and 95 by their range."""

from __future__ import annotations

import codecs
import re
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from gateway.extract.base import Problem, Yield
from gateway.extract.bounded import counted
from gateway.extract.office import fields, objects, targets
from gateway.model.content import Observation, Table, Text
from gateway.model.finding import IncidentCode

PIECES = 200_000
ASSOCIATED = {1: "attachedTemplate", 8: "mailMergeSource", 9: "mailMergeHeaderSource"}
"""Place in SttbfAssoc -> the relationship that says the same in a package."""
VARIABLES = 0x27A
FILES = 0x2DA
"""Where SttbFnm is told in the FIB ([MS-DOC] 2.5.6): the files that a document refers to, subdocuments among them."""
MOST_FILES = 2_000
MOST_FIELDS = 50_000                     # different ones; a thousand pages have 5,000
PICTURE = re.compile(r"\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|svg|webp)(?:$|[?#])", re.I)
PICTURE_HEAD = 0x44 - 4
NAMED_PICTURE = re.compile(rb"\x44\0\x66\0")
PICTURES = 100_000                        # of one document
LANGUAGES = {0x0404: "cp950", 0x0C04: "cp950", 0x1404: "cp950", 0x0804: "gb18030", 0x1004: "gb18030", 0x0411: "cp932",
             0x0412: "cp949"}
for _name in (*LANGUAGES.values(), "cp1252", "cp437", "utf-16", "utf-8-sig",):
    codecs.lookup(_name)                 # nothing can be imported once the cell is locked
FIELD8 = re.compile(rb"\x13([^\x13-\x15\x00]{3,2000})[\x14\x15]")
FIELD16 = re.compile(rb"\x13\0((?:[^\x13-\x15]\0){3,2000})[\x14\x15]\0")
CONTROLS = re.compile("[\x00-\x06\x08\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Fib:
    old: bool                            # Word 6, 95
    encrypted: bool
    table: str                           # lower-case name of the table stream
    language: int
    first: int
    last: int
    clx: int
    clx_size: int


def fib(data: bytes) -> Fib | None:
    """The file information block; None where it is none."""
    if len(data) < 0x40:
        return None
    ident = struct.unpack_from("<H", data)[0]
    if ident not in (0xA5EC, 0xA5DC, 0xA59B, 0xA5DB, 0xA697, 0xA699):
        return None
    language, = struct.unpack_from("<H", data, 6)
    flags, = struct.unpack_from("<H", data, 10)
    first, last = struct.unpack_from("<II", data, 0x18)
    clx, size = struct.unpack_from("<II", data, 0x1A2) if ident == 0xA5EC and len(data) >= 0x1AA else (0, 0)
    return Fib(ident != 0xA5EC, bool(flags & 0x0100), "1table" if flags & 0x0200 else "0table", language, first, last, clx, size)


def extract(document: bytes, tables: dict[str, bytes], said: Callable[[], Iterable[str]] = tuple) -> Iterator[Yield]:
    """`tables` maps lower-case names of the table streams to octets; `said` gives what stands in properties."""
    head = fib(document)
    if head is None:
        yield Problem(IncidentCode.MALFORMED, "no file information block")
        return
    seen: set[Observation] = set()
    for code in _raw_fields(document):
        for observation in fields.judge(code):
            if observation not in seen:
                seen.add(observation)
                yield observation
    if head.old and old_macros(document):
        yield Observation("VBA-PROJECT", f"{old_macros(document)} macros in WordBasic")
    table = tables.get(head.table) or next(iter(tables.values()), b"")
    yield from associated(document, table)
    yield from files(document, table)
    text = pieces(document, table, head)
    at, size = struct.unpack_from("<II", document, VARIABLES) if len(document) >= FILES else (0, 0)
    for item in story(text, lambda: (*said(), *_wide(table[at:at + size]))):
        if not isinstance(item, Observation) or item not in seen:
            yield item
    margins = _margins(document, text)
    if margins.strip():
        yield Text(margins, "header")


def _margins(document: bytes, text: str) -> str:
    """Headers and footers, which stand behind the body and its footnotes ([MS-DOC] 2.5.4: ccpText, ccpFtn, ccpHdd). They are in
    the whole text, too."""
    if len(document) < 0x58 or document[:2] != b"\xec\xa5":
        return ""
    body, notes, margins = struct.unpack_from("<III", document, 0x4C)
    shown = _fields(text[body + notes:body + notes + margins])[0]
    return CONTROLS.sub("", shown.replace("\r", "\n").replace("\x07", "\t"))


def associated(document: bytes, table: bytes) -> Iterator[Observation]:
    """Files that SttbfAssoc names ([MS-DOC] 2.9.276): the template, and where a form letter takes its addresses from."""
    if len(document) < 0x1A2:
        return
    start, size = struct.unpack_from("<II", document, 0x19A)
    block = table[start:start + size]
    if len(block) < 8 or block[:2] != b"\xff\xff":
        return
    at = 6
    for index in range(max(ASSOCIATED) + 1):
        count = int.from_bytes(block[at:at + 2], "little")
        text = block[at + 2:at + 2 + 2 * count].decode("utf-16-le", "replace")
        at += 2 + 2 * count
        found = targets.judge(ASSOCIATED[index], text) if index in ASSOCIATED else None
        if found is not None:
            yield found


def files(document: bytes, table: bytes) -> Iterator[Observation]:
    """What SttbFnm names ([MS-DOC] 2.9.288): a string and eight octets each. Pictures are told where they stand."""
    if len(document) < FILES + 8:
        return
    start, size = struct.unpack_from("<II", document, FILES)
    block = table[start:start + size]
    if len(block) < 8 or block[:2] != b"\xff\xff":
        return
    count, extra = struct.unpack_from("<HH", block, 2)
    at = 6
    for _ in range(min(count, MOST_FILES)):
        length = int.from_bytes(block[at:at + 2], "little")
        text = block[at + 2:at + 2 + 2 * length].decode("utf-16-le", "replace")
        at += 2 + 2 * length + extra
        found = targets.judge("subDocument", text) if text and not PICTURE.search(text) else None
        if found is not None and (targets.place(text) is targets.Place.WEB or targets.abroad(text)):
            yield found


def linked_pictures(data: bytes) -> Iterator[Observation]:
    """Pictures that the stream Data only names ([MS-DOC] 2.9.190, PICF with mfpf 0x66: the name stands behind its head)."""
    for found in counted(NAMED_PICTURE.finditer(data), PICTURES, "named pictures"):
        at = found.end() - 4 + PICTURE_HEAD
        path = data[at + 1:at + 1 + (data[at] if at < len(data) else 0)]
        seen = targets.judge("image", path.decode("latin-1"))
        if seen is not None and seen.code != "DOC-EXTERNAL-MEDIA":
            yield seen


def old_macros(document: bytes) -> int:
    """Macros in WordBasic of a Word 6 or 95 document: the command table (fcCmds, lcbCmds at 0x118) has records of their names."""
    if len(document) < 0x120:
        return 0
    start, size = struct.unpack_from("<II", document, 0x118)
    block = document[start:start + size]
    return int.from_bytes(block[2:4], "little") if block[:2] == b"\xff\x01" else 0


def _raw_fields(document: bytes) -> Iterator[str]:
    """Instructions between field marks anywhere in the stream, whatever the piece table says."""
    for count, found in enumerate(FIELD8.finditer(document)):
        if count > 5000:
            return
        yield found.group(1).decode("latin-1")
    for count, found in enumerate(FIELD16.finditer(document)):
        if count > 5000:
            return
        yield found.group(1).decode("utf-16-le", "replace")


def pieces(document: bytes, table: bytes, head: Fib) -> str:
    """The whole text: body, footnotes, headers, comments, text boxes, in the order of the file."""
    clx = table[head.clx:head.clx + head.clx_size]
    at = 0
    while at + 3 <= len(clx) and clx[at] == 1:
        at += 3 + int.from_bytes(clx[at + 1:at + 3], "little")
    if at + 5 > len(clx) or clx[at] != 2:
        charset = LANGUAGES.get(head.language, "cp1252") if head.old else "cp1252"
        return document[head.first:max(head.first, head.last)].decode(charset, "replace")
    size = int.from_bytes(clx[at + 1:at + 5], "little")
    plc = clx[at + 5:at + 5 + size]
    whole = max(0, (len(plc) - 4) // 12)
    count = min(PIECES, whole)
    out: list[str] = []
    room = 8 * len(document)
    for index in range(count):
        start, end = struct.unpack_from("<II", plc, 4 * index)
        place = struct.unpack_from("<I", plc, 4 * (whole + 1) + 8 * index + 2)[0]
        length = max(0, end - start)
        if place & 0x40000000:
            at = (place & 0x3FFFFFFF) // 2
            out.append(document[at:at + length].decode("cp1252", "replace"))
        else:
            out.append(document[place:place + 2 * length].decode("utf-16-le", "replace"))
        room -= len(out[-1])
        if room < 0:
            break
    return "".join(out)


def _wide(block: bytes) -> list[str]:
    """Readable runs of what the document keeps of variables ([MS-DOC] 2.9.318, StwUser)."""
    return [run[::2].decode("ascii") for run in objects.RUN16.findall(block)]


def story(text: str, said: Callable[[], Iterable[str]] = tuple) -> Iterator[Text | Table | Observation]:
    """Takes field codes, table cells (0x07) and paragraphs apart. Fields that fetch may take their address from what is `said`."""
    shown, codes = _fields(text)
    indirect = fields.Indirect()
    for code in counted(dict.fromkeys(codes), MOST_FIELDS, "fields"):
        yield from fields.judge(code)
        indirect.code(code)
    if indirect.fetching:
        indirect.text(shown)
        for line in said():
            indirect.kept(line)
    yield from indirect.found()
    rows, lines = _rows(shown)
    body = CONTROLS.sub("", "\n".join(lines)).replace("\x0b", "\n").replace("\x0c", "\n")
    if body.strip():
        yield Text(body, "body")
    if rows:
        yield Table("table", tuple(rows))


def _rows(shown: str) -> tuple[list[tuple[str, ...]], list[str]]:
    """A cell ends in 0x07; a row ends in one more. What stands before the last paragraph mark of a cell run is text."""
    rows: list[tuple[str, ...]] = []
    lines: list[str] = []
    cells: list[str] = []
    for part in re.split("\x07", shown):
        if cells and part == "":
            rows.append(tuple(cells))
            cells = []
            continue
        if not cells and "\r" in part:
            before, _, part = part.rpartition("\r")
            lines += before.split("\r")
        cells.append(CONTROLS.sub("", part).strip())
    if len(cells) > 1:
        rows.append(tuple(cells))
    else:
        lines += cells
    return rows, lines


def _fields(text: str) -> tuple[str, list[str]]:
    """Visible text, and every instruction with the results of inner fields in their place."""
    if "\x13" not in text:
        return text, []
    codes: list[str] = []
    stack: list[tuple[list[str], list[str], bool]] = []
    out: list[str] = []
    for part in re.split("([\x13\x14\x15])", text):
        if part == "\x13":
            stack.append(([], [], False))
        elif part == "\x14" and stack:
            code, result, _ = stack[-1]
            stack[-1] = (code, result, True)
        elif part == "\x15" and stack:
            code, result, _ = stack.pop()
            codes.append("".join(code))
            shown = fields.quoted(codes[-1]) or "".join(result)
            if stack:
                stack[-1][1 if stack[-1][2] else 0].append(shown)
            else:
                out.append("".join(result))
        elif stack:
            stack[-1][1 if stack[-1][2] else 0].append(part)
        else:
            out.append(part)
    codes += ["".join(code) for code, _, _ in stack]
    return "".join(out), codes
