from __future__ import annotations

import io
import random
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import segno
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from reportlab.lib.utils import ImageReader

from gateway.extract.base import Context, Node, Problem, ToolFailed, ToolsSpent
from gateway.extract.page import modules
from gateway.extract.pictures import legible
from gateway.extract.pictures import reading as pictures
from gateway.extract.pictures.reading import PICTURES
from gateway.inspection.tools import TOOLS
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Text
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode
from tests.bench.test_data_cost import look
from tests.builders import leak_documents, leak_pictures
from tests.gateway.identifiers import makers

SPECIMENS = Path(__file__).parents[3] / "specimens"


class Tesseract:
    """The tool itself, without the lane."""

    def __init__(self):
        self.calls = 0

    def run(self, tool, data, **parameters):
        self.calls += 1
        arguments = [a.format(**parameters | {"languages": "eng"}) for a in TOOLS[tool].arguments]
        done = subprocess.run(["tesseract", *arguments], input=data, capture_output=True, env={"PATH": "/usr/bin", "OMP_THREAD_LIMIT": "1"})
        assert done.returncode in TOOLS[tool].ends_well
        return done.stdout


class Failing:
    def __init__(self, reason):
        self.reason = reason

    def run(self, tool, data, **parameters):
        raise ToolFailed(self.reason)


class Spent:
    def run(self, tool, data, **parameters):
        raise ToolsSpent("more than 64 calls of tools for one message")


class Counting:
    def __init__(self):
        self.tools = []

    def run(self, tool, data, **parameters):
        self.tools.append(tool)
        return b""


def png(picture):
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def read(data, tools=None, kind="image/png", outbound=True):
    node = Node(Artifact(1, 0, ArtifactKind.IMAGE), data, kind)
    assert PICTURES.claims(node)
    return list(PICTURES.extract(node, Context(Limits(), outbound=outbound, tools=tools)))


def page(lines=("Name      Card Number", "Ann Bell  4579471809962802", "Joe Park  3742639203907566"), ground="white", ink="black"):
    picture = Image.new("L", (700, 400), ground)
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((40, 60 + 70 * number), line, ink, ImageFont.load_default(30))
    return picture


needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is an optional program")


@needs_tesseract
@pytest.mark.parametrize("change", [
    lambda p: p, lambda p: p.rotate(180), lambda p: p.rotate(90, expand=True), lambda p: Image.eval(p, lambda v: 255 - v), lambda p: p.resize((350, 200))])
def test_numbers_in_a_picture_however_it_lies(change):
    texts = [y.content for y in read(png(change(page())), Tesseract()) if isinstance(y, Text)]
    assert any("4579471809962802" in t for t in texts)


def desk(*turns):
    """Cards that lie beside one another, each in its own way, and their numbers."""
    dice, picture, numbers = random.Random(4), Image.new("L", (900, 420 * len(turns)), 130), []
    for place, turn in enumerate(turns):
        card = Image.new("L", (640, 320), 235)
        draw = ImageDraw.Draw(card)
        numbers.append(makers.cn_id(dice))
        for line, text in enumerate(("Name  Ann Bell", "Born 1 May 1971", "Address  5 North Street", f"No  {numbers[-1]}")):
            draw.text((40, 30 + 70 * line), text, 20, ImageFont.load_default(30))
        picture.paste(card.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=130), (60, 30 + 420 * place))
    return picture, numbers


@needs_tesseract
def test_cards_that_lie_askew_each_in_its_own_way():
    picture, numbers = desk(7, -7, 7)
    said = " ".join(y.content for y in read(png(picture), Tesseract()) if isinstance(y, Text))
    assert [number for number in numbers if number not in said] == []
    assert legible.slants(desk(4, 4)[0]) == legible.slants(page()) == []


@needs_tesseract
def test_pictures_of_inbound_mail_are_read_when_somebody_asks_for_words():
    context = Context(Limits(), tools=Tesseract())
    nodes = [Node(Artifact(n, 0, ArtifactKind.IMAGE), png(page(lines=(f"password: Wq{n}7-xKpe",))), "image/png") for n in range(6)]
    assert [y for node in nodes for y in PICTURES.extract(node, context)] == []
    assert [node for _, node in context.unread] == nodes[:pictures.MOST_UNREAD]
    context.reading = True
    assert any("Wq07-xKpe" in y.content for y in PICTURES.extract(nodes[0], context) if isinstance(y, Text))


