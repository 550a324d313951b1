from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator

import pikepdf
import pytest

from gateway.extract.base import Child, Node, Problem
from gateway.extract.identify import identify
from gateway.extract.pdf.document import PDF
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Text
from tests.builders.archives import codes, content, take_apart
from tests.builders.documents import pdf, pdf_file


def read(data: bytes, *passwords: str) -> list[object]:
    return list(take_apart(PDF, data, "a.pdf", passwords=passwords))


def saved(data: bytes, **options: object) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.save(out, **options)
    return out.getvalue()


def test_plain_file_gives_its_text_only() -> None:
    assert read(pdf(text="Hello")) == [Text("Hello", "page 1")]


ALERT = "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"


@pytest.mark.parametrize("catalog", [
    ALERT, "/OpenAction << /S /J#61vaScript /J#53 (app.alert\\(1\\)) >>", "/AA << /WC << /S /JavaScript /JS (app.alert\\(1\\)) >> >>",
    "/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (app.alert\\(1\\)) >>] >> >>",
    "/Names << /JavaScript << /Kids [<< /Names [(a) << /S /JavaScript /JS (app.alert\\(1\\)) >>] >>] >> >>",
    "/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next << /S /JavaScript /JS <6170702e616c657274283129> >> >>", "/OpenAction 6 0 R",
])
def test_scripts_that_start_by_themselves(catalog: str) -> None:
    data = pdf(catalog, ("<< /S /JavaScript /JS (app.alert\\(1\\)) >>",) if "6 0 R" in catalog else ())
    assert "PDF-SCRIPT-ACTS" in codes(read(data))


def test_object_streams_and_empty_password_hide_nothing() -> None:
    assert "PDF-SCRIPT-ACTS" in codes(read(saved(pdf(ALERT), object_stream_mode=pikepdf.ObjectStreamMode.generate)))
    locked = saved(pdf(ALERT), encryption=pikepdf.Encryption(owner="o", user=""))
    assert "PDF-SCRIPT-ACTS" in codes(read(locked))


def test_passwords() -> None:
    locked = saved(pdf(text="secret"), encryption=pikepdf.Encryption(owner="o", user="A123"))
    assert codes(read(locked)) == {"ENCRYPTED"}
    found = read(locked, "wrong", "A123")
    assert Text("secret", "page 1") in found and "ENCRYPTED" not in codes(found)


def test_what_a_certificate_opens_is_encrypted_not_malformed():
    made = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(made)
    handler = b"trailer <</Encrypt <</Filter /Adobe.PubSec /SubFilter /adbe.pkcs7.s5 /V 4 /Recipients []>> /ID [<00> <00>] "
    assert codes(read(made.getvalue().replace(b"trailer <<", handler))) == {"ENCRYPTED"}


@pytest.mark.parametrize(("action", "code"), [
    ("<< /S /Launch /F (cmd.exe) >>", "PDF-LAUNCH"), ("<< /S /Launch /Win << /F (cmd.exe) /P (/c x) >> >>", "PDF-LAUNCH"),
    ("<< /S /SubmitForm /F (http://h.example) >>", "PDF-SUBMIT-AUTO"), ("<< /S /GoToR /F (\\\\\\\\h.example\\\\x.pdf) /D [0 /Fit] >>", "PDF-REMOTE-SHARE"),
    ("<< /S /GoToE /T << /R /C /N (a.pdf) >> >>", "PDF-OPENS-EMBEDDED"), ("<< /S /URI /URI (http://h.example/x) >>", "PDF-LINK-AUTO"),
    ("<< /S /URI /URI (javascript:x) >>", "DOC-LINK-SCHEME"),
])
def test_actions_on_opening(action: str, code: str) -> None:
    assert code in codes(read(pdf(f"/OpenAction {action}")))


