"""Files as lists of numbers."""

from __future__ import annotations

import struct

import pytest

from gateway.extract.bounded import LimitReached
from gateway.extract.script import numbers
from tests.builders.hostile_mail import noise

PROGRAM = b"MZ\x90\0" + bytes(56) + struct.pack("<I", 64) + b"PE\0\0" + noise(404)


def joined(values, form=str, sep=","):
    return "[" + sep.join(form(v) for v in values) + "]"


@pytest.mark.parametrize("script", [
    joined(PROGRAM), joined(PROGRAM, hex), joined(PROGRAM, bin), joined(PROGRAM, lambda v: f"0o{v:o}"), joined(PROGRAM, sep=" "),
    joined(PROGRAM, sep="-"), joined(PROGRAM, sep=" ,\n  "), joined(struct.unpack(f"<{len(PROGRAM) // 4}I", PROGRAM)),
    joined(struct.unpack(f">{len(PROGRAM) // 2}H", PROGRAM)), joined(struct.unpack(f"<{len(PROGRAM) // 4}i", PROGRAM)),
    joined(struct.unpack(f"<{len(PROGRAM) // 8}Q", PROGRAM), lambda v: f"{v}n"),
    joined(struct.unpack(f"<{len(PROGRAM) // 8}Q", PROGRAM), lambda v: f"0x{v:x}n"),
])
def test_lists_that_are_files(script):
    assert PROGRAM in [data for found in numbers.lists(f"var a = {script};") for data in numbers.files(found)]
    assert numbers.size(script) > len(script) * 0.9


@pytest.mark.parametrize("script", [
    joined(range(40)), "1.5, " * 200, "2026-01-01 12:00, " * 3, joined([v * 1000 for v in range(400)]), "1" + " " * 100_000 + "2",
])
def test_other_numbers_are_none(script):
    assert not [data for found in numbers.lists(script) for data in numbers.files(found) if data.startswith(b"MZ")]


def test_a_storm_is_read_once():
    assert list(numbers.lists("1, 2, 3, x " * 200_000)) == [] and numbers.size("9" * 2_000_000) == 0


def test_few_large_numbers():
    archive = b"PK\3\4" + noise(156)
    script = joined((int.from_bytes(archive[n:n + 8], "little") for n in range(0, 160, 8)), lambda v: f"{v | 1 << 62}n")
    assert [data[:4] for found in numbers.lists(script) for data in numbers.files(found)] == [b"PK\3\4"]
    assert not [1 for found in numbers.lists(joined(range(1_700_000_000, 1_700_000_040))) for _ in numbers.files(found)]


@pytest.mark.parametrize("between", [", ", ";", "\u00a0,"])
@pytest.mark.parametrize("number", [47, 48])
def test_only_stretches_of_numbers_are_looked_through(number: int, between: str) -> None:
    script = "var a = ['x'.length]; " * 9 + "é" + between.join(["7"] * (number + 1)) + "].map(f) // 中文 " + "1, 2, " * 30
    found = [list(one) for one in numbers.lists(script) if len(one) < 60]
    assert found == ([[7] * 49] if number == 48 and between != "\u00a0," else [])
    assert numbers.size("") == 0


def test_more_lists_than_are_read_are_told() -> None:
    script = f"a = {joined(range(60))};\n" * numbers.MOST_LISTS
    assert sum(1 for _ in numbers.lists(script)) == numbers.MOST_LISTS
    with pytest.raises(LimitReached, match="lists of numbers"):
        list(numbers.lists(script + joined(PROGRAM)))
