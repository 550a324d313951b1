from __future__ import annotations

import io
import zlib

import pikepdf
import pytest

from gateway.extract import pdftext
from gateway.extract.base import Context
from gateway.extract.pdf import PDF
from gateway.extract.pdftext import Costs, text
from gateway.model.content import Text
from gateway.model.deadline import Limits
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


def test_letters_that_stand_apart_are_put_together_by_place() -> None:
    def draw(page: object) -> None:
        for row, line in enumerate(("A123456789", "B223456789", "C123456780", "D123456781", "E123456782")):
            for i, letter in enumerate(line):
                page.drawString(40 + i * 14, 700 - row * 20, letter)

    found, = read(printed(draw), outbound=True)
    assert "A123456789" in found.content and "E123456782" in found.content


def test_a_page_of_more_pieces_than_anybody_reads() -> None:
    for count, held in ((200_001, True), (60_000, False)):
        page = pdf(text="A) Tj (B" * count)
        assert ("COUNT" in codes(take_apart(PDF, page, "a.pdf"))) == held
