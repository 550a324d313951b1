"""QR codes of inbound mail; pictures that cost too much are left alone."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image

from gateway.extract.base import Context, Node, Problem
from gateway.extract.pictures import codes as image
from gateway.extract.pictures.codes import IMAGE
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation, Text
from gateway.model.deadline import Limits


def code(text: str, mode: str = "L", format: str = "PNG") -> bytes:
    bits = zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode), scale=6)
    out = io.BytesIO()
    Image.fromarray(bits).convert(mode).save(out, format)
    return out.getvalue()


def extract(data: bytes, outbound: bool = False, kind: str = "image/png") -> list:
    return list(IMAGE.extract(Node(Artifact(1, 0, ArtifactKind.PART), data, kind), Context(Limits(), outbound=outbound)))


@pytest.mark.parametrize(("mode", "format"), [("L", "PNG"), ("RGB", "JPEG"), ("RGBA", "PNG"), ("1", "PNG"), ("P", "GIF")])
def test_link_is_read(mode, format):
    items = extract(code("https://h.example/login", mode, format))
    assert Observation("IMAGE-BARCODE", "https://h.example/login") in items
    assert any(isinstance(i, Text) and i.source == "barcode" for i in items)


def test_picture_without_a_code():
    out = io.BytesIO()
    Image.new("L", (100, 100), 255).save(out, "PNG")
    assert extract(out.getvalue()) == []


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n", b"\x89PNG\r\n\x1a\n" + bytes(100), b""])
def test_damaged_picture_is_said(data):
    assert extract(data) == [Observation("IMAGE-NOT-READ")]


def test_huge_and_tiny_pictures_are_not_decoded(monkeypatch):
    monkeypatch.setattr(image, "MOST_PIXELS", 100)
    assert extract(code("x")) == [Observation("IMAGE-NOT-READ")]


def test_outbound_pictures_are_for_another_reader():
    assert extract(code("x"), outbound=True) == []


def scan(kind: str, side: int, size: tuple[int, int] = (1654, 2339), turn: int = 0, light: bool = False) -> bytes:
    """A page at 200 dpi with one code of `side` pixels."""
    made = zxingcpp.create_barcode("https://h.example/login", getattr(zxingcpp.BarcodeFormat, kind))
    bits = Image.fromarray(zxingcpp.write_barcode_to_image(made)).resize((side, side), Image.Resampling.NEAREST).convert("L")
    bits = bits.rotate(turn, expand=True, fillcolor=255)
    page = Image.new("L", size, 255)
    page.paste(bits.point(lambda v: 255 - v) if light else bits, (700, 900))
    out = io.BytesIO()
    page.save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(("kind", "side", "turn", "light"), [
    ("QRCode", 110, 0, False), ("QRCode", 110, 90, False), ("QRCode", 130, 0, True), ("Aztec", 160, 0, False),
    ("DataMatrix", 110, 0, False), ("DataMatrix", 150, 0, True), ("DataMatrix", 240, 90, False)])
def test_small_code_on_a_scanned_page(kind, side, turn, light):
    assert Observation("IMAGE-BARCODE", "https://h.example/login") in extract(scan(kind, side, turn=turn, light=light))


def test_large_photo_is_made_smaller_first():
    data = scan("QRCode", 420, (4000, 3000))
    picture = image._open(data)
    assert picture is not None and max(picture.size) <= image.LONG_SIDE * 3 // 2
    assert Observation("IMAGE-BARCODE", "https://h.example/login") in extract(data)


def test_code_of_lines_is_no_link():
    assert extract(scan("Code128", 400)) == []


def framed(format: str) -> bytes:
    """Nothing, then a code."""
    second = Image.open(io.BytesIO(code("https://h.example/login"))).convert("L")
    out = io.BytesIO()
    Image.new("L", second.size, 200).save(out, format, save_all=True, append_images=[second])
    return out.getvalue()


@pytest.mark.parametrize(("format", "type"), [("GIF", "image/gif"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("TIFF", "image/tiff")])
def test_code_of_the_second_frame(format, type):
    node = Node(Artifact(1, 0, ArtifactKind.PART), framed(format), type)
    assert Observation("IMAGE-BARCODE", "https://h.example/login") in list(IMAGE.extract(node, Context(Limits())))


@pytest.mark.parametrize(("format", "type"), [("AVIF", "image/avif"), ("JPEG2000", "image/jp2"), ("PDF", "application/pdf")])
def test_code_of_other_formats(format, type):
    node = Node(Artifact(1, 0, ArtifactKind.PART), code("https://h.example/login", format=format), type)
    assert Observation("IMAGE-BARCODE", "https://h.example/login") in list(IMAGE.extract(node, Context(Limits())))


@pytest.mark.parametrize("down", [False, True])
def test_code_in_two_halves(down):
    whole = Image.open(io.BytesIO(code("https://h.example/login")))
    wide, high = whole.size
    boxes = [(0, 0, wide, high // 2), (0, high // 2, wide, high)] if down else [(0, 0, wide // 2, high), (wide // 2, 0, wide, high)]
    halves = []
    for box in boxes:
        out = io.BytesIO()
        whole.crop(box).save(out, "PNG")
        halves.append(out.getvalue())
    context = Context(Limits())
    context.slices["first"] = tuple((half,) for half in halves) if down else (tuple(halves),)
    nodes = [Node(Artifact(1, 0, ArtifactKind.PART, sha256=name), half, "image/png") for name, half in zip(("first", "second"), halves, strict=True)]
    assert [[item for item in IMAGE.extract(node, context) if isinstance(item, Observation)] for node in nodes] == [
        [Observation("IMAGE-BARCODE", "https://h.example/login")], []]


def test_a_damaged_avif_shows_no_code() -> None:
    for at in range(60, 300, 3):                          # the boxes before the picture's own octets
        data = bytearray(code("https://h.example/login", "RGB", "AVIF"))
        data[at:at + 4] = bytes(4)
        assert not any(isinstance(item, Problem) for item in extract(bytes(data), kind="image/avif"))
