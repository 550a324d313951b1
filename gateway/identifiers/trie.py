"""Many words looked for at once, with arrays: all places of a text take a step together.

What stands before a place and a table of first characters say where a word may begin; from the few places left all walk
down one trie. It finds what a pattern of alternatives in the order of the words finds, without a call and an object for each
word found: the words of labels stand in every line of a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from gateway.identifiers.characters import LETTER, MARGIN, UPPER, Characters

GAPS = (" ", "_", "-", "")
"""What may be written for a blank within a word."""
_HASHES = 1 << 17
_PLANE, _ASCII = 0x10000, 0x80
_PIECE = 1 << 20
"""Characters looked at together: what is made of them on the way takes bounded memory."""


class Trie:
    """Words in lower case; the letters of a text may be capitals. Latin ones begin behind what is no Latin letter, or at a capital
    behind a small one (`setPassportNo`)."""

    def __init__(self, words: Iterable[str]) -> None:
        ranks: dict[str, int] = {}                        # a word as it may be written -> its place in the order
        for rank, word in enumerate(words):
            for written in _writings(word):
                ranks.setdefault(written, rank)
        self.written = list(ranks)
        self._rank = np.array([*ranks.values(), len(ranks)], np.int32)             # the last for no word
        characters = sorted(set("".join(ranks)))          # those of ASCII first
        spelled = [(same, number) for number, character in enumerate(characters, 1) for same in (character, character.upper())]
        most = max((ord(same) for same, _ in spelled if len(same) == 1), default=0)
        self._classes = np.zeros(max(_PLANE, most + 2), np.uint16)                 # the last stands for all behind it
        for same, number in spelled:
            if len(same) == 1:
                self._classes[ord(same)] = number
        self._others = sorted({ord(word[0]) for word in ranks if word[0].isascii() and not word[0].isalpha()})
        self._small = _Heads.of(self.written, self._classes, int(self._classes[:128].max()).bit_length())
        self._large = _Heads.of(self.written, self._classes, int(self._classes.max()).bit_length())
        self._next, self._word = _nodes(self.written, self._classes)

    def find(self, found: Characters) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Start, end and number in `written` of each word from left to right; none overlap."""
        start = self._likely(found)
        end, best = start.copy(), np.full(len(start), len(self.written), np.int32)
        live, node, at = np.arange(len(start)), np.zeros(len(start), np.int32), start + MARGIN
        width = self._next.shape[1]
        while len(live):
            node = self._next.take(node * width + self._classes.take(found.codes[at], mode="clip")).astype(np.int32)
            on = np.flatnonzero(node)
            live, node, at = live[on], node[on], at[on] + 1
            word = self._word.take(node)
            ended = np.flatnonzero(word < len(self.written))
            word, of = word[ended], live[ended]
            better = self._rank[word] < self._rank[best[of]]
            best[of[better]], end[of[better]] = word[better], at[ended[better]] - MARGIN
        right = np.flatnonzero(best < len(self.written))
        start, end, best = start[right], end[right], best[right]
        if (start[1:] < end[:-1]).any():
            begins = np.concatenate(([True], start[1:] >= np.maximum.accumulate(end)[:-1]))
            kept = begins & np.append(begins[1:], True)   # no other one overlaps
            others = np.flatnonzero(~kept)
            kept[others[list(_apart(start[others].tolist(), end[others].tolist()))]] = True
            start, end, best = start[kept], end[kept], best[kept]
        return start, end, best

    def _likely(self, found: Characters) -> np.ndarray:
        """Where a word may begin whose first four characters may be those that stand there."""
        heads = self._small if found.codes.itemsize == 1 else self._large
        end = len(found.codes) - MARGIN
        likely = [self._in_piece(found, slice(at, min(at + _PIECE, end)), heads) for at in range(MARGIN, end, _PIECE)]
        return np.concatenate(likely) if likely else np.empty(0, np.int64)

    def _in_piece(self, found: Characters, piece: slice, heads: _Heads) -> np.ndarray:
        codes = found.codes[piece]
        begins = (found.kinds[piece] & ~found.kinds[piece.start - 1:piece.stop - 1] & (LETTER | UPPER)) != 0
        for other in self._others:
            begins |= codes == other
        if codes.itemsize > 1:
            begins |= codes >= _ASCII
        at = np.flatnonzero(begins) + piece.start
        one = self._pair(found, at, heads.bits)
        on = np.flatnonzero(heads.first.take(one))
        at, one = at[on], one[on]
        two = self._pair(found, at + 2, heads.bits)
        likely = heads.whole.take(_hashed(one, two)) | heads.short.take(one) | heads.three.take(_hashed(one, two >> heads.bits))
        return np.asarray(at[likely] - MARGIN)

    def _pair(self, found: Characters, at: np.ndarray, bits: int) -> np.ndarray:
        """The classes of two characters together."""
        one, two = (self._classes.take(found.codes.take(places), mode="clip") for places in (at, at + 1))
        return np.asarray((one.astype(np.int64) << bits) | two)


def _writings(word: str) -> Iterator[str]:
    first, *rest = word.split(" ")
    for gaps in product(GAPS, repeat=len(rest)):
        yield first + "".join(gap + part for gap, part in zip(gaps, rest, strict=True))


@dataclass(frozen=True, slots=True)
class _Heads:
    """What words begin with, by the classes of two characters together, of so many bits each."""

    bits: int
    first: np.ndarray                    # which two characters words begin with
    short: np.ndarray                    # which two may be a word, or begin with one
    three: np.ndarray                    # by _hashed: the words of three characters
    whole: np.ndarray                    # by _hashed: the first four characters of longer words

    @classmethod
    def of(cls, words: list[str], classes: np.ndarray, bits: int) -> _Heads:
        most = 1 << bits
        first, short = np.zeros((most, most), bool), np.zeros((most, most), bool)
        three, whole = np.zeros(_HASHES, bool), np.zeros(_HASHES, bool)
        for head in {word[:4] for word in words}:
            steps = [int(classes[ord(c)]) for c in head]
            if max(steps) >= most:
                continue
            pair = (steps[0], steps[1] if len(steps) > 1 else slice(None))
            first[pair] = True
            if len(steps) < 3:
                short[pair] = True
            elif len(steps) == 3:
                three[_hashed(steps[0] << bits | steps[1], steps[2])] = True
            else:
                whole[_hashed(steps[0] << bits | steps[1], steps[2] << bits | steps[3])] = True
        return cls(bits, first.ravel(), short.ravel(), three, whole)


def _hashed(one: Any, two: Any) -> Any:
    """Two numbers of at most 20 bits as one below _HASHES."""
    return ((one * 0x9E3779B1 + two * 0x85EBCA77) >> 15) & (_HASHES - 1)


def _nodes(words: list[str], classes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each node and class the next node, 0 for none; for each node the number of the word that ends there."""
    below: list[dict[int, int]] = [{}]
    ends: list[int] = [len(words)]
    for number, word in enumerate(words):
        node = 0
        for character in word:
            step = int(classes[ord(character)])
            if step not in below[node]:
                below[node][step] = len(below)
                below.append({})
                ends.append(len(words))
            node = below[node][step]
        ends[node] = number
    table = np.zeros((len(below), int(classes.max()) + 1), np.int16 if len(below) < 1 << 15 else np.int32)
    for node, steps in enumerate(below):
        for step, to in steps.items():
            table[node, step] = to
    return table, np.array(ends, np.int32)


def _apart(starts: list[int], ends: list[int]) -> Iterator[int]:
    """The first of those that overlap, from left to right."""
    done = 0
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if start >= done:
            yield number
            done = end