@pytest.mark.parametrize("catalog", [
    "/OpenAction [3 0 R /FitH 700]", "/OpenAction << /S /GoTo /D [3 0 R /Fit] >>", "/AcroForm << /Fields [] >>",
    "/OpenAction << /S /Named /N /Print >>", "/PageMode /UseNone /ViewerPreferences << /FitWindow true >>", "/Lang (JavaScript)",
])
def test_ordinary_openings(catalog: str) -> None:
    assert codes(read(pdf(catalog, text="the /JavaScript and /Launch keys"))) == set()


def test_form_scripts_and_printing_are_ordinary() -> None:
    form = pdf("/OpenAction << /S /JavaScript /JS (this.print\\(true\\);) >> /AcroForm << /Fields [6 0 R] >>", (
        "<< /FT /Tx /T (a) /AA << /F << /S /JavaScript /JS (AFNumber_Format\\(2, 0, 0, 0, \"\", true\\);) >> "
        "/K << /S /JavaScript /JS (AFNumber_Keystroke\\(2, 0, 0, 0, \"\", true\\);) >> >> >>",))
    assert codes(read(form)) == {"PDF-SCRIPT-HARMLESS"}
    own = pdf(objects=("<< /FT /Tx /T (a) /AA << /C << /S /JavaScript /JS (event.value = this.getField\\('b'\\).value * 5;) >> >> >>",))
    assert codes(read(own)) == {"PDF-SCRIPT"}


def test_embedded_files_with_and_without_a_specification() -> None:
    found = read(pdf("/Names << /EmbeddedFiles << /Names [(x) 6 0 R] >> >>", pdf_file("帳單.exe".encode().decode("latin-1"), b"MZ")))
    assert content(found)["帳單.exe"] == b"MZ"
    loose = read(pdf(objects=(b"<< /Type /EmbeddedFile /Length 2 >>\nstream\nMZ\nendstream",)))
    assert content(loose)["attachment"] == b"MZ"


def test_embedded_bomb_is_told() -> None:
    import zlib
    packed = zlib.compress(bytes(60 << 20), 9)
    stream = b"<< /Type /EmbeddedFile /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(packed), packed)
    assert "RATIO" in codes(read(pdf(objects=(stream,))))


def test_links_are_listed() -> None:
    page = "/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://www.example.com/a) >> >>]"
    assert codes(read(pdf(page=page))) == {"DOC-LINK"}


def test_edges_go_on_as_children() -> None:
    found = read(pdf() + b"PK\x03\x04" + bytes(range(1, 200)))
    assert "PDF-TRAILING" in codes(found) and content(found)["behind the document"].startswith(b"PK")
    assert "PDF-LEADING" in codes(read(b"MZ leading junk of some length\n" + pdf()))
    assert codes(read(pdf() + b"\r\n\0\0")) == set()


def test_broken_files_are_repaired_or_told() -> None:
    broken = pdf(ALERT).replace(b"startxref", b"startxxxx").replace(b"xref\n", b"xrff\n")
    assert "PDF-SCRIPT-ACTS" in codes(read(broken))
    assert codes(read(pdf()[:-40])) == set()
    wreck = read(b"%PDF-1.7\n/JavaScript garbage")
    assert any(isinstance(p, Problem) for p in wreck) and "PDF-DAMAGED-ACTION" in codes(wreck)


def test_xfa() -> None:
    form = b"<xdp><event activity='initialize'><script contentType='application/x-javascript'>app.launchURL('http://h.example')</script></event></xdp>"
    stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(form), form)
    assert "PDF-SCRIPT-ACTS" in codes(read(pdf("/AcroForm << /XFA 6 0 R >>", (stream,))))
    quiet = form.replace(b"app.launchURL('http://h.example')", b"a.rawValue = b.rawValue")
    assert codes(read(pdf("/AcroForm << /XFA 6 0 R >>", (b"<< /Length %d >>\nstream\n%s\nendstream" % (len(quiet), quiet),)))) == {"PDF-XFA"}


def test_children_of_scripts_hold_their_source() -> None:
    assert any(isinstance(c, Child) and c.data == b"app.alert(1)" for c in read(pdf(ALERT)))


