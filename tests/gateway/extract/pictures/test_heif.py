from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from gateway.extract.pictures import heif

SHOT = (Path(__file__).parents[3] / "specimens/telephone.heic").read_bytes()
"""640 by 256 pixels, black letters on white."""
PIXELS = 10_000_000


def box(kind, *parts):
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def full(kind, version, *parts):
    return box(kind, bytes([version, 0, 0, 0]), *parts)


def grid(down, across, width, height, turn=0, tiles=None):
    """The shot again and again, as tiles of one picture; `tiles`: how many are named."""
    file = heif._read(SHOT)
    shot = file.items[file.primary]
    coded, setup = file.content(shot), file.property(shot, b"hvcC")
    count = down * across if tiles is None else tiles
    head = struct.pack(">BBBBHH", 0, 0, down - 1, across - 1, width, height)
    entries = [full(b"infe", 2, struct.pack(">HH4s", 1, 0, b"grid"), b"\0"), full(b"infe", 2, struct.pack(">HH4s", 2, 0, b"hvc1"), b"\0")]
    properties = box(b"ipco", box(b"hvcC", setup), full(b"ispe", 0, struct.pack(">II", 640, 256)), box(b"irot", bytes([turn])))
    belongs = full(b"ipma", 0, struct.pack(">IHBBHBBB", 2, 1, 1, 3, 2, 2, 1, 2))

    def meta(start):
        places = struct.pack(">HH", 0x4400, 2) + struct.pack(">HHHHII", 1, 1, 0, 1, 0, len(head)) \
            + struct.pack(">HHHHII", 2, 0, 0, 1, start, len(coded))
        return full(b"meta", 0, full(b"pitm", 0, struct.pack(">H", 1)), full(b"iinf", 0, struct.pack(">H", 2), *entries),
                    full(b"iloc", 1, places), box(b"idat", head), box(b"iprp", properties, belongs),
                    full(b"iref", 0, box(b"dimg", struct.pack(">HH", 1, count), struct.pack(">H", 2) * count)))

    kind = box(b"ftyp", b"heic\0\0\0\0mif1heic")
    start = len(kind) + len(meta(0)) + 8
    return kind + meta(start) + box(b"mdat", coded)


def test_a_whole_picture():
    picture = heif.grey(SHOT, PIXELS)
    shades = np.asarray(picture)
    assert picture.size == (640, 256) and np.median(shades) > 225 and shades.min() < 40


def test_tiles_are_put_together_and_cut():
    one = np.asarray(heif.grey(SHOT, PIXELS))
    whole = np.asarray(heif.grey(grid(2, 2, 1000, 400), PIXELS))
    assert whole.shape == (400, 1000)
    assert (whole[:256, :640] == one).all() and (whole[256:, 640:] == one[:144, :360]).all()


@pytest.mark.parametrize(("turn", "size"), [(0, (640, 256)), (1, (256, 640)), (2, (640, 256))])
def test_pictures_are_shown_as_the_telephone_was_held(turn, size):
    straight, turned = (heif.grey(grid(1, 1, 640, 256, t), PIXELS) for t in (0, turn))
    assert turned.size == size
    assert (np.asarray(turned) == np.rot90(np.asarray(straight), turn)).all()


@pytest.mark.parametrize("data", [
    grid(9, 9, 60000, 60000), grid(2, 2, 1280, 512, tiles=3), SHOT.replace(b"hvcC", b"hvcX"),
    b"\0\0\0\x03meta" + SHOT[:40],
])
def test_what_is_damaged_says_so(data):
    with pytest.raises(ValueError, match=r"[a-z]{4}"):
        heif.grey(data, PIXELS)


def test_pictures_of_more_pixels_than_allowed_are_not_decoded():
    with pytest.raises(ValueError, match="pixels"):
        heif.grey(SHOT, 1000)


def test_what_is_coded_otherwise_is_left_to_others():
    assert heif.grey(SHOT.replace(b"infe\2\0\0\0\0\1\0\0hvc1", b"infe\2\0\0\0\0\1\0\0av01"), PIXELS) is None
    assert heif.grey(b"", PIXELS) is None


@pytest.mark.parametrize("step", range(7, 700, 41))
def test_no_octet_makes_it_fall_over(step):
    damaged = bytearray(SHOT)
    damaged[step] ^= 0xFF
    try:
        heif.grey(bytes(damaged), PIXELS)
    except ValueError:
        return
