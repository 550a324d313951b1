"""Lines whose cells are parted by marks: which marks, and where. The cells are then parted by tabs."""

from __future__ import annotations

import re

import numpy as np

from gateway.identifiers.characters import Characters, says
from gateway.identifiers.normalise import View

DELIMITERS = "|;,^~&§¶þ"
SPACED_MARKS = "-→/"
"""What people put between cells with a blank on either side, two of them a line and more."""
HYPHENED = re.compile(r"(?<![0-9])[0-9]{2}[01][0-9][0-3][0-9] - [1-8][0-9]{6}(?![0-9])")
"""A Korean number that is written with such a hyphen."""
FIELD_MARKS = str.maketrans({1: "\t", 7: "\t", 28: "\t", 29: "\t", 30: "\n", 31: "\t"})
"""Control characters that programs put between fields and records (ASCII's own separators; Hive's ^A)."""
_FIELD = np.array([mark in FIELD_MARKS for mark in range(32)])
BOXES = 0x2500
"""The first of 128 characters that draw boxes (Unicode, Box Drawing)."""
RULED, DRAWN, RULED_IN_MARKUP = "-=─━═", "├┼╋╪╬╠┣", "\n|-\n"
"""What a text with such lines has: one of the first three times, or one of the others."""
RULE = "+-=|:_*─━═┄┈┼├┤┌┐└┘┬┴╋┿╪╬╔╗╚╝╠╣╦╩┏┓┗┛┣┫┳┻"
"""What lines between the rows of a drawn table are made of."""
BETWEEN_CELLS = re.compile(r"(?<=\]),[ ]?(?=\[)|\[/t[dh]\][ ]?\[t[dh]\]")
"""What some markup has between cells: `[a], [b]` (Typst), `[td]a[/td][td]b[/td]` (BBCode)."""
LEAST_CELLS = 6
DOUBLED = re.compile(r"^[ \t>]{0,8}\|\|(?:[^|\n]{1,40}\|\|){2,30}[ \t]*$", re.M)
"""A row of headings, its marks written twice (Jira, Confluence)."""
BOXED = re.compile(r"^[ \t>]{0,40}\|(?:[0-9A-Z] ?\| ?){8,20}[ \t]*$", re.M)
"""Boxes of one character each, and nothing else in the line: a number on a form."""


def separated(text: str, found: Characters | None) -> str:
    """The text with tabs between such cells, character for character; headings with single marks, boxes as what is in them."""
    barred = "|" in text
    if barred and "||" in text:
        text = DOUBLED.sub(lambda m: m[0].replace("||", " |"), text)
    if barred and ("|\n" in text or text.endswith("|")):
        text = BOXED.sub(lambda m: m[0].replace("|", " "), text)
    if found is not None:
        ends = np.flatnonzero(found.codes == 93)
        behind = found.codes[ends + 1]
        if ((behind == 44) | (behind == 91)).sum() < LEAST_CELLS:
            return text
    elif text.count("], [") + text.count("],[") + text.count("[/t") < LEAST_CELLS:
        return text
    return BETWEEN_CELLS.sub(lambda m: "\t" + " " * (len(m[0]) - 1), text)


def tabulated(seen: View) -> tuple[str, Characters | None]:
    """Delimiters of rows of equal width become tabs, one character for one."""
    text, found = separated(seen.text, seen.characters), seen.characters
    if any(chr(mark) in text for mark in FIELD_MARKS) if found is None else _has_fields(found):
        text = text.translate(FIELD_MARKS)
    if "\n" not in text or not any(map(text.__contains__, DELIMITERS + SPACED_MARKS)):
        return text, found and found.of(text)
    found = Characters(text) if found is None else found.of(text)
    codes = found.codes.copy()
    starts = np.concatenate(([0], np.flatnonzero(codes == 10) + 1))
    ruled = _rules(found, starts) if _ruled(text, found) else None
    cells = _a_line(starts, np.flatnonzero(codes == 9))[1] > 0
    changed = False
    for places, lines, counts in _delimiters(found, codes, starts):
        counts = np.where(cells, 0, counts)
        rows = _equal_rows(counts) if ruled is None else _through(counts, ruled)
        if rows.any():
            changed = True
            cells |= rows
            codes[places[rows[lines]]] = 9
    if changed:
        text, found = found.replaced(codes)
    return text, seen.characters and found


