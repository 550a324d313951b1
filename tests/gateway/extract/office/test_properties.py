"""Properties of a document that are more than words."""

from __future__ import annotations

import pytest

from gateway.extract.bounded import LimitReached
from gateway.extract.office import properties
from gateway.extract.office.binary.ole import OLE
from gateway.extract.office.markup.flat import OFFICE_XML
from gateway.extract.office.markup.ooxml import OOXML
from gateway.extract.office.properties import judge, of_stream
from tests.builders.archives import codes, take_apart
from tests.builders.documents import compound, docx

BASE = "\\\\h.example\\d\\"


@pytest.mark.parametrize(("name", "value", "code"), [
    ("_AssemblyLocation", "x", "DOC-VSTO"), ("_AssemblyName0", "*", "DOC-VSTO"), ("_AssemblyLocation1", "", "DOC-VSTO"), ("_AssemblyLine", "x", None),
    ("Solution URL", "http://h.example/m.xml", "DOC-REMOTE-TEMPLATE"), ("Solution URL", "C:\\m.xml", None), ("Solution ID", "http://h.example/", None),
    ("HyperlinkBase", BASE, "DOC-LINK-SHARE"), ("HyperlinkBase", "https://intranet.example/", None), ("HyperlinkBase", "\\\\FS01\\docs\\", None),
    ("Path", BASE, None), ("Title", BASE, None),
])
def test_by_their_names(name: str, value: str, code: str | None) -> None:
    found = judge(name, value)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(("name", "value", "code"), [
    ("_AssemblyLocation0", "http://h.example/a.vsto|x", "DOC-VSTO"), ("Solution URL", "http://h.example/m.xml", "DOC-REMOTE-TEMPLATE"),
    ("_PID_LINKBASE", BASE, "DOC-LINK-SHARE"), ("Path", BASE, ""),
])
@pytest.mark.parametrize("charset", ["latin-1", "utf-16-le"])
def test_of_binary_documents(name: str, value: str, code: str, charset: str) -> None:
    stream = bytes(40) + name.encode(charset) + bytes(4) + value.encode(charset) + bytes(4)
    assert {found.code for found in of_stream(stream)} == ({code} if code else set())
    assert (code in codes(take_apart(OLE, compound({"\x05DocumentSummaryInformation": stream}), "a.doc"))) == bool(code)


CUSTOM = '<Properties xmlns="p"><property pid="2" name="{}"><lpwstr>{}</lpwstr></property><property name="b"><lpwstr>x</lpwstr></property></Properties>'


@pytest.mark.parametrize(("part", "code"), [
    (CUSTOM.format("_AssemblyName0", "*"), "DOC-VSTO"), (CUSTOM.format("Solution URL", "http://h.example/m"), "DOC-REMOTE-TEMPLATE"), (CUSTOM.format("Path", BASE), ""),
    (f'<Properties xmlns="p"><HyperlinkBase>{BASE}</HyperlinkBase><Company>C</Company></Properties>', "DOC-LINK-SHARE"),
    ('<Properties xmlns="p"><HyperlinkBase>https://h.example/</HyperlinkBase></Properties>', ""),
])
def test_of_packages(part: str, code: str) -> None:
    found = codes(take_apart(OOXML, docx(more={"docProps/custom.xml": part}), "a.docx"))
    assert found & {"DOC-VSTO", "DOC-REMOTE-TEMPLATE", "DOC-LINK-SHARE"} == ({code} if code else set())


def test_of_flat_documents() -> None:
    part = ('<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" '
            'xmlns:o="o"><o:CustomDocumentProperties><o:{} dt="string">http://h.example/</o:{}></o:CustomDocumentProperties></w:wordDocument>')
    for name, held in (("_AssemblyName0", True), ("Company", False)):
        data = part.format(name, name).encode()
        assert ("DOC-VSTO" in codes(take_apart(OFFICE_XML, data, "a.xml", kind="application/x-office-xml"))) == held


def test_more_texts_than_are_looked_at_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(properties, "MOST", 9)
    with pytest.raises(LimitReached, match="texts among properties"):
        list(of_stream(b"_PID_LINKBASE\0" + b"words of it\0" * 10))
