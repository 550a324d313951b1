"""What weighs little and costs its reader much."""

from __future__ import annotations

import struct
import time
import zlib

import pytest

from gateway.extract import floods
from gateway.extract.crowds import Together
from gateway.extract.pdf.document import PDF
from tests.builders.archives import codes, take_apart
from tests.builders.documents import pdf


def png(width: int, height: int, more: bytes = b"", depth: int = 8, colour: int = 2) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0) + bytes(4) + more


GIF = b"GIF89a\1\0\1\0\xf0\0\0" + bytes(6)


def frame(width: int, height: int, size: int) -> bytes:
    """One picture of an animation, with a table of two colours of its own."""
    blocks = b"".join(bytes((min(255, size - at),)) + bytes(min(255, size - at)) for at in range(0, size, 255))
    return b"!\xf9\4\0\0\0\0\0," + struct.pack("<HHHHB", 0, 0, width, height, 0x80) + bytes(6) + b"\2" + blocks + b"\0"


FRAME = b"!\xf9\4\0\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0"


@pytest.mark.parametrize(("kind", "data", "code"), [
    ("image/png", png(60_000, 60_000), "RATIO"), ("image/png", png(1, 1, b"tEXt" * 25_000), "COUNT"),
    ("image/gif", b"GIF89a\1\0\1\0\0\0\0" + FRAME * 25_000, "COUNT"), ("image/gif", b"GIF89a\xff\xff\xff\xff\0\0\0" + FRAME, "RATIO"),
    ("image/bmp", b"BM" + bytes(12) + struct.pack("<Iii", 40, 60_000, -60_000), "RATIO"),
    ("image/bmp", b"BM" + bytes(12) + struct.pack("<IHHHH", 12, 127, 64, 1, 8) + bytes(900), ""),                 # of OS/2
    ("image/png", png(5_000, 5_000, bytes(70_000)), "RATIO"),            # 75 MB of zeros
    ("image/png", png(2_480, 3_508, bytes(26_000)), ""), ("image/png", png(3_508, 4_961, bytes(50_000)), ""),      # white A4 and A3 at 300 dpi
    ("image/png", png(5_000, 7_000, bytes(400_000)), ""),                 # a page of text at 600 dpi
    ("image/png", png(15_000, 20_000, bytes(300_000), 1, 0), ""),         # a plan of A0 in black and white
    ("image/gif", GIF + frame(4_000, 4_000, 900) * 210, "RATIO"), ("image/gif", GIF + frame(800, 600, 900) * 200, ""),
    ("image/gif", GIF + frame(1_920, 1_080, 40_000) * 300, ""), ("image/gif", b"GIF89a\x90\1\x90\1\0\0\0" + FRAME * 300, ""), ("image/gif", b"GIF", ""),
    ("image/png", b"\xff\xd8\xff" * 30, ""),
    ("image/jpeg", b"\xff\xd8\xff", ""), ("image/png", b"", ""),
])
def test_pictures(kind: str, data: bytes, code: str) -> None:
    assert floods.picture(kind, data)[0] == code


def stream(data: bytes, entries: str) -> bytes:
    return f"<< {entries} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


LARGE = zlib.compress(bytes(40 << 20), 9)


@pytest.mark.parametrize(("item", "held"), [
    (stream(LARGE, "/Filter /FlateDecode"), True), (stream(zlib.compress(LARGE, 9), "/Filter [/FlateDecode /FlateDecode]"), True),
    (stream(LARGE, "/Subtype /Image /Filter /FlateDecode"), False), (stream(zlib.compress(bytes(1 << 20)), "/Filter /FlateDecode"), False),
    (stream(b"no deflate", "/Filter /FlateDecode"), False),
])
def test_streams_of_a_document(item: bytes, held: bool) -> None:
    assert ("RATIO" in codes(take_apart(PDF, pdf(objects=(item,)), "a.pdf"))) == held


def test_more_links_than_any_document_has() -> None:
    links = tuple(f"<< /S /URI /URI (http://h.example/{n}) >>" for n in range(12_500))
    assert "COUNT" in codes(take_apart(PDF, pdf(objects=links), "a.pdf"))
    assert "COUNT" not in codes(take_apart(PDF, pdf(objects=links[:2000]), "a.pdf"))


def test_objects_behind_the_end_that_act() -> None:
    data = pdf() + b"1 0 obj\n<< /Type /Catalog /OpenAction << /S /JavaScript /JS (x) >> >>\nendobj\n"
    assert "PDF-DAMAGED-ACTION" in codes(take_apart(PDF, data, "a.pdf"))
    assert "PDF-DAMAGED-ACTION" not in codes(take_apart(PDF, pdf() + b"<!-- served by x, and 1 0 words of it -->", "a.pdf"))


