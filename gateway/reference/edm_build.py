"""CSV to index. Streams the file once; memory is some 20 octets a key. Everything is refused with line and column."""

from __future__ import annotations

import codecs
import contextlib
import csv
import json
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO

import numpy as np

from gateway.identifiers import contact, date
from gateway.identifiers.normalise import view
from gateway.identifiers.terms import Labels
from gateway.model.errors import SekishoError
from gateway.reference import edm_chance
from gateway.reference import values as forms
from gateway.reference.edm import ALIGN, MAGIC, Hasher
from gateway.reference.edm_keys import ROWS, Keys, equal_pairs
from gateway.reference.values import PAIR

KINDS = ("phone", "email", "birthdate", "name", "address", "code", "text")
KEYS = frozenset({"phone", "email", "address", "code"})
"""Kinds that find a row; name, birth date and text confirm it (name with birth date finds it too)."""
LEAST_KEY = 5
"""Characters of a value below which it is no key: too many tokens of any mail are as short."""
SAMPLE = 200
MOST_COLUMNS = PAIR
"""Of a table: a column is one octet in the index."""
VALUES = ("email", "birthdate", "phone")
"""Kinds whose values no heading looks like."""
UNUSED = re.compile("[\x80-\x9f\ue000-\uf8ff]")
"""What a wrong charset makes of octets without complaint: controls and private use."""
CHARSETS = ("utf-8-sig", "iso2022_jp", "gb18030", "cp950", "cp932", "euc_jp", "cp949")


class BadTable(SekishoError):
    """The CSV cannot be used; says line and column. The old index stays in force."""

    def __init__(self, reason: str, line: int, column: int = 0) -> None:
        where = f"line {line}" + (f", column {column}" if column else "")
        super().__init__(f"{where}: {reason}")
        self.line, self.column = line, column


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: str
    key: bool


@dataclass(frozen=True, slots=True)
class Built:
    """What `status` shows of an index."""

    name: str
    rows: int
    keys: int
    columns: tuple[Column, ...]
    charset: str
    size: int = 0


def charset_of(source: Path, wanted: str = "") -> str:
    """The charset of the table: the one asked for, a mark, or the first of CHARSETS that decodes all and looks right."""
    if wanted:
        if _decoded(source, wanted, strange=True) is None:
            raise BadTable(f"the file is not in {wanted}; leave --charset away, or name another", 1)
        return wanted
    with source.open("rb") as file:
        head = file.read(65536)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        if _decoded(source, "utf-16", strange=True) is None:
            raise BadTable("begins as UTF-16, and is none further on", _line(source, "utf-16"))
        return "utf-16"
    shifts = b"\x1b" in head
    legal = []
    for name in CHARSETS:
        text = _decoded(source, name)
        if text is None:
            continue
        if shifts is (name == "iso2022_jp") and name in ("utf-8-sig", "iso2022_jp"):
            return name
        if name not in ("utf-8-sig", "iso2022_jp"):
            legal.append((_familiar(text), name))
    if not legal:
        raise BadTable("no known charset fits; give one", _line(source, "utf-8"))
    return max(legal, key=lambda pair: pair[0])[1]


def _decoded(source: Path, charset: str, strange: bool = False) -> str | None:
    """The beginning of the text where all of the file is legal in this charset, else None. Reads in pieces.

    `strange` lets characters pass that a table hardly has.
    """
    decoder = codecs.getincrementaldecoder(charset)()
    start = ""
    try:
        with source.open("rb") as file:
            while piece := file.read(1 << 20):
                text = decoder.decode(piece)
                if not strange and charset not in ("utf-8-sig", "iso2022_jp") and UNUSED.search(text):
                    return None
                start = start or text[:65536]
            decoder.decode(b"", True)
    except UnicodeError:
        return None
    return start


def _familiar(text: str) -> float:
    """Share of surnames and heading words' characters among the non-ASCII ones: tells CJK charsets apart."""
    heading = text.split("\n", 1)[0]
    labels = Labels()
    named = sum(bool(labels.heading(view(cell).text)) for cell in heading.replace("\t", ",").replace(";", ",").split(","))
    wide = [c for c in text[:20000] if c > "\x7f"]
    usual = sum("\u4e00" <= c <= "\u9fff" or "\u3041" <= c <= "\u30fa" for c in wide)
    return named * 10 + (usual / len(wide) if wide else 1)


def _line(source: Path, charset: str) -> int:
    """The first line that is not in a charset."""
    decoder = codecs.getincrementaldecoder(charset)()
    lines = 1
    with source.open("rb") as file:
        while piece := file.read(1 << 20):
            before = decoder.getstate()
            try:
                lines += decoder.decode(piece).count("\n")
            except UnicodeError:
                decoder.setstate(before)
                with contextlib.suppress(UnicodeError):
                    for at in range(0, len(piece), 2):
                        lines += decoder.decode(piece[at:at + 2]).count("\n")
                break
    return lines


