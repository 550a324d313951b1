"""Links of documents whose parts are XML."""

from __future__ import annotations

import base64
import zlib

import pytest

from gateway.extract.base import Child, Node
from gateway.extract.office.markup.xmllinks import XML_LINKS
from gateway.model.artifact import Artifact, ArtifactKind
from tests.builders.archives import codes, content, take_apart


def document(address: str, event: str = "CLICK", prefix: str = "ofd:") -> bytes:
    return (f'<?xml version="1.0" encoding="UTF-8"?><{prefix}Document xmlns:ofd="http://www.ofdspec.org/2016"><{prefix}Actions>'
            f'<{prefix}Action Event="{event}"><{prefix}URI {address}/></{prefix}Action></{prefix}Actions></{prefix}Document>').encode()


@pytest.mark.parametrize(("address", "event", "code"), [
    ('URI="file:///C:/Windows/System32/cmd.exe"', "CLICK", "DOC-LINK-PROGRAM"), ("URI='javascript:app.alert(1)'", "DO", "DOC-LINK-SCHEME"),
    ('Base="" URI="https://h.example/"', "DO", "PDF-LINK-AUTO"), ('URI="&#92;&#92;h.example&#92;s"', "PO", "PDF-LINK-AUTO"),
    ('URI="&#92;&#92;h.example&#92;a.exe"', "CLICK", "DOC-LINK-PROGRAM"),
    ('URI="https://www.example.cn/check?code=1"', "CLICK", ""), ('URI="mailto:a@b.example"', "CLICK", ""),
])
def test_where_actions_lead(address: str, event: str, code: str) -> None:
    for prefix in ("ofd:", ""):
        assert codes(take_apart(XML_LINKS, document(address, event, prefix), kind="text/xml")) == ({code} if code else set())


@pytest.mark.parametrize(("action", "code"), [
    ('<Launch NewWindow="true"><File OriginalName="cmd.exe"/></Launch>', "DOC-LINK-PROGRAM"), ('<URI Name="file:///C:/a.lnk"/>', "DOC-LINK-PROGRAM"),
    ('<URI Name="https://h.example/"/>', ""), ('<File OriginalName="report.pdf"/>', ""),
])
def test_actions_of_form_data(action: str, code: str) -> None:
    data = f'<?xml version="1.0"?><xfdf xmlns="http://ns.adobe.com/xfdf/"><annots><link><OnActivation>{action}</OnActivation></link></annots></xfdf>'
    assert codes(take_apart(XML_LINKS, data.encode(), kind="text/xml")) == ({code} if code else set())


@pytest.mark.parametrize("source", [
    "<SCRIPTSOURCE><![CDATA[if (a < b) c()]]></SCRIPTSOURCE>", '<SCRIPTSOURCE xml:space="preserve">if (a &lt; b) c()</SCRIPTSOURCE>',
    "<SCRIPTSOURCE>if (a &lt; b) c()"])
def test_scripts_however_they_are_written(source: str) -> None:
    data = f'<?xml version="1.0"?><HWPML Version="2.8"><TAIL><SCRIPTHEADER>var Documents = XHwpDocuments;</SCRIPTHEADER>{source}'
    assert content(list(take_apart(XML_LINKS, data.encode(), kind="text/xml"))) == {"defaultjscript": b"if (a < b) c()"}


def test_long_scripts_are_read_to_their_end() -> None:
    data = f"<?xml version='1.0'?><HWPML><SCRIPTSOURCE>/*{'x' * 200_000}*/a()</SCRIPTSOURCE></HWPML>"
    assert content(list(take_apart(XML_LINKS, data.encode(), kind="text/xml")))["defaultjscript"].endswith(b"a()")


def test_scripts_that_nothing_ends_are_read_once() -> None:
    found = take_apart(XML_LINKS, b"<?xml version='1.0'?><HWPML>" + b"<SCRIPTSOURCE>a()" * 20_000, kind="text/xml")
    assert len(content(list(found))) == 1


def test_scripts_of_documents() -> None:
    data = b'<?xml version="1.0"?><HWPML Version="2.8"><TAIL><SCRIPTCODE Type="JScript"><SCRIPTSOURCE>a &amp;&amp; b()</SCRIPTSOURCE></SCRIPTCODE></TAIL></HWPML>'
    assert content(list(take_apart(XML_LINKS, data, kind="text/xml"))) == {"defaultjscript": b"a && b()"}


def test_other_data_are_not_read() -> None:
    for data, kind in ((b"<?xml version='1.0'?><URI URI='file:///a.exe'/>", "text/xml"), (document('URI="a"'), "image/svg+xml")):
        assert not XML_LINKS.claims(Node(Artifact(0, None, ArtifactKind.PART), data, kind))


HWPX = ('<hs:sec xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section"><hp:fieldBegin type="HYPERLINK"><hp:stringParam name="Command">{}'
        "</hp:stringParam></hp:fieldBegin></hs:sec>")
HWPML = '<?xml version="1.0"?><HWPML Version="2.8"><FIELDBEGIN Type="Hyperlink" Command="{}"/></HWPML>'
XPS = '<FixedPage xmlns="http://schemas.microsoft.com/xps/2005/06"><Path FixedPage.NavigateUri="{}"/></FixedPage>'


@pytest.mark.parametrize("frame", [HWPX, HWPML, XPS])
@pytest.mark.parametrize(("target", "code"), [
    ("file://h.example/s/a.exe", "DOC-LINK-PROGRAM"), ("search-ms:query=a", "DOC-LINK-SCHEME"), ("https://www.example.com/a.exe", ""),
    ("mailto:a@example.com", ""), ("#page2", ""),
])
def test_links_of_other_formats(frame: str, target: str, code: str) -> None:
    for charset in ("utf-8", "utf-16"):
        assert codes(take_apart(XML_LINKS, frame.format(target).encode(charset), kind="text/xml")) == ({code} if code else set())


