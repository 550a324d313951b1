from __future__ import annotations

import base64
import zlib

import pytest

from gateway.extract.base import Child, Context, Node
from gateway.extract.bounded import LimitReached
from gateway.extract.identify import identify
from gateway.extract.office.markup import flat
from gateway.extract.office.markup.flat import OFFICE_XML, active_mime
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Text
from gateway.model.deadline import Limits
from tests.builders.archives import codes, content, take_apart

WORD = '<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml">{}</w:wordDocument>'


def read(text: str) -> list[object]:
    assert identify(text.encode()) == "application/x-office-xml"
    return list(take_apart(OFFICE_XML, text.encode(), "a.xml"))


def test_word_2003_with_macros() -> None:
    mso = b"ActiveMime" + bytes(40) + zlib.compress(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest")
    found = read(WORD.format(f'<w:docSuppData><w:binData w:name="editdata.mso">{base64.b64encode(mso).decode()}</w:binData></w:docSuppData>'))
    assert content(found)["editdata.mso"] == mso
    assert content(list(active_mime(mso, 1 << 20)))["editdata.mso"].startswith(b"\xd0\xcf")


def test_text_fields_and_templates() -> None:
    assert Text("您好", "body") in read(WORD.format("<w:p><w:r><w:t>您好</w:t></w:r></w:p>"))
    assert "DOC-DDE" in codes(read(WORD.format('<w:fldSimple w:instr="DDEAUTO cmd x"/>')))
    assert "DOC-REMOTE-TEMPLATE" in codes(read(WORD.format('<w:attachedTemplate w:val="http://h.example/t"/>')))


def test_flat_package_and_spreadsheet() -> None:
    flat = ('<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"><pkg:part pkg:name="/word/vbaProject.bin"><pkg:binaryData>'
            + base64.b64encode(b"\xd0\xcf\x11\xe0").decode() + '</pkg:binaryData></pkg:part><Relationship Type="x/attachedTemplate" '
            'Target="http://h.example/t" TargetMode="External"/></pkg:package>')
    found = read(flat)
    assert content(found)["vbaProject.bin"] == b"\xd0\xcf\x11\xe0" and "DOC-REMOTE-TEMPLATE" in codes(found)
    sheet = '<Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Cell ss:Formula="=cmd|\'/c x\'!A0"/></Workbook>'
    assert "DOC-DDE" in codes(list(take_apart(OFFICE_XML, sheet.encode(), kind="application/x-office-xml")))


def test_flat_opendocument_and_broken_files() -> None:
    flat = '<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:script="s"><script:module script:name="M">Sub A</script:module></office:document>'
    assert content(read(flat))["M"] == b"Sub A"
    assert content(list(take_apart(OFFICE_XML, flat.encode("utf-16"), kind="application/x-office-xml")))["M"] == b"Sub A"
    assert "MALFORMED" in codes(read(WORD.format("<w:p>")))
    assert "MALFORMED" in codes(list(active_mime(b"ActiveMime", 100)))


def test_pdf_in_xml() -> None:
    text = '<?xml version="1.0"?><xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><pdf><document><chunk>' + base64.b64encode(b"%PDF-1.7").decode() + "</chunk></document></pdf></xdp:xdp>"
    assert b"%PDF-1.7" in content(read(text)).values()


def test_a_page_that_claims_to_be_a_document_is_read_as_a_page_too() -> None:
    found = read('<?xml version="1.0"?><html xmlns:x="urn:schemas-microsoft-com:office:spreadsheet"><script>x</script></html>')
    assert any(getattr(c, "detected_type", "") == "text/html" for c in found)


def test_a_document_with_one_tag_of_a_page_is_not_taken_for_one_that_unpacks_itself() -> None:
    whole = WORD.format("<body >x</body>")
    pages = [c.data for c in read(whole) if isinstance(c, Child) and c.detected_type == "text/html"]
    assert pages and whole.encode() not in pages


@pytest.mark.parametrize(("line", "held"), [
    ('<?mso-infoPathSolution solutionVersion="1.0.0.1" href="http://h.example/f.xsn"?>', True), ('<?mso-infoPathSolution href="file:///C:\\f.xsn"?>', False),
    ('<?mso-infoPathSolution name="urn:x" ?>', False),
    ('<?mso-application progid="Excel.Sheet"?><?xml-stylesheet type="text/xsl" href="http://h.example/a.xsl"?>', True),
    ('<?xml-stylesheet type="text/xsl" href="form.xsl"?>', False),
])
def test_forms_of_infopath_elsewhere(line: str, held: bool) -> None:
    found = read(f'<?xml version="1.0"?>{line}<?mso-application progid="InfoPath.Document"?><f/>')
    assert ("DOC-REMOTE-TEMPLATE" in codes(found)) == held


@pytest.mark.parametrize(("inside", "code"), [
    ('<w:hlink w:dest="file:///C:/a.exe"/>', "DOC-LINK-PROGRAM"), ('<w:hlink w:dest="https://h.example/"/>', "DOC-LINK"),
    ('<w:dataSource w:val="\\\\h.invalid\\a.mdb"/>', "DOC-REMOTE-DATASOURCE"), ('<w:dataSource w:val="C:\\a.mdb"/>', ""),
    ('<w:saveThroughXSLT w:xslt="http://h.invalid/a.xsl"/>', "DOC-REMOTE-TRANSFORM"),
    ('<v:fill xmlns:v="v" src="\\\\h.invalid\\a.png"/>', "DOC-EXTERNAL-SHARE"),
    ('<v:imagedata xmlns:v="v" src="\\\\h.invalid\\a.png"/>', "DOC-EXTERNAL-SHARE"), ('<v:imagedata xmlns:v="v" src="wordml://1.png"/>', ""),
    ('<v:shape xmlns:v="v" href="file://h.invalid/a.lnk"/>', "DOC-LINK-PROGRAM"), ('<v:shape xmlns:v="v" type="#_x0000_t75"/>', ""),
])
def test_addresses_of_word_2003(inside: str, code: str) -> None:
    assert codes(read(WORD.format(inside))) == ({code} if code else set())


SHEET = ('<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
         'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel">{}</Workbook>')


@pytest.mark.parametrize(("inside", "code"), [
    ('<Names><NamedRange ss:Name="a" ss:RefersTo="=cmd|&apos;/c rem&apos;!A1"/></Names>', "DOC-DDE"),
    ('<Cell ss:Formula="=WEBSERVICE(&quot;http://h.invalid/&quot;)"/>', "FORMULA-CALL"),
    ('<Cell ss:HRef="file:///C:/Windows/a.exe"/>', "DOC-LINK-PROGRAM"),
    ("<Cell ss:Formula=\"='\\\\h.example\\s\\[a.xls]S'!R1C1\"/>", "DOC-REMOTE-WORKBOOK"), ("<Cell ss:Formula=\"='C:\\s\\[a.xls]S'!R1C1\"/>", ""),
    ('<QuerySource><URLString x:HRef="http://h.invalid/a.htm"/></QuerySource>', "DOC-REMOTE-QUERY"),
    ('<Cell ss:Formula="=SUM(R[-2]C:R[-1]C)"/>', ""), ('<NamedRange ss:RefersTo="=Sheet1!R1C1"/>', ""),
    ('<Cell ss:HRef="#Sheet2!A1"/>', ""), ('<QuerySource><URLString x:HRef="a.htm"/></QuerySource>', ""),
])
def test_workbooks_of_2003(inside: str, code: str) -> None:
    assert codes(read(SHEET.format(inside))) == ({code} if code else set())


@pytest.mark.parametrize("inside", [
    "<Value1>cmd|'/c rem'!A0</Value1><!-- DataValidation -->", "<DataValidation><Value1>cmd|<![CDATA['/c rem'!A0]]></Value1></DataValidation>",
    '<Odd source="\\\\h.example\\s\\a.xml"/>', "<PTSource><FileName>\\\\h.example\\s\\a.xls</FileName></PTSource>",
    '<Cell N="Address" V="\\\\h.example\\s\\a"/>',
])
def test_what_no_parser_reads_is_read_in_any_charset(inside: str) -> None:
    found = codes(read(SHEET.format(inside)))
    wide = SHEET.format(inside).encode("utf-16")
    assert found == codes(take_apart(OFFICE_XML, wide, kind="application/x-office-xml"))
    assert bool(found) is not inside.endswith("-->")


@pytest.mark.parametrize(("rule", "code"), [
    ("<Value1>cmd|'/c rem'!A0</Value1>", "DOC-DDE"), ("<x:Value>cmd|&apos;/c rem&apos;!A0</x:Value>", "DOC-DDE"),
    ("<Min>WEBSERVICE(&quot;http://h.example/&quot;)</Min>", "FORMULA-CALL"), ("<Value>&quot;a,b|c!&quot;</Value>", ""), ("<Value>SUM(A1:A2)</Value>", ""),
])
def test_rules_of_sheets(rule: str, code: str) -> None:
    data = ('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="x"><DataValidation>' + rule
            + "</DataValidation></Workbook>")
    assert codes(take_apart(OFFICE_XML, data.encode(), "a.xml")) - {"ENCRYPTED"} == ({code} if code else set())


def test_sheets_of_flat_packages() -> None:
    data = ('<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"><pkg:part><pkg:xmlData><worksheet>'
            "<c><f>{}</f></c></worksheet></pkg:xmlData></pkg:part></pkg:package>")
    assert codes(take_apart(OFFICE_XML, data.format("cmd|'/c rem'!A0").encode(), "a.xml")) == {"DOC-DDE"}
    assert codes(take_apart(OFFICE_XML, data.format("SUM(A1:A2)").encode(), "a.xml")) == set()


def test_words_of_visio_2003() -> None:
    text = "<?xml version='1.0'?><VisioDocument xmlns='http://schemas.microsoft.com/visio/2003/core'><Text><cp IX='0'/>A123456789</Text></VisioDocument>"
    for outbound, labels in ((True, ["as records"]), (False, [])):
        node = Node(Artifact(1, 0, ArtifactKind.PART), text.encode(), "application/x-office-xml")
        assert [item.label for item in OFFICE_XML.extract(node, Context(Limits(), outbound)) if isinstance(item, Child)] == labels


FLAT = ('<?xml version="1.0"?><?mso-application progid="Word.Document"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">'
        "<pkg:part><pkg:xmlData>{}</pkg:xmlData></pkg:part></pkg:package>")


@pytest.mark.parametrize(("part", "code"), [
    ('<ax:ocx xmlns:ax="a" ax:classid="{EAB22AC3-30C1-11CF-A7EB-0000C05BAE0B}"/>', "DOC-ACTIVEX"), ('<w:ocx xmlns:w="w" w:classid="CLSID:EAB22AC3-30C1-11CF-A7EB-0000C05BAE0B"/>', "DOC-ACTIVEX"),
    ('<w:ocx xmlns:w="w" w:classid="CLSID:8BD21D10-EC42-11CE-9E0D-00AA006002F3"/>', "DOC-FORM-CONTROL"),
    ('<Properties xmlns="p"><property name="_AssemblyName"><lpwstr>*</lpwstr></property></Properties>', "DOC-VSTO"),
    ('<Properties xmlns="p"><property name="Client"><lpwstr>*</lpwstr></property></Properties>', ""),
    ('<we:reference xmlns:we="w" store="\\\\h.example\\a" storeType="FileSystem"/>', "DOC-WEB-EXTENSION"), ('<we:reference xmlns:we="w" store="en-US" storeType="OMEX"/>', ""),
])
def test_flat_packages_are_packages(part: str, code: str) -> None:
    found = codes(take_apart(OFFICE_XML, FLAT.format(part).encode(), "a.xml", kind="application/x-office-xml"))
    assert found & {"DOC-ACTIVEX", "DOC-FORM-CONTROL", "DOC-VSTO", "DOC-WEB-EXTENSION"} == ({code} if code else set())


def test_forms_are_read_as_records_too() -> None:
    text = '<?xml version="1.0"?><xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><row><f1 caption="證號">A123456789</f1></row></xdp:xdp>'
    node = Node(Artifact(1, 0, ArtifactKind.PART), text.encode(), "application/x-office-xml")
    found = [item for item in OFFICE_XML.extract(node, Context(Limits(), outbound=True)) if isinstance(item, Child)]
    assert [(child.detected_type, child.label) for child in found] == [("text/xml", "as records")]


def test_links_and_files_behind_many_others(monkeypatch: pytest.MonkeyPatch) -> None:
    links = "".join(f'<w:hlink w:dest="https://h.example/{n}"/>' for n in range(700)) + '<w:hlink w:dest="file://h.example/s/a.exe"/>'
    assert "DOC-LINK-PROGRAM" in codes(read(WORD.format(links)))
    files = "".join(f'<w:binData w:name="{n}.mso">{base64.b64encode(b"file %d" % n).decode()}</w:binData>' for n in range(1100))
    assert b"file 1099" in content(read(WORD.format(files))).values()
    monkeypatch.setattr(flat, "FILES", 1000)
    with pytest.raises(LimitReached, match="more than 1000 files within tags"):
        read(WORD.format(files))
