"""Every octet string a fuzzer ever fell over, and the seeds it started from, played back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS

SPECIMENS = Path(__file__).parents[1] / "specimens" / "fuzz"
FINDS = sorted(p for p in SPECIMENS.rglob("*") if p.is_file())


@pytest.mark.parametrize("path", FINDS, ids=lambda p: f"{p.parent.name}-{p.name}")
def test_find_stays_mended(path: Path) -> None:
    target = TARGETS[path.parent.name]
    try:
        target.run(path.read_bytes())
    except target.may_raise as error:
        assert str(type(error).__name__)


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_are_read_without_a_fault(name: str) -> None:
    seeds = list(TARGETS[name].seeds())
    assert seeds
    for seed in seeds:
        TARGETS[name].run(seed)


@pytest.mark.parametrize("name", TARGETS)
def test_cut_and_damaged_seeds_raise_nothing_unnamed(name: str) -> None:
    target = TARGETS[name]
    for seed in list(target.seeds())[:4]:
        for step in range(1, 24):
            cut = seed[:len(seed) * step // 24]
            bent = bytearray(seed)
            bent[len(seed) * step // 24 % len(seed)] ^= 0xFF
            for data in (cut, bytes(bent)):
                try:
                    target.run(data)
                except target.may_raise as error:
                    assert isinstance(error, Exception)
