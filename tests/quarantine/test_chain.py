"""An exported chain is verified anywhere: no key file, no database, line by line."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from quarantine import audit
from quarantine.chain import START, Walk, digest, merged, verify_export
from quarantine.service import QuarantineService
from tests.builders.custody import ADMIN, AUDITOR, FakeClock

EMPTY: frozenset[str] = frozenset()


@pytest.fixture
def lines(service: QuarantineService, clock: FakeClock) -> list[dict[str, Any]]:
    for n in range(30):
        service.note(ADMIN, f"act-{n}", text="名單")
        clock.forward(seconds=20)
        service.checkpoint()
    return [json.loads(json.dumps(row)) for row in service.audit_export(AUDITOR)]


def flaw(lines: list[dict[str, Any]], trusted: frozenset[str] = EMPTY) -> tuple[int, str] | None:
    found, _ = verify_export(iter(lines), trusted)
    return (found.flaws[0].seq, found.flaws[0].text) if found.flaws else None


def test_a_good_export(lines: list[dict[str, Any]], service: QuarantineService) -> None:
    ours = audit.public_key(service.ring)
    found, keys = verify_export(iter(lines), frozenset({ours}))
    assert not found.flaws and keys == {ours}
    assert found.records == sum(r["type"] == "record" for r in lines) and found.checkpoints >= 10
    assert flaw(lines) is None
    assert [row["public_key"] for row in service.audit_keys(AUDITOR)] == [ours]


def test_every_line_changed_or_removed_is_found(lines: list[dict[str, Any]]) -> None:
    for n, row in enumerate(lines):
        assert flaw([*lines[:n], *lines[n + 1:]]) is not None, row
        for name, value in row.items():
            if name in ("type", "key_id"):
                continue                 # the key's name is for people: the key itself stands beside it
            other = 1 - value if isinstance(value, bool) else value + 1 if isinstance(value, int) else value + "0"
            if name == "detail":
                other = value.replace("{", '{"x":1,', 1) if value != "{}" else '{"x":1}'
            assert flaw([*lines[:n], row | {name: other}, *lines[n + 1:]]) is not None, (name, row)


@pytest.mark.parametrize("kept", [0, 1, 10, 40])
def test_a_cut_export(lines: list[dict[str, Any]], kept: int) -> None:
    found = flaw(lines[:kept])
    assert found is not None and "cut" in found[1]


def test_an_export_made_by_somebody_else(lines: list[dict[str, Any]]) -> None:
    found = flaw(lines, frozenset({"ab" * 32}))
    assert found is not None and found[1] == "the signature of a checkpoint is wrong"


def test_the_checkpoint_that_is_missing_is_named(lines: list[dict[str, Any]]) -> None:
    place = next(n for n, row in enumerate(lines) if row["type"] == "checkpoint")
    assert flaw([*lines[:place], *lines[place + 1:]]) == (lines[place]["seq"], "the checkpoint after this record is missing")


def test_records_and_checkpoints_in_their_order() -> None:
    records, points = ({"seq": n} for n in (1, 2, 3)), ({"seq": n} for n in (0, 2, 3, 9))
    assert [(r, row["seq"]) for r, row in merged(records, points)] == [
        (False, 0), (True, 1), (True, 2), (False, 2), (True, 3), (False, 3), (False, 9)]


def chain(count: int) -> Iterator[dict[str, Any]]:
    last = START
    for seq in range(1, count + 1):
        row = {"node": "n", "seq": seq, "at": "t", "actor": "a", "via": "cli", "system": False, "action": "x", "message_id": "",
               "detail": "{}", "previous": last}
        last = row["digest"] = digest(row, last)
        yield row


def test_memory_does_not_grow_with_the_chain() -> None:
    peaks = []
    for count in (500, 4000):
        tracemalloc.start()
        walk = Walk("n", lambda row: True)
        for row in chain(count):
            walk.record(row)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert walk.end() is None and walk.seq == count
    assert peaks[1] < 2 * peaks[0] + 100_000
