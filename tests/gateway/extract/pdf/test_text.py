from __future__ import annotations

import io
import zlib

import pikepdf
import pytest

from gateway.extract.base import Context, Problem
from gateway.extract.pdf import text as pdftext
from gateway.extract.pdf.document import PDF
from gateway.extract.pdf.text import Costs, text
from gateway.model.content import Table, Text
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode
from tests.builders.archives import codes, take_apart
from tests.builders.documents import pdf
from tests.builders.leak_documents import printed


def stream(body: bytes, more: str = "") -> bytes:
    packed = zlib.compress(body, 9)
    return b"<< %s /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (more.encode(), len(packed), packed)


def read(data: bytes, outbound: bool = False) -> list[object]:
    with pikepdf.open(io.BytesIO(data)) as document:
        return list(text(data, "", Context(Limits(), outbound=outbound), document))


def test_text_a_page() -> None:
    assert read(pdf(text="Hello")) == [Text("Hello", "page 1")]


def test_content_bomb_is_told_before_it_is_read() -> None:
    bomb = pdf(page="/Contents 6 0 R", objects=(stream(b"q " * 20_000_000),))
    assert codes(read(bomb)) == {"RATIO"}


@pytest.mark.parametrize(("pages", "pieces", "told"), [(30, 20_000, {"RATIO"}), (30, 300, set()), (2, 20_000, set())])
def test_one_content_on_page_after_page_is_told_early(pages: int, pieces: int, told: set[str]) -> None:
    shown = stream(b"BT /F1 9 Tf " + b"1 1 Td (a) Tj " * pieces + b"ET")
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf(objects=(shown,), page="/Contents 6 0 R"))) as document:
        for _ in range(pages - 1):
            document.pages.append(document.pages[0])
        document.save(made)
    assert codes([item for item in read(made.getvalue(), outbound=True) if isinstance(item, Problem)]) == told


def test_of_a_file_with_too_many_pages_the_first_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf(text="Hello"))) as document:
        for _ in range(4):
            document.pages.append(document.pages[0])
        document.save(made)
    monkeypatch.setattr(pdftext, "PAGES_OVER", 2)
    assert len(read(made.getvalue(), outbound=True)) == 5
    monkeypatch.setattr(pdftext, "PAGES_OUT", 4)
    told, *texts = read(made.getvalue(), outbound=True)
    assert isinstance(told, Problem) and told.code is IncidentCode.COUNT and len(texts) == 2


def test_large_ordinary_page_is_not_read_inbound_and_held_outbound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdftext, "CONTENT_IN", 1000)
    monkeypatch.setattr(pdftext, "CONTENT_OUT", 2000)
    noise = b"".join(b"%d %d m\n" % (n * 7919 % 99991, n * 104729 % 99989) for n in range(300))
    data = pdf(page="/Contents 6 0 R", objects=(stream(noise),))
    assert codes(read(data)) == {"PDF-NO-TEXT"}
    assert codes(read(data, outbound=True)) == {"SIZE"}


def test_forms_that_draw_forms_are_counted() -> None:
    form = "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A %d 0 R >> >>"
    objects = (*(stream(b"/A Do " * 30, form % (n + 1)) for n in range(7, 13)), stream(b"BT ET", "/Subtype /Form /BBox [0 0 9 9]"))
    data = pdf(page="/Contents 6 0 R /Resources << /XObject << /A 7 0 R >> >>", objects=(stream(b"/A Do " * 30), *objects))
    assert codes(read(data)) == {"RATIO"}


def test_a_form_that_draws_itself_ends() -> None:
    form = stream(b"/A Do", "/Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A 6 0 R >> >>")
    with pikepdf.open(io.BytesIO(pdf(page="/Resources << /XObject << /A 6 0 R >> >>", objects=(form,)))) as document:
        assert Costs(1000).page(document, 0) < 1000


def meaning(digits: str, letters: int) -> bytes:
    """A page of so many letters, each of which stands for what these digits say."""
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 8 0 R >>"
    table = f"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfchar <41> <{digits}> endbfchar"
    return pdf(page="/Contents 6 0 R /Resources << /Font << /F1 7 0 R >> >>",
               objects=(stream(b"BT /F1 9 Tf (" + b"A" * letters + b") Tj ET"), font, stream(table.encode())))


def test_letters_that_stand_for_pages_of_text_are_counted() -> None:
    assert codes(read(meaning("0041" * 4000, 10_000), outbound=True)) == {"RATIO"}
    assert codes(read(meaning("0041" * 4000, 10_000))) == {"RATIO"}
    ligature = read(meaning("006600660069", 3), outbound=True)
    assert [part.content for part in ligature] == ["ffiffiffi"]


def test_a_page_that_is_packed_more_than_any_is_not_drawn() -> None:
    words = b"BT /F1 9 Tf (" + b"A" * (9 << 20) + b") Tj ET"
    assert codes(read(pdf(page="/Contents 6 0 R", objects=(stream(words),)), outbound=True)) == {"RATIO"}


