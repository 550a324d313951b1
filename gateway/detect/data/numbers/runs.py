"""The runs of digits of a long text, found with arrays: which can be a token, which cannot, and what shape the plain ones have.

Says the same as `tokens.tokens`, which looks at one run after the other. Runs in groups that may give a token are left to it;
dates, times, amounts and addresses of the Internet, of which logs and tables are full, are recognised here and cost nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gateway.detect.data.numbers.groupings import BEGINNINGS
from gateway.detect.data.numbers.tokens import LABELLED, LONGEST, WHOLE
from gateway.identifiers.characters import DIGIT, LETTER, MARGIN, SEPARATOR, UPPER, Characters
from gateway.identifiers.registry import SHAPES

FOURS = "D16 in fours"
"""Sixteen digits as on a card, four and a blank or hyphen: so common that they are no matter for one at a time."""
SHAPE_NAMES: tuple[str, ...] = (*sorted(SHAPES), "LLD8LL", "D17X", FOURS)
SHORT = ("D10", "D11")
"""Shapes of ten and eleven digits in groups."""
IN_FOURS = np.array([place + place // 4 for place in range(16)])
"""Where its digits stand."""
WHOLE_NUMBER = 7
"""Digits of a group that may be a number by itself."""


def _shapes() -> np.ndarray:
    """Letters before, number of digits -> number of the shape, -1 where no type has it."""
    table = np.full((3, LONGEST + 2), -1, np.int16)
    for letters in range(3):
        for length in range(LONGEST + 1):
            name = f"{'L' * letters}D{length}"
            if name in SHAPES:
                table[letters, length] = SHAPE_NAMES.index(name)
    return table


_SHAPE = _shapes()


@dataclass(frozen=True, slots=True)
class Runs:
    """What a text has: plain tokens as arrays, and places that must be looked at one by one."""

    codes: np.ndarray                    # code points, 0 in a margin before and after
    start: np.ndarray                    # of plain tokens, letters included
    end: np.ndarray
    shape: np.ndarray                    # numbers in SHAPE_NAMES
    spans: list[tuple[int, int]]         # from a run's first digit to two places after its last
    short: list[tuple[int, int]]         # the same of runs that can be of SHORT only, as telephone numbers are written

    def only(self, wanted: np.ndarray) -> Runs:
        """With these plain tokens only."""
        return replace(self, start=self.start[wanted], end=self.end[wanted], shape=self.shape[wanted])


def scan(text: str, found: Characters | None = None) -> Runs:
    """All runs of a text, whose characters are known or not."""
    found = found or Characters(text)
    starts, ends, shapes = [], [], []
    spans: list[tuple[int, int]] = []
    short: list[tuple[int, int]] = []
    for begin, piece in found.pieces():
        start, end, shape, looked, few = _scan(piece)
        starts.append(start + begin)
        ends.append(end + begin)
        shapes.append(shape)
        spans += [(s + begin, e + begin) for s, e in looked]
        short += [(s + begin, e + begin) for s, e in few]
    if not starts:
        nothing = np.empty(0, np.int64)
        return Runs(found.codes, nothing, nothing, nothing, [], [])
    return Runs(found.codes, np.concatenate(starts), np.concatenate(ends), np.concatenate(shapes), spans, short)


def _scan(piece: Characters) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[tuple[int, int]], list[tuple[int, int]]]:
    """Start, end and shape of plain tokens; spans, and those of SHORT. No run goes on behind a line."""
    codes, kinds = piece.codes, piece.kinds
    starts, ends = piece.digits()
    if not len(starts):
        return starts, ends, starts, [], []
    joined = np.concatenate(([False], _joined(kinds, starts, ends), [False]))
    before, behind = joined[:-1], joined[1:]
    first, last = np.flatnonzero(behind & ~before), np.flatnonzero(before & ~behind)
    lengths = ends - starts
    cards = _in_fours(codes, kinds, starts, ends, first, last)
    fours = first[cards]
    first, last = first[~cards], last[~cards]
    apart = _apart(codes, starts, ends, first, last)
    whole, first, last = _members(first[apart], (last - first + 1)[apart]), first[~apart], last[~apart]
    grouped, short, members = _grouped(codes, kinds, starts, ends, first, last - first + 1)
    members = np.concatenate((members[lengths[members] >= WHOLE_NUMBER], whole))
    single = np.flatnonzero(~(before | behind) & (lengths >= 6))
    alone = np.sort(np.concatenate((single, members)), kind="stable")
    start, end, shape, looked = _plain(piece, starts[alone], ends[alone])
    if len(fours):
        start, end = np.concatenate((start, starts[fours])), np.concatenate((end, ends[fours + 3]))
        order = np.argsort(start, kind="stable")
        start, end = start[order], end[order]
        shape = np.concatenate((shape, np.full(len(fours), SHAPE_NAMES.index(FOURS), shape.dtype)))[order]
    return start - MARGIN, end - MARGIN, shape, _spans(sorted([*looked, *grouped])), _spans(short)


def _spans(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(start - MARGIN, end - MARGIN + 2) for start, end in runs]


def _in_fours(codes: np.ndarray, kinds: np.ndarray, starts: np.ndarray, ends: np.ndarray, first: np.ndarray,
              last: np.ndarray) -> np.ndarray:
    """Whether a run is FOURS and no letter or digit touches it, nor a capital that one mark parts from it."""
    found = (last - first == 3) & (ends[last] - starts[first] == 19)
    some = first[found]
    begin, mark = starts[some], codes[ends[some]]
    right = ((mark == 32) | (mark == 45)) & ((kinds[ends[some + 3]] & LETTER) == 0) & ((kinds[begin - 1] & LETTER) == 0)
    for i in range(3):
        end, following = ends[some + i], starts[some + i + 1]
        right &= (end - begin == 4 + 5 * i) & (following - end == 1) & (codes[end] == mark)
    right &= ((kinds[begin - 1] & SEPARATOR) == 0) | ((kinds[begin - 2] & UPPER) == 0)
    found[found] = right
    return np.asarray(found)


def _apart(codes: np.ndarray, starts: np.ndarray, ends: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Whether a run is several numbers, a blank between each two, together too long for one: an account behind a telephone number,
    as lists have them by the thousand. _grouped says the same of them with many more looks."""
    lengths = ends - starts
    long = lengths >= WHOLE_NUMBER
    parted = long[:-1] & long[1:] & (starts[1:] - ends[:-1] == 1) & (codes[ends[:-1]] == 32)
    sums, links = np.cumsum(lengths), np.concatenate(([0], np.cumsum(parted)))
    return np.asarray((links[last] - links[first] == last - first) & (sums[last] - sums[first] + lengths[first] > LONGEST))


