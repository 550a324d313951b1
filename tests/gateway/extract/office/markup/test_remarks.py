"""What single elements of a part say."""

from __future__ import annotations

import pytest

from gateway.extract.office.markup.ooxml import OOXML
from gateway.extract.office.markup.remarks import Remarks
from gateway.extract.office.markup.story import Story
from gateway.extract.office.markup.xml import parse
from tests.builders.archives import codes, take_apart
from tests.builders.documents import W, docx, field_runs, relations


def read(part: str) -> Remarks:
    remarks = Remarks(Story())
    parse(part.encode(), remarks)
    list(remarks.items("x", "x"))
    return remarks


@pytest.mark.parametrize(("part", "updated"), [
    ('<connections><connection refreshOnLoad="1"><dbPr connection="Provider=Microsoft.Mashup.OleDb.1"/></connection></connections>', True),
    ('<connections><connection><dbPr connection="Provider=Microsoft.Mashup.OleDb.1"/></connection></connections>', False),
    ('<connections><connection refreshOnLoad="1"><dbPr connection="DSN=x"/></connection></connections>', False),
])
def test_queries_that_are_updated(part: str, updated: bool) -> None:
    assert read(part).updated == updated


def test_values_that_fields_may_take() -> None:
    remarks = read('<x><docVar name="a" val="C:\\b"/><property name="c"><v>https://h.example/</v></property><property name="d"><v>word</v></property></x>')
    assert list(remarks.story.indirect.values) == ["C:\\b", "https://h.example/"]


@pytest.mark.parametrize(("value", "field", "code"), [
    ("\\\\h.example\\s\\a.docx", "INCLUDETEXT ", "DOC-REMOTE-INCLUDETEXT"), ("https://h.example/a.rtf", "INCLUDETEXT  \\* MERGEFORMAT", "DOC-REMOTE-INCLUDETEXT"),
    ("\\\\h.example\\s\\a.png", "INCLUDEPICTURE \\d", "DOC-EXTERNAL-SHARE"), ("https://h.example/a.rtf", "REF src", ""), ("Acme Ltd.", "INCLUDETEXT ", ""),
    ("https://h.example/a.rtf", 'INCLUDETEXT "C:\\\\a.docx"', ""), ("\\\\FS01\\s\\a.docx", "INCLUDETEXT ", ""),
])
def test_addresses_in_variables(value: str, field: str, code: str) -> None:
    settings = f'<w:settings {W}><w:docVars><w:docVar w:name="src" w:val="{value}"/></w:docVars></w:settings>'
    data = docx(field_runs(field), {"word/settings.xml": settings, "word/_rels/settings.xml.rels": relations()})
    assert codes(take_apart(OOXML, data, "a.docx")) & {"DOC-REMOTE-INCLUDETEXT", "DOC-EXTERNAL-SHARE"} == ({code} if code else set())
