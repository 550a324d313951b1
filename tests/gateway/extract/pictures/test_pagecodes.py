"""QR codes on pages of PDF files: placed as pictures, scanned, drawn; other pages cost next to nothing."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from gateway.extract.pictures import pagecodes
from tests.builders import leak_documents

LINK = "https://h.example/login"


def code(scale: int = 6) -> Image.Image:
    made = zxingcpp.create_barcode(LINK, zxingcpp.BarcodeFormat.QRCode)
    return Image.fromarray(zxingcpp.write_barcode_to_image(made, scale=scale)).convert("L")


def modules() -> list[tuple[int, int]]:
    small = code(1)
    return [(x, y) for y in range(small.height) for x in range(small.width) if small.getpixel((x, y)) < 128]


def found(data: bytes) -> list[str]:
    return [each.text for picture in pagecodes.pictures(data) for each in zxingcpp.read_barcodes(picture)]


def placed(canvas: Canvas) -> None:
    canvas.drawString(60, 700, "Scan the code to read the document")
    canvas.drawImage(ImageReader(code()), 200, 300, 90, 90)


def squares(canvas: Canvas) -> None:
    for x, y in modules():
        canvas.rect(200 + 3 * x, 500 - 3 * y, 3, 3, stroke=0, fill=1)


def one_shape(canvas: Canvas) -> None:
    path = canvas.beginPath()
    for x, y in modules():
        path.rect(200 + 3 * x, 500 - 3 * y, 3, 3)
    canvas.drawPath(path, stroke=0, fill=1)


@pytest.mark.parametrize("draw", [placed, squares, one_shape])
def test_codes_of_pages(draw: object) -> None:
    assert found(leak_documents.printed(draw)) == [LINK]


def test_scanned_page() -> None:
    page = Image.new("L", (1240, 1754), 255)
    page.paste(code(), (500, 900))
    out = io.BytesIO()
    page.save(out, "PDF", resolution=150)
    assert found(out.getvalue()) == [LINK]


def banner(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.new("L", (600, 90), 128)), 60, 700, 400, 60)


def icon(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.new("L", (64, 64), 128)), 60, 700, 12, 12)


def table(canvas: Canvas) -> None:
    for row in range(60):
        canvas.line(60, 700 - 10 * row, 500, 700 - 10 * row)
        canvas.rect(60, 700 - 10 * row, 440, 9)


def ticks(canvas: Canvas) -> None:
    for row in range(20):
        canvas.rect(60, 700 - 20 * row, 9, 9)


@pytest.mark.parametrize("draw", [banner, icon, table, ticks])
def test_nothing_else_is_drawn(draw: object) -> None:
    assert list(pagecodes.pictures(leak_documents.printed(draw))) == []


def test_many_pictures_are_not_all_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagecodes, "MOST_PICTURES", 2)

    def draw(canvas: Canvas) -> None:
        for at in range(5):
            canvas.drawImage(ImageReader(Image.new("L", (80 + at, 80), 128)), 60, 100 + 100 * at, 80, 80)

    assert len(list(pagecodes.pictures(leak_documents.printed(draw)))) == 2


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", leak_documents.printed(placed)[:900]])
def test_damaged_files_give_nothing(data: bytes) -> None:
    assert list(pagecodes.pictures(data)) == []


def photo(side: int) -> ImageReader:
    """A code in a photo of that many pixels."""
    whole = Image.effect_noise((side, side), 12).convert("RGB")
    whole.paste(code(side // 100), (side // 2, side // 2))
    packed = io.BytesIO()
    whole.save(packed, "JPEG", quality=80)
    return ImageReader(packed)


@pytest.mark.parametrize("side", [450, 600, 800])
def test_code_in_a_photo(side: int) -> None:
    assert found(leak_documents.printed(lambda canvas: canvas.drawImage(photo(side), 100, 300, 200, 200))) == [LINK]


def test_photo_larger_than_any_code_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagecodes, "LARGEST_PHOTO", 10_000)
    assert found(leak_documents.printed(lambda canvas: canvas.drawImage(photo(600), 100, 300, 200, 200))) == []
