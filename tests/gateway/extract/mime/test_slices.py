"""Slices of one picture among the parts of a message."""

from __future__ import annotations

import base64
import hashlib
import io

import pytest
from PIL import Image

from gateway.extract.base import Context
from gateway.extract.mime import slices, union
from gateway.model.deadline import Limits


def cut(width: int, height: int, across: int, down: int, kind: str = "PNG") -> list[bytes]:
    """Cells of a picture, no two alike."""
    noise = Image.effect_noise((width, height), 60).convert("RGB")
    cells = [noise.crop((x, y, min(width, x + across), min(height, y + down)))
             for y in range(0, height, down) for x in range(0, width, across)]
    return [saved(cell, kind) for cell in cells]


def saved(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("kind", ["PNG", "GIF", "JPEG"])
@pytest.mark.parametrize(("across", "down", "rows", "columns"), [(700, 24, 13, 1), (130, 36, 9, 6), (300, 100, 3, 3)])
def test_strips_and_grids(kind: str, across: int, down: int, rows: int, columns: int) -> None:
    parts = cut(700, 300, across, down, kind)
    found = slices.found([b"<html>", *parts, b"%PDF-"])
    assert {key for key, value in found.items() if value} == {digest(parts[0])}
    whole = found[digest(parts[0])]
    assert (len(whole), len(whole[0])) == (rows, columns) and [data for row in whole for data in row] == parts
    assert set(found) == set(map(digest, parts))


@pytest.mark.parametrize("parts", [
    [], [b"text"] * 9, cut(700, 40, 700, 20), cut(1600, 3600, 1600, 1200), [*cut(500, 30, 500, 30), *cut(600, 30, 600, 30), *cut(90, 300, 90, 300)],
    cut(9000, 4000, 4500, 1000)])
def test_pictures_of_their_own(parts: list[bytes]) -> None:
    assert slices.found(parts) == {}


def test_messages_tell_their_slices() -> None:
    parts = [f'--b\r\nContent-Type: image/gif\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64.b64encode(data).decode()}\r\n'
             for data in cut(200, 60, 200, 20, "GIF")]
    mail = ("Content-Type: multipart/mixed; boundary=b\r\n\r\n" + "".join(parts) + "--b--\r\n").encode()
    for outbound in (True, False):                        # texts of the one, codes of the other
        context = Context(Limits(), outbound=outbound)
        list(union.read(mail, context))
        assert len(context.slices) == 3


@pytest.mark.parametrize(("sizes", "rows"), [
    (((150, 300), (150, 300)), 1), (((300, 140), (300, 160)), 2), (((120, 300), (160, 300)), 1),
    (((300, 300), (300, 300)), 0), (((600, 90), (600, 90)), 0), (((150, 300), (150, 280)), 0)])
def test_halves_of_a_square(sizes: tuple[tuple[int, int], ...], rows: int) -> None:
    parts = [saved(Image.effect_noise(size, 60), "PNG") for size in sizes]
    found = slices.halves(parts)
    assert [len(value) for value in found.values()] == ([rows] if rows else [])
    assert set(found) <= {digest(parts[0])}
