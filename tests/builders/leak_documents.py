"""Office documents, PDFs and pictures in which customers leave, and their hidden places: one function a kind, each must be held."""

from __future__ import annotations

import io
import random
from html import escape

import docx as python_docx
import pikepdf
import xlsxwriter
from PIL import Image, PngImagePlugin
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

from tests.builders.documents import docx, package, relations
from tests.builders.leak_files import File, found, rows, text
from tests.builders.leak_people import people

FAMILIES: dict = {}
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
O = ('xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '  # noqa: E741
     'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"')


def family(function):
    FAMILIES[function.__name__] = function
    return function


def paragraphs(rng: random.Random, tag: str = "w") -> str:
    return "".join(f"<{tag}:p><{tag}:r><{tag}:t>{name} {number}</{tag}:t></{tag}:r></{tag}:p>" for name, number, _ in rows(rng))


# --- workbooks -------------------------------------------------------------------------------------------------------

def workbook(fill) -> File:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Sheet1")
        sheet.write(0, 0, "報表")
        fill(book, sheet)
    return "a.xlsx", out.getvalue()


@family
def xlsx_hidden_parts(rng):
    made, kind = rows(rng), rng.choice(("sheet", "very", "column", "row", "white", "far", "title rows"))

    def fill(book, sheet):
        page = book.add_worksheet("x") if kind in ("sheet", "very") else sheet
        at = 60000 if kind == "far" else 5 if kind == "title rows" else 1
        for r, row in enumerate(made):
            page.write_row(at + r, 200 if kind == "far" else 0, row, book.add_format({"font_color": "white"}) if kind == "white" else None)
        if kind == "sheet":
            page.hide()
        elif kind == "very":
            page.very_hidden()
        elif kind == "column":
            sheet.set_column("A:C", None, None, {"hidden": True})
        elif kind == "row":
            sheet.set_row(2, None, None, {"hidden": True})
    return workbook(fill)


BESIDE = {
    "comment": lambda book, sheet, lines: [sheet.write_comment(r, 1, line) for r, line in enumerate(lines)],
    "textbox": lambda book, sheet, lines: sheet.insert_textbox(2, 2, "\n".join(lines)),
    "header": lambda book, sheet, lines: sheet.set_header("&L" + "  ".join(lines[1:6])[:250]),
    "footer": lambda book, sheet, lines: sheet.set_footer("&R" + "  ".join(lines[1:6])[:250]),
    "property": lambda book, sheet, lines: book.set_properties({"comments": "\n".join(lines)}),
    "custom": lambda book, sheet, lines: [book.set_custom_property(f"p{n}", line) for n, line in enumerate(lines)],
    "name": lambda book, sheet, lines: [book.define_name(f"customer_{n}", f'="{line}"') for n, line in enumerate(lines)],
    "input": lambda book, sheet, lines: [sheet.data_validation(n, 0, n, 0, {"validate": "any", "input_title": "x", "input_message": line}) for n, line in enumerate(lines)],
    "choice": lambda book, sheet, lines: [sheet.data_validation(n, 0, n, 0, {"validate": "list", "source": [line.split(",")[1], "x"]}) for n, line in enumerate(lines)],
    "alt": lambda book, sheet, lines: sheet.insert_textbox(2, 2, "x", {"description": "\n".join(lines)}),
    "link": lambda book, sheet, lines: [sheet.write_url(n, 3, "https://x.example/?id=" + line.split(",")[1], string="link") for n, line in enumerate(lines)],
    "sheet name": lambda book, sheet, lines: [book.add_worksheet(line.split(",")[1]) for line in lines[1:]],
}


@family
def xlsx_beside_cells(rng):
    kind = rng.choice(tuple(BESIDE))
    lines = text(rng).split("\n")
    return workbook(lambda book, sheet: BESIDE[kind](book, sheet, lines))


@family
def xlsx_chart(rng):
    lines = text(rng).split("\n")

    def fill(book, sheet):
        chart = book.add_chart({"type": "bar"})
        sheet.write_column(0, 5, [1] * len(lines))
        chart.add_series({"values": ["Sheet1", 0, 5, len(lines) - 1, 5], "name": "\n".join(lines)})
        sheet.insert_chart("D2", chart)
    return workbook(fill)