def test_barcodes_without_any_tool():
    code = zxingcpp.create_barcode("身分證字號 V115718705", zxingcpp.BarcodeFormat.QRCode)
    picture = Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=10))
    assert "身分證字號 V115718705" in [y.data.decode("utf-8", "replace") for y in read(png(picture))]


@needs_tesseract
def test_a_page_of_dotted_lines_and_noise_is_read():
    lines = page(("Card .........................", "Ann Bell  4579471809962802", "Joe Park  3742639203907566"))
    draw = ImageDraw.Draw(lines)
    for y in (170, 240):
        for x in range(40, 660, 7):
            draw.rectangle((x, y, x + 2, y + 1), fill="black")
    shades = np.asarray(lines) + np.random.default_rng(3).normal(0, 8, (400, 700))
    found = "\n".join(y.content for y in read(png(Image.fromarray(np.clip(shades, 0, 255).astype(np.uint8))), Tesseract()) if isinstance(y, Text))
    assert "4579471809962802" in found and "3742639203907566" in found


def test_icons_blanks_and_inbound_are_not_read():
    tools = Failing("called")
    assert read(png(Image.new("L", (32, 32))), tools) == []
    assert read(png(Image.new("L", (900, 900), 255)), tools) == []
    assert read(png(page()), tools, outbound=False) == []


def test_a_page_that_was_not_read_is_a_problem_a_missing_program_is_not():
    assert [type(y) for y in read(png(page()), Failing("more than 64 calls of tools for one message"))] == [Problem]
    assert [type(y) for y in read(png(page().resize((350, 200))), Failing("more than 64 calls of tools for one message"))] == [Problem]
    assert read(png(page()), Failing("tesseract: is not installed")) == []
    assert read(png(page().resize((200, 100))), Failing("more than 64 calls of tools for one message")) == []


def test_pictures_behind_all_calls_of_tools_are_told_once_and_not_looked_at():
    context = Context(Limits(), outbound=True, tools=Spent())
    node = Node(Artifact(1, 0, ArtifactKind.PART), png(page()), "image/png")
    assert [y.code for y in PICTURES.extract(node, context) if isinstance(y, Problem)] == [IncidentCode.TIMEOUT]
    looked = context.allowed.looks
    assert looked > 0.2 and list(PICTURES.extract(node, context)) == [] and context.allowed.looks == looked


def test_photographs_are_left_to_the_eye_and_signs_are_read_once():
    photograph = Image.effect_noise((1600, 1200), 60).filter(ImageFilter.GaussianBlur(3))
    assert read(png(photograph), Failing("called")) == []
    sign = Counting()
    read(png(page(("ALPHA BANK",))), sign)
    turned = Counting()
    read(png(page(("Terms and conditions of business",) * 4)), turned)
    assert (sign.tools, set(turned.tools)) == (["tesseract"], {"tesseract", "tesseract-turn", "tesseract-rows"})


def test_what_is_no_picture_is_left_to_others():
    assert read(b"\x89PNG\r\n\x1a\n broken") == []
    assert read(b"%PDF-1.4 broken", kind="application/pdf") == []


@needs_tesseract
def test_scanned_pages_of_a_pdf():
    out = io.BytesIO()
    page().save(out, "PDF", resolution=100)
    texts = [y for y in read(out.getvalue(), Tesseract(), "application/pdf") if isinstance(y, Text)]
    assert any("4579471809962802" in t.content and "page 1" in t.source for t in texts)


def test_codes_beside_the_words_of_a_page_are_told():
    code = zxingcpp.create_barcode("V115718705", zxingcpp.BarcodeFormat.QRCode)
    shown = Image.fromarray(np.pad(np.asarray(zxingcpp.write_barcode_to_image(code, scale=6)), 20, constant_values=255))

    def draw(canvas):
        canvas.drawImage(ImageReader(shown), 40, 200, 60, 60)
        canvas.drawString(40, 780, "Dear Sir, please find the report of the third quarter below.")

    found = read(leak_documents.printed(draw), None, "application/pdf")
    assert [y.data for y in found] == [b"V115718705"]


TYPES = {"png": "image/png", "jpg": "image/jpeg", "pdf": "application/pdf", "tif": "image/tiff"}


