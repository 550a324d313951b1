"""PDF files of more objects, values, pages or notes than any document has, told before a reader works through them.

qpdf keeps 150 octets for each value, whatever it is, and knows no bound of its own.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
import pikepdf

from gateway.extract import floods

OBJECTS = 200_000                        # indirect objects of one file that are looked at
VALUES = 2_000_000
"""Names, numbers and strings outside of what pages draw: a tagged document of 3000 pages has 1,400,000."""
OF_ONE = 300_000
"""The same in one object: the widths of every letter there is are 65,536, and a list of pages is shorter."""
PAGES = 20_000                           # of one file; a code of laws or a month of statements has 10,000
SAVES = 500                              # revisions
TORN = 10_000                            # objects without an end; qpdf looks for the end of each, through all of the file
NOTES = 30_000                           # annotations of all pages; a form of a hundred pages has 10,000 fields
UNPACKED = 64 << 20                      # octets of all object streams, where 200,000 objects take 25 million
LEAST = 2                                # octets a value takes
TOGETHER = 1_000                         # objects whose values are counted at once
END = re.compile(rb"end(?:obj|stream)")
STREAM = re.compile(rb">>\s{0,9}stream\r?\n")
REFERENCE = b" 0 R"


def _starts() -> np.ndarray:
    """Of each octet, whether it belongs to a word or number (ISO 32000-2, 7.2.3)."""
    table = np.ones(256, np.uint8)
    table[list(b"\0\t\n\f\r ()<>[]{}/%")] = 0
    return table


REGULAR = _starts()


def before(data: bytes, said: Sequence[int]) -> str:
    """What there is too much of in the octets of a file, "" otherwise. `said`: of floods.object_streams."""
    ends = data.count(b"endobj")
    if ends > OBJECTS:
        return f"more than {OBJECTS} objects"
    if data.count(b" 0 obj") - ends > TORN:
        return f"more than {TORN} objects without an end"
    if data.count(b"startxref") > SAVES:
        return f"more than {SAVES} revisions"
    found = 0
    if len(data) > LEAST * OF_ONE:
        written = _written(data)
        while some := list(islice(written, TOGETHER)):
            if any(len(one) > LEAST * OF_ONE and values(one) > OF_ONE for one in some):
                return f"more than {OF_ONE} values in one object"
            found += values(b"\n".join(some))
    unpacked = 0
    for made in _object_streams(data, said):
        unpacked += len(made)
        if unpacked > UNPACKED:
            return f"object streams of more than {UNPACKED} octets"
        found += values(made)
        if found > VALUES:
            break
    return f"more than {VALUES} values" if found > VALUES else ""


def _written(data: bytes) -> Iterator[bytes]:
    """Objects as they stand in a file, without their streams."""
    for piece in END.split(data):
        begin = piece.find(b" obj")                       # not in what stands between objects: tables of where they are
        if begin >= 0:
            yield _dictionary(piece[begin:])


def _dictionary(piece: bytes) -> bytes:
    """An object without the stream behind its dictionary; words of a string begin no stream."""
    stream = STREAM.search(piece)
    head = piece[:stream.start()] if stream else piece
    return head if head.count(b"(") - head.count(b"\\(") == head.count(b")") - head.count(b"\\)") else piece


def values(written: bytes) -> int:
    """Names, numbers, strings and containers; a reference counts as one. Words within a string count each."""
    regular = REGULAR[np.frombuffer(written, np.uint8)]
    begun = int(np.count_nonzero(regular[1:] > regular[:-1])) if len(regular) else 0
    return begun + written.count(b"[") + written.count(b"<") - 2 * written.count(REFERENCE)


def _object_streams(data: bytes, said: Sequence[int]) -> Iterator[bytes]:
    """What they unpack to."""
    for word in said:
        begin = data.find(b"stream", word, word + floods.HEAD) + 6
        if begin >= 6:
            end = data.find(b"endstream", begin) % (len(data) + 1)
            machine = zlib.decompressobj()
            try:
                yield machine.decompress(data[begin:end].lstrip(b"\r\n"), UNPACKED + 1)
            except zlib.error:                            # encrypted, or packed otherwise
                continue


def after(document: pikepdf.Pdf) -> str:
    """The same of a file that was opened: more pages, or more annotations on them."""
    if len(document.pages) > PAGES:
        return f"more than {PAGES} pages"
    found = 0
    for page in islice(document.pages, NOTES):
        notes = page.obj.get("/Annots")
        found += len(notes) if isinstance(notes, pikepdf.Array) else 0
        if found > NOTES:
            return f"more than {NOTES} annotations"
    return ""