@family
def xlsx_numbers_as_numbers(rng):
    made = people(rng, "jp", 6, 12)

    def fill(book, sheet):
        sheet.write_row(1, 0, ("氏名", "個人番号"))
        for r, p in enumerate(made):
            sheet.write_string(2 + r, 0, p.name)
            sheet.write_number(2 + r, 1, int(p.id))
    return workbook(fill)


@family
def xlsx_formulas(rng):
    made = found(rng)

    def fill(book, sheet):
        for r, p in enumerate(made):
            sheet.write_formula(2 + r, 0, f'="{p.id[:5]}"&"{p.id[5:]}"', None, p.id if rng.random() < 0.5 else "")
            sheet.write_string(2 + r, 1, p.name)
    return workbook(fill)


@family
def xlsx_split_cells(rng):
    made = found(rng)
    return workbook(lambda book, sheet: [sheet.write_row(2 + r, 0, (p.name, *p.id)) for r, p in enumerate(made)])


@family
def xlsx_two_tables_side_by_side(rng):
    made = found(rng) + found(rng)

    def fill(book, sheet):
        sheet.merge_range(0, 0, 0, 5, "客戶清冊")
        sheet.write_row(1, 0, ("姓名", "證號", "", "姓名", "證號"))
        for r in range(0, len(made) - 1, 2):
            sheet.write_row(2 + r // 2, 0, (made[r].name, made[r].id, "", made[r + 1].name, made[r + 1].id))
    return workbook(fill)


@family
def xlsx_merged_and_transposed(rng):
    made = found(rng)

    def fill(book, sheet):
        for c, p in enumerate(made):
            sheet.merge_range(0, 1 + c * 2, 0, 2 + c * 2, p.name)
            sheet.merge_range(1, 1 + c * 2, 1, 2 + c * 2, p.id)
        sheet.write_column(0, 0, ("姓名", "身分證字號"))
    return workbook(fill)


# --- documents and slides --------------------------------------------------------------------------------------------

@family
def docx_table(rng):
    document, made, out = python_docx.Document(), rows(rng), io.BytesIO()
    table = document.add_table(len(made), 3)
    for r, row in enumerate(made):
        for c, value in enumerate(row):
            table.cell(r, c).text = value
    document.save(out)
    return "a.docx", out.getvalue()


STORIES = {"comments": "comments", "footnotes": "footnotes", "endnotes": "endnotes", "header1": "header", "footer1": "footer", "glossary/document": "glossaryDocument"}
HELLO = "<w:p><w:r><w:t>Hello</w:t></w:r></w:p>"


@family
def docx_other_stories(rng):
    part = rng.choice(tuple(STORIES))
    return "a.docx", docx(HELLO, {f"word/{part}.xml": f"<w:x {W}>{paragraphs(rng)}</w:x>"}, ((STORIES[part], f"{part}.xml"),))


@family
def docx_other_parts(rng):
    part, plain = rng.choice(("custom", "core", "chart", "diagram", "chunk", "embedded")), text(rng)
    if part == "chunk":
        return "a.docx", docx(HELLO + '<w:altChunk r:id="rId9"/>', {"word/chunk.html": f"<html><body>{escape(plain)}</body></html>"}, (("aFChunk", "chunk.html"),))
    if part == "embedded":
        inner = workbook(lambda book, sheet: [sheet.write_row(r, 0, row) for r, row in enumerate(rows(rng))])[1]
        return "a.docx", docx(HELLO, {"word/embeddings/Microsoft_Excel_Sheet1.xlsx": inner}, (("package", "embeddings/Microsoft_Excel_Sheet1.xlsx"),))
    name, content = {
        "custom": ("customXml/item1.xml", f"<r>{escape(plain)}</r>"),
        "core": ("docProps/core.xml", f'<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:description>{escape(plain)}</dc:description></cp:coreProperties>'),
        "chart": ("word/charts/chart1.xml", "<c:chartSpace xmlns:c='c'>" + "".join(f"<c:pt><c:v>{a} {b}</c:v></c:pt>" for a, b, _ in rows(rng)) + "</c:chartSpace>"),
        "diagram": ("word/diagrams/data1.xml", f"<d {A}>" + paragraphs(rng, "a") + "</d>")}[part]
    return "a.docx", docx(HELLO, {name: content}, ())


RUNS = {
    "vanish": "<w:r><w:rPr><w:vanish/></w:rPr><w:t>{}</w:t></w:r>", "deleted": "<w:del><w:r><w:delText>{}</w:delText></w:r></w:del>",
    "field": "<w:r><w:instrText> QUOTE {} </w:instrText></w:r>", "alt": "<w:r><w:drawing><wp:docPr xmlns:wp='wp' descr='{}'/></w:drawing></w:r>",
    "textbox": "<w:r><w:pict><v:textbox xmlns:v='v'><w:txbxContent><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:txbxContent></v:textbox></w:pict></w:r>",
    "control": "<w:sdt><w:sdtContent><w:r><w:t>{}</w:t></w:r></w:sdtContent></w:sdt>", "white": "<w:r><w:rPr><w:color w:val='FFFFFF'/></w:rPr><w:t>{}</w:t></w:r>"}


@family
def docx_text_that_nobody_sees(rng):
    kind = rng.choice((*RUNS, "split runs"))
    made = [f"{a} {b}" for a, b, _ in rows(rng)]
    if kind == "split runs":
        return "a.docx", docx("".join("<w:p>" + "".join(f"<w:r><w:rPr><w:b/></w:rPr><w:t>{c}</w:t></w:r><w:proofErr/>" for c in line) + "</w:p>" for line in made))
    return "a.docx", docx("".join(f"<w:p>{RUNS[kind].format(line)}</w:p>" for line in made))


@family
def pptx_places(rng):
    part = rng.choice(("slides/slide1", "notesSlides/notesSlide1", "comments/comment1", "slideMasters/slideMaster1", "slideLayouts/slideLayout1", "charts/chart1", "diagrams/data1",
                       "handoutMasters/handoutMaster1"))
    if "comment" in part:
        content = f"<p:cmLst {P}>" + "".join(f"<p:cm><p:text>{a} {b}</p:text></p:cm>" for a, b, _ in rows(rng)) + "</p:cmLst>"
    else:
        content = f"<p:x {P} {A}>" + paragraphs(rng, "a") + "</p:x>"
    return "a.pptx", package({"[Content_Types].xml": "<Types/>", "_rels/.rels": relations(("officeDocument", "ppt/presentation.xml")),
                              "ppt/presentation.xml": f"<p:presentation {P}/>", f"ppt/{part}.xml": content})


@family
def opendocument(rng):
    kind, where = rng.choice(("odt", "odp", "odg")), rng.choice(("body", "annotation", "styles", "meta", "hidden", "frame"))
    media = {"odt": "text", "odp": "presentation", "odg": "graphics"}[kind]
    made = "".join(f"<text:p>{a} {b}</text:p>" for a, b, _ in rows(rng))
    inner = {"annotation": f"<text:p>x<office:annotation>{made}</office:annotation></text:p>", "hidden": f'<text:section text:display="none">{made}</text:section>',
             "frame": f"<draw:frame xmlns:draw='d'><draw:text-box>{made}</draw:text-box></draw:frame>", "body": made}.get(where, "<text:p>x</text:p>")
    return f"a.{kind}", package({
        "mimetype": f"application/vnd.oasis.opendocument.{media}", "META-INF/manifest.xml": "<manifest/>",
        "content.xml": f"<office:document-content {O}><office:body><office:{media}>{inner}</office:{media}></office:body></office:document-content>",
        "styles.xml": f"<office:document-styles {O}><style:footer>{made if where == 'styles' else ''}</style:footer></office:document-styles>",
        "meta.xml": f"<office:document-meta {O}><office:meta><dc:description>{escape(text(rng)) if where == 'meta' else ''}</dc:description></office:meta></office:document-meta>"}, False)


@family
def rtf_text(rng):
    kind = rng.choice(("u", "hidden", "comment", "codepage", "split", "info"))

    def coded(s):
        def letter(c):
            return "".join(f"\\'{b:02x}" for b in c.encode("cp950", "replace")) if kind == "codepage" else f"\\u{ord(c) - 65536 if ord(c) > 32767 else ord(c)}?"
        return "".join(c if ord(c) < 128 else letter(c) for c in s)
    made = "\\par ".join(coded(f"{a} {b}") for a, b, _ in rows(rng))
    if kind == "split":
        made = "\\par ".join("{\\b " + "}{\\i ".join(b) + "}" for _, b, _ in rows(rng)[1:])
    body = {"hidden": f"{{\\v {made}}}", "comment": f"x{{\\*\\annotation {made}}}", "info": "x"}.get(kind, made)
    info = f"{{\\info{{\\doccomm {made}}}}}" if kind == "info" else ""
    return "a.rtf", f"{{\\rtf1\\ansi\\ansicpg950\\uc1{info} {body}}}".encode("ascii")


# --- PDF -------------------------------------------------------------------------------------------------------------

def printed(draw) -> bytes:
    out = io.BytesIO()
    for font in ("MSung-Light", "STSong-Light", "HeiseiMin-W3"):
        if font not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(UnicodeCIDFont(font))
    page = canvas.Canvas(out)
    draw(page)
    page.showPage()
    page.save()
    return out.getvalue()


@family
def pdf_text(rng):
    made, kind = rows(rng), rng.choice(("cid", "invisible", "white", "tiny", "rotated", "letter by letter", "columns", "off the page"))

    def draw(page):
        page.setFont("MSung-Light", 1 if kind == "tiny" else 11)
        if kind == "white":
            page.setFillColorRGB(1, 1, 1)
        if kind == "rotated":
            page.rotate(90)
            page.translate(0, -500)
        for n, row in enumerate(made):
            y, x = 780 - n * 18, (2000 if kind == "off the page" else 40)
            if kind == "letter by letter":
                for i, c in enumerate("  ".join(row)):
                    page.drawString(x + i * 12, y, c)
            elif kind == "columns":
                for i, cell in enumerate(row):
                    page.drawString(x + i * 150, y, cell)
            elif kind == "invisible":
                line = page.beginText(x, y)
                line.setTextRenderMode(3)
                line.textLine("  ".join(row))
                page.drawText(line)
            else:
                page.drawString(x, y, "  ".join(row))
    return "a.pdf", printed(draw)


@family
def pdf_beside_the_page(rng):
    kind = rng.choice(("info", "form", "outline", "annotation"))
    lines = [f"{a} {b}" for a, b, _ in rows(rng)]

    def draw(page):
        page.drawString(40, 700, "report")
        if kind == "info":
            page.setSubject("; ".join(lines))
        for n, line in enumerate(lines[1:]):
            if kind == "form":
                page.acroForm.textfield(name=f"f{n}", value=line.split()[1], x=40, y=600 - n * 20, width=200, height=16)
            elif kind == "outline":
                page.bookmarkPage(f"k{n}")
                page.addOutlineEntry(line, f"k{n}")
            elif kind == "annotation":
                page.textAnnotation(line, (40, 600 - n * 20, 200, 616 - n * 20))
    return "a.pdf", printed(draw)


@family
def pdf_attachment(rng):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(printed(lambda page: page.drawString(40, 700, "report")))) as document:
        document.attachments["a.csv"] = text(rng).encode()
        document.save(out)
    return "a.pdf", out.getvalue()


# --- pictures without looking at them --------------------------------------------------------------------------------

@family
def picture_words(rng):
    kind, made, out = rng.choice(("text", "compressed", "international", "comment", "exif", "behind")), text(rng), io.BytesIO()
    picture = Image.new("RGB", (200, 200), (9, 99, 200))
    if kind in ("text", "compressed", "international"):
        words = PngImagePlugin.PngInfo()
        if kind == "international":
            words.add_itxt("Comment", made, zip=True)
        else:
            words.add_text("Comment", made.encode("ascii", "replace"), zip=kind == "compressed")
        picture.save(out, "PNG", pnginfo=words)
        return "a.png", out.getvalue()
    exif = Image.Exif()
    if kind == "exif":
        exif[0x010E] = made.encode("ascii", "replace").decode()
    picture.save(out, "JPEG", exif=exif, **({"comment": made.encode()} if kind == "comment" else {}))
    return "a.jpg", out.getvalue() + (made.encode() if kind == "behind" else b"")
