"""What barcodes of outbound pictures say: it is read as any file is, since a code can hold a card of contacts, records in any
charset or packed octets. Square codes are painted over: Tesseract reads letters into them.
"""

from __future__ import annotations

import re

import zxingcpp
from PIL import Image, ImageDraw

from gateway.identifiers import jp

LARGE = 2600
"""Long side in pixels of pictures in which codes are looked for."""
SQUARE = frozenset({"QRCode", "MicroQRCode", "RMQRCode", "DataMatrix", "Aztec", "PDF417", "MaxiCode"})
"""Formats that are never seen in print that holds none; strokes of letters are taken for codes of lines now and then."""

MANY, ROUNDS = 8, 12
"""Square codes of one look from which on another one follows, without those that are known: a look finds twenty or so at the most,
a sheet of labels has 65."""
INDIVIDUAL = re.compile("[0-9]{12}")
PARTS, LEAST = 16, 20
"""QR codes that one text may be divided among (ISO/IEC 18004, structured append), and the characters of each but the last."""


def read(picture: Image.Image) -> tuple[list[bytes], Image.Image]:
    """What the codes of a grey picture hold, and the picture without the square ones."""
    held: dict[bytes, None] = {}
    seen: list[zxingcpp.Barcode] = []
    for _ in range(ROUNDS):
        codes, scale = _look(picture)
        held |= dict.fromkeys(said for code in codes for said in (code.text.encode(), code.bytes) if said)
        seen += codes
        square = [code for code in codes if code.format.name in SQUARE]
        picture = _without(picture, square, scale) if square else picture
        if len(square) < MANY:
            break
    return [*held, *_joined(seen), *_individual(seen)], picture


def _individual(codes: list[zxingcpp.Barcode]) -> list[bytes]:
    """The individual numbers of Japan, under their label: a card of one has a QR code that holds nothing else. Of other numbers of
    that length a tenth looks like one."""
    bare = [code.text for code in codes if code.format.name == "QRCode" and INDIVIDUAL.fullmatch(code.text)]
    return [f"個人番号: {number}".encode() for number in bare] if all(map(jp.my_number, bare)) else []


def _joined(codes: list[zxingcpp.Barcode]) -> list[bytes]:
    """What QR codes of one picture say together, in the order in which they are read, where each has lines that end in the next: a
    record that is divided among two is in neither. The reader does not tell their number."""
    parts = [code for code in codes if code.format.name == "QRCode"]
    if not 1 < len(parts) <= PARTS:
        return []
    parts.sort(key=_place)
    *whole, last = texts = [code.text for code in parts]
    if not all(len(text) >= LEAST and "\n" in text and not text.endswith("\n") for text in whole) or not last:
        return []
    return ["".join(texts).encode()]


def _place(code: zxingcpp.Barcode) -> tuple[int, int]:
    """Row, in heights of the code, and column."""
    corner, height = code.position.top_left, max(1, code.position.bottom_left.y - code.position.top_left.y)
    return round(corner.y / height), corner.x


def _look(picture: Image.Image) -> tuple[list[zxingcpp.Barcode], float]:
    """Codes, and how many times as large the picture is as that in which they were looked for."""
    small = picture
    if max(picture.size) > LARGE:
        small = picture.copy()
        small.thumbnail((LARGE, LARGE), Image.Resampling.LANCZOS)
    return zxingcpp.read_barcodes(small), picture.width / small.width


def _without(picture: Image.Image, codes: list[zxingcpp.Barcode], scale: float) -> Image.Image:
    plain = picture.copy()
    paint = ImageDraw.Draw(plain)
    for code in codes:
        place = code.position
        corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        paint.polygon([(corner.x * scale, corner.y * scale) for corner in corners], 255)
    return plain
