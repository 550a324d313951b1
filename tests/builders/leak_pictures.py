"""Pictures in which customers leave: screenshots, scans and photographs of tables. One function a kind, each must be held."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

from tests.builders.documents import package
from tests.builders.leak_people import Person, people

SANS = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
SERIF = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"
FACES = {"jp": 0, "tw": 3, "cn": 2}
LATIN = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
HEADS = {"tw": ("姓名", "身分證字號", "手機"), "cn": ("姓名", "身份证号", "手机"), "jp": ("氏名", "マイナンバー", "電話番号"),
         "us": ("Name", "Card number", "E-mail")}
BODIES = {"tw": "附上客戶資料，請協助確認。", "cn": "附上客户资料，请协助确认。", "jp": "お世話になっております。顧客リストをお送りします。", "us": "Please check the list."}
TYPES = {"tw": "tw.national_id", "cn": "cn.resident_id", "jp": "jp.my_number", "us": "card"}

Style = Callable[[random.Random, str], list[tuple[str, bytes]]]
FAMILIES: dict[str, Callable[[random.Random, str], PictureCase]] = {}


@dataclass(frozen=True)
class PictureCase:
    """Attachments, the text of the mail around them, and how many numbers of what type they hold."""

    files: tuple[tuple[str, bytes], ...]
    body: str
    type: str
    count: int


def cells(country: str, person: Person) -> tuple[str, str, str]:
    return person.name, person.card if country == "us" else person.id, person.email if country == "us" else person.phone


def table(country: str, found: list[Person], size: int = 18, *, ground="white", ink="black", lines: bool = True, serif: bool = False,
          bands: str = "", margin: int = 0) -> Image.Image:
    """A table as screens show it: a heading, a row a person, with lines between the cells or without."""
    path, index = (LATIN, 0) if country == "us" else (SERIF if serif else SANS, FACES[country])
    font = ImageFont.truetype(path, size, index=index)
    rows = [HEADS[country], *(cells(country, person) for person in found)]
    widths = [int(max(font.getlength(row[i]) for row in rows)) + size * 2 for i in range(3)]
    high = int(size * 1.9)
    picture = Image.new("RGB", (sum(widths) + 2 * margin + 2, high * len(rows) + 2 * margin + 2), ground)
    draw = ImageDraw.Draw(picture)
    for r, row in enumerate(rows):
        if bands and r % 2 == 0:
            draw.rectangle((margin, margin + r * high, margin + sum(widths), margin + (r + 1) * high), bands)
        for i, cell in enumerate(row):
            left, top = margin + sum(widths[:i]), margin + r * high
            draw.text((left + size * 0.6, top + size * 0.2), cell, ink, font)
            if lines:
                draw.rectangle((left, top, left + widths[i], top + high), outline="#a0a0a0")
    return picture


def png(picture: Image.Image) -> bytes:
    return saved(picture, "PNG")


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def page(picture: Image.Image, dpi: int) -> Image.Image:
    """The table on a sheet of A4."""
    sheet = Image.new("RGB", (int(8.27 * dpi), int(11.69 * dpi)), "white")
    sheet.paste(picture, ((sheet.width - picture.width) // 2, dpi))
    return sheet


def noise(rng: random.Random, picture: Image.Image, amount: int) -> Image.Image:
    grain = Image.frombytes("L", picture.size, rng.randbytes(picture.width * picture.height)).point(lambda v: v * amount // 255)
    return Image.composite(picture, Image.merge("RGB", [ImageOps.invert(grain)] * 3), Image.new("L", picture.size, 255 - amount))


def family(function: Callable[..., list[tuple[str, bytes]]]) -> Callable[..., list[tuple[str, bytes]]]:
    def make(rng: random.Random, country: str) -> PictureCase:
        found = western(rng) if country == "us" else people(rng, country, 6, 12)
        return PictureCase(tuple(function(rng, country, found)), BODIES[country], TYPES[country], len(found))

    FAMILIES[function.__name__] = make
    return function


def western(rng: random.Random) -> list[Person]:
    return [Person("us", f"{a} {b}", p.id, p.year, p.month, p.day, p.phone, p.email, p.card)
            for p, a, b in zip(people(rng, "tw", 6, 12), ("James", "Mary", "Robert", "Linda", "David", "Susan") * 2,
                               ("Smith", "Johnson", "Brown", "Garcia", "Miller", "Davis") * 2, strict=False)]


def turned(picture: Image.Image, degrees: float) -> Image.Image:
    return picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor="white")


@family
def plain(rng, country, found):
    return [("screen.png", png(table(country, found, rng.choice((14, 18, 24)), serif=rng.random() < 0.3)))]


@family
def quarter_turns(rng, country, found):
    return [("screen.png", png(turned(table(country, found), rng.choice((90, 180, 270)))))]


@family
def turned_page(rng, country, found):
    return [("page.png", png(page(table(country, found, 28), 150).rotate(rng.choice((90, 180, 270)), expand=True)))]


@family
def skewed(rng, country, found):
    return [("screen.png", png(turned(table(country, found, 20, margin=30), rng.choice((-5, -4, -3, -2, 2, 3, 4, 5)))))]


@family
def dark_mode(rng, country, found):
    return [("screen.png", png(table(country, found, ground=rng.choice(("#1e1e1e", "#0b2239", "black")), ink=rng.choice(("#d4d4d4", "white")))))]


@family
def half_dark(rng, country, found):
    """A dark table on a white page."""
    dark = table(country, found, ground="#202124", ink="#e8eaed", lines=False)
    sheet = Image.new("RGB", (dark.width + 300, dark.height * 2 + 200), "white")
    sheet.paste(dark, (150, 100))
    return [("screen.png", png(sheet))]


@family
def low_contrast(rng, country, found):
    ground, ink = rng.choice((("#ffffff", "#b8b8b8"), ("#e0e0e0", "#a0a0a0"), ("#909090", "#606060")))
    return [("screen.png", png(table(country, found, ground=ground, ink=ink, lines=False)))]


@family
def coloured(rng, country, found):
    ground, bands, ink = rng.choice((("#fff2cc", "#ffd966", "#7f6000"), ("#2e75b6", "#1f4e79", "white"), ("#c00000", "#ff5050", "#ffff00"),
                                     ("#e2efda", "#a9d08e", "#c00000")))
    return [("screen.png", png(table(country, found, ground=ground, bands=bands, ink=ink)))]


@family
def small_type(rng, country, found):
    return [("screen.png", png(table(country, found, rng.choice((10, 11)), lines=rng.random() < 0.5)))]


@family
def small_type_on_a_large_screen(rng, country, found):
    desk = Image.new("RGB", (1920, 1080), "#f3f3f3")
    desk.paste(table(country, found, rng.choice((12, 13))), (200, 150))
    return [("desktop.png", png(desk))]


@family
def high_resolution(rng, country, found):
    return [("retina.png", png(table(country, found, 64, margin=120)))]


@family
def photograph(rng, country, found):
    """Of a screen or a sheet: in perspective, with uneven light, blur and grain."""
    sheet = table(country, found, 40, margin=120)
    wide, high = sheet.size
    corners = [(rng.randrange(0, wide // 30), rng.randrange(0, high // 20)) for _ in range(4)]
    (a, b), (c, d), (e, f), (g, h) = corners
    sheet = sheet.transform(sheet.size, Image.Transform.QUAD, (a, b, -c, high + d, wide + e, high - f, wide - g, -h), Image.Resampling.BICUBIC,
                            fillcolor="#806040")
    light = Image.linear_gradient("L").resize(sheet.size).point(lambda v: 110 + v * 145 // 255).rotate(rng.choice((0, 180)))
    sheet = Image.merge("RGB", [Image.composite(band, Image.new("L", sheet.size, 40), light) for band in sheet.split()])
    sheet = noise(rng, sheet.filter(ImageFilter.GaussianBlur(1.2)), 16)
    return [("IMG_2041.jpg", saved(sheet, "JPEG", quality=80))]


@family
def poor_jpeg(rng, country, found):
    return [("screen.jpg", saved(table(country, found, rng.choice((16, 20))), "JPEG", quality=40))]


@family
def scanned_pdf(rng, country, found):
    dpi = rng.choice((150, 200))
    sheet = noise(rng, turned(page(table(country, found, dpi // 6), dpi), rng.choice((-1, 0, 1))), 12).convert("L")
    return [("scan.pdf", saved(sheet, "PDF", resolution=dpi))]


@family
def turned_pdf(rng, country, found):
    """A landscape table that was put upright into the scanner."""
    return [("scan.pdf", saved(page(table(country, found, 26), 150).convert("L").rotate(rng.choice((90, 270)), expand=True), "PDF", resolution=150))]


@family
def pages_of_a_tiff(rng, country, found):
    half = len(found) // 2
    pages = [page(table(country, part, 30), 150).convert("1") for part in (found[:half], found[half:])]
    empty = Image.new("1", pages[0].size, 1)
    return [("fax.tif", saved(empty, "TIFF", save_all=True, append_images=pages, compression="group4"))]


OFFICE = {"docx": "word/media/image1.png", "pptx": "ppt/media/image1.jpeg", "xlsx": "xl/media/image1.png"}
MAIN = {"docx": ("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
                 '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body/></w:document>'),
        "pptx": ("ppt/presentation.xml", "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
                 '<p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"/>'),
        "xlsx": ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                 '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets/></workbook>')}


@family
def in_office_files(rng, country, found):
    kind = rng.choice(list(OFFICE))
    name, content, main = MAIN[kind]
    picture = table(country, found, 20)
    types = ('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
             'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="png" ContentType="image/png"/>'
             f'<Default Extension="jpeg" ContentType="image/jpeg"/><Override PartName="/{name}" ContentType="{content}"/></Types>')
    rels = ('<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.'
            f'openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="{name}"/></Relationships>')
    octets = saved(picture, "JPEG", quality=85) if kind == "pptx" else png(picture)
    return [(f"list.{kind}", package({"[Content_Types].xml": types, "_rels/.rels": rels, name: main, OFFICE[kind]: octets}))]
