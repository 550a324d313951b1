from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

from gateway.extract.pictures import legible, upright

COLUMNS = "坂本 結衣 在留 カー ド Zo.O ロ ミュ ooouo\n前 田 恵 子 在留 カー ド テテー]]\n"


def columns():
    """Figures upright, one below the other."""
    picture = Image.new("L", (600, 500), 255)
    draw = ImageDraw.Draw(picture)
    for column in range(6):
        for row, character in enumerate("A123456789"):
            draw.text((50 + 90 * column, 30 + 42 * row), character, 0, ImageFont.load_default(28))
    return legible.fit(picture)


def rows():
    picture = Image.new("L", (600, 500), 255)
    draw = ImageDraw.Draw(picture)
    for row in range(6):
        draw.text((50, 30 + 70 * row), "A123456789  0912345678", 0, ImageFont.load_default(28))
    return legible.fit(picture)


def test_columns_are_likely_where_nothing_known_is_read_in_lines():
    assert upright.likely(columns(), "") and upright.likely(columns(), "坂前坂前")
    assert not upright.likely(columns(), "氏名 在留カード番号\n坂本 結衣 CG74986384JJ")
    assert not upright.likely(rows(), "")


def test_words_of_a_column_have_the_figures_of_its_line():
    assert upright.said(COLUMNS, "IRREEN — No. CG74986384JJ\n\nfe HAM No. LE11788155FE\n").split("\n") == [
        "坂本結衣在留カードロミュ CG74986384JJ", "前田恵子在留カードテテー LE11788155FE"]


def test_columns_without_lines_of_their_own_stand_by_themselves():
    assert upright.said(COLUMNS, "one line").split("\n")[1].startswith("前田恵子在留カード")
    assert upright.said("身分證字號\nA123456789\n王大文先生台啟", "a\nX99999999\nb").split("\n")[1] == "A123456789"
    assert upright.said("Zo.O", "A123456789") == ""
