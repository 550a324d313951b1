from __future__ import annotations

import io

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gateway.extract.pictures.words import words

TEXT = "護照號碼：349586580 陳志明"


def said(format_, **options):
    out = io.BytesIO()
    Image.new("RGB", (30, 30)).save(out, format_, **options)
    return words(Image.open(io.BytesIO(out.getvalue())))


@pytest.mark.parametrize("packed", [False, True])
def test_text_of_png(packed):
    chunks = PngInfo()
    chunks.add_itxt("Description", TEXT, zip=packed)
    chunks.add_text("Title", "349586581", zip=packed)
    assert {TEXT, "349586581"} <= set(said("PNG", pnginfo=chunks).split("\n"))


@pytest.mark.parametrize("charset", ["utf-8", "cp950"])
def test_comments_and_descriptions_of_jpeg(charset):
    assert TEXT in said("JPEG", comment=TEXT.encode(charset))
    exif = Image.Exif()
    exif[0x010E] = TEXT.encode(charset)
    assert TEXT in said("JPEG", exif=exif)


def test_words_of_windows_and_comments_of_users():
    exif = Image.Exif()
    exif[0x9C9B] = "身分證 A123456789".encode("utf-16-le")
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + TEXT.encode()
    found = said("JPEG", exif=exif)
    assert "身分證 A123456789" in found and TEXT in found


def test_nothing_said():
    assert said("PNG") == ""
    assert words(Image.new("L", (9, 9))) == ""
