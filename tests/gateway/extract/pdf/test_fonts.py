"""The box font: FreeType reads it, and every character has an extent."""

from __future__ import annotations

import io

from PIL import ImageFont

from gateway.extract.pdf import fonts as pdffonts
from gateway.extract.pdf.fonts import BOX, EM, font


def test_every_character_is_the_box() -> None:
    face = ImageFont.truetype(io.BytesIO(font()), EM)
    for character in "A7 王サ한\U00020000":
        left, _, right, _ = face.getmask(character).getbbox()
        assert right - left == BOX[2] - BOX[0]
        assert face.getlength(character) == EM


def test_what_is_asked_for() -> None:
    assert pdffonts._map(None, 400, 0, 136, 0, None, None) == 1
    assert pdffonts._map(None, 400, 0, 0, 0, None, None) == 0
    assert pdffonts._data(None, 1, 0, None, 0) == len(font())
    assert pdffonts._data(None, 1, int.from_bytes(b"GSUB"), None, 0) == 0
