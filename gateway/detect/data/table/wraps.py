"""Prose of East Asia that a program cut into lines of one width, wherever the width ended: in the middle of numbers too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from gateway.detect.data.table.layout import paper

CUT = re.compile(
    r"[0-9A-Z\u3041-\u9fff\uff1a:]\r?\n[為为是はが:\uff1a]?[0-9A-Z]{1,18}(?=[,;)\u3001\u3002\uff08-\uff1b\u3041-\u9fff])")
"""A line that begins with a number or its rest, and words right behind it."""
MOST, NARROW, FULL = 1000, 16, 2
"""Lines of a text, characters of a full line and full lines of a paragraph, at the most and at the least."""
LONGEST = 60_000
"""Characters of a text in which it is looked for: a letter, no book."""
QUOTE = re.compile(r"^[>|](?: ?[>|]){0,9} ?", re.M)
"""What quoting puts before a line."""
GROUPS = re.compile(r"\n[ >|]{0,4}([0-9]{4}(?:[ -][0-9]{4}){0,2})(?![0-9]|-[0-9])")
BEGUN = re.compile(r"[^0-9\s] ?([0-9]{4}(?:[ -][0-9]{4}){0,2})[ -]?\r?\Z")
"""What a line begins with, and the one above it ends with, where a card in groups of four was cut between two of them."""
FOURS = 4
_WORDS = re.compile("[\u3041-\u9fff\uac00-\ud7a3]")
WORDS = 0.15
"""Of its characters, as many are words of East Asia; a table has fewer."""
CELLS = 2
"""Commas of a line from which on it is a row of cells where every line has as many."""
_ROOM = re.compile("[\t|]| {2}")


def whole(text: str) -> str:
    """The text with such paragraphs in one line each; as it is where it has none."""
    if len(text) <= LONGEST and not text.isascii() and ("\n>" in text or "\n|" in text):
        plain = QUOTE.sub("", text)
        said = whole(plain)
        if said is not plain:
            return said
    if text.isascii() or text.count("\n", 0, 4 * LONGEST) > MOST or CUT.search(text, 0, LONGEST) is None:
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    if len(lines) > MOST:
        return text
    for measure, slack in ((len, 0), (paper, 1)):
        joined = list(_joined(lines, measure, slack))
        if len(joined) < len(lines):
            return "\n".join(joined)
    return text


def gathered(text: str) -> str:
    """The text with cards in the first of the lines between whose groups a program cut, in a letter."""
    if len(text) > LONGEST or GROUPS.search(text) is None:
        return text
    pieces: list[str] = []
    done = 0
    for match in GROUPS.finditer(text):
        begun = BEGUN.search(text, max(done, match.start() - 20), match.start())
        if begun is not None and (len(begun[1]) + 1) // 5 + (len(match[1]) + 1) // 5 == FOURS:
            mark = "-" if "-" in begun[1] + match[1] else " "
            pieces += (text[done:begun.end(1)], mark, match[1], "\n")
            done = match.end()
    return "".join((*pieces, text[done:])) if pieces else text


def _joined(lines: list[str], measure: Callable[[str], int], slack: int) -> Iterator[str]:
    """Paragraphs of full lines and a shorter one that ends them, each as one line; other lines as they are."""
    widths = list(map(measure, lines))
    first = 0
    while first < len(lines):
        last = first
        while last < len(lines) and widths[first] >= NARROW and abs(widths[last] - widths[first]) <= slack:
            last += 1
        ended = last < len(lines) and 0 < widths[last] < widths[first]
        paragraph = lines[first:last + ended]
        if last - first >= FULL and _prose(lines[first:last]) and CUT.search("\n".join(paragraph)) is not None:
            yield "".join(paragraph)
            first = last + ended
        else:
            yield lines[first]
            first += 1


def _prose(lines: list[str]) -> bool:
    """Whether most lines are made as no other one is, unlike records, and they have no cells."""
    text = "".join(lines)
    if len({line.count(",") for line in lines}) == 1 and lines[0].count(",") >= CELLS:
        return False
    made = {_KIND.sub("C", _DIGIT.sub("9", line)) for line in lines}
    return 2 * len(made) > len(lines) and _ROOM.search(text) is None and len(_WORDS.findall(text)) >= WORDS * len(text)


_DIGIT, _KIND = re.compile("[0-9]"), re.compile("[\u3041-\u9fff\uac00-\ud7a3A-Za-z]")