@needs_tesseract
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", [name for name in leak_pictures.FAMILIES if name != "in_office_files"])
def test_customers_in_pictures_of_all_kinds(name):
    """Three of them at least: the number from which on a message is held. `us` needs English only, as the tool here does."""
    case = leak_pictures.FAMILIES[name](random.Random(f"{name}3"), "us")
    (file, data), = case.files
    text = "\n".join(y.content for y in read(data, Tesseract(), TYPES[file[-3:]]) if isinstance(y, Text))
    assert look(text).identifiers.get(case.type, 0) >= 3


@needs_tesseract
def test_every_page_of_a_tiff_is_read():
    out = io.BytesIO()
    blank = Image.new("L", (700, 400), 255)
    blank.save(out, "TIFF", save_all=True, append_images=[page()])
    texts = [y for y in read(out.getvalue(), Tesseract(), "image/tiff") if isinstance(y, Text)]
    assert any("4579471809962802" in t.content and "page 2" in t.source for t in texts)
    many = io.BytesIO()
    blank.save(many, "TIFF", save_all=True, append_images=[blank] * 8)
    assert [y.detail for y in read(many.getvalue(), Tesseract(), "image/tiff")] == ["more than 8 pages in a picture"]


@pytest.mark.parametrize("kind", ["PPM", "PCX", "SGI", "DIB", "TGA"])
def test_rarer_kinds_of_pictures(kind):
    out = io.BytesIO()
    page().convert("RGB").save(out, kind)
    assert PICTURES.claims(Node(Artifact(1, 0, ArtifactKind.IMAGE), out.getvalue(), "application/octet-stream"))
    assert not PICTURES.claims(Node(Artifact(1, 0, ArtifactKind.IMAGE), b"\x01\x02 some octets of a program" * 3, "application/octet-stream"))


def test_a_damaged_avif_is_a_picture_that_nobody_sees() -> None:
    out = io.BytesIO()
    Image.effect_noise((300, 200), 80).convert("RGB").save(out, "AVIF")
    for at in range(60, 300, 3):                          # the boxes before the picture's own octets
        data = bytearray(out.getvalue())
        data[at:at + 4] = bytes(4)
        node = Node(Artifact(1, 0, ArtifactKind.PART, ("a.avif",)), bytes(data), "image/avif")
        assert not [y for y in PICTURES.extract(node, Context(Limits(), outbound=True)) if isinstance(y, Problem)]


def test_pictures_of_telephones() -> None:
    shot = (SPECIMENS / "telephone.heic").read_bytes()
    tools = Counting()
    assert read(shot, tools, "image/heic") == [] and tools.tools[0] == "tesseract"
    assert read(shot, tools, "image/heic", outbound=False) == []
    assert [y.code for y in read(shot.replace(b"hvcC", b"hvcX"), None, "image/heic")] == [IncidentCode.MALFORMED]
    assert [y.code for y in read(shot.replace(b"\0\0hvc1", b"\0\0avc1"), None, "image/heic")] == [IncidentCode.UNSUPPORTED]
    assert read(shot[:24], None, "image/heic") == []      # no program shows anything of it


class Columns(Counting):
    """A reader that finds nothing in lines."""

    def run(self, tool, data, **parameters):
        self.tools.append((tool, parameters.get("languages", "")))
        return "身分證字號 王大文 李小華\nA123456789\n".encode() if tool == "tesseract-columns" else b""


def test_what_stands_in_columns_is_read_so() -> None:
    picture = Image.new("L", (700, 520), 255)
    draw = ImageDraw.Draw(picture)
    for column in range(9):
        for row, character in enumerate("身分證A123456789"):
            draw.text((50 + 64 * column, 20 + 36 * row), character, 0, ImageFont.truetype(leak_pictures.SANS, 28, index=3))
    tools = Columns()
    texts = [y.content for y in read(png(picture), tools) if isinstance(y, Text)]
    assert tools.tools[-1] == ("tesseract-columns", "chi_tra_vert") and any("A123456789" in text for text in texts)
    lines = Columns()
    assert read(png(page(("Terms and conditions of business",) * 4)), lines) == []
    assert "tesseract-columns" not in dict(lines.tools)