def no_text(source: Path, charset: str) -> None:
    """Raises BadTable where octets of zero stand in a text: another program's file, or one that broke while it was written."""
    if charset.startswith(("utf-16", "utf-32", "utf_16", "utf_32")):
        return
    lines = 1
    with source.open("rb") as file:
        while piece := file.read(1 << 20):
            at = piece.find(b"\0")
            if at >= 0:
                raise BadTable("an octet of zero: no text", lines + piece.count(b"\n", 0, at))
            lines += piece.count(b"\n")


def headings(cells: Sequence[str]) -> list[str]:
    """The names of the columns. Raises BadTable where they are none."""
    names = [cell.strip() for cell in cells]
    if len(names) < 2:
        raise BadTable("one column only: fields are parted by comma, semicolon, tab or |, and two of a row make a record", 1)
    if len(names) > MOST_COLUMNS:
        raise BadTable(f"more than {MOST_COLUMNS} columns", 1, MOST_COLUMNS + 1)
    for i, name in enumerate(names):
        if name and name in names[:i]:
            raise BadTable(f"a second column {name!r}", 1, i + 1)
    values = [i for i, name in enumerate(names) if _by_content([name]) in VALUES]
    if values:
        raise BadTable("looks like a value; the first line must name the columns", 1, values[0] + 1)
    return names


def columns(header: Sequence[str], sample: Sequence[Sequence[str]], kinds: Mapping[str, str],
            keys: Sequence[str]) -> tuple[Column, ...]:
    """What each column is: as told, by its heading, by its content. `keys` names the searchable ones."""
    unknown = [n for n in (*kinds, *keys) if n not in header]
    if unknown:
        raise BadTable(f"no column {unknown[0]!r}", 1)
    found = []
    for i, name in enumerate(header):
        kind = kinds.get(name) or _by_heading(name) or _by_content([row[i] for row in sample if row[i].strip()])
        if kind not in KINDS:
            raise BadTable(f"unknown kind {kind!r}; one of {', '.join(KINDS)}", 1, i + 1)
        found.append(Column(name, kind, name in keys if keys else kind in KEYS))
    return tuple(found)


def _by_heading(name: str) -> str:
    labels = Labels().heading(view(name).text)
    for kind in ("email", "birthdate", "address", "phone"):
        if kind in labels:
            return kind
    if labels & {"id", "card", "serial", "passport"} or any("." in k for k in labels):
        return "code"
    return "name" if "name" in labels else ""


def _by_content(values: Sequence[str]) -> str:
    tests = (("email", contact.email), ("birthdate", lambda v: date.parse(v)), ("phone", contact.phone),
             ("code", lambda v: sum(c.isdigit() for c in v) * 2 > len(v) >= LEAST_KEY),
             ("address", contact.address), ("name", contact.person_name))
    for kind, test in tests:
        if values and sum(bool(test(v)) for v in values) * 10 >= len(values) * 8:
            return kind
    return "text"


