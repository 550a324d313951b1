from __future__ import annotations

import numpy as np

from gateway.reference import edm_keys
from gateway.reference.edm import MOST_SAME, NOTHING
from gateway.reference.edm_keys import Keys


def octets(*values):
    return b"".join(v.to_bytes(8, "big") for v in values)


def joined(keys):
    slices = list(keys.sorted())
    return [tuple(int(v) for v in key) for part in slices for key in zip(*part, strict=True)]


def test_keys_of_two_runs_come_in_one_order(monkeypatch):
    monkeypatch.setattr(edm_keys, "ROWS", 2)
    keys = Keys([3, 255])
    keys.add([octets(5, (1 << 63) + 1), octets(1 << 40, 0)])
    keys.add([octets((1 << 64) - 1), octets(5)])
    assert joined(keys) == [(5, 0, 3), (5, 2, 255), (1 << 40, 0, 255), ((1 << 63) + 1, 1, 3), ((1 << 64) - 1, 2, 3)]


def test_values_that_are_none_are_no_keys():
    keys = Keys([0])
    keys.add([NOTHING * 4])
    assert joined(keys) == []
    Keys([]).add([])
    assert joined(Keys([])) == []


def test_values_of_too_many_rows_are_dropped():
    keys = Keys([0])
    keys.add([octets(*[7] * (MOST_SAME + 1), *[8] * MOST_SAME, 9)])
    hashes = np.concatenate([h for h, _, _ in keys.sorted()])
    assert set(hashes.tolist()) == {8, 9}
    assert len(hashes) == MOST_SAME + 1


def test_runs_that_were_joined_are_given_back(monkeypatch):
    monkeypatch.setattr(edm_keys, "ROWS", 1 << 15)
    keys = Keys([0])
    numbers = [n * 0x9E3779B97F4A7C15 % (1 << 64) for n in range(1, (1 << 16) + 1)]
    for begin in (0, 1 << 15):
        keys.add([octets(*numbers[begin:begin + (1 << 15)])])
    kept = keys.runs[0][0]
    slices = keys.sorted()
    seen = [int(h) for _ in range(32) for h in next(slices)[0]]
    assert not kept.values[:8000].any()                   # pages of zeros: the first of the half that was joined
    assert kept.values[-8000:].all()
    seen += [int(h) for part in slices for h in part[0]]
    assert seen == sorted(numbers)
    assert keys.runs == []