@needs_tesseract
def test_a_small_page_is_not_turned_for_what_is_read_of_its_side():
    shown = page(("Ann Bell  QH68956464KL", "Joe Park  WA32088227FA", "Kim Lane  KG29163858JD"))
    texts = [y.content for y in read(png(shown.resize((420, 240))), Tesseract()) if isinstance(y, Text)]
    assert "WA32088227FA" in texts[-1]


class Wrong:
    """A look at how the page lies that is wrong, and readings of the page as it lies and on its head."""

    def __init__(self) -> None:
        self.first = b""

    def run(self, tool: str, data: bytes, **parameters: str) -> bytes:
        self.first = self.first or data
        if tool == "tesseract-turn":
            return b"Rotate: 180\nOrientation confidence: 9.0\n"
        if tool == "tesseract-rows":
            return "個人番号 3215 2973 8340\n".encode() if data == self.first else "巴日7考 079 HY".encode()
        return b"{8@ABS 3215 2973" if data == self.first else b"THEVOL SCHET BU\n7167 9062 HRY"


def test_a_page_lies_as_its_words_are_read() -> None:
    texts = [y.content for y in read(png(page(("number of 3215 2973 8340",) * 4)), Wrong()) if isinstance(y, Text)]
    assert set(texts) == {"個人番号 3215 2973 8340\n"}


@needs_tesseract
def test_the_lines_of_a_form_that_lies_on_its_side_go_as_well() -> None:
    form = Image.new("L", (1000, 560), "white")
    pen = ImageDraw.Draw(form)
    for row, line in enumerate(("Application for an account", "Full name|Ann Bell", "Card number|4579471809962802", "City|Leeds")):
        for at, cell in enumerate(line.split("|")):
            pen.rectangle((60 + 300 * at, 40 + 110 * row, 940, 150 + 110 * row), outline=0, width=3)
            pen.text((80 + 300 * at, 75 + 110 * row), cell, 0, ImageFont.load_default(32))
    texts = [found.content for found in read(png(form.transpose(Image.Transpose.ROTATE_90)), Tesseract())]
    assert any("Ann Bell" in text and "4579471809962802" in text for text in texts)


class Card:
    """Three readings of the few lines of a card: its number is on the last of them only."""

    def __init__(self, number: str) -> None:
        self.number, self.tools = number, []

    def run(self, tool: str, data: bytes, **parameters: str) -> bytes:
        self.tools.append(tool)
        if tool == "tesseract-block":
            return f"Name\nSANTOS MARIA\nUI No.\n{self.number}\n".encode()
        return b"Name of holder\nSANTOS MARIA\nborn 1981/07/16\neoleegeait\n" if tool != "tesseract-turn" else b""


def test_the_few_lines_of_a_card_are_read_as_one_block_where_no_number_was_read() -> None:
    tools = Card("E843795525")
    assert "E843795525" in "".join(y.content for y in read(png(page(("Taiwan resident",) * 8)), tools) if isinstance(y, Text))
    assert tools.tools.count("tesseract-block") == 1
    assert "E843795526" not in "".join(y.content for y in read(png(page(("Taiwan resident",) * 8)), Card("E843795526")) if isinstance(y, Text))


def test_resident_registration_numbers_of_a_korean_mail() -> None:
    class Korean(Counting):
        def run(self, tool, data, **parameters):
            return b"880927-1913605\n2022.05.20 Busan of Korea\n" if tool != "tesseract-turn" else b""

    node = Node(Artifact(1, 0, ArtifactKind.IMAGE), png(page(("880927-1913605", "2022.05.20"))), "image/png")
    for heard, label in (("자료 확인 부탁드립니다.", True), ("please see", False)):
        context = Context(Limits(), outbound=True, tools=Korean())
        context.hear(heard)
        said = [y.content for y in PICTURES.extract(node, context) if isinstance(y, Text)]
        assert any("주민등록번호: 880927-1913605" in text for text in said) is label


def test_the_title_of_a_card_labels_its_number_in_the_reading_of_digits_too() -> None:
    class Card(Counting):
        def run(self, tool, data, **parameters):
            misread = parameters.get("languages", "eng") != "eng"
            return b"SOCIAL SECURITY\nESTABLISHED FOR\n" + (b"519-42-78155\n" if misread else b"519-42-7815\n")

    said = [y.content for y in read(png(page(("SOCIAL SECURITY", "519-42-7815"))), Card()) if isinstance(y, Text)]
    assert any("SOCIAL SECURITY: 519-42-7815\n" in text for text in said)


