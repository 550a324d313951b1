from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from gateway.extract.base import Context
from gateway.extract.pdf.filled import LONGEST, letters, of_annotations
from gateway.extract.pdf.text import text
from gateway.model.content import Table
from gateway.model.deadline import Limits
from tests.builders.leak_documents import printed


def field(value: str, box: tuple[int, ...], **more: object) -> Dictionary:
    return Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("Text1"), V=String(value), Rect=Array(box), **more)


def form(*fields: Dictionary) -> bytes:
    def page(canvas) -> None:
        for row, y in enumerate((700, 660, 620)):
            canvas.drawString(40, y, f"Passport No {row}")

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(printed(page))) as document:
        document.pages[0].obj["/Annots"] = Array([document.make_indirect(one) for one in fields])
        document.Root["/AcroForm"] = Dictionary(Fields=Array())
        document.save(out)
    return out.getvalue()


def rows(data: bytes, outbound: bool = True) -> list[tuple[str, ...]]:
    with pikepdf.open(io.BytesIO(data)) as document:
        found = text(data, "", Context(Limits(), outbound=outbound), document)
        return [row for item in found if isinstance(item, Table) for row in item.rows]


def test_values_stand_beside_the_words_of_the_page() -> None:
    data = form(field("E12345678", (200, 696, 300, 714)), field("E87654321", (200, 656, 300, 674)))
    assert rows(data) == [("Passport No 0", "E12345678"), ("Passport No 1", "E87654321"), ("Passport No 2",)]
    assert rows(data, outbound=False) == []


def test_a_character_a_field() -> None:
    found = rows(form(*(field(digit, (200 + 20 * n, 696, 218 + 20 * n, 714)) for n, digit in enumerate("A123456789"))))
    assert found[0] == ("Passport No 0", *"A123456789")


def test_characters_of_a_comb() -> None:
    found = of_annotations(Array([field("A123", (200, 696, 300, 714), Ff=1 << 24, MaxLen=10)]))
    assert [(round(left), character) for _, left, _, _, character in found] == [(200, "A"), (210, "1"), (220, "2"), (230, "3")]


@pytest.mark.parametrize("one", [
    field("E12345678", (200, 696, 300, 714), AP=Dictionary(N=Dictionary())), field("x" * (LONGEST + 1), (0, 0, 9, 9)),
    Dictionary(Subtype=Name.Widget, Rect=Array([0, 0, 9, 9])), Dictionary(Subtype=Name.Text, V=String("x"), Rect=Array([0, 0, 9, 9])),
    Dictionary(Subtype=Name.Widget, V=String("x"), Rect=Array([0, 0])),
])
def test_fields_that_are_drawn_already_or_show_nothing(one: Dictionary) -> None:
    assert of_annotations(Array([one])) == []


def test_values_of_the_field_above() -> None:
    above = Dictionary(V=String("林"))
    assert [letter[-1] for letter in of_annotations(Array([
        Dictionary(Subtype=Name.Widget, Parent=above, Rect=Array([0, 0, 9, 9]))]))] == ["林"]


def test_pages_that_cannot_be_read() -> None:
    with pikepdf.open(io.BytesIO(form())) as document:
        assert letters(document, 9) == []
        del document.Root["/AcroForm"]
        assert letters(document, 0) == []
