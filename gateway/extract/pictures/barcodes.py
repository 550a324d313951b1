"""What barcodes of outbound pictures say: it is read as any file is, since a code can hold a card of contacts, records in any
charset or packed octets. Square codes are painted over: Tesseract reads letters into them.
"""

from __future__ import annotations

import zxingcpp
from PIL import Image, ImageDraw

LARGE = 2600
"""Long side in pixels of pictures in which codes are looked for."""
SQUARE = frozenset({"QRCode", "MicroQRCode", "RMQRCode", "DataMatrix", "Aztec", "PDF417", "MaxiCode"})
"""Formats that are never seen in print that holds none; strokes of letters are taken for codes of lines now and then."""


def read(picture: Image.Image) -> tuple[list[bytes], Image.Image]:
    """What the codes of a grey picture hold, and the picture without the square ones."""
    small = picture
    if max(picture.size) > LARGE:
        small = picture.copy()
        small.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS)
    codes = zxingcpp.read_barcodes(small)
    held = dict.fromkeys(said for code in codes for said in (code.text.encode(), code.bytes) if said)
    square = [code for code in codes if code.format.name in SQUARE]
    return list(held), _without(picture, square, picture.width / small.width) if square else picture


def _without(picture: Image.Image, codes: list[zxingcpp.Barcode], scale: float) -> Image.Image:
    plain = picture.copy()
    paint = ImageDraw.Draw(plain)
    for code in codes:
        place = code.position
        corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        paint.polygon([(corner.x * scale, corner.y * scale) for corner in corners], 255)
    return plain