def test_letters_that_stand_apart_are_put_together_by_place() -> None:
    def draw(page: object) -> None:
        for row, line in enumerate(("A123456789", "B223456789", "C123456780", "D123456781", "E123456782")):
            for i, letter in enumerate(line):
                page.drawString(40 + i * 14, 700 - row * 20, letter)

    found, cells = read(printed(draw), outbound=True)
    assert isinstance(cells, Table)
    assert "A123456789" in found.content and "E123456782" in found.content


def test_letters_that_stand_below_one_another_are_put_together() -> None:
    numbers = ("A123456789", "B223456789", "C123456780", "D123456781", "E123456782")

    def draw(page: object) -> None:
        for column, line in enumerate(numbers):
            for row, letter in enumerate(line):
                page.drawString(400 - 40 * column, 700 - 14 * row, letter)

    found = read(printed(draw), outbound=True)[0]
    assert all(number in found.content for number in numbers)


def test_a_page_of_more_pieces_than_anybody_reads() -> None:
    for count, held in ((200_001, True), (60_000, False)):
        page = pdf(text="A) Tj (B" * count)
        assert ("COUNT" in codes(take_apart(PDF, page, "a.pdf"))) == held


def test_what_annotations_show_is_read_with_the_page() -> None:
    source = pikepdf.open(io.BytesIO(printed(lambda page: page.drawString(40, 700, "A123456789"))))
    drawn = pikepdf.Stream(source, source.pages[0].Contents.read_bytes())
    drawn.Type, drawn.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    drawn.BBox, drawn.Resources = [0, 0, 595, 842], source.pages[0].Resources
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 842))
        form = document.copy_foreign(source.make_indirect(drawn))
        document.pages[0].Annots = pikepdf.Array([document.make_indirect(pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Stamp, F=4, Rect=[0, 0, 595, 842], AP=pikepdf.Dictionary(N=form)))])
        out = io.BytesIO()
        document.save(out)
    assert [part.content for part in read(out.getvalue(), outbound=True)] == ["A123456789"]
    assert read(out.getvalue()) == []


def test_what_the_last_revision_took_away_is_still_read() -> None:
    first = printed(lambda page: page.drawString(40, 700, "A123456789"))
    with pikepdf.open(io.BytesIO(first)) as document:
        number, size, root = document.pages[0].Contents.objgen[0], int(document.trailer.Size), document.Root.objgen[0]
    last = b"%d 0 obj\n<</Length 0>>stream\n\nendstream\nendobj\n" % number
    before = first.rstrip().rsplit(b"startxref", 1)[1].split()[0]
    data = first + last + (b"xref\n%d 1\n%010d 00000 n \ntrailer\n<</Size %d/Root %d 0 R/Prev %s>>\nstartxref\n%d\n%%%%EOF\n"
                           % (number, len(first), size, root, before, len(first) + len(last)))
    assert [(part.content, part.source) for part in read(data, outbound=True)] == [("A123456789", "earlier page 1")]
    assert [part.source for part in read(first, outbound=True)] == ["page 1"]
    assert read(data) == []


def test_a_table_goes_on_without_its_heading_on_the_next_page() -> None:
    def draw(page: object) -> None:
        for at, column in ((40, ("Name", "Ann", "Bob", "Cyd")), (140, ("Number", "4539148803436467", "4556737586899855", "x"))):
            for i, value in enumerate(column):
                page.drawString(at, 700 - 20 * i, value)
        page.showPage()
        page.drawString(40, 700, "Dan")
        page.drawString(140, 700, "4532015112830366")

    table, = (part for part in read(printed(draw), outbound=True) if isinstance(part, Table))
    assert table.rows[0] == ("Name", "Number") and table.rows[-1] == ("Dan", "4532015112830366")


def test_dots_between_a_label_and_its_value() -> None:
    found, = read(printed(lambda page: page.drawString(40, 700, "Card No. ............ 4539148803436467")), outbound=True)
    assert found.content == "Card No.: 4539148803436467"


@pytest.mark.parametrize(("above", "below", "over"), [
    ("Passport M\n\n3 / 9\n", "200843651; next\nline", "Passport M\n200843651; next"),
    ("The end.", "2026 begins", ""), ("no number", "follows", ""), ("", "123", "")])
def test_what_goes_on_from_page_to_page(above: str, below: str, over: str) -> None:
    assert pdftext._over(above, below) == over


def test_what_shapes_of_a_page_stand_for() -> None:
    shapes = pdf(page="/Contents 6 0 R", objects=(stream(b"/Span <</ActualText (A123456789)>> BDC 0 0 9 9 re f EMC"),))

    assert read(shapes, outbound=True) == [Text("A123456789", "page 1", hidden=True)]
    assert read(shapes) == []