def test_slices_are_read_with_the_first_of_them() -> None:
    strips = tuple((png(page().crop((0, top, 700, top + 20))),) for top in range(0, 400, 20))

    def tools(number: int, slices: tuple[tuple[bytes, ...], ...]) -> list[str]:
        called = Counting()
        data = strips[number][0]
        node = Node(Artifact(1, 0, ArtifactKind.IMAGE, sha256="5"), data, "image/png")
        list(PICTURES.extract(node, Context(Limits(), outbound=True, tools=called, slices={"5": slices})))
        return called.tools

    assert tools(0, strips) and tools(4, ()) == []


def test_too_many_scanned_pages_of_all_files_are_told_once():
    def draw(canvas):
        for _ in range(2):
            canvas.rect(100, 100, 300, 300, fill=1)
            canvas.showPage()

    data = leak_documents.printed(draw)
    context = Context(Limits(), outbound=True, drawn=pictures.paper.IN_ALL - 1)
    found = [list(PICTURES.extract(Node(Artifact(1, 0, ArtifactKind.PART), data, "application/pdf"), context)) for _ in range(3)]
    assert [[y.code for y in each if isinstance(y, Problem)] for each in found] == [[IncidentCode.COUNT], [], []]


class Upended:
    """Half of a page stands on its head."""

    def __init__(self) -> None:
        self.upright = b""

    def run(self, tool: str, data: bytes, **parameters: str) -> bytes:
        self.upright = self.upright or data
        if tool == "tesseract-turn":
            return b""
        if data != self.upright:
            return "姓名 身分證字號\n王大文 E843795525\n".encode()
        return "姓名 身分證字號\nA123456789 B123456780\nTE96LTT6TA 97S9 T6S69LTETI 6SS 6CE 9S1T 0E9Z\n".encode()


def test_what_stands_on_its_head_beside_other_numbers_is_read() -> None:
    read_ = [y.content for y in read(png(page(("Name and number of them",) * 4)), Upended()) if isinstance(y, Text)]
    assert any("A123456789" in text for text in read_) and any("E843795525" in text for text in read_)


def test_what_was_drawn_of_text_is_a_code_or_nothing() -> None:
    rows = [list(map(bool, row)) for row in segno.make("A123456789", micro=False).matrix]
    tools = Counting()
    for drawn, said in ((modules.painted(rows), [b"A123456789"]), (modules.painted([[True, False] * 20] * 40), [])):
        node = Node(Artifact(1, 0, ArtifactKind.IMAGE, label=modules.DRAWN), drawn, "image/bmp")
        context = Context(Limits(), outbound=True)
        context.tools = tools
        assert [child.data for child in PICTURES.extract(node, context)] == said
    assert tools.tools == []


@needs_tesseract
def test_numbers_that_lie_sideways_are_turned_for_their_labels() -> None:
    """Such as are read as they lie, but have no check digit."""
    class InLanguage(Tesseract):
        def run(self, tool, data, **parameters):
            arguments = [a.format(**parameters) for a in TOOLS[tool].arguments]
            return subprocess.run(["tesseract", *arguments], input=data, capture_output=True,
                                  env={"PATH": "/usr/bin", "OMP_THREAD_LIMIT": "1"}).stdout

    picture = Image.new("L", (720, 320), 255)
    for row, line in enumerate(("戶名  銀行代碼  帳號  存款餘額", "陳雅婷  812  658929375805  5446576", "林志宏  007  363732449686  8808377",
                                "王美玲  822  593625031444  3240307", "張家豪  013  111866900552  9519326")):
        ImageDraw.Draw(picture).text((40, 40 + 45 * row), line, 0, ImageFont.truetype(leak_pictures.SANS, 26, index=3))
    node = Node(Artifact(1, 0, ArtifactKind.IMAGE), png(picture.transpose(Image.Transpose.ROTATE_270)), "image/png")
    context = Context(Limits(), outbound=True)
    context.tools = InLanguage()
    context.hear("您好，附件為您要的資料，請查收。")
    said = "\n".join(text.content for text in PICTURES.extract(node, context) if isinstance(text, Text))
    assert "帳號" in said and "363732449686" in said