def test_commands_of_hangul_are_undone() -> None:
    assert codes(take_apart(XML_LINKS, HWPX.format("C\\:\\a.exe;1;0;0;").encode(), kind="text/plain")) == {"DOC-LINK-PROGRAM"}
    assert codes(take_apart(XML_LINKS, HWPX.format("http\\://h.example/?a;1;0;0;").encode(), kind="text/plain")) == set()


@pytest.mark.parametrize(("path", "code"), [
    ("\\\\h.example\\s\\a.hwpx", "DOC-REMOTE-SUBDOCUMENT"), ("http://h.example/a.hwp", "DOC-REMOTE-SUBDOCUMENT"), ("C:\\a.hwp", ""), ("", ""),
])
def test_the_document_an_hwpx_is_read_with(path: str, code: str) -> None:
    data = (f'<hh:head xmlns:hh="http://www.hancom.co.kr/hwpml/2011/head"><hh:docOption>'
            f'<hh:linkinfo path="{path}" pageInherit="0"/></hh:docOption></hh:head>').encode()
    assert codes(take_apart(XML_LINKS, data, kind="text/xml")) == ({code} if code else set())


@pytest.mark.parametrize(("part", "code"), [
    ('<uof:UOF xmlns:uof="http://schemas.uof.org/cn/2003/uof"><uof:超级链接 uof:目标="file://h.example/s/a.exe"/></uof:UOF>', "DOC-LINK-PROGRAM"),
    ('<uof:UOF xmlns:uof="http://schemas.uof.org/cn/2003/uof"><uof:超级链接 uof:目标="https://h.example/"/></uof:UOF>', ""),
    ('<Project xmlns="http://schemas.microsoft.com/project"><HyperlinkAddress>search-ms:query=a</HyperlinkAddress></Project>', "DOC-LINK-SCHEME"),
    ('<Project xmlns="http://schemas.microsoft.com/project"><SubprojectName>\\\\h.example\\s\\a.mpp</SubprojectName></Project>', "DOC-EXTERNAL-SHARE"),
    ('<Project xmlns="http://schemas.microsoft.com/project"><SubprojectName>\\\\FS01\\s\\a.mpp</SubprojectName></Project>', ""),
])
def test_office_texts_of_china_and_projects(part: str, code: str) -> None:
    assert codes(take_apart(XML_LINKS, part.encode(), kind="text/xml")) == ({code} if code else set())


def test_files_packed_in_hwpml() -> None:
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = base64.b64encode(machine.compress(b"MZ" + bytes(90)) + machine.flush()).decode()
    data = f'<HWPML Version="2.8"><TAIL><BINDATA Encoding="Base64" Compress="true" Id="1">{packed}</BINDATA></TAIL></HWPML>'
    assert [y.data for y in take_apart(XML_LINKS, data.encode(), kind="text/xml") if isinstance(y, Child)] == [b"MZ" + bytes(90)]
    assert "MALFORMED" in codes(take_apart(XML_LINKS, data.replace(packed, "A" * 12).encode(), kind="text/xml"))
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = base64.b64encode(machine.compress(bytes(200 << 20)) + machine.flush()).decode()
    assert "RATIO" in codes(take_apart(XML_LINKS, data.replace(packed, bomb).encode(), kind="text/xml"))


def test_packed_files_share_one_room() -> None:
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = base64.b64encode(machine.compress(bytes(30 << 20)) + machine.flush()).decode()
    data = '<HWPML Version="2.8">' + f'<BINDATA Encoding="Base64" Compress="true" Id="1">{packed}</BINDATA>' * 8 + "</HWPML>"
    found = take_apart(XML_LINKS, data.encode(), kind="text/xml")
    assert "RATIO" in codes(found) and sum(len(y.data) for y in found if isinstance(y, Child)) < 200 << 20


@pytest.mark.parametrize(("mode", "octets"), [
    ('MODE="raw" encoding="hex"', b"MZ" + bytes(90)), ('MODE="filtered" encoding="hex" filter="FlateDecode"', zlib.compress(b"MZ" + bytes(90))),
])
def test_files_in_notes(mode: str, octets: bytes) -> None:
    note = ('<xfdf xmlns="http://ns.adobe.com/xfdf/"><annots><fileattachment page="0" file="a &amp; b.exe" size="92"><data {}>{}</data>'
            '</fileattachment></annots></xfdf>')
    data = note.format(mode, octets.hex("\n", 16))
    assert [(y.data, y.names) for y in take_apart(XML_LINKS, data.encode(), kind="text/xml") if isinstance(y, Child)] == [
        (b"MZ" + bytes(90), ("a & b.exe",))]
    assert "MALFORMED" in codes(take_apart(XML_LINKS, note.format('MODE="filtered"', "00" * 20).encode(), kind="text/xml"))
    bomb = zlib.compress(bytes(200 << 20)).hex()
    assert "RATIO" in codes(take_apart(XML_LINKS, note.format('MODE="filtered"', bomb).encode(), kind="text/xml"))


def test_notes_without_files() -> None:
    note = b'<xfdf xmlns="http://ns.adobe.com/xfdf/"><annots><highlight page="0"/><ink><gesture>10,20;30,40</gesture></ink></annots></xfdf>'
    assert not take_apart(XML_LINKS, note, kind="text/xml")