def _has_fields(found: Characters) -> bool:
    """Whether there is one of FIELD_MARKS: of the characters below the blank nearly all are ends of lines."""
    return bool(_FIELD.take(found.codes[(found.codes < 32) & (found.codes != 10)]).any())


def _delimiters(text: Characters, codes: np.ndarray, starts: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Places, their lines and how many a line has of those in the text; the one that more lines have in equal numbers first:
    amounts have commas too, but headings none."""
    found = []
    for delimiter in filter(text.text.__contains__, DELIMITERS):
        places = np.flatnonzero(codes == ord(delimiter))
        if delimiter == ",":
            places = _no_thousands(places, codes, starts)
        found.append((places, *_a_line(starts, places)))
    for mark in filter(text.text.__contains__, SPACED_MARKS):
        middle = np.flatnonzero(codes == ord(mark))
        places = middle[(codes.take(middle - 1, mode="clip") == 32) & (codes.take(middle + 1, mode="clip") == 32)]
        if len(places) and not (mark == "-" and HYPHENED.search(text.text)):
            lines, counts = _a_line(starts, places)
            found.append((places, lines, np.where(counts > 1, counts, 0)))
    return sorted(found, key=lambda one: int(_equal_rows(one[2]).sum()), reverse=True) if len(found) > 1 else found


def _no_thousands(places: np.ndarray, codes: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Without the commas of lines that have none but in amounts: a digit before, three behind and no fourth."""
    def digit(after: int) -> np.ndarray:
        beside = codes.take(places + after, mode="clip")
        return np.asarray((beside >= 48) & (beside < 58))

    amount = digit(-1) & digit(1) & digit(2) & digit(3) & ~digit(4)
    if not amount.any():
        return places
    lines, _ = _a_line(starts, places)
    others = np.bincount(lines[~amount], minlength=len(starts))
    return np.asarray(places[others[lines] > 0])


def _a_line(starts: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each place the number of its line; for each line the number of places in it."""
    counts = np.diff(np.append(np.searchsorted(places, starts), len(places)))
    return np.repeat(np.arange(len(starts)), counts), counts


def _ruled(text: str, found: Characters) -> bool:
    """Whether there may be a line that is drawn."""
    boxes = found.codes.itemsize > 1 and bool((found.codes - found.codes.dtype.type(BOXES) < 0x80).any())
    for mark in filter(text.__contains__, RULED if boxes else RULED[:2]):
        here = found.codes == ord(mark)
        if (here[2:] & here[1:-1] & here[:-2]).any():
            return True
    return (boxes and any(map(text.__contains__, DRAWN))) or says(text, RULED_IN_MARKUP)


def _rules(found: Characters, starts: np.ndarray) -> np.ndarray:
    """Which lines are drawn between rows and have no words. `starts` counts the margin in."""
    other = np.concatenate(([0], np.cumsum(~(found.among(RULE + " \n") | (found.codes == 0)), dtype=np.int64)))
    ends = np.append(starts[1:], len(other) - 1)
    return np.asarray((other[ends] == other[starts]) & (ends - starts > 2))


def _through(counts: np.ndarray, ruled: np.ndarray) -> np.ndarray:
    """_equal_rows where a ruled line is like the line above it: rows on both sides of it belong together. One line is no row
    for the rule below it."""
    last = np.maximum.accumulate(np.where(ruled, 0, np.arange(len(counts))))
    counts = counts[last]
    first = np.flatnonzero(np.concatenate(([True], counts[1:] != counts[:-1])))
    several = np.repeat(np.add.reduceat(~ruled, first) > 1, np.diff(np.append(first, len(counts))))
    return np.asarray(_equal_rows(counts) & several)


def _equal_rows(counts: np.ndarray) -> np.ndarray:
    """For each line whether it is one of three with as many delimiters one after the other, or of two with two and more."""
    first = np.flatnonzero(np.concatenate(([True], counts[1:] != counts[:-1])))
    length = np.diff(np.append(first, len(counts)))
    number = counts[first]
    return np.repeat((number > 0) & ((length >= 3) | ((length == 2) & (number >= 2))), length)
