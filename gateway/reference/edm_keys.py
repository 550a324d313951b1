"""The keys of a customer table on their way into the index: hashes of all rows, sorted in pieces.

Ten million rows of six columns are some fifty million keys. They stand in memory as 12 octets each, sorted in runs of some
hundred thousand rows; the last sort joins one slice of the hash range after the other, so that it needs little more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from gateway.reference.edm import MOST_SAME

ROWS = 1 << 17
"""Rows of one run."""
SLICES = 64
"""Parts of the hash range that are joined one after the other."""


class Keys:
    """Digests of eight octets, `columns` to a row, NOTHING where the row has none."""

    def __init__(self, columns: Sequence[int]) -> None:
        self.columns = np.array(columns, np.uint8)
        self.runs: list[tuple[np.ndarray, np.ndarray]] = []            # hashes in order; row * width + place
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
        self.runs.append((hashes[empty:], order[empty:].astype(np.uint32)))
        self.total += len(hashes) - empty

    def sorted(self) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Hashes, rows and columns, slice by slice, without values that more than MOST_SAME rows share."""
        width = len(self.columns)
        cuts = [np.uint64((1 << 64) // SLICES * i) for i in range(1, SLICES)]
        bounds = [(0, *np.searchsorted(hashes, cuts).tolist(), len(hashes)) for hashes, _ in self.runs]
        for i in range(SLICES):
            if not self.runs:
                return
            pieces = [(h[b[i]:b[i + 1]], p[b[i]:b[i + 1]], n * ROWS)
                      for n, ((h, p), b) in enumerate(zip(self.runs, bounds, strict=True))]
            hashes = np.concatenate([h for h, _, _ in pieces])
            rows = np.concatenate([p // width + np.uint32(first) for _, p, first in pieces])
            columns = np.concatenate([self.columns[p % width] for _, p, _ in pieces])
            order = np.argsort(hashes, kind="stable")
            hashes, columns = hashes[order], columns[order]
            for column in self.same:
                self.same[column] += equal_pairs(hashes[columns == column])
            yield _rare(hashes, rows[order], columns)


def equal_pairs(values: np.ndarray) -> int:
    """Pairs of equal values among sorted ones."""
    ends = np.nonzero(values[1:] != values[:-1])[0] + 1
    sizes = np.diff(ends, prepend=0, append=len(values))
    return int((sizes * (sizes - 1) // 2).sum())


def _rare(hashes: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if len(hashes):
        first = np.concatenate(([True], hashes[1:] != hashes[:-1]))
        sizes = np.diff(np.append(np.nonzero(first)[0], len(hashes)))
        kept = np.repeat(sizes <= MOST_SAME, sizes)
        if not kept.all():
            return hashes[kept], rows[kept], columns[kept]
    return hashes, rows, columns
