"""The keys of a customer table on their way into the index: hashes of all rows, sorted in pieces.

Ten million rows of six columns are some fifty million keys. They stand in memory as 12 octets each, sorted in runs of some
hundred thousand rows; the last sort joins one slice of the hash range after the other and gives back at once what it has
joined, so that the sorted keys take no room beside the others.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Sequence

import numpy as np

from gateway.reference.edm import MOST_SAME

ROWS = 1 << 17
"""Rows of one run."""
SLICES = 64
"""Parts of the hash range that are joined one after the other."""


class _Kept:
    """Numbers in pages of their own, which can be given back from the first one on."""

    def __init__(self, values: np.ndarray) -> None:
        self._pages = mmap.mmap(-1, max(1, values.nbytes), mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)       # shared ones are kept
        self.values = np.frombuffer(self._pages, values.dtype, len(values))
        self.values[:] = values
        self._given = 0

    def forget(self, count: int) -> None:
        """The first `count` numbers are not asked for again."""
        upto = count * self.values.itemsize // mmap.PAGESIZE * mmap.PAGESIZE
        if upto > self._given:
            self._pages.madvise(mmap.MADV_DONTNEED, self._given, upto - self._given)
            self._given = upto


class Keys:
    """Digests of eight octets, `columns` to a row, NOTHING where the row has none."""

    def __init__(self, columns: Sequence[int]) -> None:
        self.columns = np.array(columns, np.uint8)
        self.runs: list[tuple[_Kept, _Kept]] = []                      # hashes in order; row * width + place
        self.total = 0
        self.filled = dict.fromkeys(columns, 0)                        # rows that have a value
        self.same = dict.fromkeys(columns, 0)                          # pairs of rows with the same value, after sorted()

    def add(self, digests: Sequence[bytes]) -> None:
        """The digests of further rows, a string of octets for each column; ROWS rows in all calls but the last."""
        if not digests:
            return
        for column, values in zip(self.filled, digests, strict=True):
            self.filled[column] += int(np.count_nonzero(np.frombuffer(values, np.uint64)))
        hashes = np.stack([np.frombuffer(d, ">u8").astype(np.uint64) for d in digests], axis=1).ravel()
        order = np.argsort(hashes)
        hashes = hashes[order]
        empty = int(np.searchsorted(hashes, 1))
        self.runs.append((_Kept(hashes[empty:]), _Kept(order[empty:].astype(np.uint32))))
        self.total += len(hashes) - empty

    def sorted(self) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Hashes, rows and columns, slice by slice, without values that more than MOST_SAME rows share. Once only: the runs are
        given back as they are read."""
        width = len(self.columns)
        cuts = [np.uint64((1 << 64) // SLICES * i) for i in range(1, SLICES)]
        bounds = [(0, *np.searchsorted(hashes.values, cuts).tolist(), len(hashes.values)) for hashes, _ in self.runs]
        for i in range(SLICES):
            if not self.runs:
                return
            pieces = [(h.values[b[i]:b[i + 1]], p.values[b[i]:b[i + 1]], n * ROWS)
                      for n, ((h, p), b) in enumerate(zip(self.runs, bounds, strict=True))]
            hashes = np.concatenate([h for h, _, _ in pieces])
            rows = np.concatenate([p // width + np.uint32(first) for _, p, first in pieces])
            columns = np.concatenate([self.columns[p % width] for _, p, _ in pieces])
            for kept, bound in zip(self.runs, bounds, strict=True):
                for values in kept:
                    values.forget(bound[i + 1])
            order = np.argsort(hashes, kind="stable")
            hashes, columns = hashes[order], columns[order]
            for column in self.same:
                self.same[column] += equal_pairs(hashes[columns == column])
            yield _rare(hashes, rows[order], columns)
        self.runs.clear()


def equal_pairs(values: np.ndarray) -> int:
    """Pairs of equal values among sorted ones."""
    ends = np.flatnonzero(values[1:] != values[:-1])
    sizes = np.diff(ends, prepend=-1, append=len(values) - 1)
    return (int(np.dot(sizes, sizes)) - len(values)) // 2


def _rare(hashes: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if len(hashes):
        first = np.concatenate(([True], hashes[1:] != hashes[:-1]))
        sizes = np.diff(np.append(np.nonzero(first)[0], len(hashes)))
        kept = np.repeat(sizes <= MOST_SAME, sizes)
        if not kept.all():
            return hashes[kept], rows[kept], columns[kept]
    return hashes, rows, columns
