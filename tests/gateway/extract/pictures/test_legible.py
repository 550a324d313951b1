from __future__ import annotations

import random

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont, ImageOps

from gateway.extract.pictures import legible
from gateway.extract.pictures.legible import fit, mended
from gateway.identifiers import tw
from tests.gateway.identifiers import makers


def page(size=20, ground=255, ink=0, rows=8, lines=True):
    picture = Image.new("L", (size * 20, size * 2 * rows), ground)
    draw = ImageDraw.Draw(picture)
    for row in range(rows):
        draw.text((size, row * size * 2 + size // 2), "A123456789  0912345678", ink, ImageFont.load_default(size))
        if lines:
            draw.rectangle((0, row * size * 2, picture.width - 1, (row + 1) * size * 2), outline=128)
    return picture


@pytest.mark.parametrize("size", [12, 20, 40])
@pytest.mark.parametrize("lines", [True, False])
def test_lines_of_type_come_out_equally_high(size, lines):
    fitted = fit(page(size, lines=lines))
    assert 0.6 * legible.TYPE < legible._type_height(legible._edges(fitted)) < 1.4 * legible.TYPE


def test_light_on_dark_becomes_dark_on_light():
    assert fit(page(ground=20, ink=220)).getpixel((3, 3)) > 200


@pytest.mark.parametrize("turn", [-14, -5, -3, 2, 4, 11])
def test_lines_come_out_straight(turn):
    tilted = page(30, lines=False).rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    assert legible._skew(legible._edges(tilted)) == pytest.approx(-turn, abs=0.6)
    assert legible._skew(legible._edges(page(30, lines=False))) == 0


def test_lines_that_go_up_the_page():
    sheet = Image.new("L", (700, 500), 255)
    for row, text in enumerate(("Ann Bell, 12 Oak Street", "asked for a loan", "of three thousand, to be paid back", "in May", "or June next year")):
        ImageDraw.Draw(sheet).text((30, 30 + 60 * row), text, 0, ImageFont.load_default(28))
    assert not legible.sideways(sheet)
    assert legible.sideways(sheet.transpose(Image.Transpose.ROTATE_90))


def test_uneven_light_is_evened_out():
    sheet = page(30, lines=False)
    light = Image.linear_gradient("L").resize(sheet.size).point(lambda v: 90 + v * 100 // 255)
    evened = fit(Image.composite(sheet, Image.new("L", sheet.size, 30), light))
    assert min(evened.getpixel((2, y)) for y in range(0, evened.height, 20)) > 170


def test_nothing_is_made_larger_than_allowed():
    assert max(fit(page(8).resize((3900, 300))).size) <= legible.LARGEST
    assert max(fit(Image.new("L", (9000, 700), 255)).size) <= legible.LARGEST
    assert fit(Image.new("L", (300, 200), 255)).size == (300, 200)
    assert fit(ImageOps.invert(Image.new("L", (300, 200), 255))).size == (300, 200)


def test_part_numbers_are_no_misread_identity_numbers():
    dice = random.Random(5)
    parts = [f"{dice.choice('KGCUVYPEF')}{dice.choice('12')}{dice.randrange(10 ** 8):08}" for _ in range(40)]
    known = [makers.tw_id(dice) for _ in range(3)]
    text = "\n".join([*known, *(part for part in parts if not tw.national_id(part))])
    assert mended(text) == text


def test_letters_of_identity_numbers_are_mended_among_others():
    rng = random.Random(1)
    known = [makers.tw_id(rng) for _ in range(5)]
    lost = next(v for v in (makers.tw_id(rng) for _ in range(500)) if v[0] == "S")
    text = "\n".join([*known, "$" + lost[1:], f"T {known[0][1:]}", "0223456789"])
    assert mended(text).split("\n")[:6] == [*known, lost]
    assert "0223456789" in mended(text)
    assert mended("\n".join([*known, f"{lost[0]}€{lost[1:]}"])).split("\n")[-1] == lost
    few = "\n".join([*known[:1], "$" + lost[1:]])
    assert mended(few) == few


def test_a_digit_in_place_of_the_letter_under_its_label():
    assert mended("統一潑號  1131313991") == "統一潑號  I131313991"
    assert mended("身分證字號：1131313991") == "身分證字號：I131313991"
    for text in ("統一潑號  1131313992", "統一編號 12345678", "電話號碼 1131313991", "身分證字號 0912345678", "身分證字號\n1131313991"):
        assert mended(text) == text


def test_telephone_numbers_beside_identity_numbers_stay():
    rng = random.Random(3)
    rows = "\n".join(f"{makers.tw_id(rng)} 09{rng.randrange(10**8):08} 02{rng.randrange(10**8):08}" for _ in range(60))
    assert mended(rows) == rows
    lost = next(v for v in (makers.tw_id(rng) for _ in range(500)) if v[0] == "H" and not tw.national_id("A" + v[1:]))
    assert mended(f"{rows}\n4{lost[1:]} 0912345678 0911222333").split("\n")[-1] == f"{lost} 0912345678 0911222333"


def test_cards_in_two_pieces_are_joined_beside_whole_ones():
    rng = random.Random(2)
    cards = [makers.card(rng) for _ in range(3)]
    parted = f"{cards[2][:6]} {cards[2][6:]}"
    assert mended("\n".join([*cards[:2], parted])).split("\n")[-1] == cards[2]
    assert mended("\n".join([cards[0], parted])).split("\n")[-1] == parted
    assert mended("\n".join([*cards[:2], f"123456 {cards[2][6:]}"])).split("\n")[-1] != cards[2]


def test_numbers_of_rows_at_the_edge_of_a_spreadsheet():
    text = "A B C\n1 收件人 金額 健保卡卡號\n2 陳志明 6,638,499 000080492981\n3 林美玲 9,860,535 000014352835"
    assert mended(text).split("\n")[1:] == ["收件人 金額 健保卡卡號", "陳志明 6,638,499 000080492981", "林美玲 9,860,535 000014352835"]
    listed = "No 姓名 電話\n1 陳志明 0912345678\n2 林美玲 0912345679\n3 王小明 0912345670"
    assert mended(listed) == listed
    assert mended("1 page\n7 pages\n3 pages") == "1 page\n7 pages\n3 pages"


@pytest.mark.parametrize(("text", "read"), [
    ("TLO073190 FHO6670655EY", "TL0073190 FH06670655EY"), ("BC1O345678 A1O3456789", "BC10345678 A103456789"),
    ("TX36845949C)", "TX36845949CJ"),
    ("TZ9244675 TF0818778 1Z0736525 T22430236", "TZ9244675 TF0818778 TZ0736525 TZ2430236"), ("TZ9244675 1Z0736525", "TZ9244675 1Z0736525"),
    ("GBO7BARC42627733553707 68621.66", "GB07BARC42627733553707 68621.66"), ("NLSS ABNA 1175 5653 65.", "NL55 ABNA 1175 5653 65."),
])
def test_letters_in_place_of_digits_where_a_shape_has_these(text, read):
    assert mended(text) == read


@pytest.mark.parametrize("text", [
    "TOKYOOO12 GOOD2026OK AO12 XO1234567 LOOOOOOOO", "GBO7BARC42627733553708 NLSS ABNA 1175", "BOOKS4567890123 (AB 12345678)", "AB1234567C)"])
def test_words_and_other_numbers_keep_their_letters(text):
    assert mended(text) == text


def test_hyphens_of_social_security_numbers():
    assert mended("768 54-4707 x 681-29 4134") == "768-54-4707 x 681-29-4134"
    assert mended("681 29 4134, 2026 05-1234") == "681 29 4134, 2026 05-1234"
    assert mended("154- 49-1938 x 459-90- 6598") == "154-49-1938 x 459-90-6598"


@pytest.mark.parametrize("least", [1, 2, 5, 8, 40])
def test_runs_are_those_of_a_row(least):
    marks = np.random.default_rng(least).random((30, 90)) < 0.8
    marks[3, :60] = True
    naive = np.zeros_like(marks)
    for row in range(30):
        for at in range(90 - least + 1):
            if marks[row, at:at + least].all():
                naive[row, at:at + least] = True
    assert (legible.runs(marks, least) == naive).all() and (legible.runs(marks.T, least).T == legible.runs(marks.T.copy(), least).T).all()
    assert not legible.runs(marks[:, :least - 1], least).any()


@pytest.mark.parametrize("turn", [-40, -25, 28, 44])
def test_lines_far_askew_are_laid_straight(turn: int) -> None:
    found = legible.straightened(page().rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=255))
    assert found is not None and legible.straightened(found) is None


def test_straight_pages_are_not_turned() -> None:
    for picture in (page(), page().rotate(90, expand=True), page().rotate(5, expand=True, fillcolor=255), Image.new("L", (500, 400), 255)):
        assert legible.straightened(picture) is None


def test_signs_that_stand_for_digits_of_cards_among_others() -> None:
    rng = random.Random(4)
    cards = [makers.card(rng, "4579") for _ in range(2)]
    third = "5412424851825243"
    assert mended("\n".join([*cards, "§412424851825243"])).endswith(third)
    assert mended("\n".join([*cards, "5412 4248 S182 5243"])).endswith("5412 4248 5182 5243")
    for other in ("§412424851825244", "§§§2424851825243", "S412-4248-5182-524"):
        assert mended("\n".join([*cards, other])).endswith(other)
    assert mended(f"{cards[0]}\n§412424851825243").endswith("§412424851825243")


def test_brackets_of_hong_kong_that_were_read_as_other_signs():
    assert mended("D318031/0) B756250(6' C767272/A}") == "D318031(0) B756250(6) C767272(A)"
    assert mended("A728386/5 A728386/7-2 A728386 7") == "A728386/5 A728386/7-2 A728386 7"


def test_letters_of_hong_kong_that_were_read_as_digits():
    from gateway.identifiers import hk

    digit = next(sign for sign in "0123456789A" if hk.hkid("S252939" + sign) and not hk.hkid("J252939" + sign))
    assert mended(f"5252939({digit})") == f"S252939({digit})"
    assert mended("9252939(5) 5252939(5)-1 A5252939(5)") == "9252939(5) 5252939(5)-1 A5252939(5)"


@pytest.mark.parametrize("ground", [120, 150])
def test_raised_letters_lose_their_shadow(ground: int) -> None:
    """As on a card: grey with a light upper edge and a dark lower one, on a ground of neither."""
    def letters(*shades: tuple[int, int]) -> Image.Image:
        picture = Image.new("L", (700, 300), ground)
        for row in range(4):
            for away, shade in shades:
                ImageDraw.Draw(picture).text((40 + away, 20 + 70 * row + away), "4579 4718 0996 2802", shade, ImageFont.load_default(40))
        return picture

    raised = np.asarray(fit(letters((2, 30), (-1, 255), (0, 235))))
    assert np.median(raised) > 240 and (raised < 128).mean() == pytest.approx((np.asarray(fit(letters((0, 235)))) < 128).mean(), rel=0.6)


def test_dark_letters_on_grey_stay_dark() -> None:
    picture = Image.new("L", (700, 300), 170)
    for row in range(4):
        ImageDraw.Draw(picture).text((40, 20 + 70 * row), "4579 4718 0996 2802", 40, ImageFont.load_default(40))
        ImageDraw.Draw(picture).text((41, 21 + 70 * row), "4579", 255, ImageFont.load_default(40))
    fitted = np.asarray(fit(picture))
    assert 0.02 < (fitted < 80).mean() < 0.2 and np.median(fitted) > 110


@pytest.mark.parametrize(("text", "read"), [
    ("花子 090.3128-5442", "花子 090-3128-5442"), ("o80-2356.3041", "080-2356-3041"), ("O2-2345-6789.", "02-2345-6789."),
    ("1090.3128-5442", "1090.3128-5442"), ("0.25-300", "0.25-300"), ("192.0.2.1-254", "192.0.2.1-254"), ("010-1234-5678", "010-1234-5678")])
def test_hyphens_of_telephones_that_were_read_as_dots(text, read):
    assert legible.mended(text) == read
