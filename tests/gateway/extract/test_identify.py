"""Types by content; names and declarations only tell texts apart."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib

import pytest

from gateway.extract.identify import framed, identify, is_light, names_container, needs_reader


def pe() -> bytes:
    return b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + bytes(200)


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, b"content")
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("a"), io.BytesIO())
    return out.getvalue()


@pytest.mark.parametrize(("data", "kind"), [
    (b"", "application/x-empty"),
    (pe(), "application/x-dosexec"),
    (b"\x7fELF\x02\x01" + bytes(60), "application/x-executable"),
    (struct.pack(">II", 0xCAFEBABE, 2) + bytes(40), "application/x-mach-binary"),
    (struct.pack(">II", 0xCAFEBABE, 52) + bytes(40), "application/java-vm"),
    (zipped("a.txt"), "application/zip"),
    (zipped("[Content_Types].xml", "_rels/.rels"), "application/vnd.openxmlformats"),
    (b"\xff\xd8\xff\xe0" + bytes(40), "image/jpeg"),
    (b"junk\n%PDF-1.4\n", "application/pdf"),
    (b"{\\rtf1 x}", "application/rtf"),
    (b"{\\rt x}", "application/rtf"),
    (tarred(), "application/x-tar"),
    (bytes(32769) + b"CD001" + bytes(100), "application/x-iso9660-image"),
    (b"Please see below.\r\n", "text/plain"),
    ("您好，附件為報價單，請查收。".encode("cp950") * 20, "text/plain"),
    ("添付ファイルをご確認ください。".encode("cp932") * 20, "text/plain"),
    ("見積書です".encode("iso2022_jp"), "text/plain"),
    ("hello".encode("utf-16"), "text/plain"),
    (b"MZ is the start of a sentence, not of a program, and so it goes on for a while\n", "text/plain"),
    (b"BZh is not bzip2\n", "text/plain"),
    (b"<html><body>x</body></html>", "text/html"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
    (b"<?xml version='1.0'?><a/>", "text/xml"),
    (b"From: a@b\r\nSubject: x\r\nDate: y\r\n\r\nhi", "message/rfc822"),
    (b"BEGIN:VCALENDAR\r\nX-ALT-DESC;FMTTYPE=text/html:<html><body>x</body></html>\r\n", "text/calendar"),
    (b"BEGIN:VCALENDAR\r\n", "text/calendar"), (b"BEGIN:VEVENT\r\n", "text/calendar"), (b"BEGIN:VCARD\r\n", "text/vcard"),
    (b"-----BEGIN CERTIFICATE-----\n", "application/x-pem"),
    (bytes(range(256)) * 4, "application/octet-stream"),
    (b"text before a zip " + zipped("a.exe"), "application/zip"),
])
def test_identify(data, kind):
    assert identify(data) == kind


def test_declaration_tells_texts_apart_but_never_overrules_content():
    assert identify(b"plain words", declared="text/html") == "text/html"
    assert identify(pe(), names=("a.txt",), declared="text/plain") == "application/x-dosexec"
    assert identify(b"a;b\n1;2\n", names=("x.csv",)) == "text/csv"
    assert identify(b"<svg><circle r='5'/></svg><p>x", names=("x.html",)) == "text/html"
    assert identify(b"<svg><circle r='5'/></svg>", names=("x.svg",), declared="text/html") == "image/svg+xml"


def test_what_the_walk_does_about_types():
    assert is_light("text/html") and not is_light("application/zip")
    assert needs_reader("application/x-7z-compressed")
    assert not needs_reader("image/png") and not needs_reader("application/octet-stream")


@pytest.mark.parametrize("data", [
    bytes.fromhex("a70d0d0a") + bytes(12) + b"\xe3" + bytes(40), bytes.fromhex("330d0d0a") + bytes(8) + b"\xe3" + bytes(40),
    b"\x1bLua\x53\0" + bytes(40), b"\x1bLJ\x02" + bytes(40), b"FasdUAS 1.101.10\x0e\0" + bytes(40), b"BC\xc0\xde" + bytes(40),
    struct.pack("<HHIIIHH", 0x8664, 2, 0, 300, 10, 0, 0) + b".text\0\0\0" + bytes(64), struct.pack("<I", 0x0064010B) + bytes(64),
])
def test_compiled_code(data):
    assert identify(data) == "application/x-bytecode" and not needs_reader("application/x-bytecode")


@pytest.mark.parametrize("data", [b"ab\r\ncd\r\n" * 20, b"1\r\r\n2" * 30, b"\r\r\r\nhello, plain words"])
def test_texts_that_begin_like_compiled_code(data):
    assert identify(data) == "text/plain"


def test_pdf_without_its_usual_header():
    body = b"1 0 obj\n<< /Type /Catalog >>\nendobj\n"
    assert identify(b"%!PS-Adobe-3.0 PDF-1.7\n" + body) == "application/pdf"
    assert identify(body, ["a.pdf"]) == "application/pdf" and identify(body, ["a.txt"]) == "text/plain"


def test_mail_with_octets_of_no_text():
    head = b"From: a\r\nTo: b\r\nSubject: c\r\n\r\n"
    assert identify(head + bytes(range(256)) * 9) == "message/rfc822" == identify(head.replace(b"a", b"a\0") + b"\0" * 99)
    assert identify(b"a;b;c\r\n" * 12 + bytes(range(256)) * 9, ["a.csv"]) == "text/csv"
    assert identify(b"words: a\r\nmore: b\r\n\r\n" + bytes(range(256)) * 9) == "application/octet-stream"


@pytest.mark.parametrize(("data", "kind"), [
    (b"<html><body>x</body></html>" + bytes(90), "text/html"), (b" \r\n<script>x</script>" + bytes(range(256)), "text/html"),
    (b"\0\1<html>" + bytes(90), "application/octet-stream"), (b"<" + bytes(90), "application/octet-stream"),
])
def test_a_page_with_noise_behind_it_is_a_page(data, kind):
    """Office programs open it by any of their extensions, browsers by theirs."""
    assert identify(data, ("a.doc",)) == kind


def test_a_stored_document_does_not_make_its_archive_one():
    lzh = bytes((22, 0)) + b"-lh0-" + bytes(15) + b"%PDF-1.7\n"
    assert identify(lzh, ("a.lzh",)) == "application/x-lzh"


@pytest.mark.parametrize("data", [
    b"<r><x:script xmlns:x='http://www.w3.org/1999/xhtml'>location=1</x:script></r>",
    b"<!DOCTYPE r [<!ATTLIST r xmlns CDATA #FIXED 'http://www.w3.org/1999/xhtml'>]><r><script>location=1</script></r>",
    b"<?xml version='1.0'?><rss><h:b xmlns:h=\"http://www.w3.org/1999/xhtml\" onclick='x'/></rss>",
])
def test_data_that_browsers_run_is_a_page(data):
    assert identify(data, ("a.xml",)) == "text/html"


def test_data_with_quiet_markup_stays_data():
    assert identify(b"<?xml version='1.0'?><feed><x:b xmlns:x='http://www.w3.org/1999/xhtml'>words</x:b></feed>", ("a.xml",)) == "text/xml"


def test_a_signed_document_is_the_message_around_it() -> None:
    signed = b"\x30\x82\x04\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0" + bytes(40)
    assert identify(signed + b"%PDF-1.7\n", ("contract.pdf.p7m",)) == "application/pkcs7-mime"
    assert identify(b"0 lines\n%PDF-1.7\n") == "application/pdf"


@pytest.mark.parametrize("said", [b"%PDF-1.7 is how a PDF file begins.\n", b"Look for `%PDF-1.4` at the beginning; objects follow.\n"])
def test_a_sentence_about_pdf_is_text(said):
    assert identify(said, ("howto.txt",)) == "text/plain"
    assert identify(said + b"1 0\nobj\n<<>>\n", ("howto.txt",)) == identify(said + b"\0\1\2" * 9) == "application/pdf"
    assert identify(b"%PDF-1.7 \n" + said) == identify(said + b"\n%PDF-1.7\n") == "application/pdf"


@pytest.mark.parametrize("name", ["a.daa", "a.ova", "a.gho", "a.zip.enc", "volume.hc"])
def test_names_of_images(name: str) -> None:
    assert names_container((name,)) and not names_container((name + ".txt",))


@pytest.mark.parametrize(("name", "part"), [
    ("a.7z.003", True), ("報表.zip.002", True), ("A.Z02", True), ("a.tar.010", True), ("a.docx.002", False), ("v1.zip.2", False), ("a.z", False)])
def test_names_of_parts_of_archives(name: str, part: bool) -> None:
    assert names_container((name,)) is part


def test_an_archive_in_digits_with_text_in_it() -> None:
    assert identify(b"070707" + b"000001" * 7 + b"00000000000" + b"000006" + b"00000000005" + b"a.bat\0hello" * 9) == "application/x-cpio"
    assert identify(b"070707 is the number of the office, 070708 that of the branch.") == "text/plain"


@pytest.mark.parametrize(("kind", "name", "answer"), [
    ("application/zstd", "a.pdf.zst", True), ("application/vnd.ms-cab-compressed", "a.cab", True), ("application/gzip", "", True),
    ("application/gzip", "a.pdf", False), ("application/x-lz4", "a.lz4.zip", False), ("application/x-tar", "a.tar", False),
    ("application/octet-stream", "", False),
])
def test_documents_lie_in_pieces_in_packed_files(kind: str, name: str, answer: bool) -> None:
    assert framed(kind, (name,) if name else ()) == answer


@pytest.mark.parametrize(("xml", "kind"), [
    ('<!-- x --><a:Object xmlns:a="http://www.w3.org/2000/09/xmldsig#"/>', "text/xml"),
    ('<!DOCTYPE a [<!ELEMENT a ANY>]><!-- x --><a/>', "text/xml"),
    ('<!-- x --><a:script xmlns:a="http://www.w3.org/1999/xhtml"/>', "text/html"),
    ('<!-- x --><a:script xmlns:a="http://www.w3.org/1999/xhtm&#108;"/>', "text/html"),
    ('<!DOCTYPE a [<!ENTITY n "http://www.w3.org/1999/xht">]><!-- x --><a/>', "text/html"),
    ('<!DOCTYPE a SYSTEM "a.dtd"><!-- x --><a/>', "text/html"),
    ('<?xml-stylesheet href="#a"?><!-- x --><a/>', "text/html"),
])
def test_xml_is_a_page_by_its_namespace(xml: str, kind: str) -> None:
    assert identify(b'<?xml version="1.0"?>' + xml.encode(), ("a.xml",)) == kind
    assert identify(('<?xml version="1.0"?>' + xml).encode("utf-16"), ("a.xml",)) == kind
    assert identify(b'<?xml version="1.0"?>' + xml.encode(), ("a.html",)) == "text/html"


def test_xml_by_its_name_alone() -> None:
    signed = b'<data xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><!-- x --><ds:Object/></data>'
    assert identify(signed, ("a.xml",)) == "text/xml"
    assert identify(signed, ("a",)) == identify(b"<!doctype html><data/>", ("a.html",)) == "text/html"


@pytest.mark.parametrize(("data", "kind"), [
    ((b"MZ" + b" is what a text begins with." * 9)[:60] + struct.pack("<I", 512) + b" " * 448 + b"PE\0\0" + bytes(20), "application/x-dosexec"),
    ((b"MZ" + b" is what a text begins with." * 9)[:60] + struct.pack("<I", 512) + b" " * 600, "text/plain"),
    (zlib.compress(b"words " * 9), "application/zlib"), (b"x\x9cno stream of any kind", "text/plain"),
    (b"x^2 + y^2 = z^2\r\n" * 9, "text/plain"), (b"\x78\xda" + bytes(range(200, 250)), "text/plain"),
    (b"\x1a\x08README.TXT\0\0\0" + bytes(20), "application/x-arc"), (b"\x1a\x08\1\2\3\4" + bytes(40), "application/octet-stream"),
    (b"sqsh" + bytes(24) + b"\0\3\0\0" + bytes(90), "application/x-squashfs"), (b"sqsh is a word\r\n" * 9, "text/plain"),
    (bytes(1080) + b"\x53\xef\1\0" + bytes(900), "application/x-volume"), (("會" * 360 + "S，" + "會" * 90).encode(), "text/plain"),
    (bytes(32) + b"NXSB" + bytes(900), "application/x-volume"), (b"\xeb\x3c\x90ReFS\0\0\0\0" + bytes(900), "application/x-volume"),
])
def test_by_structure(data: bytes, kind: str) -> None:
    assert identify(data) == kind


def test_disks_by_their_table_of_partitions() -> None:
    def disk(status: int, first: int, length: int, code: bytes = b"\0") -> bytes:
        entry = struct.pack("<B3xB3xII", status, 6, first, length)
        return code.ljust(446, b"\0") + bytes(16) + entry + bytes(32) + b"\x55\xaa" + bytes(4096)

    assert identify(disk(0, 2, 6)) == identify(disk(0x80, 1, 7, b"\xfa\x33")) == "application/x-raw-disk-image"
    for other in (disk(1, 2, 6), disk(0, 9000, 6), disk(0, 0, 6), disk(0, 2, 0)):
        assert identify(other) == "application/octet-stream"


@pytest.mark.parametrize(("head", "machine", "optional", "kind"), [
    (b"\0\0", b"\x64\x86", b"\x0b\2", "application/x-dosexec"), (b"ME", b"\x4c\1", b"\x0b\1", "application/x-dosexec"),
    (b"\0\0", b"\x64\x86", b"\0\0", "application/octet-stream"), (b"\0\0", b"\1\2", b"\x0b\2", "application/octet-stream")])
def test_programs_without_their_first_octets(head: bytes, machine: bytes, optional: bytes, kind: str) -> None:
    data = head + bytes(58) + struct.pack("<I", 128) + bytes(64) + b"PE\0\0" + machine + bytes(18) + optional + bytes(200)
    assert identify(data) == kind


def test_a_document_in_an_old_tar_does_not_make_it_one() -> None:
    block = bytearray(tarfile.TarInfo("a.pdf").tobuf(tarfile.USTAR_FORMAT))
    block[257:265] = bytes(8)                            # as before POSIX
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    assert identify(bytes(block) + b"%PDF-1.7\n" + bytes(600)) == "application/x-tar"
    assert identify(b"x" * 512 + b"%PDF-1.7\n") == "application/pdf"
    assert identify(bytes(block[:500]) + b"%PDF-1.7\n" + bytes(600)) == "application/pdf"


GIF = b"GIF89a\1\0\1\0\0\0\0!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
PAGE = b"<html><body><script>go()</script></body></html>" + b" words" * 20


@pytest.mark.parametrize("before", [b"GIF89a", b"GIF89a=1;", GIF, b"\xff\xd8\xff\xe0\0\x10JFIF", b"\x89PNG\r\n\x1a\n", b"ID3\3\0\0\0\0\0\0", b"RIFF\x24\0\0\0WAVEfmt "])
def test_a_page_is_looked_for_behind_what_begins_like_a_picture(before: bytes) -> None:
    for name in ("a.html", "A.HTM ", "a.shtml"):
        assert identify(before + PAGE, (name,)) == "text/html"
    assert identify(GIF, ("a.html",)) == identify(GIF + PAGE, ("a.gif",)) == "image/gif"


@pytest.mark.parametrize("declared", ["text/enriched", "text/richtext"])
def test_formatted_text_is_shown_by_its_tags(declared: str) -> None:
    assert identify(b"<bold>A1234</bold><italic>56789</italic>", (), declared) == "text/html"
    assert identify(b"<bold>A1234</bold><italic>56789</italic>", (), "text/plain") == "text/plain"
