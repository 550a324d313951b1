"""Functions in the cells of a worksheet that call a library or program, or lead out of the workbook by one click."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice

from gateway.extract.office.targets import Place, place, program
from gateway.model.content import Observation

CALL = re.compile(rb"(?<![A-Za-z0-9_])(?:_xlfn\.)?(WEBSERVICE|REGISTER(?:\.ID)?|CALL|EXEC|DDE|SQL\.REQUEST|HYPERLINK)"
                  rb"\s{0,4}\(", re.I)
FORMULA = re.compile(rb"<(?:[\w.-]{1,20}:)?(?:f|formula[12]?)(?:\s[^<>]{0,200})?>$")
ADDRESS = re.compile(r'\(\s{0,4}"([^"]{1,1000})"')
BACK = 4096                              # octets before a call in which its cell's formula begins
MOST = 20_000                            # calls of one sheet that are looked at


def calls(data: bytes) -> Iterator[Observation]:
    """At most one observation of each kind for a sheet."""
    told: set[str] = set()
    for found in islice(CALL.finditer(data), MOST):
        begin = data.rfind(b"<", max(0, found.start() - BACK), found.start())
        close = data.find(b">", begin, found.start()) + 1
        if begin < 0 or not close or FORMULA.match(data[begin:close]) is None:
            continue
        text = unescape(data[found.start():found.start() + 600].partition(b"<")[0].decode("utf-8", "replace"))
        judged = _link(text) if found[1].upper() == b"HYPERLINK" else Observation("FORMULA-CALL", text[:200])
        if judged is not None and judged.code not in told:
            told.add(judged.code)
            yield judged


def _link(text: str) -> Observation | None:
    address = ADDRESS.search(text)
    if address is None:
        return None
    if place(address[1]) is Place.SCRIPT:
        return Observation("DOC-LINK-SCHEME", address[1])
    return Observation("DOC-LINK-PROGRAM", address[1]) if program(address[1]) else None
