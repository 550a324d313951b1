from __future__ import annotations

import pytest

from gateway.extract.office.markup import xml
from gateway.extract.office.markup.xml import Elements, XmlRefused, elements, local, looks_like_xml, parse, spelled, undressed


def test_elements_come_with_local_names_attributes_and_text() -> None:
    assert elements(b'<a:x xmlns:a="u" a:k="1"><y>t</y></a:x>') == [("x", {"k": "1"}, ""), ("y", {}, "t")]


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "big5", "shift_jis"])
def test_any_encoding_is_read(charset: str) -> None:
    text = f'<?xml version="1.0" encoding="{charset}"?><x>報表</x>' if charset != "shift_jis" else f'<?xml version="1.0" encoding="{charset}"?><x>報</x>'
    assert elements(text.encode(charset))[0][2].startswith("報")


@pytest.mark.parametrize("bad", [
    b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>', b'<!DOCTYPE x SYSTEM "http://e.example/x.dtd"><x/>', b"<x><y></x>", b"<x>&a;</x>", b"",
])
def test_dtd_and_broken_xml_are_refused(bad: bytes) -> None:
    with pytest.raises(XmlRefused):
        elements(bad)


def test_looks() -> None:
    assert looks_like_xml(b"\xef\xbb\xbf <x/>") and looks_like_xml("<x/>".encode("utf-16"))
    assert not looks_like_xml(b"\x89PNG")
    assert local("{u}x") == "x" and local("x") == "x"


def test_target_hears_of_the_elements_it_wants_and_of_every_text() -> None:
    class Target:
        wanted = frozenset({"t"})

        def __init__(self) -> None:
            self.heard: list[str] = []

        def start(self, tag: str, attributes: dict[str, str]) -> None:
            self.heard.append(f"{tag} {attributes.get('k', '')}".strip())

        def end(self, tag: str) -> None:
            self.heard.append("/" + tag)

        def data(self, text: str) -> None:
            self.heard.append(text)

    target = Target()
    parse(b'<w:d xmlns:w="u" xmlns:o="v"><w:r>a</w:r><o:t o:k="1">b</o:t><t/></w:d>', target)
    assert target.heard == ["d", "a", "t 1", "b", "/t", "t", "/t", "/d"]


@pytest.mark.parametrize(("data", "why"), [
    (b"<a>" * 401 + b"</a>" * 401, "more than 400 elements within one another"),
    (b"<a " + b" ".join(b'k%d="1"' % n for n in range(1001)) + b"/>", "more than 1000 attributes"),
])
def test_more_depth_and_attributes_than_any_document_has(data: bytes, why: str) -> None:
    with pytest.raises(XmlRefused, match=why):
        elements(data)


def test_depth_and_attributes_of_real_documents() -> None:
    assert len(elements(b"<a>" * 300 + b"</a>" * 300)) == 300
    assert len(elements(b"<x>" + b"<a/>" * 5000 + b"<b " + b" ".join(b'k%d="1"' % n for n in range(900)) + b"/></x>")) == 5002


def test_more_comments_than_anybody_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    part = b"<comments>" + b'<comment ref="A1"><t>x</t></comment>' * 20 + b"</comments>"
    parse(part, Elements())
    monkeypatch.setattr(xml, "COMMENTS", 19)
    with pytest.raises(XmlRefused, match="comments"):
        parse(part, Elements())


@pytest.mark.parametrize(("data", "bare"), [
    (b"<f>cmd<!-- a -->|'x'!A1</f>", b"<f>cmd|'x'!A1</f>"), (b"<f><![CDATA[cmd|x]]></f>", b"<f>cmd|x</f>"), (b"a<!-- open", b"a<!-- open"),
    (b"a", b"a"), (b"<v><![CDATA[<!--]]></v><f>x</f><!-- y -->", b"<v>&lt;!--</v><f>x</f>"),
    (b"<a><?p <!-- ?><f>x</f><!-- --></a>", b"<a><?p &lt;!-- ?><f>x</f></a>"), (b"<a><!-- <![CDATA[ --><f>x</f></a>", b"<a><f>x</f></a>"),
    (b"<aa><?p <sheetData>?></aa>", b"<aa><?p &lt;sheetData>?></aa>"), (b"<?xml version='1.0'?><a/>", b"<?xml version='1.0'?><a/>"),
    (b"<?xml version='1.0'?><a><?p <!-- ?></a>", b"<?xml version='1.0'?><a><?p &lt;!-- ?></a>"),
    (b"<?xml <? <b ?><a/>", b"<?xml &lt;? &lt;b ?><a/>"), (b"<?xml version='1.0'?><a>?</a>", b"<?xml version='1.0'?><a>?</a>"),
])
def test_without_comments_and_sections(data: bytes, bare: bytes) -> None:
    assert undressed(data) == bare


@pytest.mark.parametrize(("data", "plain"), [
    (b"&#92;&#x05C;h", b"\\\\h"), (b"&#0000000092&#x5c", b"\\\\"), (b"&#60;img&#x3E; &#34;&#39;&#38;amp;", b"&#60;img&#x3E; &#34;&#39;&#38;amp;"),
    (b"a&b &lt;", b"a&b &lt;"), (b"&#x1F600;", "\U0001f600".encode()),
])
def test_references_but_for_the_signs_of_markup(data: bytes, plain: bytes) -> None:
    assert spelled(data) == plain


def test_more_tags_than_anybody_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "TAGS", 400)
    parse(b"<p>" + b"<r>a word or two</r>" * 199 + b"</p>", Elements())
    with pytest.raises(XmlRefused, match="tags"):
        parse(b"<p>" + b"<r>a word or two</r>" * 200 + b"</p>", Elements())
    cell = b"<table:table-cell><text:p>1</text:p></table:table-cell>"           # a sheet may have many: others count them
    parse(b"<p xmlns:table='t' xmlns:text='x'>" + cell * 300 + b"</p>", Elements())


@pytest.mark.parametrize("charset", ["shift_jis", "Shift-JIS", "x-sjis", "csShiftJIS"])
def test_paths_in_japanese_code_pages(charset: str) -> None:
    found = elements(b'<?xml version="1.0" encoding="%s"?><a b="\\\\h\\s">\x95\x5c</a>' % charset.encode())
    assert found == [("a", {"b": "\\\\h\\s"}, "\u8868")]


@pytest.mark.parametrize(("value", "read"), [
    ("a&amp;b", "a&b"), ("&#x26;&#38;", "&&"), ("&amp;#38;", "&#38;"), ("&amp;amp;", "&amp;"), ("&lt;&quot;", '<"'), ("plain", "plain"),
])
def test_signs_in_attributes(value: str, read: str) -> None:
    assert elements(f'<a b="{value}"/>'.encode()) == [("a", {"b": read}, "")]
    assert elements(f'<a b="{value}"/>'.encode("utf-16")) == [("a", {"b": read}, "")]
