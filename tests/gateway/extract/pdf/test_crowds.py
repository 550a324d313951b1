from __future__ import annotations

import zlib
from contextlib import nullcontext

import pytest

from gateway.extract import floods
from gateway.extract.bounded import LimitReached
from gateway.extract.pdf import actions as pdfactions
from gateway.extract.pdf import crowds as pdfcrowds
from gateway.extract.pdf.document import PDF
from tests.builders.archives import codes, take_apart
from tests.builders.documents import pdf


def before(data: bytes) -> str:
    return pdfcrowds.before(data, floods.object_streams(data))


def held(data: bytes) -> bool:
    return "COUNT" in codes(take_apart(PDF, data, "a.pdf"))


def packed(values: bytes) -> str:
    made = zlib.compress(b"7 0 " + values)
    """An object stream with one object."""
    return f"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length {len(made)} >>\nstream\n{made.decode('latin-1')}\nendstream"


@pytest.mark.parametrize("value", [b"(a)", b"1 ", b"/A ", b"<41>", b"[]", b"<<>>"])
def test_more_values_than_any_object_has(value: bytes) -> None:
    assert held(pdf(objects=(b"<< /X [" + value * (pdfcrowds.OF_ONE + 9) + b"] >>",)))
    assert not held(pdf(objects=(b"<< /X [" + value * (pdfcrowds.OF_ONE // 3) + b"] >>",)))


def test_what_a_page_draws_is_no_value() -> None:
    content = b"1 0 0 1 7 7 cm " * 60_000
    assert not before(pdf(objects=(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),)))


def test_values_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfcrowds, "VALUES", 500_000)
    many = tuple(b"<< /X [" + b"(a)" * 90_000 + b"] >>" for _ in range(6))
    assert before(pdf(objects=many)) and not before(pdf(objects=many[:2]))


def test_values_of_object_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = pdf(objects=(packed(b"[" + b"/Abc " * 2_000 + b"]").encode("latin-1"),))
    assert not before(stream)
    monkeypatch.setattr(pdfcrowds, "VALUES", 1_000)
    assert "values" in before(stream)
    monkeypatch.setattr(pdfcrowds, "UNPACKED", 5_000)
    assert "octets" in before(stream)


def test_tables_of_places_are_no_objects() -> None:
    assert not before(pdf(objects=("<< /A 1 >>",) * (pdfcrowds.OF_ONE // 3 + 9)))


def test_words_of_a_string_begin_no_stream() -> None:
    values = b" /X [" + b"(a)" * (pdfcrowds.OF_ONE + 9) + b"] >>"
    assert held(pdf(objects=(b"<< /Y (>>stream\n)" + values,)))
    bracket = b"<< /Y (one \\( more) /Length %d >>\nstream\n%s\nendstream"
    assert not before(pdf(objects=(bracket % (len(values), values),)))


def test_more_revisions_than_any_document_has() -> None:
    last = b"startxref\n9\n%%EOF\n"
    assert held(pdf() + last * pdfcrowds.SAVES) and not held(pdf() + last * 9)


def test_references_are_one_value_each() -> None:
    assert pdfcrowds.values(b"<< /Kids [1 0 R 2 0 R 3 0 R] >>") == 7       # two signs each of `<<` and `[`, one name


def test_more_objects_than_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfcrowds, "OBJECTS", 7)
    assert held(pdf(objects=("<< >>",) * 3)) and not held(pdf(objects=("<< >>",) * 2))


def test_more_pages_than_any_book_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfcrowds, "PAGES", 5)
    for number, wanted in ((6, True), (5, False)):
        kids = " ".join(f"{6 + at} 0 R" for at in range(number)).encode()
        data = pdf(objects=("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",) * number)
        assert held(data.replace(b"/Kids [3 0 R] /Count 1", b"/Kids [%s] /Count %d" % (kids, number))) == wanted


def test_more_notes_than_anybody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfcrowds, "NOTES", 10)
    for number, wanted in ((11, True), (10, False)):
        assert held(pdf(page="/Annots [" + "<< /Subtype /Text /Contents (x) >> " * number + "]")) == wanted


def test_more_scripts_than_any_form_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfactions, "SCRIPTS", 4)
    for number, wanted in ((5, True), (4, False)):
        scripts = " ".join(f"({at}) << /S /JavaScript /JS (var a = {at};) >>" for at in range(number))
        data = pdf(f"/Names << /JavaScript << /Names [{scripts}] >> >>")
        with pytest.raises(LimitReached, match="scripts") if wanted else nullcontext():
            assert not held(data)


def test_objects_without_an_end() -> None:
    torn = b"7 0 obj<</Length 9>>stream\n"
    assert before(torn * (pdfcrowds.TORN + 9)) and not before(torn * 500 + b"7 0 obj 1\nendobj\n" * (pdfcrowds.TORN + 9))


def test_what_a_page_draws_that_is_packed_like_a_bomb() -> None:
    def page(words: bytes, more: str = "") -> bytes:
        made = zlib.compress(words, 9)
        return pdf(objects=(f"<< /Filter /FlateDecode /Length {len(made)}{more} >>\nstream\n{made.decode('latin-1')}\nendstream",))

    drawn = b"q " * floods.CONTENT
    assert "RATIO" in codes(take_apart(PDF, page(drawn), "a.pdf"))
    assert "RATIO" not in codes(take_apart(PDF, page(drawn, " /N 3"), "a.pdf"))
    assert "RATIO" not in codes(take_apart(PDF, page(drawn[:floods.CONTENT // 2]), "a.pdf"))