def test_words_of_the_mail_are_gathered_only_for_what_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    def untouched(context: object) -> Iterator[str]:
        raise AssertionError("nothing is locked")
        yield ""

    monkeypatch.setattr("gateway.extract.pdf.document.candidates", untouched)
    assert read(pdf(text="Hello")) == [Text("Hello", "page 1")]


@pytest.mark.parametrize(("catalog", "held"), [
    ("/OpenAction << /S /JavaScript /JS (go\\(1\\)) >> /OpenAction [3 0 R /Fit]", True),
    ("/OpenAction [3 0 R /Fit] /PageMode /UseNone /PageMode /UseOutlines", False),
])
def test_entries_that_stand_twice(catalog: str, held: bool) -> None:
    """qpdf takes the last one, other readers the first (ISO 32000-2, 7.3.7 leaves it open)."""
    assert ("PDF-DAMAGED-ACTION" in codes(read(pdf(catalog)))) == held


@pytest.mark.parametrize(("inner", "held"), [
    (b"7 0 << /S /Java#53cript /JS (go\\(1\\)) >>", True), (b"7 0 << /Type /Font /Subtype /Type1 >>", False),
])
def test_object_streams_of_a_file_without_its_table(inner: bytes, held: bool) -> None:
    stream = b"<< /Type /ObjStm /N 1 /First 4 /Length %d >>\nstream\n%s\nendstream" % (len(inner), inner)
    broken = pdf("/OpenAction 7 0 R", (stream,)).replace(b"startxref", b"startxxxx").replace(b"xref\n0", b"xxxx\n0")
    assert ("PDF-DAMAGED-ACTION" in codes(read(broken))) == held


def test_a_file_without_pages_is_malformed_and_no_fault() -> None:
    """The catalog of the last revision leads nowhere: that is the file's fault, with a name."""
    data = pdf("/OpenAction 6 0 R")
    at = data.rfind(b"xref\n0")
    empty = data[:at] + b"xref\n0 0\ntrailer\n<< /Root 1 0 R /Size 6 >>\nstartxref\n%d\n%%%%EOF\n" % at
    assert "MALFORMED" in codes(read(empty))


