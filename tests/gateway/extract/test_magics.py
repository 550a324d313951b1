"""Types that leading octets give away, and what only looks so."""

from __future__ import annotations

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


def test_neighbours_are_something_else() -> None:
    assert identify(bytes(511) + b"EFI PART" + bytes(512)) == "application/octet-stream"
    assert identify(b"Without free space there is no report.") == "text/plain"


def test_tables_of_families() -> None:
    assert RIFF[b"WEBP"] == "image/webp" and FTYP[b"heic"] == "image/heic"
