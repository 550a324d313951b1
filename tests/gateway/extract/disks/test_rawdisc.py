from __future__ import annotations

import pytest

from gateway.extract.base import Child
from gateway.extract.disks.rawdisc import KIND, RAW_DISC, SYNC
from gateway.extract.identify import identify
from tests.builders.archives import take_apart
from tests.builders.discs import iso_of


def raw(volume: bytes, mode: int) -> bytes:
    between = b"" if mode == 1 else bytes(8)
    return b"".join((SYNC + bytes((0, 2, 0, mode)) + between + volume[at:at + 2048].ljust(2048, b"\0")).ljust(2352, b"\0")
                    for at in range(0, len(volume), 2048))


@pytest.mark.parametrize("mode", [1, 2])
def test_the_volume_inside_raw_sectors(mode: int) -> None:
    volume = iso_of(joliet=3)
    found = [c.data for c in take_apart(RAW_DISC, raw(volume, mode), "a.bin") if isinstance(c, Child)]
    assert found == [volume] and identify(found[0], ()) == "application/x-iso9660-image"


def test_known_by_its_sync_only() -> None:
    assert identify(raw(bytes(2048), 1), ("a.bin",)) == KIND
    assert identify(b"\0" + b"\xff" * 9 + b"\0\0" + bytes(2400), ("a.bin",)) == "application/octet-stream"


def bare(volume: bytes) -> bytes:
    return b"".join(bytes(8) + volume[at:at + 2048].ljust(2048, b"\0") + bytes(280) for at in range(0, len(volume), 2048))


def subchannels(volume: bytes, octets: int) -> bytes:
    image = raw(volume, 1)
    return b"".join(image[at:at + 2352] + b"\xa5" * octets for at in range(0, len(image), 2352))


@pytest.mark.parametrize("image", [bare, lambda v: subchannels(v, 96), lambda v: subchannels(v, 16)])
def test_sectors_of_other_sizes(image) -> None:
    volume = iso_of(joliet=3)
    assert identify(image(volume), ("a.bin",)) == KIND
    assert [c.data for c in take_apart(RAW_DISC, image(volume), "a.bin") if isinstance(c, Child)] == [volume]
