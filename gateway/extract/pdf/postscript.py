"""What a PostScript page shows (Adobe PostScript Language Reference, third edition, 5.1): strings, put together to lines.

Programs part words to space their letters, each string with its own step, so that a number stands in pieces in the file. Strings of
glyph numbers, as fonts that were taken apart need them, say nothing here. Of inbound mail only what it decodes and executes.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from itertools import islice

from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.pdf.filters import Unknown, unfilter
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Text
from gateway.model.finding import IncidentCode

TOKEN = re.compile(
    rb"\(((?:[^()\\]|\\.|\((?:[^()\\]|\\.){0,200}\)){0,2000})\)|(-?[0-9]{0,7}\.?[0-9]{1,7})|([A-Za-z]{1,20})|%[^\n]{0,500}", re.S)
"""A string, a number, a name; a comment is none of them."""
ESCAPED = re.compile(rb"\\(?:([0-7]{1,3})|(\r?\n)|(.))", re.S)
LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b" ", b"f": b" "}
SETUP = (b"%%EndSetup", b"%%EndProlog")
"""Behind them the pages begin: what stands before are definitions."""
PLACED = 20.0
"""Points from a corner of the page, about: two numbers of at least that are a place, smaller ones are steps."""
MOVES = frozenset({b"moveto", b"translate", b"showpage", b"newpath"})
SHOWN_FIRST = b"y"
"""The command of dvips that shows a string and goes to a place then; that of groff goes there first."""
EXECUTED = re.compile(rb"currentfile((?:\s{0,8}/[A-Za-z0-9]{3,20}\s{1,8}filter){1,4})\s{1,8}cvx\s{1,8}exec(?![A-Za-z0-9])\s?")
NAMES = re.compile(rb"/[A-Za-z0-9]{1,20}")
HEAD = b"%!PS\n"
TOKENS = 500_000
MOST = 8 << 20
LONGEST = 4_000
"""Characters of a line from which on it is broken, wherever the next string stands."""


class PostScript:
    name = "postscript"

    def claims(self, node: Node) -> bool:
        return node.type == "application/postscript"

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        if not context.outbound:
            yield from _executed(node.data)
            return
        said = "\n".join(lines(node.data[:MOST]))
        if said:
            yield Text(said, "page")


def _executed(data: bytes) -> Iterator[Yield]:
    """What a program decodes from its own text and executes (3.13): as a program of its own."""
    found = EXECUTED.search(data) if b"currentfile" in data else None
    if found is None:
        return
    made = data[found.end():found.end() + MOST]
    try:
        for name in NAMES.findall(found[1]):
            made = unfilter(name.decode("ascii"), made, MOST)
    except (Unknown, ValueError, zlib.error):
        return                                           # of a printer, or no such text: Ghostscript's own writer packs by LZW
    except OverflowError:
        yield Problem(IncidentCode.RATIO, "PostScript that unpacks to more than any page needs")
        return
    if made:
        yield Child(HEAD + made, ArtifactKind.OBJECT, label="executed", detected_type="application/postscript")


def lines(data: bytes) -> list[str]:
    """The strings in the order in which they are shown; a new line where a place is given, a blank where it is on the same one."""
    start = max(data.find(mark) for mark in SETUP)
    found: list[str] = []
    line, shown, moved = "", b"", False
    numbers: list[float] = []
    at = last = 0.0
    for match in islice(TOKEN.finditer(data, max(start, 0)), TOKENS):
        string, number, name = match.groups()
        if number is not None:
            numbers = [*numbers[-5:], float(number)]
        elif name is not None:
            placed = len(numbers) > 1 and min(map(abs, numbers[-2:])) >= PLACED
            if shown and name == SHOWN_FIRST:
                line, last, shown, moved = _add(found, line, shown, moved, at == last), at, b"", False
            if placed or name in MOVES:
                moved, at = True, numbers[-1] if placed else at
            if shown:
                line, last, shown, moved = _add(found, line, shown, moved, at == last), at, b"", False
            numbers = []
        elif string is not None:
            if shown:
                line, last, moved = _add(found, line, shown, moved, at == last), at, False
            shown, numbers = string, []
    if shown:
        line = _add(found, line, shown, moved, at == last)
    return [*found, line] if line.strip() else found


def _add(found: list[str], line: str, string: bytes, moved: bool, same: bool) -> str:
    """The line with a string more, or the next one, which begins with it."""
    text = ESCAPED.sub(_character, string).decode("latin-1")
    if len(line) <= LONGEST and not moved:
        return line + text
    if len(line) <= LONGEST and same:
        return f"{line} {text}"
    if line.strip():
        found.append(line)
    return text


def _character(match: re.Match[bytes]) -> bytes:
    if match[1]:
        return bytes([int(match[1], 8) & 255])
    return b"" if match[2] else LETTERS.get(match[3], match[3])


POSTSCRIPT = PostScript()
