"""Lists of values after one label: what stands between two of them, and whether the label of the one speaks for the next."""

from __future__ import annotations

import re

from gateway.detect.data.contacts import beside
from gateway.detect.data.numbers.tokens import Token
from gateway.detect.data.table.layout import Grid
from gateway.identifiers.registry import IDENTIFYING
from gateway.identifiers.terms import AGAINST, NONE, Labels

FURTHER = 8
"""Characters between two values of one list: a line's end, a blank line, a part of a number that was read in pieces."""
LISTED = re.compile(
    r"\W{0,4}(?:(?:以及|及び|及|和|與|与|暨|或|および|並びに|または|と|및|와|과|또는|and|or|&)[^\w\t]{0,2})?")
"""What stands between two values of one list in a line."""
CONTINUED = re.compile(r"(?:[\"'」』)\]][\t]|[\"'」』)\]]?[,、，;|])[ ]?\r?\n[ \t>]{0,24}[\"'「『(\[]?")
"""What stands between two values of one list in two lines, where a mark says that it goes on."""
WORD = re.compile(r"[^\W\d_]|\t")
LETTERED = re.compile(r"(?<![0-9A-Za-z])(?:[A-Z]{1,2}[0-9]{6,9}(?:[A-Z]{1,2}|\([0-9A]\))?|[0-9]{15,17}[Xx])(?![0-9A-Za-z])")
"""A number that has letters."""
SENTENCE = 120
"""Characters of a sentence in which its label is looked for."""
OTHER = re.compile(r"[0-9!?\t]|(?<![A-Z])(?<![A-Z][a-z])(?<!Mrs)\.")
"""What ends a sentence, or is another value; not the mark behind `Mr` and initials."""
Last = tuple[int, int, int, frozenset[str]]
"""Number of a grid, row and end of a value in it, and the kinds that spoke for it."""


def label(grid: Grid, row: int, token: Token, last: Last) -> frozenset[str]:
    """The label of the value right before, in a list of values after one label, or below it with one value a line."""
    id, line, end, kinds = last
    if id != grid.id or kinds <= AGAINST or not 0 < token.start - end <= 4 * FURTHER:
        return NONE
    between = grid.text[end:token.start]
    if line == row and grid.headings and "\t" in between:
        return NONE                                       # another column, which its own heading speaks for
    if line != row and not CONTINUED.fullmatch(between):
        near = len(between) <= FURTHER and not WORD.search(between)
        return kinds if near and _of_numbers(grid, line) and _of_numbers(grid, row) else NONE
    return kinds if line != row or LISTED.fullmatch(between) or beside.next_one(between) else NONE


def said(grid: Grid, labels: Labels, row: int, start: int) -> frozenset[str]:
    """Kinds of the label that an English sentence has before whose it is: `The passport number of our client Mary Smith is`."""
    if not grid.text.endswith((" is ", " was "), max(0, start - 5), start):
        return NONE
    sentence = OTHER.split(grid.text[max(grid.starts[row], start - SENTENCE):start])[-1]
    return labels.before(sentence) & IDENTIFYING


def _of_numbers(grid: Grid, row: int) -> bool:
    """True for a line that holds numbers and no word but what belongs to a number."""
    line = grid.line(row, 41)
    return len(line) <= 40 and not WORD.search(LETTERED.sub("", line))
