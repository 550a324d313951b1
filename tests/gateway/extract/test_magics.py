"""Types that leading octets give away, and what only looks so."""

from __future__ import annotations

import hashlib

import pytest

from gateway.extract.identify import identify, needs_reader
from gateway.extract.magics import FTYP, MAGICS, RIFF


@pytest.mark.parametrize(("offset", "magic", "kind"), MAGICS, ids=lambda value: repr(value)[:40])
def test_places_and_octets(offset: int, magic: bytes, kind: str) -> None:
    assert 0 <= offset < 1 << 16 and len(magic) >= 2 and kind == kind.lower() and "/" in kind


@pytest.mark.parametrize(("data", "kind"), [
    (bytes(512) + b"EFI PART" + bytes(512), "application/x-raw-disk-image"), (b"WithoutFreeSpace" + bytes(90), "application/x-parallels-disk"),
    (b"COWD" + bytes(90), "application/x-vmdk"), (b"MATLAB 5.0 MAT-file, Platform: PCWIN64".ljust(200, b"\1"), "application/x-matlab-data"),
])
def test_disks_and_data(data: bytes, kind: str) -> None:
    assert identify(data) == kind
    assert needs_reader(kind) == (kind != "application/x-matlab-data")


SHORT = [
    (b"\xc7\x71" + bytes(18) + b"\6\0\0\0\5\0" + b"a.bat\0hello", "application/x-cpio"),
    (b"\x71\xc7" + bytes(18) + b"\0\6\0\0\0\5" + b"a.bat\0hello", "application/x-cpio"),
    (b"\x1f\x9d\x90" + b"hello" * 9, "application/x-compress"), (b"\x1f\x1e\0\0\1\0\x08" + b"\xaa" * 40, "application/x-pack"),
    (b"\x60\xea\x2c\0\x22\x0b\1\0" + bytes(40), "application/x-arj"),
]


@pytest.mark.parametrize(("data", "kind"), SHORT)
def test_two_octets_and_what_follows_them(data: bytes, kind: str) -> None:
    assert identify(data) == kind


def test_digests_that_begin_like_an_archive_are_none() -> None:
    by_chance = [identify(data[:2] + hashlib.sha512(b"%d" % n).digest()) for data, _ in SHORT for n in range(64)]
    kinds = {kind for _, kind in SHORT}
    assert sum(kind in kinds for kind in by_chance) <= len(by_chance) // 20


def test_neighbours_are_something_else() -> None:
    assert identify(bytes(511) + b"EFI PART" + bytes(512)) == "application/octet-stream"
    assert identify(b"Without free space there is no report.") == "text/plain"


def test_tables_of_families() -> None:
    assert RIFF[b"WEBP"] == "image/webp" and FTYP[b"heic"] == "image/heic"
