from __future__ import annotations

import io

import pikepdf
import pytest

from gateway.extract.pdf.words import words
from tests.builders.leak_documents import printed


def read(change):
    document = pikepdf.open(io.BytesIO(printed(lambda page: page.drawString(40, 700, "report"))))
    change(document)
    return "\n".join(text.content for text in words(document))


def test_information_notes_fields_and_bookmarks():
    def change(document):
        document.docinfo["/Subject"] = "陳小明 A123456789"
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Contents="B123456789", Rect=[0, 0, 9, 9])
        document.pages[0].obj["/Annots"] = pikepdf.Array([note])
        document.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Tx, V="C123456789"))
        document.Root["/Outlines"] = pikepdf.Dictionary(Title="D123456789")

    found = read(change)
    for value in ("陳小明 A123456789", "B123456789", "C123456789", "D123456789"):
        assert value in found, value


def test_metadata():
    def change(document):
        document.Root["/Metadata"] = pikepdf.Stream(document, b"<x>E123456789</x>", Type=pikepdf.Name.Metadata)

    assert "E123456789" in read(change)


def test_strings_that_people_never_read_are_left():
    def change(document):
        document.Root["/Private"] = pikepdf.String("F123456789")

    assert "F123456789" not in read(change)


def test_every_filled_field_keeps_its_name():
    def change(document):
        for value in ("388546073", "375804413"):
            document.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Tx, TU="Passport no", V=value))

    assert "Passport no: 388546073" in read(change) and "Passport no: 375804413" in read(change)


def test_choices_of_a_field_are_told_with_its_name():
    def change(document):
        document.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Ch, T="護照號碼", Opt=pikepdf.Array([pikepdf.String("349586580 陳志明")])))

    assert "護照號碼: 349586580 陳志明" in read(change)


def test_what_a_list_offers_and_sends():
    def change(document):
        choices = pikepdf.Array([pikepdf.Array([pikepdf.String("A123456789"), pikepdf.String("林美玲")]), pikepdf.String("B123456789")])
        document.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Ch, T="ID", Opt=choices))

    assert "ID: A123456789 林美玲\nID: B123456789" in read(change)


@pytest.mark.parametrize(("name", "said"), [("Confidential", "Confidential"), ("SBConfidential", "Confidential"), ("TopSecret", "Top Secret"), ("Draft", "")])
def test_stamps_that_the_reader_draws(name: str, said: str) -> None:
    def change(document):
        stamp = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Stamp, Name=pikepdf.Name(f"/{name}"), Rect=[0, 0, 9, 9])
        document.pages[0].Annots = pikepdf.Array([document.make_indirect(stamp)])

    assert [line for line in read(change).splitlines() if line in ("Confidential", "Top Secret", "Draft")] == [said][:bool(said)]


def test_rich_text_is_told_without_its_tags():
    def change(document):
        rich = "<?xml version='1.0'?><body><p><span>A123</span><span>456789 &amp; B</span></p><p>x<br/>y</p></body>"
        document.make_indirect(pikepdf.Dictionary(Subtype=pikepdf.Name.Text, RC=rich))

    assert "A123456789 & B\nx\ny" in read(change)


def test_what_programs_keep_with_a_page():
    def change(document):
        kept = pikepdf.Dictionary(Private=pikepdf.Array(["王小明 A123456789", "name"]), LastModified="D:20261101")
        document.pages[0].obj["/PieceInfo"] = pikepdf.Dictionary(App=kept)

    found = read(change)
    assert "王小明 A123456789" in found and "\nname" not in found
