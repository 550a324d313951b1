from __future__ import annotations

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from gateway.extract.pictures import barcodes


def code(said, kind=zxingcpp.BarcodeFormat.QRCode, scale=4):
    made = np.asarray(zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(said, kind), scale=scale))
    return Image.fromarray(np.pad(made, 20, constant_values=255))


def page(*codes):
    picture = Image.new("L", (900, 1200), 255)
    ImageDraw.Draw(picture).text((40, 40), "Annex A 4579471809962802", 0, ImageFont.load_default(24))
    for number, one in enumerate(codes):
        picture.paste(one, (60, 200 + 400 * number))
    return picture


@pytest.mark.parametrize("kind", ["QRCode", "DataMatrix", "Aztec", "PDF417"])
def test_square_codes_are_told_and_painted_over(kind):
    shown = page(code("customer V115718705", getattr(zxingcpp.BarcodeFormat, kind)))
    said, rest = barcodes.read(shown)
    assert said == [b"customer V115718705"]
    assert (np.asarray(rest)[200:] < 128).mean() < 0.01 and (np.asarray(rest)[:200] < 128).sum() == (np.asarray(shown)[:200] < 128).sum()


def test_codes_of_lines_stay_in_the_picture():
    shown = page(code("V115718705", zxingcpp.BarcodeFormat.Code128))
    said, rest = barcodes.read(shown)
    assert said == [b"V115718705"] and rest is shown


def test_octets_are_told_as_they_are_beside_the_text_of_the_library():
    said, _ = barcodes.read(code("身分證字號".encode("big5")))
    assert "身分證字號".encode("big5") in said
    both, _ = barcodes.read(page(code("one"), code("two")))
    assert sorted(both) == [b"one", b"two"]


def test_a_large_page_is_painted_at_its_own_size():
    said, rest = barcodes.read(page(code("V115718705")).resize((3600, 4800)))
    assert said == [b"V115718705"] and rest.size == (3600, 4800)
    assert (np.asarray(rest)[800:] < 128).mean() < 0.01


def test_all_codes_of_a_sheet_are_told():
    sheet = Image.new("L", (1300, 1300), 255)
    for number in range(64):
        sheet.paste(code(f"https://pay.example/{number}", scale=3), (20 + 155 * (number % 8), 20 + 155 * (number // 8)))
    said, rest = barcodes.read(sheet)
    assert len(said) == 64 and np.asarray(rest).min() > 200


def row(*said):
    sheet = Image.new("L", (300 * len(said), 300), 255)
    for number, one in enumerate(said):
        sheet.paste(code(one), (300 * number, 20))
    return sheet


def test_a_record_that_two_codes_share_is_told():
    said, _ = barcodes.read(row("name,number\nAnn,V115718705\nJoe,A1234", "56789\nSue,B123456780\nTom,V11571", "8705\n"))
    assert said[-1] == b"name,number\nAnn,V115718705\nJoe,A123456789\nSue,B123456780\nTom,V115718705\n" and len(said) == 4


def test_codes_that_end_with_a_record_are_told_alone():
    assert len(barcodes.read(row("4579471", "809962802"))[0]) == 2
    assert len(barcodes.read(row("BEGIN:VCARD\nTEL:0912345678\nEND:VCARD\n", "BEGIN:VCARD\nTEL:0912345679\nEND:VCARD\n"))[0]) == 2
    assert len(barcodes.read(row("https://pay.example/a?number=4579471", "https://pay.example/a?number=809962802"))[0]) == 2


def test_the_code_of_a_card_with_an_individual_number_is_under_its_label():
    assert barcodes.read(page(code("123456789018")))[0] == [b"123456789018", "個人番号: 123456789018".encode()]
    assert barcodes.read(page(code("123456789018"), code("123456789012")))[0] == [b"123456789018", b"123456789012"]
    assert barcodes.read(page(code("12345678901")))[0] == [b"12345678901"]