def bursting(data: bytes) -> bool:
    return floods.bursting(data, floods.object_streams(data))


@pytest.mark.parametrize(("kind", "size", "held"), [
    (b"/Type /ObjStm", 40 << 20, True), (b"/Type /Obj#53tm", 40 << 20, True), (b"/Type/ObjStm", 1 << 20, False), (b"/Type /XObject", 8 << 20, False),
])
def test_object_streams_that_nothing_refers_to(kind: bytes, size: int, held: bool) -> None:
    raw = zlib.compress(bytes(size), 9)
    hidden = b"77 0 obj\n<< " + kind + b" /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(raw) + raw + b"\nendstream\nendobj\n"
    data = pdf().replace(b"%PDF-1.7\n", b"%PDF-1.7\n" + hidden, 1)
    assert bursting(data) == held
    assert ("RATIO" in codes(take_apart(PDF, data, "a.pdf"))) == held


@pytest.mark.parametrize(("item", "held"), [("[" * 400 + "]" * 400, True), ("<</A " * 400 + "1" + ">>" * 400, True), ("[" * 90 + "]" * 90, False),
                                            ("<< /A [[0 0] [1 1]] >> " * 900, False)])
def test_arrays_within_arrays(item: str, held: bool) -> None:
    assert ("DEPTH" in codes(take_apart(PDF, pdf(objects=(item,)), "a.pdf"))) == held


def test_a_stream_without_an_end_is_looked_at_once() -> None:
    raw = zlib.compress(bytes(40 << 20), 9)
    head = b"<< /Type /ObjStm >>\nstream\n"
    assert bursting(head + raw) and not bursting(head * 9_000 + bytes(1 << 20))


