"""Rows of a SQLite database file, read from its pages (https://www.sqlite.org/fileformat2.html).

Tables only, those WITHOUT ROWID too, which are index b-trees: other indexes repeat what tables hold. Virtual tables have no pages
of their own; what they keep stands in tables beside them. Deleted rows in free pages are not read.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

MAGIC = b"SQLite format 3\0"
INTERIOR, LEAF = 5, 13
INDEX_INTERIOR, INDEX_LEAF = 2, 10
MOST_ROWS = 500_000
ENCODINGS = {1: "utf-8", 2: "utf-16-le", 3: "utf-16-be"}
INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
PUNCTUATION = re.compile(r"[(),]")


class BrokenDatabase(ValueError):
    """A page, cell or record that is not as the format says."""


def tables(data: bytes) -> Iterator[tuple[str, tuple[tuple[str, ...], ...]]]:
    """Name and rows of every table, the first row being the column names of its CREATE statement."""
    if not data.startswith(MAGIC) or len(data) < 512:
        raise BrokenDatabase("no header")
    reader = _Reader(data)
    for row in reader.rows(1):
        if len(row) >= 5 and row[0] == "table" and row[3].isdigit() and row[3] != "0":
            body = tuple(reader.rows(int(row[3])))
            yield row[1], (_columns(row[4]), *body)


def _columns(statement: str) -> tuple[str, ...]:
    begin, end = statement.find("("), statement.rfind(")")
    if not 0 <= begin < end:
        return ()
    parts, depth, start = [], 0, begin + 1
    for mark in PUNCTUATION.finditer(statement, start, end):
        depth += {"(": 1, ")": -1, ",": 0}[mark[0]]
        if mark[0] == "," and depth <= 0:
            parts.append(statement[start:mark.start()])
            start = mark.end()
    parts.append(statement[start:end])
    return tuple(part.split()[0].strip('"`[]\'') if part.split() else "" for part in parts)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        size = struct.unpack_from(">H", data, 16)[0]
        self.page = 65536 if size == 1 else size
        if self.page < 512 or self.page & (self.page - 1):
            raise BrokenDatabase("page size")
        self.usable = self.page - data[20]
        self.encoding = ENCODINGS.get(struct.unpack_from(">I", data, 56)[0], "utf-8")

    def rows(self, root: int) -> Iterator[tuple[str, ...]]:
        """All rows of one table b-tree, depth first; each page once."""
        seen: set[int] = set()
        stack = [root]
        count = 0
        while stack:
            number = stack.pop()
            start = (number - 1) * self.page
            if number < 1 or number in seen or start + self.page > len(self.data):
                raise BrokenDatabase("page number")
            seen.add(number)
            head = start + (100 if number == 1 else 0)
            kind, cells = self.data[head], struct.unpack_from(">H", self.data, head + 3)[0]
            if kind not in (INTERIOR, LEAF, INDEX_INTERIOR, INDEX_LEAF):
                raise BrokenDatabase("page kind")
            inner = kind in (INTERIOR, INDEX_INTERIOR)
            pointers = self._pointers(head + (12 if inner else 8), cells)
            if inner:
                children = [self._page_number(start + p) for p in pointers]
                stack.extend(reversed([*children, self._page_number(head + 8)]))
            if kind == INTERIOR:
                continue
            count += cells
            if count > MOST_ROWS:
                raise BrokenDatabase("too many rows")
            for pointer in pointers:
                yield self._row(start + pointer) if kind == LEAF else self._keyed(start + pointer + (4 if inner else 0))

    def _page_number(self, at: int) -> int:
        if at + 4 > len(self.data):
            raise BrokenDatabase("page number")
        return int(struct.unpack_from(">I", self.data, at)[0])

    def _pointers(self, at: int, cells: int) -> tuple[int, ...]:
        if at + 2 * cells > len(self.data):
            raise BrokenDatabase("cell pointers")
        return struct.unpack_from(f">{cells}H", self.data, at)

    def _varint(self, at: int) -> tuple[int, int]:
        value = 0
        for i in range(9):
            if at + i >= len(self.data):
                raise BrokenDatabase("varint")
            octet = self.data[at + i]
            if i == 8:
                return (value << 8) | octet, at + 9
            value = (value << 7) | (octet & 0x7F)
            if not octet & 0x80:
                return value, at + i + 1
        raise BrokenDatabase("varint")

    def _row(self, at: int) -> tuple[str, ...]:
        length, at = self._varint(at)
        rowid, at = self._varint(at)
        if length > len(self.data):
            raise BrokenDatabase("payload")
        payload = self._payload(at, length, self.usable - 35)
        return tuple(v if v is not None else str(rowid) for v in self._record(payload))

    def _keyed(self, at: int) -> tuple[str, ...]:
        """A row of a table WITHOUT ROWID: the columns of its key first (section 2.4)."""
        length, at = self._varint(at)
        if length > len(self.data):
            raise BrokenDatabase("payload")
        payload = self._payload(at, length, (self.usable - 12) * 64 // 255 - 23)
        return tuple(v if v is not None else "" for v in self._record(payload))

    def _payload(self, at: int, length: int, most: int) -> bytes:
        """The octets of a record, of which at most so many stand in the cell (section 1.6)."""
        if length <= most:
            return self.data[at:at + length]
        least = (self.usable - 12) * 32 // 255 - 23
        here = least + (length - least) % (self.usable - 4)
        here = here if here <= most else least
        parts = [self.data[at:at + here]]
        left = length - here
        following = struct.unpack_from(">I", self.data, at + here)[0]
        hops = 0
        while left > 0 and following:
            start = (following - 1) * self.page
            hops += 1
            if start + self.page > len(self.data) or hops > len(self.data) // self.page:
                raise BrokenDatabase("overflow page")
            following = struct.unpack_from(">I", self.data, start)[0]
            piece = self.data[start + 4:start + 4 + min(left, self.usable - 4)]
            parts.append(piece)
            left -= len(piece)
        return b"".join(parts)

    def _record(self, payload: bytes) -> Iterator[str | None]:
        reader = _Record(payload)
        for kind in reader.kinds():
            yield reader.value(kind, self.encoding)


class _Record:
    def __init__(self, payload: bytes) -> None:
        self.payload = payload
        self.at = 0

    def _varint(self, at: int) -> tuple[int, int]:
        value = 0
        for i in range(9):
            if at + i >= len(self.payload):
                raise BrokenDatabase("record header")
            octet = self.payload[at + i]
            value = (value << 7) | (octet & 0x7F)
            if not octet & 0x80:
                return value, at + i + 1
        return value, at + 9

    def kinds(self) -> list[int]:
        size, at = self._varint(0)
        if size > len(self.payload):
            raise BrokenDatabase("record header")
        kinds = []
        while at < size:
            kind, at = self._varint(at)
            kinds.append(kind)
        self.at = size
        return kinds

    def value(self, kind: int, encoding: str) -> str | None:
        """Text as text, numbers in digits; None (the row id) for an INTEGER PRIMARY KEY stored as NULL."""
        if kind == 0:
            return None
        if kind in INTEGERS:
            return str(int.from_bytes(self._take(INTEGERS[kind]), "big", signed=True))
        if kind == 7:
            number = struct.unpack(">d", self._take(8))[0]
            return str(int(number)) if number.is_integer() and abs(number) < 1e19 else repr(number)
        if kind in (8, 9):
            return str(kind - 8)
        if kind < 12:
            raise BrokenDatabase("serial type")
        content = self._take((kind - 12) // 2)
        return content.decode(encoding if kind % 2 else "utf-8", "replace")

    def _take(self, size: int) -> bytes:
        if self.at + size > len(self.payload):
            raise BrokenDatabase("record body")
        self.at += size
        return self.payload[self.at - size:self.at]
