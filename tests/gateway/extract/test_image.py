"""QR codes of inbound mail; pictures that cost too much are left alone."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image

from gateway.extract import image
from gateway.extract.base import Context, Node
from gateway.extract.image import IMAGE
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation, Text
from gateway.model.deadline import Limits


def code(text: str, mode: str = "L", format: str = "PNG") -> bytes:
    bits = zxingcpp.write_barcode(zxingcpp.BarcodeFormat.QRCode, text, 200, 200)
    out = io.BytesIO()
    Image.fromarray(bits).convert(mode).save(out, format)
    return out.getvalue()


def extract(data: bytes, outbound: bool = False) -> list:
    return list(IMAGE.extract(Node(Artifact(1, 0, ArtifactKind.PART), data, "image/png"), Context(Limits(), outbound=outbound)))


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