@pytest.mark.parametrize("before", [b"", b"\r\n"])
def test_a_file_in_a_tar_is_read_as_its_member_only(before: bytes) -> None:
    """Its header and the 512 octets before it are no document with something in front."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name in ("a.pdf", "b.pdf"):
            member = tarfile.TarInfo(name)
            member.size = len(before + pdf())
            archive.addfile(member, io.BytesIO(before + pdf()))
    node = Node(Artifact(0, None, ArtifactKind.PART, ("a.tar",)), out.getvalue(), identify(out.getvalue(), ("a.tar",)))
    assert node.type == "application/x-tar" and not PDF.claims(node)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        member = tarfile.TarInfo("a.p7m")
        member.size = len(pdf()) + 64
        archive.addfile(member, io.BytesIO(bytes(64) + pdf()))
    assert not PDF.claims(Node(Artifact(0, None, ArtifactKind.PART, ("a.tar",)), out.getvalue(), "application/x-tar"))
    record = bytearray(out.getvalue())
    record[156:157] = b"g"                               # content of a header: no unpacker shows it
    assert PDF.claims(Node(Artifact(0, None, ArtifactKind.PART, ("a.tar",)), bytes(record), "application/x-tar"))
    shifted = b"x" * 100 + pdf()
    assert PDF.claims(Node(Artifact(0, None, ArtifactKind.PART, ("a.dat",)), shifted, "application/octet-stream"))


@pytest.mark.parametrize(("kind", "edges"), [("application/x-lzh", False), ("application/x-ms-wim", False), ("application/octet-stream", True)])
def test_around_a_stored_document_stands_its_archive(kind: str, edges: bool) -> None:
    data = b"header of a member " * 3 + pdf("/OpenAction << /S /JavaScript /JS (go\\(1\\)) >>") + b"more members " * 9
    found = codes(take_apart(PDF, data, "a.dat", kind=kind))
    assert "PDF-SCRIPT-AUTO" in found and ({"PDF-LEADING", "PDF-TRAILING"} <= found) == edges


@pytest.mark.parametrize(("kind", "told"), [("application/x-cpio", set()), ("application/octet-stream", {"MALFORMED"})])
def test_the_beginning_of_a_packed_document_is_none(kind: str, told: set[str]) -> None:
    data = b"070701" + bytes(200) + b"%PDF-1.7\n1 0 obj\n" + bytes(range(256))
    assert codes(take_apart(PDF, data, "a.dat", kind=kind)) & {"MALFORMED"} == told


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n\r\n"])
def test_the_last_object_of_a_file_that_breaks_off_behind_it(end: bytes) -> None:
    whole = pdf("/Names << /EmbeddedFiles << /Names [(a) 6 0 R] >> >>", pdf_file("a.js", b"go()"))
    found = read(whole[:whole.rfind(b"xref\n0")].rstrip() + end)
    assert [c.data for c in found if isinstance(c, Child)] == [b"go()"]


@pytest.mark.parametrize("behind", [b"", b"\nend", b"\nendstream", b"\nendstream\nend", b"\n%%EOF\n"])
def test_the_last_object_of_a_file_that_breaks_off_in_it(behind: bytes) -> None:
    whole = pdf("/Names << /EmbeddedFiles << /Names [(a) 6 0 R] >> >>", pdf_file("a.js", b"go()"))
    found = read(whole[:whole.rfind(b"go()") + 4] + behind)
    assert [c.data[:4] for c in found if isinstance(c, Child)] == [b"go()"]


def hybrid(action: bytes, table_knows: bool = False, stream_known: bool = False) -> bytes:
    """Object 4 stands in an object stream that only the stream of /XRefStm leads to, unless it is `stream_known`."""
    stream = b"4 0 " + action
    out, places = bytearray(b"%PDF-1.5\n"), {}
    for number, body in ((1, b"<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >>"), (2, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
                         (3, b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"),
                         (5, b"<< /Type /ObjStm /N 1 /First 4 /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream)),
                         *([(4, action)] if table_knows else [])):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    places[6] = at = len(out)
    out += (b"6 0 obj\n<< /Type /XRef /Size 7 /Index [4 1] /W [1 4 2] /Root 1 0 R /Length 7 >>\nstream\n\x02\0\0\0\x05\0\0\nendstream\nendobj\n")
    start = len(out)
    rows = b"".join(b"%010d 00000 n \n" % places[n] if n in places else b"0000000000 00000 f \n" for n in range(1, 7))
    if not stream_known:
        rows = rows.replace(b"%010d 00000 n" % places[5], b"0000000000 00000 f")
    return bytes(out + b"xref\n0 7\n0000000000 65535 f \n" + rows
                 + b"trailer\n<< /Size 7 /Root 1 0 R /XRefStm %d >>\nstartxref\n%d\n%%%%EOF\n" % (at, start))


def test_what_only_the_second_table_of_a_hybrid_file_knows() -> None:
    for known in (False, True):
        assert "PDF-DAMAGED-ACTION" in codes(read(hybrid(b"<< /S /JavaScript /JS (app.launchURL\\(1\\)) >>", stream_known=known)))
    assert "PDF-DAMAGED-ACTION" not in codes(read(hybrid(b"<< /S /GoTo /D [3 0 R /Fit] >>")))
    assert "PDF-DAMAGED-ACTION" not in codes(read(hybrid(b"<< /S /JavaScript /JS (a) >>", table_knows=True)))


def test_a_hybrid_file_that_cannot_be_read_without_its_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = pikepdf.open

    def without_rebuilding(file: io.BytesIO, **settings: object) -> pikepdf.Pdf:
        if b"startxref" not in file.getvalue():
            raise pikepdf.PdfError("no")
        return opened(file, **settings)

    monkeypatch.setattr(pikepdf, "open", without_rebuilding)
    assert "MALFORMED" in codes(read(hybrid(b"<< /S /JavaScript /JS (a) >>")))


def test_what_stands_around_a_signed_pdf_is_its_signature() -> None:
    signed = b"\x30\x82\x04\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0" + bytes(range(1, 40)) + pdf(text="Hello") + bytes(range(1, 200))
    assert identify(signed) == "application/pkcs7-mime"
    found = take_apart(PDF, signed, "contract.pdf.p7m")
    assert codes(found) == set() and content(found) == {}


@pytest.mark.parametrize(("name", "claimed"), [("a.pdf.zst", False), ("a.pdf", True)])
def test_a_file_that_did_not_pack_is_its_unpackers(name: str, claimed: bool) -> None:
    data = b"\x28\xb5\x2f\xfd\x60" + pdf()
    assert PDF.claims(Node(Artifact(0, None, ArtifactKind.PART, (name,)), data, identify(data))) == claimed


@pytest.mark.parametrize(("matrix", "held"), [
    ("[1 2 3 4 5 (1\\); alert\\('x')]", True), ("[0.1 0 0 0.1 0 <31>]", True), ("[0.001 0 0 0.001 0 0]", False)])
def test_a_font_matrix_is_made_of_numbers(matrix: str, held: bool) -> None:
    found = read(pdf(objects=(f"<< /Type /Font /Subtype /Type1 /BaseFont /X /FontMatrix {matrix} >>",)))
    assert ("PDF-SCRIPT-ACTS" in codes(found)) == held


@pytest.mark.parametrize(("head", "held"), [
    (b"%\n<script language=VBScript>x</script>\n", True), (b"<hta:application>\n", True), (b"%\xe2\xe3\xcf\xd3\n", False),
    (b"% made by <producer>\n", False)])
def test_pages_between_header_and_first_object(head: bytes, held: bool) -> None:
    found = read(pdf().replace(b"%PDF-1.7\n", b"%PDF-1.7\n" + head))
    assert ("PDF-DAMAGED-ACTION" in codes(found)) == held


def picture(width: int, height: int, packed: int) -> bytes:
    return (b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 1 "
            b"/Filter /CCITTFaxDecode /Length %d >>\nstream\n%s\nendstream" % (width, height, packed, bytes(packed)))


def tiles(step: bytes, matrix: bytes = b"") -> bytes:
    return (b"<< /Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 9 9] /XStep %s /YStep %s %s "
            b"/Resources << >> /Length 12 >>\nstream\n0 0 1 1 re f\nendstream" % (step, step, matrix))


@pytest.mark.parametrize("drawn", [picture(60_000, 60_000, 8_000), tiles(b"0.01"), tiles(b"1", b"/Matrix [.01 0 0 .01 0 0]")])
def test_what_is_drawn_without_end_is_told(drawn: bytes) -> None:
    assert codes(read(pdf(objects=(drawn,)))) == {"RATIO"}


@pytest.mark.parametrize("drawn", [picture(19_866, 28_087, 100), picture(60_000, 60_000, 40_000_000), tiles(b"0.1"), tiles(b"0"),
                                   tiles(b"0.001", b"/Matrix [72 0 0 72 0 0]"), tiles(b"(x)")])
def test_large_plans_and_fine_patterns_are_ordinary(drawn: bytes) -> None:
    assert "RATIO" not in codes(read(pdf(objects=(drawn,))))


@pytest.mark.parametrize(("objects", "page", "told"), [
    (("<< /FT /Tx /T (code) /V (mshta https://h.example/a) >>",), "", True),
    (("<< /FT /Tx /T (name) /V (Lin) >>",), "", False),
    ((), "/Annots [<< /Subtype /FreeText /Contents (Press Win + R: cmd /c x) >>]", True),
    (("<< /Subtype /Text /Contents <feff0063006d0064> >>",), "", True),
])
def test_notes_and_fields_that_speak_of_commands(objects: tuple[str, ...], page: str, told: bool) -> None:
    found = [item for item in read(pdf("", objects, page=page)) if isinstance(item, Text) and item.source == "notes and fields"]
    assert bool(found) == told and not any(text.hidden for text in found)