@pytest.mark.parametrize("unit", [b"[" * 399 + b"x", b"<</A " * 399 + b"x", b"[ " * 7 + b"x", b"<< /" + b"A" * 40 + b"}"])
def test_runs_of_brackets_are_read_once(unit: bytes) -> None:
    """So many units cost a hundred times as much where each bracket of a run begins a search of its own."""
    began = time.process_time()
    assert not floods.deep(unit * (2_000_000 // len(unit)))
    assert time.process_time() - began < 2


def test_brackets_of_either_kind_are_counted() -> None:
    assert floods.deep(b"x[" * 3 + b"[\n" * 400) and floods.deep(b"<</A" * 400) and not floods.deep(b"<</A" * 399 + b"[" * 399)


def test_many_streams_below_the_limit_are_one_flood() -> None:
    raw = zlib.compress(bytes(9 << 20), 9)
    item = b"<< /N 3 /Filter /FlateDecode /Length %d >>\nstream\n" % len(raw) + raw + b"\nendstream"
    assert "RATIO" in codes(take_apart(PDF, pdf(objects=(item,) * 4), "a.pdf"))
    assert "RATIO" not in codes(take_apart(PDF, pdf(objects=(item,) * 3), "a.pdf"))
    assert "RATIO" not in codes(take_apart(PDF, pdf(objects=(item.replace(b"<< ", b"<< /Subtype /Image ", 1),) * 9), "a.pdf"))
    table = b"<< /Type /ObjStm /Length %d >>\nstream\n" % len(raw) + raw + b"\nendstream"
    assert bursting(table * 4) and not bursting(table * 3)


def test_what_is_packed_as_usual_is_not_unpacked() -> None:
    page = b"".join(b"%d %d m %d %d l S\n" % (n, n * 7 % 500, n * 3 % 700, n) for n in range(60_000))
    assert not floods.dense(zlib.compress(page)) and not floods.dense(b"no deflate") and not floods.dense(b"")
    assert floods.dense(zlib.compress(bytes(1 << 20))) == 1 << 20


def test_more_object_streams_than_any_document_has() -> None:
    assert "COUNT" in codes(take_apart(PDF, pdf() + b"/Obj#53tm /ObjStm " * 10_001, "a.pdf"))
    assert len(floods.object_streams(b"/ObjStm " * 20_000)) == floods.OBJECT_STREAMS and not floods.object_streams(b"# Stm " * 30_000)


def jpeg(width: int, height: int, more: bytes = b"") -> bytes:
    frame = struct.pack(">BHHB", 8, height, width, 3) + bytes(9)
    return b"\xff\xd8\xff\xe0\0\4ab\xff\xff\xc2" + struct.pack(">H", len(frame) + 2) + frame + more


def webp(kind: bytes, body: bytes, size: int = 100) -> bytes:
    return b"RIFF\0\0\0\0WEBP" + kind + struct.pack("<L", size) + body + bytes(size)


def tiff(*pages: tuple[int, int, int], order: str = "<", last: int = 0, size: int = 0) -> bytes:
    """Pages of (width, height, bits a pixel); the last one leads to `last`."""
    out = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "L", 8)
    for number, (width, height, bits) in enumerate(pages):
        entries = [(256, 4, width), (257, 4, height), (258, 3, bits), (277, 3, 1)]
        page = b"".join(struct.pack(order + "HHL", tag, kind, 1) + struct.pack(order + ("HH" if kind == 3 else "L"), *((value, 0) if kind == 3 else (value,)))
                        for tag, kind, value in entries)
        following = len(out) + 2 + len(page) + 4 if number + 1 < len(pages) else last
        out += struct.pack(order + "H", len(entries)) + page + struct.pack(order + "L", following)
    return out + bytes(size)


@pytest.mark.parametrize(("kind", "data", "code"), [
    ("image/jpeg", jpeg(65_000, 65_000), "RATIO"), ("image/jpeg", jpeg(4_000, 3_000, b"\xff\xda\0\2ab" * 300), "COUNT"),
    ("image/jpeg", jpeg(8_000, 6_000, bytes(4 << 20)), ""), ("image/jpeg", jpeg(4_960, 7_016, bytes(700_000) + b"\xff\xda\0\2ab" * 12), ""), ("image/jpeg", b"\xff\xd8\xff\xe0", ""),
    ("image/jpeg", jpeg(4_000, 3_000, b"\xff\xda\0\2ab\xff\xd9" + b"\xff\xda" * 900), ""), ("image/jpeg", jpeg(40, 30, b"\xff\xfe\0\4\xff\xda" * 25_000), "COUNT"),
    ("image/webp", webp(b"VP8X", bytes(4) + b"\xff\xff\0\xff\xff\0"), "RATIO"), ("image/webp", webp(b"VP8L", b"\x2f\xff\xff\xff\x0f"), "RATIO"),
    ("image/webp", webp(b"VP8 ", bytes(6) + b"\xff\x3f\xff\x3f"), "RATIO"), ("image/webp", webp(b"VP8 ", bytes(6) + b"\0\4\0\3", 9_000), ""), ("image/webp", b"RIFF", ""),
    ("image/webp", webp(b"VP8X", b"\2\0\0\0\x2b\1\0\xc7\xff\0", 9_000), "RATIO"), ("image/webp", webp(b"VP8X", b"\0\0\0\0\x2b\1\0\xc7\xff\0", 9_000), ""),
    ("image/webp", webp(b"VP8X", b"\2\0\0\0\x7f\7\0\x37\4\0", 9_000), ""),
    ("image/tiff", tiff((20_000, 20_000, 24)), "RATIO"), ("image/tiff", tiff((20_000, 20_000, 24), order=">"), "RATIO"), ("image/tiff", tiff((4_960, 7_016, 1), last=8), "COUNT"),
    ("image/tiff", tiff(*[(1_700, 2_200, 1)] * 900), ""), ("image/tiff", tiff((4_960, 7_016, 24), size=400_000), ""), ("image/tiff", b"II*\0", ""),
])
def test_photographs_and_scans(kind: str, data: bytes, code: str) -> None:
    assert floods.picture(kind, data)[0] == code


def test_pixels_of_pictures_that_are_blank_or_nearly_so() -> None:
    size = 2_480 * 3_508
    white = tiff((2_480, 3_508, 24), size=30_000)
    assert floods.pixels("image/tiff", white) == (size, size)
    assert floods.pixels("image/tiff", tiff((2_480, 3_508, 24), size=170_000)) == (0, size)       # text
    assert floods.pixels("image/tiff", tiff((2_480, 3_508, 1), size=40_000)) == (0, 0)           # a facsimile
    assert floods.pixels("image/jpeg", jpeg(4_000, 3_000, bytes(2 << 20))) == (0, 0)
    assert floods.pixels("image/webp", webp(b"VP8L", b"\x2f\xff\xff\xff\x0f")) == (16_384 * 16_384,) * 2
    assert floods.pixels("image/gif", b"GIF89a\x10\x27\x10\x27\0\0\0") == (10_000 * 10_000,) * 2
    assert floods.pixels("image/bmp", b"BM" + bytes(16) + struct.pack("<iiHH", 9_000, -9_000, 1, 8) + bytes(9_000))[0] == 9_000 * 9_000
    assert floods.pixels("image/bmp", b"BM" + bytes(12) + struct.pack("<IHHHH", 12, 157, 151, 1, 24) + bytes(71_000)) == (0, 0)  # of OS/2
    for kind in ("image/png", "image/gif", "image/jpeg", "image/webp", "image/tiff", "image/bmp", "text/plain"):
        assert floods.pixels(kind, b"") == (0, 0)


def test_pictures_are_counted_together() -> None:
    white = tiff((2_480, 3_508, 24), size=30_000)
    for number, held in ((25, True), (20, False)):
        together = Together()
        found = [together.add("image/tiff", white) for _ in range(number)]
        assert any(found) == held and not found[0]
    pages = Together()
    assert not any(pages.add("image/tiff", tiff((2_480, 3_508, 24), size=180_000)) for _ in range(150))


def boxed(width: int, height: int, kind: str) -> bytes:
    if kind == "image/jp2":
        return b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x16ihdr" + struct.pack(">II", height, width) + bytes(400)
    if kind == "image/vnd.adobe.photoshop":
        return b"8BPS\0\1" + bytes(6) + b"\0\3" + struct.pack(">II", height, width) + bytes(400)
    return (b"\0\0\0\x1cftypavif" + bytes(16) + b"\0\0\0\x14ispe\0\0\0\0" + struct.pack(">II", 64, 64)
            + b"\0\0\0\x14ispe\0\0\0\0" + struct.pack(">II", width, height) + bytes(400))


@pytest.mark.parametrize("kind", ["image/jp2", "image/avif", "image/heic", "image/vnd.adobe.photoshop"])
def test_pixels_of_further_kinds_are_counted(kind: str) -> None:
    assert floods.pixels(kind, boxed(3000, 2000, kind)) == (6_000_000, 6_000_000)
    assert floods.pixels(kind, boxed(3000, 2000, kind) + bytes(200_000)) == (0, 0)


def test_what_announces_no_size_has_no_pixels() -> None:
    assert floods.pixels("image/jp2", b"ihdr") == floods.pixels("image/avif", b"\0" * 40) == (0, 0)
    codestream = b"\xff\x4f\xff\x51\0\x29\0\0" + struct.pack(">II", 2000, 1000) + bytes(100)
    assert floods.pixels("image/jp2", codestream) == (2_000_000, 2_000_000)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


@pytest.mark.parametrize(("name", "head"), [(b"zTXt", b"k\0\0"), (b"iTXt", b"k\0\1\0zh\0k\0"), (b"iCCP", b"p\0\0")])
def test_packed_texts_of_a_picture(name: bytes, head: bytes) -> None:
    usual = chunk(name, head + zlib.compress(bytes(2 << 20)))
    large = chunk(name, head + zlib.compress(bytes(floods.TEXT + 1)))
    assert floods.texts_of_png(png(20, 20, usual)) == 2 << 20
    assert floods.picture("image/png", png(20, 20, usual * 3)) == ("", "")
    assert floods.picture("image/png", png(20, 20, large))[0] == floods.picture("image/png", png(20, 20, usual * 40))[0] == "RATIO"


def test_texts_that_are_not_packed_unpack_to_nothing() -> None:
    plain = png(20, 20, chunk(b"iTXt", b"k\0\0\0\0\0" + zlib.compress(bytes(floods.TEXT + 1))))
    assert floods.texts_of_png(plain) == floods.texts_of_png(b"") == floods.texts_of_png(png(20, 20, chunk(b"iTXt", b"k") + b"iTXt")) == 0


def test_frames_of_an_animated_png_are_counted() -> None:
    one = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 3000, 3000, 0, 0, 1, 10, 0, 0))
    assert floods.frames_of_png(png(3000, 3000, one * 20)) == 20 * 9_000_000
    packed = chunk(b"IDAT", b"fcTL" + b"\xff" * 40)          # the same letters among its octets
    assert floods.frames_of_png(png(20, 20, packed)) == 0
    assert floods.picture("image/png", png(3000, 3000, one * 20))[0] == "RATIO"
    assert floods.picture("image/png", png(3000, 3000, one * 20 + chunk(b"IDAT", bytes(2 << 20)))) == ("", "")
    assert floods.picture("image/png", png(300, 300, chunk(b"fcTL", struct.pack(">III", 0, 300, 300)) * 60 + b"fcTL")) == ("", "")


@pytest.mark.parametrize("kind", ["image/jp2", "image/avif", "image/heic"])
def test_flat_pictures_of_boxes_are_told_by_what_they_announce(kind):
    assert floods.picture(kind, boxed(8192, 8192, kind))[0] == "RATIO"
    assert floods.picture(kind, boxed(4000, 3000, kind)) == ("", "")
    assert floods.picture(kind, boxed(8192, 8192, kind) + bytes(600_000)) == ("", "")
