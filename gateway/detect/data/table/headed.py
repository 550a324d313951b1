"""Records whose cells a mark parts that no other text has between its cells: the line of headings says which.

    姓名、護照號碼、生日
    王小明、312345678、1980/1/2
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice, pairwise

from gateway.identifiers.registry import IDENTIFYING
from gateway.identifiers.terms import Labels

MARK = re.compile(r"(?<=[^\W\d_])(?P<outer> ?)(?:[^\w\s()]{1,3}|_{1,2})(?P=outer)(?=[^\W\d_])")
"""What may stand between two headings; a Japanese long vowel sign is a hyphen in the view."""
ENDS = ".。,"
MARKS = 3
"""Different ones of a line that are tried."""
WRITTEN = re.compile(r"(?<![0-9])(?:[0-9]{2,4}([-/.])[0-9]{1,2}\1[0-9]{1,2}|0[0-9]{1,3}-[0-9]{3,4}-[0-9]{3,4})(?![0-9])")
"""A date or telephone number, whose marks part no cells."""
NUMBERED, VALUED = re.compile("[0-9]{3}"), re.compile("[0-9]{4}")
SHORTEST, LONGEST, NEAR = 3, 100, 204
"""Characters of a line that may be one of headings, and of the line below it in which a value begins."""
SEARCHED, LINES = 40_000, 400
"""Characters from the top among which such lines are looked for, and lines that are looked at."""
CELL = 24
"""Characters of a heading."""
MOST_COLUMNS, LEAST_ROWS = 15, 2
FEWEST = 6
"""Digits and capitals of a value."""
_LINE = re.compile("[^\n]+")
Span = tuple[int, int]


def rows(text: str, labels: Labels) -> str:
    """The same text, character for character, with tabs between the cells of such records."""
    pieces: list[str] = []
    done = 0
    for begin, end in islice(_tops(text), LINES):
        if begin < done:
            continue
        found = _headings(text[begin:end], labels)
        if found is None:
            continue
        mark, columns, named = found
        lines = [(begin, end), *_below(text, end, mark, columns, named)]
        if len(lines) > LEAST_ROWS:
            pieces += (text[done:begin], *(_parted(text[slice(*line)], mark) + "\n" for line in lines))
            pieces[-1] = pieces[-1][:-1]
            done = lines[-1][1]
    return "".join((*pieces, text[done:])) if pieces else text


def _tops(text: str) -> Iterator[Span]:
    """Lines that may be ones of headings: without a number, a value below."""
    end = -1
    for line, below in pairwise(text[:SEARCHED].split("\n")):
        begin, end = end + 1, end + 1 + len(line)
        if SHORTEST <= len(line) <= LONGEST and VALUED.search(below, 0, NEAR) and not NUMBERED.search(line):
            yield begin, end


def _headings(line: str, labels: Labels) -> tuple[str, int, int] | None:
    """The mark between headings, how many these are, and which of them names an identifier."""
    if line.replace(" ", "").rstrip(ENDS).isalnum():      # words alone
        return None
    marks = Counter(match[0] for match in MARK.finditer(line))
    for mark in sorted(marks, key=lambda mark: -marks[mark])[:MARKS]:
        cells = line.split(mark)
        if len(cells) > MOST_COLUMNS or any(len(cell) > CELL or not cell.strip() for cell in cells):
            continue
        kinds = [labels.heading(cell) for cell in cells]
        named = next((i for i, kind in enumerate(kinds) if not kind.isdisjoint(IDENTIFYING)), None)
        if named is not None and sum(map(bool, kinds)) >= 2:
            return mark, len(cells), named
    return None


def _below(text: str, end: int, mark: str, columns: int, named: int) -> Iterator[Span]:
    """The lines from there on that have as many cells, and a value where the heading has one."""
    for match in _LINE.finditer(text, end):
        cells = _parted(match[0], mark).split("\t")
        if len(cells) != columns or sum(c.isdigit() or "A" <= c <= "Z" for c in cells[named]) < FEWEST or match.start() - end > 1:
            return
        end = match.end()
        yield match.span()


def _parted(line: str, mark: str) -> str:
    """With tabs where the mark stands, but for those of dates."""
    kept = WRITTEN.sub(lambda match: match[0].translate(_HIDDEN), line) if mark in "-/." else line
    return kept.replace(mark, "\t" + " " * (len(mark) - 1)).translate(_SHOWN)


_HIDDEN = {ord("-"): "\ue000", ord("/"): "\ue001", ord("."): "\ue002"}
_SHOWN = {0xe000: "-", 0xe001: "/", 0xe002: "."}