def rows(stream: TextIO) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells; a row of another width is refused."""
    sample = stream.read(65536)
    stream.seek(0)
    head = sample.split("\n", 1)[0]
    delimiter = max(",\t;|", key=head.count)
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    width = 0
    try:
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            width = width or len(row)
            if len(row) != width:
                raise BadTable(f"{len(row)} columns where the header has {width}", reader.line_num, min(len(row), width) + 1)
            yield reader.line_num, row
    except csv.Error as error:
        raise BadTable(str(error), reader.line_num) from error
    except UnicodeError as error:
        raise BadTable("not in the charset of the lines before", reader.line_num + 1) from error


def build(name: str, source: Path, target: BinaryIO, key: bytes, *, charset: str = "", kinds: Mapping[str, str] | None = None,
          keys: Sequence[str] = ()) -> Built:
    """Writes the index of `source` to `target`. Raises BadTable; the target is then unusable and to be thrown away."""
    used = charset_of(source, charset)
    no_text(source, used)
    with source.open(encoding=used, newline="") as stream:
        return _build(name, stream, target, Hasher(key), used, kinds or {}, keys)


def _build(name: str, stream: TextIO, target: BinaryIO, hasher: Hasher, used: str, kinds: Mapping[str, str],
           keys: Sequence[str]) -> Built:
    iterator = rows(stream)
    try:
        _, header = next(iterator)
    except StopIteration as error:
        raise BadTable("empty table", 1) from error
    header = headings(header)
    sample = []
    for item in iterator:
        sample.append(item[1])
        if len(sample) >= SAMPLE:
            break
    described = columns(header, sample, kinds, keys)
    stream.seek(0)
    body = rows(stream)
    next(body)
    found, count = _read(body, described, hasher)
    if not count:
        raise BadTable("no rows below the header", 2)
    if not found.keys.total:
        raise BadTable("no column finds a row by itself: name one with --keys, or say what it is with --columns", 1)
    return _write(target, name, found, count, hasher, used)


@dataclass(frozen=True, slots=True)
class _Table:
    """What was read: digests of the searchable columns, 32 bits of the others row by row, and some values of each column."""

    columns: Sequence[Column]
    keys: Keys
    fields: list[np.ndarray] = field(default_factory=list)
    samples: dict[int, list[str]] = field(default_factory=dict)

    @property
    def others(self) -> list[int]:
        return [i for i, c in enumerate(self.columns) if not c.key]

    def chances(self, fields: np.ndarray) -> list[float]:
        """Of each column that two unrelated values are equal, once the keys are sorted."""
        same, filled = dict(self.keys.same), dict(self.keys.filled)
        for place, i in enumerate(self.others):
            values = np.sort(fields[:, place])
            values = values[np.searchsorted(values, 1):]
            same[i], filled[i] = equal_pairs(values), len(values)
        return [edm_chance.of_column(c.kind, self.samples.get(i, ()), same[i], filled[i]) for i, c in enumerate(self.columns)]


def _read(body: Iterator[tuple[int, list[str]]], described: Sequence[Column], hasher: Hasher) -> tuple[_Table, int]:
    kinds = [c.kind for c in described]
    searched = [i for i, c in enumerate(described) if c.key]
    name_at = kinds.index("name") if "name" in kinds else -1
    born_at = kinds.index("birthdate") if "birthdate" in kinds else -1
    paired = name_at >= 0 and born_at >= 0
    found = _Table(described, Keys([*searched, PAIR] if paired else searched))
    number = 0
    while piece := list(islice(body, ROWS)):
        cells = zip(*(row for _, row in piece), strict=True)
        values = [list(map(forms.FORMS[kind], column)) for kind, column in zip(kinds, cells, strict=True)]
        keys = [hasher.digests(values[i], LEAST_KEY) for i in searched]
        if paired:
            names, dates = values[name_at], values[born_at]
            keys.append(hasher.digests(forms.pair(n, d) if n and d else "" for n, d in zip(names, dates, strict=True)))
        found.keys.add(keys)
        hashed = [np.frombuffer(hasher.digests(values[i]), ">u8") >> np.uint64(32) for i in found.others]
        found.fields.append(np.stack(hashed, axis=1).astype(np.uint32).ravel() if hashed else np.empty(0, np.uint32))
        for i, column in enumerate(values):
            found.samples.setdefault(i, []).extend(column[::max(1, len(piece) // edm_chance.SAMPLE)])
        number += len(piece)
    return found, number


def _sorted(found: Keys, bits: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Directory, rests, rows and columns of all keys."""
    rest, rows_, places = np.empty(found.total, np.uint32), np.empty(found.total, np.uint32), np.empty(found.total, np.uint8)
    sizes = np.zeros(1 << bits, np.uint32)
    at = 0
    for hashes, numbers, columns_ in found.sorted():
        end = at + len(hashes)
        rest[at:end] = (hashes >> np.uint64(32 - bits)) & np.uint64(0xFFFFFFFF)
        rows_[at:end] = numbers
        places[at:end] = columns_
        if len(hashes):
            buckets = (hashes >> np.uint64(64 - bits)).astype(np.int64)
            low = int(buckets[0])
            counted = np.bincount(buckets - low)
            sizes[low:low + len(counted)] += counted.astype(np.uint32)
        at = end
    directory = np.concatenate(([0], np.cumsum(sizes, dtype=np.uint32))).astype(np.uint32)
    return directory, rest[:at], rows_[:at], places[:at]


def _write(target: BinaryIO, name: str, found: _Table, count: int, hasher: Hasher, charset: str) -> Built:
    described = found.columns
    fields = np.concatenate(found.fields).reshape(count, len(found.others))
    found.fields.clear()
    bits = min(24, max(8, found.keys.total.bit_length()))
    arrays = _sorted(found.keys, bits)
    keys = len(arrays[1])
    header = json.dumps({
        "name": name, "rows": count, "keys": keys, "bits": bits, "columns": [c.name for c in described],
        "kinds": [c.kind for c in described], "searchable": [c.key for c in described], "charset": charset,
        "fields": [c.name for c in described if not c.key], "chances": found.chances(fields), "standard": True,
        "key_check": f"{hasher('sekisho'):016x}"}, ensure_ascii=False).encode()
    target.write(MAGIC + struct.pack("<I", len(header)) + header)
    for array in (*arrays, fields):
        target.write(b"\0" * (-target.tell() % ALIGN))
        target.write(np.ascontiguousarray(array).data)
    size = target.tell()
    target.write(b"\0" * (-size % ALIGN))
    return Built(name, count, keys, tuple(described), charset, size)
