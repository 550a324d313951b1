"""Functions in the cells of a worksheet that call a library or program, or lead out of the workbook by one click."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

from gateway.extract.bounded import counted
from gateway.extract.office.targets import Place, abroad, judge, place, program
from gateway.model.content import Observation

OPEN = re.compile(rb"\((?<=[CDEKLRTVcdeklrtv\s]\()")
"""A parenthesis behind the last letter of one of these names. It begins with a literal: a pattern of the names themselves took
thirty times as long."""
NAME = re.compile(rb"(?<![A-Z0-9_])(WEBSERVICE|REGISTER(?:\.ID)?|CALL|EXEC|DDE|RTD|SQL\.REQUEST|HYPERLINK|IMAGE|"
                  rb"IMPORTCSV|IMPORTTEXT|INITIATE|EXECUTE|POKE)\s{0,4}\Z", re.I)
ATTRIBUTES = re.compile(rb"\s(?:textlink|fmla(?:Link|Range|Group|Txbx))\s{0,9}=\s{0,9}\"([^\"<]{4,1000})\"")
"""Formulas of shapes and controls of a sheet."""
LONGEST = 24                             # octets of a name, the character before it and the blanks behind it
FORMULA = re.compile(rb"<(?:[\w.-]{1,20}:)?(?:f|formula[12]?|definedName|calculatedColumnFormula)(?:\s[^<>]{0,600})?>$")
SERVER = re.compile(r'\(\s{0,4}(?:"[^"]{0,255}"|[^",()]{1,255})\s{0,4}[,;]\s{0,4}"[^"]{1,255}"')
ADDRESS = re.compile(r'\(\s{0,4}"([^"]{1,1000})"')
JOIN = re.compile(r'(?<!")"\s{0,4}&\s{0,4}"(?!")')
JOINED = re.compile(r'\(\s{0,4}CONCAT(?:ENATE)?\(\s{0,4}"([^()]{1,1000})"\s{0,4}\)', re.I)
SEPARATED = re.compile(r'"\s{0,4}[,;]\s{0,4}"')
BOOK = re.compile(rb"'((?:\\\\|https?:|file:)[^'\r\n<>]{3,1000})'!(?=[^\s\"'.,;:!?)<])", re.I)
"""A sheet of another workbook, by its address, and the beginning of what is read there."""
BACK = 1 << 16                           # octets before a call in which its cell's formula begins
MOST = 200_000                           # calls of one sheet that are looked at


def calls(data: bytes) -> Iterator[Observation]:
    """At most one observation of each kind for a sheet."""
    told: set[str] = set()
    for at, name in counted(_calls(data), MOST, "calls in a sheet"):
        if not _within(data, at):
            continue
        text = unescape(data[at:at + 600].partition(b"<")[0].decode("utf-8", "replace"))
        known = JUDGES.get(name)
        judged = known(text) if known else Observation("FORMULA-CALL", text[:200])
        if judged is not None and judged.code not in told:
            told.add(judged.code)
            yield judged
    for at, book in books(data):
        if book.code not in told and _within(data, at):
            told.add(book.code)
            yield book


def books(data: bytes) -> Iterator[tuple[int, Observation]]:
    """Where an address of another workbook stands that is not on a share of the author's own office: Excel makes a link of it."""
    for found in counted(BOOK.finditer(data), MOST, "workbooks in formulas") if b"'!" in data else ():
        seen = judge("externalLinkPath", found[1].decode("utf-8", "replace"))
        if seen is not None and seen.code != "DOC-LOCAL-WORKBOOK":
            yield found.start(), seen


def _within(data: bytes, at: int) -> bool:
    """Whether the element around this place is a formula."""
    begin = data.rfind(b"<", max(0, at - BACK), at)
    close = data.find(b">", begin, at) + 1
    return begin >= 0 and close > 0 and FORMULA.match(data[begin:close]) is not None


def _calls(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Where one of these functions is called, and its name in capitals."""
    for found in OPEN.finditer(data) if b"(" in data else ():
        begin = max(0, found.start() - LONGEST)
        name = NAME.search(data[begin:found.start()])
        if name is not None:
            yield begin + name.start(), name[1].upper()


def folded(text: str) -> str:
    """Literals that a formula joins, as one: "\\\\host"&"\\a.exe", CONCATENATE("a","b")."""
    if "CONCAT" in text[:40].upper():
        text = JOINED.sub(lambda found: '("' + SEPARATED.sub("", found[1]) + '"', text, count=1)
    return JOIN.sub("", text)


def _picture(text: str) -> Observation | None:
    """A picture on a share: asking for it sends the reader's credentials there. On the web it is one like others."""
    address = ADDRESS.search(folded(text))
    return Observation("DOC-EXTERNAL-SHARE", address[1]) if address and place(address[1]) is Place.SHARE else None


def _link(text: str) -> Observation | None:
    address = ADDRESS.search(folded(text))
    if address is None:
        return None
    if place(address[1]) is Place.SCRIPT:
        return Observation("DOC-LINK-SCHEME", address[1])
    if program(address[1]):
        return Observation("DOC-LINK-PROGRAM", address[1])
    return Observation("DOC-LINK-SHARE", address[1]) if abroad(address[1]) else None


def _server(text: str) -> Observation | None:
    """Real-time data of a program on another machine; honest feeds name none."""
    return Observation("FORMULA-CALL", text[:200]) if SERVER.search(text) else None


def _read(text: str) -> Observation | None:
    """A text that fills cells, from another machine; from one's own it is like an opened file."""
    address = ADDRESS.search(folded(text))
    elsewhere = address is not None and place(address[1]) in (Place.WEB, Place.SHARE)
    return Observation("FORMULA-CALL", text[:200]) if elsewhere else None


JUDGES: dict[bytes, Callable[[str], Observation | None]] = {
    b"HYPERLINK": _link, b"IMAGE": _picture, b"RTD": _server, b"IMPORTCSV": _read, b"IMPORTTEXT": _read}
"""Functions that say something only by their address."""