def _joined(kinds: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Whether each group of digits and the next are parted by one to three separators only."""
    gap = starts[1:] - ends[:-1]
    near = np.flatnonzero(gap <= 3)
    at, behind = ends[near], starts[near + 1]
    found = (kinds[at] & kinds[behind - 1] & SEPARATOR) != 0
    wide = np.flatnonzero(found & (behind - at > 2))
    found[wide] = (kinds[at[wide] + 1] & SEPARATOR) != 0
    joined = np.zeros(len(gap), bool)
    joined[near[found]] = True
    return joined


def _plain(piece: Characters, starts: np.ndarray, ends: np.ndarray) -> tuple[
        np.ndarray, np.ndarray, np.ndarray, list[tuple[int, int]]]:
    """Start, end and shape of digits without gaps; and those whose shape depends on what follows."""
    long = (ends - starts >= 6) & (ends - starts <= LONGEST)
    starts, ends = starts[long], ends[long]
    codes, kinds, word, letter = piece.codes, piece.kinds, piece.are(LETTER | DIGIT), piece.are(LETTER)
    one, two, three = word[starts - 1], word[starts - 2], word[starts - 3]
    before = one.astype(np.int64) + (one & two)
    free = ~(one & two & three) & ~(one & two & ~letter[starts - 2])
    one, two, three = word[ends], word[ends + 1], word[ends + 2]
    after = one.astype(np.int64) + (one & two)
    free &= ~(one & two & three)
    length = ends - starts
    follows = codes[ends]
    bracket = (follows == 40) | (follows == 32) | (follows == 45)
    apart = ((kinds[starts - 1] & SEPARATOR) != 0) & ((kinds[starts - 2] & UPPER) != 0) & (before == 0)
    second = codes[ends + 1]                              # as tokens.CHECK: ` (7)`, `-(7)`, `-A`
    closed = (follows == 40) | ((follows == 32) & ((second == 40) | (second == 45) | (second == 32)))
    closed |= (follows == 45) & ((second == 40) | (second == 32) | (second == 65))
    check = (length == 6) & ((before > 0) | apart) & (closed | ((after == 1) & ((follows | 32) == 97)))
    check |= (length == 17) & (before == 0) & (after == 1) & ((follows | 32) == 120)
    check |= (length == 8) & (before == 2) & (after == 2)
    check |= (length == 8) & apart & (bracket & (follows != 40)) & ((kinds[ends + 1] & kinds[ends + 2] & UPPER) != 0)
    labelled = _labelled(codes, starts, length)
    labelled |= (before == 2) & (codes[starts - 1] == 111) & (codes[starts - 2] == 78)         # No, as tokens has it
    check, free = check | labelled, free | labelled
    shape = _SHAPE[before, length]
    kept = free & ~check & (after == 0) & (shape >= 0)
    looked = free & check
    return (starts - before)[kept], ends[kept], shape[kept], list(zip(starts[looked].tolist(), ends[looked].tolist(), strict=True))


def _labelled(codes: np.ndarray, starts: np.ndarray, length: np.ndarray) -> np.ndarray:
    """Whether a label of tokens.LABELLED ends one or two letters before the digits."""
    found = (length == 6) | (length == 7)
    two, three, four = (codes[starts - i] for i in (2, 3, 4))
    found &= (_ENDS[two & 127] & _INSIDE[three & 127]) | (_ENDS[three & 127] & _INSIDE[four & 127])
    for i in np.flatnonzero(found).tolist():
        found[i] = LABELLED.search("".join(map(chr, codes[starts[i] - 8:starts[i]].tolist()))) is not None
    return np.asarray(found)


_ENDS, _INSIDE = (np.array([chr(i) in letters for i in range(128)]) for letters in ("CDO", "DIKN"))
"""Letters that end such a label, and those before them."""


def _grouped(codes: np.ndarray, kinds: np.ndarray, starts: np.ndarray, ends: np.ndarray, first: np.ndarray,
             counts: np.ndarray) -> tuple[list[tuple[int, int]], list[tuple[int, int]], np.ndarray]:
    """Runs of several groups that may give a token: the others have too few digits, or too few in one group for their marks.

    Those of SHORT by themselves; and the groups of runs that are too long and too mixed for one number: each of seven digits or
    more stands for itself.
    """
    if not len(first):
        return [], [], first
    lengths = ends - starts
    sums = np.concatenate(([0], np.cumsum(lengths)))
    total = sums[first + counts] - sums[first]
    before = starts[first] - 1
    letter = (kinds[before] & LETTER) != 0
    letter |= ((kinds[before] & SEPARATOR) != 0) & ((kinds[before - 1] & UPPER) != 0)
    pair = (counts == 2) & (total == 8) & ((lengths[first] == 7) | (lengths[first] == 1))
    enough = (total >= 9) | (letter & (total >= 6)) | pair
    first, counts, total, letter = first[enough], counts[enough], total[enough], letter[enough]
    if not len(first):
        return [], [], first
    members = _members(first, counts)                     # from here on the groups of these runs only
    starts, ends, lengths = starts[members], ends[members], lengths[members]
    first = np.cumsum(counts) - counts
    last = first + counts - 1
    longest = _most(lengths, first, counts)
    dated = _dated(codes, starts, ends, first, counts)
    numeric = _numeric(codes, starts, ends, first, counts, longest)
    # without what a date or an address begins with: the pattern of runs starts after it, between digits and a separator
    rest = np.where(dated | numeric, total - lengths[first], total)
    letter &= ~(dated | numeric)
    second = np.minimum(first + 1, len(starts) - 1)
    fraction = (counts == 2) & (codes[ends[first]] == 46) & (starts[second] - ends[first] == 1) & ~letter
    fraction &= (lengths[first] != 6) | (lengths[second] != 7)               # tokens.KOREAN
    fraction &= (lengths[first] < WHOLE) | (lengths[second] > 2) | (codes[starts[second]] != 48)
    windows = _windows(lengths, first, counts)
    asked = ((longest >= 7) & ~fraction) | windows | (((rest >= 9) | letter) & ~fraction)
    simple = asked & (total > LONGEST) & ~windows & ~letter
    simple &= (codes[starts[first] - 1] != 44) | (lengths[first] != 3)       # the end of an amount
    if simple.any():
        simple &= ~_mixed(codes, starts, ends, first, counts) & ~_dotted(codes, starts, ends, first, counts)
    short = asked & ~simple & ~windows & ~letter & ~dated & (longest < 7) & (counts <= 3) & ((total == 10) | (total == 11))
    if short.any():
        short &= _alike(codes, starts, ends, first, counts)
    spans, few = (list(zip(starts[first][those].tolist(), ends[last][those].tolist(), strict=True))
                  for those in (asked & ~simple & ~short, short))
    return spans, few, members[_members(first[simple], counts[simple])]


def _alike(codes: np.ndarray, starts: np.ndarray, ends: np.ndarray, first: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Whether one hyphen stands between all groups of a run; or one blank, and no comma behind it, which makes an amount."""
    at, gap = ends[:-1], starts[1:] - ends[:-1]
    found = np.zeros(len(first), bool)
    for mark in (32, 45):
        sums = np.concatenate(([0], np.cumsum((gap == 1) & (codes[at] == mark))))
        same = sums[first + counts - 1] - sums[first] == counts - 1
        found |= same if mark == 45 else same & (codes[ends[first + counts - 1]] != 44)
    return found


def _members(first: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """All groups of these runs."""
    if not len(first):
        return first
    return np.asarray(np.repeat(first - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum())))


def _windows(lengths: np.ndarray, first: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Whether groups in a row have the sizes with which one of groupings.BEGINNINGS begins."""
    found = np.zeros(len(lengths) + 2, np.int64)
    padded = np.concatenate((lengths, [0, 0]))
    for sizes in BEGINNINGS:
        fit = padded[:len(lengths)] == sizes[0]
        for i, size in enumerate(sizes[1:], 1):
            fit &= padded[i:len(lengths) + i] == size
        found[:len(lengths)] |= fit
    sums = np.concatenate(([0], np.cumsum(found)))
    return np.asarray((counts >= 2) & (sums[first + counts - 1] > sums[first]))


def _dotted(codes: np.ndarray, starts: np.ndarray, ends: np.ndarray, first: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Whether there is a dot between any two groups."""
    at = ends[:-1]
    gap = starts[1:] - at
    dot = (codes[at] == 46) | ((gap > 1) & (codes[at + 1] == 46)) | ((gap > 2) & (codes[at + 2] == 46))
    sums = np.concatenate(([0], np.cumsum(dot)))
    return np.asarray(sums[first + counts - 1] > sums[first])


def _most(values: np.ndarray, first: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The largest of `counts` values from each of `first` on."""
    bounds = np.stack([first, np.minimum(first + counts, len(values) - 1)], axis=1).ravel()
    most = np.maximum.reduceat(values, bounds)[::2]
    return np.asarray(np.maximum(most, values[first + counts - 1]))


def _mixed(codes: np.ndarray, starts: np.ndarray, ends: np.ndarray, first: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Whether a run may have more than one kind of mark between its groups; blanks around a mark do not count."""
    at = ends[:-1]
    gap = starts[1:] - at
    mark = np.where((codes[at] == 32) & (gap > 1), codes[at + 1], codes[at]).astype(np.int64)
    mark = np.where((mark == 32) & (gap > 2), codes[at + 2], mark)
    odd = (gap > 1) & (np.where(codes[at] == 32, 0, 1) + np.where(codes[at + 1] == 32, 0, 1) + np.where(
        (gap > 2) & (codes[at + 2] != 32), 1, 0) > 1)     # such as ". -"
    changes = np.concatenate(([0], np.cumsum((mark[1:] != mark[:-1]).astype(np.int64))))
    strange = np.concatenate(([0], np.cumsum(odd.astype(np.int64))))
    last = first + counts - 2
    return np.asarray((changes[last] != changes[first]) | (strange[last + 1] != strange[first]))


def _dated(codes: np.ndarray, starts: np.ndarray, ends: np.ndarray, first: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Whether a run begins with an ISO date of 1900 to 2099, as tokens.RUN has it."""
    s = starts[first]
    high = (codes[s].astype(np.int64) << 8) | codes[s + 1]
    found = (counts >= 3) & (ends[first] - s == 4) & ((high == 0x3139) | (high == 0x3230))
    found &= (codes[s + 4] == 45) & (codes[s + 7] == 45) & ((codes[s + 5] == 48) | (codes[s + 5] == 49))
    second = np.minimum(first + 1, len(starts) - 1)
    third = np.minimum(first + 2, len(starts) - 1)
    found &= (starts[second] == s + 5) & (ends[second] == s + 7) & (starts[third] == s + 8) & (ends[third] == s + 10)
    tens = codes[np.minimum(s + 8, len(codes) - 1)]
    return np.asarray(found & (tens >= 48) & (tens <= 51))


def _numeric(codes: np.ndarray, starts: np.ndarray, ends: np.ndarray, first: np.ndarray, counts: np.ndarray,
             longest: np.ndarray) -> np.ndarray:
    """Whether a run is an address of the Internet and no more."""
    last = first + counts - 1
    end = ends[last]
    found = (counts == 4) & (longest <= 3) & (codes[end] != 46)
    for i in range(3):
        at = np.minimum(first + i, len(starts) - 2)
        found &= (codes[ends[at]] == 46) & (starts[at + 1] == ends[at] + 1)
    return np.asarray(found)
