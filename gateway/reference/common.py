"""What documents that are otherwise unlike have in common: a firm's letterhead, the closing clause of its contracts. It says of a
mail that the firm wrote it, not which document it holds, so it does not count for any of them.

Documents are alike where they share a part of the larger one, and so is what is like one of them: versions of a text, forms of
one template. A print in DOCUMENTS that are unlike is common. A document of which that would leave less than half (an excerpt,
a template that is registered itself) keeps all of its prints.
"""

from __future__ import annotations

import numpy as np

DOCUMENTS = 3
"""Unlike documents that share what is common."""
ALIKE = 0.30
"""Share of the larger document's prints that makes two documents alike."""
KEPT = 0.50
"""Share of a document's prints that must be left to it."""
CROWD = 1000
"""Documents that share a print above which it does not tell which are alike: the work stays linear."""


def in_common(hashes: np.ndarray, owners: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Which of the prints, sorted by hash, do not count for their owner. Each owner has a hash once; `sizes` counts them."""
    starts = np.flatnonzero(np.r_[True, hashes[1:] != hashes[:-1]]) if len(hashes) else np.empty(0, np.int64)
    counts = np.diff(np.r_[starts, len(hashes)])
    shared = np.flatnonzero(counts >= DOCUMENTS)
    drop = np.zeros(len(hashes), bool)
    if not len(shared):
        return drop
    kin = _families(starts, counts, owners, sizes)
    for start, count in zip(starts[shared], counts[shared], strict=True):
        drop[start:start + count] = len(np.unique(kin[owners[start:start + count]])) >= DOCUMENTS
    lost = np.bincount(owners[drop], minlength=len(sizes))
    return drop & (lost <= sizes * (1 - KEPT))[owners]


def _families(starts: np.ndarray, counts: np.ndarray, owners: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The number of each document's family: what is alike, directly or by way of others."""
    told = (counts > 1) & (counts <= CROWD)
    groups: list[list[np.ndarray]] = [[] for _ in sizes]
    for start, count in zip(starts[told], counts[told], strict=True):
        group = owners[start:start + count]
        for owner in group:
            groups[owner].append(group)
    parent = list(range(len(sizes)))
    for one, met in enumerate(groups):
        others, times = np.unique(np.concatenate(met), return_counts=True) if met else (np.empty(0, int), np.empty(0, int))
        for other in others[times >= ALIKE * np.maximum(sizes[one], sizes[others])]:
            parent[_root(parent, int(other))] = _root(parent, one)
    return np.array([_root(parent, one) for one in range(len(sizes))])


def _root(parent: list[int], one: int) -> int:
    while parent[one] != one:
        parent[one] = parent[parent[one]]
        one = parent[one]
    return one
