"""QR codes in pictures of inbound mail, and on pages of PDF files: links that nobody sees (ATT&CK T1566.002, "quishing")."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import takewhile

import zxingcpp
from PIL import Image, PngImagePlugin
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

from gateway.extract import floods
from gateway.extract.base import Context, Node, Problem, Yield
from gateway.extract.pictures import frames, pagecodes
from gateway.model.content import Observation, Text
from gateway.model.finding import IncidentCode

TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/bmp", "image/webp", "image/tiff",
                   "image/avif", "image/jp2", "application/pdf"})
LATER = {"image/gif": 1, "image/png": 1, "image/webp": 1, "image/avif": 1, "image/tiff": 3}
"""Frames of an animation, or pages, that are looked at where the first one has no code: it may be shown for a moment only."""
MOST_PIXELS = 40_000_000
"""Pixels above which a picture is not decoded: a scan of A3 at 400 dpi has 30 million, a bomb has billions."""

LEAST_SIDE = 40
"""Pixels. The smallest QR code has 21 modules; with its margin nothing smaller can be read."""

LONG_SIDE = 1600
"""Pixels to which larger pictures are reduced: readers on telephones see no more."""

QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.MicroQRCode])
"""What telephones open as links. Codes of lines hold numbers of goods and cost five times as much to find."""

TURNED = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix)
OTHER = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.Aztec, zxingcpp.BarcodeFormat.DataMatrix])
"""Square codes that some telephones open too. To find them costs three times as much as QR: it is done thoroughly on printed
pages only, where they stand small."""

TURNED_SIDE = 1000
"""DataMatrix alone must be looked for in each direction, at three times the cost: in a smaller picture."""

OTHER_SIDE = 500
"""For what is no page: a code that fills a quarter of the picture still has five pixels a module."""

BRIGHT, DARK = 176, 80
"""Grey of paper and above; grey of print and below."""

Image.init()                                           # plugins are modules: none can be imported in the cell


class ImageExtractor:
    name = "image"

    def claims(self, node: Node) -> bool:
        return node.type in TYPES

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        flood, what = floods.picture(node.type, node.data)
        if flood:
            yield Problem(IncidentCode(flood), what)
            return
        if context.outbound:
            return
        if node.type == "application/pdf":
            found = [code for picture in pagecodes.pictures(node.data) for code in _read(_reduced(picture, LONG_SIDE))]
        else:
            picture = _open(node.data)
            if picture is None:
                yield Observation("IMAGE-NOT-READ")
                return
            found = _codes(picture) or _elsewhere(node, context)
        for code in found:
            if code.text:
                yield Observation("IMAGE-BARCODE", code.text[:2048])
                yield Text(code.text[:8192], "barcode")


def _elsewhere(node: Node, context: Context) -> list[zxingcpp.Barcode]:
    """Codes on its later pages, or of the picture that it begins and others go on with: each half of a code is none."""
    later = (_open(node.data, frame) for frame in range(1, 1 + LATER.get(node.type, 0)))
    found = [code for picture in takewhile(lambda picture: picture is not None, later) if picture for code in _read(picture)]
    if found or not (rows := context.slices.get(node.artifact.sha256)):
        return found
    whole = _whole(rows)
    return _read(whole) if whole else []


def _whole(rows: tuple[tuple[bytes, ...], ...]) -> Image.Image | None:
    """The picture whose slices these are."""
    opened = [[_open(data) for data in row] for row in rows]
    slices = [[each for each in row if each] for row in opened]
    return frames.laid(slices) if slices == opened else None


def _read(picture: Image.Image) -> list[zxingcpp.Barcode]:
    return zxingcpp.read_barcodes(picture, QR, try_rotate=False)


def _codes(picture: Image.Image) -> list[zxingcpp.Barcode]:
    found = _read(picture)
    if found:
        return found
    if not _is_page(picture):
        return _turned(picture, OTHER, OTHER_SIDE)
    return zxingcpp.read_barcodes(picture, OTHER, try_rotate=False) or _turned(picture, TURNED, TURNED_SIDE)


def _turned(picture: Image.Image, formats: zxingcpp.BarcodeFormats, side: int) -> list[zxingcpp.Barcode]:
    """Looked for in each direction, in a picture of at most `side` pixels."""
    small = picture.reduce(-(-max(picture.size) // side))
    return zxingcpp.read_barcodes(small, formats, try_invert=False, try_downscale=False)


def _is_page(picture: Image.Image) -> bool:
    """Mostly paper, with some print on it."""
    greys = picture.histogram()
    pixels = sum(greys)
    return 2 * sum(greys[BRIGHT:]) > pixels and 1000 * sum(greys[:DARK]) > pixels


def _open(data: bytes, frame: int = 0) -> Image.Image | None:
    """A grey picture of a size that pays; None where it is no picture, too small or too large, or has no such frame."""
    PngImagePlugin.MAX_TEXT_CHUNK = floods.TEXT
    try:
        picture = Image.open(io.BytesIO(data))
        width, height = picture.size
        if min(width, height) < LEAST_SIDE or width * height > MOST_PIXELS:
            return None
        if frame:
            picture.seek(frame)
        if isinstance(picture, Jpeg2KImageFile):
            picture.reduce = max(0, (max(picture.size) // LONG_SIDE).bit_length() - 1)
        picture.draft("L", _within(picture.size, LONG_SIDE))
        flat = picture.convert("LA" if "A" in picture.getbands() or "transparency" in picture.info else "L")
    except (*frames.BROKEN, EOFError, Image.DecompressionBombError):
        return None
    if flat.mode == "LA":
        ground = Image.new("LA", flat.size, (255, 255))
        flat = Image.alpha_composite(ground.convert("RGBA"), flat.convert("RGBA")).convert("L")
    return _reduced(flat, LONG_SIDE)


def _within(size: tuple[int, int], side: int) -> tuple[int, int]:
    """The size whose long side is at most `side`."""
    longest = max(side, *size)
    return max(1, size[0] * side // longest), max(1, size[1] * side // longest)


def _reduced(picture: Image.Image, side: int) -> Image.Image:
    """The picture itself where it is not much too large, else each block of pixels as their mean: any finer way of making
    it smaller costs more than to search it whole."""
    longest = max(picture.size)
    return picture.reduce(-(-longest // side)) if longest > side * 3 // 2 else picture


IMAGE = ImageExtractor()
