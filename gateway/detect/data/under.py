"""Values whose label stands in the line above them, a list under its title, a question and its answer; or in brackets behind them.

    パスポート番号:            客服  請提供您的帳號
    ・TG0572127 坂本真一       施美玲  793178506802
    ・MU5616076
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from gateway.detect.data.contacts import naming
from gateway.detect.data.table.layout import Grid
from gateway.identifiers import contact
from gateway.identifiers.characters import MARGIN, Characters
from gateway.identifiers.registry import IDENTIFYING
from gateway.identifiers.terms import NONE, Labels

MARK = re.compile(r"[ >|]*(?:(?:[-*+.•●○◦‣▪■□◆◇※]|"
                  r"\(?[0-9]{1,3}[.)、:]|[0-9]{1,4}(?=   )|\(?[一二三四五六七八九十]{1,3}[、.)])[ \t]*)?[\"']?")
"""What an item of a list begins with."""
VALUE = re.compile(r"[A-Z]{0,2}[ \-]?[0-9](?:[ \-./]?[0-9A-Z(]){5,24}\)?(?![0-9A-Za-z])")
LAST = re.compile(r"(?<![0-9A-Za-z\-])[A-Z]{0,2}[0-9](?:[ \-]?[0-9A-Z(]){5,24}\)?(?: ?(?:です|입니다|이에요))?[ 。.]?\Z")
NAMED = re.compile(r"[^\n\t0-9,;:、。()]{1,24}\(")
"""A name, and what stands in brackets behind it."""
NAME_BEFORE = re.compile(r"[^\n\t0-9,;:、。()]{1,24}[ :]{1,4}(?=[A-Z]{0,2}[ \-]?[0-9][0-9A-Z \-./()]{5,27}$)", re.M)
"""A name, and a value that ends the line: an item of a list where the next line is another one."""
ONE = re.compile(r"(?<![0-9A-Za-z,.\-])(?:[0-9]{3}-)?[A-Z]{0,2}[0-9]{7,16}[A-Z]{0,2}(?![0-9A-Za-z\-]|[,.][0-9])")
LEAST = 3
"""Lines of people under one title."""
SPOKEN = re.compile(r"[,，、;；。!！=]")
"""Marks of a sentence: a line with one is no bare answer."""
BRACKETED = re.compile(r"[』」】\]》\"']? ?[(\[<【]([^()\[\]<>【】0-9\n\t]{2,20})[)\]>】]")
SAYING = re.compile(
    r"[\"']? (?:as|is|was) (?:the |his |her |their |its |my |your |a )?([A-Za-z][A-Za-z ]{2,27}?)"
    r"(?= (?:for|of|to|in|on|at|and)(?![A-Za-z])|[^A-Za-z ]|$)"
    r"|[\"'」]? ?(?:是|為|为)[^0-9\n\t,、。;]{0,10}?[的之]([^0-9\n\t,、。;]{2,8})")
"""What a sentence says that a value is: `123-45-6789 as the social security number`, `312345678是王小明的護照`."""
STAMPED = re.compile(r"(?:[^\n0-9]{1,24} )?\[?(?:(?:[0-9]{2,4}[-/.年] ?)?[0-9]{1,2}[-/.月] ?[0-9]{1,2}[日.]?,? ?)?"
                     r"(?:上午|下午|오전|오후|午前|午後)? ?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?: ?[AP]M)?\]?:?"
                     r"(?: [^\n0-9]{1,24})?", re.I)
"""Who wrote the next message, and when: messengers put it between two of them."""
SPEAKER = re.compile(r"[^\n\t0-9:]{1,24}:? *")
"""Who wrote it, in a line by itself: before the time, or with a colon."""
DIGITS, NUMBER = re.compile("[0-9]"), re.compile("[0-9]{5}")
"""A line with such a number is no label."""
LONGEST, TITLE, BEHIND = 80, 40, 12
"""Characters of a line with a label, of one that is a label and no more, and behind the label at the end of a question."""
MOST_DIGITS = 2
ENDS = " :?!。.=>-》」』】)]"
MANY = 500
"""Long lines with labels in one text, from which on they are told from coded ones."""
MOST = 20_000
"""Lines with labels that are looked at."""


def label(grid: Grid, labels: Labels, start: int) -> frozenset[str]:
    """Kinds of the line above that speak for the value at `start`."""
    return known(grid, labels).get(start, NONE)


def behind(grid: Grid, labels: Labels, end: int) -> frozenset[str]:
    """Kinds that stand in brackets right behind a value, or that a sentence names there."""
    found = BRACKETED.match(grid.text, end) or SAYING.match(grid.text, end)
    kinds = labels.heading(found[found.lastindex or 1]) if found is not None else NONE
    return kinds if not kinds.isdisjoint(IDENTIFYING) else NONE


def known(grid: Grid, labels: Labels) -> dict[int, frozenset[str]]:
    """For each such value, by its offset, the kinds that the line above it names. Looked for once."""
    if grid.under is None:
        grid.under = dict.fromkeys(_people(grid, 0), grid.titled) if grid.titled and not (grid.headings or grid.spaced) else {}
        for row in () if grid.table else _rows(grid):
            _read(grid, labels, row, grid.under)
    return grid.under


def _rows(grid: Grid) -> Iterator[int]:
    """Lines that may have a label, a line with digits below them."""
    if grid.characters is None:
        yield from range(len(grid.starts) - 1)
        return
    ends = grid.words.touched
    begin, most = grid.lines, len(grid.text)
    end = np.append(begin[1:] - 1, most)
    fit = (end - begin <= LONGEST) & (end > begin)
    fit[fit] = np.searchsorted(ends, end[fit], "right") > np.searchsorted(ends, begin[fit], "right")
    if fit.any():
        long = grid.characters.gathered(_long)
        fit[fit] = np.searchsorted(long, end[fit]) == np.searchsorted(long, begin[fit])
        ours = np.flatnonzero(fit & (end - begin > TITLE))
        gaps = grid.characters.gathered(_gaps) if len(ours) > MANY else None
        if gaps is not None:                              # one word of so many letters is no title, but a line of base64
            fit[ours] = np.searchsorted(gaps, end[ours]) > np.searchsorted(gaps, begin[ours])
    yield from np.flatnonzero(fit)[:MOST].tolist()


def _gaps(found: Characters) -> np.ndarray:
    """Where a blank is, or anything that is not ASCII: sentences of East Asia have no blanks."""
    return found.places((found.codes == 32) | (found.codes > 127))


def _long(found: Characters) -> np.ndarray:
    """Where a number stands: lines with one are no labels."""
    first, end = found.digits()
    return np.asarray(first[end - first >= 5] - MARGIN)


def _read(grid: Grid, labels: Labels, row: int, found: dict[int, frozenset[str]]) -> None:
    if grid.end(row) - grid.starts[row] > LONGEST or row + 1 >= len(grid.starts):
        return
    line = grid.line(row)
    title = line[_marked(line):].strip().rstrip(ENDS)
    if not title or "\t" in title or NUMBER.search(title) is not None:
        return
    below = _past_the_speaker(grid, row + 1 if grid.line(row + 1, LONGEST).strip() else row + 2)
    item = _item(grid, below)
    if item is not None:
        if len(title) > TITLE:                            # a sentence or a header that ends with a label
            if not (kinds := labels.near_end(title, BEHIND)).isdisjoint(IDENTIFYING):
                found[item] = kinds
        elif len(DIGITS.findall(title)) <= MOST_DIGITS and (kinds := labels.heading(title)):
            _list(grid, labels, below, kinds, found)
    elif _item(grid, below, NAME_BEFORE) and _item(grid, below + 1, NAME_BEFORE) and len(title) <= TITLE and not (
            kinds := labels.heading(title)).isdisjoint(IDENTIFYING):
        _list(grid, labels, below, kinds, found, NAME_BEFORE)
    elif (kinds := labels.heading(title)) and not kinds.isdisjoint(IDENTIFYING) and "own" not in kinds and len(title) <= TITLE and (
            rows := _people(grid, below)):
        found |= dict.fromkeys(rows, kinds)
    elif below < len(grid.starts):
        _answer(grid, labels, title, below, found)


def _past_the_speaker(grid: Grid, row: int) -> int:
    """The row of what somebody says, where the one asked about says who it is and when."""
    last = len(grid.starts) - 1
    if row < last and STAMPED.fullmatch(line := grid.line(row, LONGEST)) is not None:
        return row + 1
    if row < last and SPEAKER.fullmatch(line) is not None:
        if line.rstrip().endswith(":"):
            return row + contact.person_name(line.rstrip(": "))
        return row + 2 if row + 1 < last and STAMPED.fullmatch(grid.line(row + 1, LONGEST)) is not None else row
    return row


def _marked(line: str) -> int:
    mark = MARK.match(line)
    return mark.end() if mark is not None else 0


def _item(grid: Grid, row: int, name: re.Pattern[str] = NAMED) -> int | None:
    """Where the value of an item begins; None where the line is none. `name` is what may stand before it."""
    if row >= len(grid.starts):
        return None
    mark = MARK.match(grid.text, grid.starts[row], grid.end(row))
    at = mark.end() if mark is not None else grid.starts[row]
    if VALUE.match(grid.text, at, grid.end(row)) is None:
        named = name.match(grid.text, at, grid.end(row))
        at = grid.starts[row]                             # what looked like a number of the list may begin the value
        named = named or name.match(grid.text, at, grid.end(row))
        at = named.end() if named is not None else at
        return at if VALUE.match(grid.text, at, grid.end(row)) is not None else None
    return at


def _people(grid: Grid, row: int) -> list[int]:
    """Where the numbers stand in lines of one person and one long number each, three and more, from a row on."""
    found: list[int] = []
    while row < len(grid.starts) and grid.end(row) - grid.starts[row] <= LONGEST:
        numbers = list(ONE.finditer(grid.text, grid.starts[row], grid.end(row)))
        if len(numbers) != 1 or not naming.name_in(grid, row):
            break
        found.append(numbers[0].start())
        row += 1
    return found if len(found) >= LEAST else []


def _list(grid: Grid, labels: Labels, row: int, kinds: frozenset[str], found: dict[int, frozenset[str]],
          name: re.Pattern[str] = NAMED) -> None:
    """Every item from a row on, but those that say themselves what they are of: `護照 影像樣本數 931208979`."""
    while (at := _item(grid, row, name)) is not None:
        if not labels.near_end(grid.text[grid.starts[row]:at], LONGEST):
            found[at] = kinds
        row += 1
        if row < len(grid.starts) and grid.starts[row] == grid.end(row):
            row += 1                                      # an empty line between items


def _answer(grid: Grid, labels: Labels, question: str, row: int, found: dict[int, frozenset[str]]) -> None:
    """A line that ends with a label, and one that has nothing behind its value and no sentence before it."""
    if grid.end(row) - grid.starts[row] > LONGEST:
        return
    value = LAST.search(grid.line(row))
    if value is None or SPOKEN.search(grid.line(row), 0, value.start()):
        return
    kinds = labels.near_end(question, BEHIND)
    if not kinds.isdisjoint(IDENTIFYING):
        found[grid.starts[row] + value.start()] = kinds
