"""One file that is two: found by structure, and silence about ordinary media."""

import io
import os
import random
import struct

import pytest
from PIL import Image

from gateway.extract import carve
from gateway.extract.base import Child, Context, Node, Yield
from gateway.extract.bounded import LimitReached
from gateway.extract.carve import CARVE, END_OF, hits
from gateway.extract.identify import identify
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation
from gateway.model.deadline import Limits
from tests.builders.archives import Member, codes, content, make_zip, take_apart
from tests.builders.discs import iso_of
from tests.builders.documents import compound

PROGRAM = b"MZ" + bytes(58) + struct.pack("<L", 64) + b"PE\0\0" + bytes(200)
ZIP = make_zip(Member(b"bad.exe", PROGRAM))
RAR, SEVEN = b"Rar!\x1a\x07\x01\x00" + bytes(40), b"7z\xbc\xaf\x27\x1c\0\4" + bytes(40)
FORMATS = ("JPEG", "PNG", "GIF", "BMP")


def picture(format, **options):
    stream = io.BytesIO()
    image = Image.frombytes("RGB", (64, 64), os.urandom(64 * 64 * 3))
    (image.convert("P") if format == "GIF" else image).save(stream, format, **options)
    return stream.getvalue()


def pdf():
    return b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"


def leaving(data: bytes) -> list[Yield]:
    node = Node(Artifact(0, None, ArtifactKind.PART, ()), data, identify(data, ()))
    return list(CARVE.extract(node, Context(Limits(), outbound=True)))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("tail", [ZIP, RAR, SEVEN, PROGRAM])
def test_behind_a_picture(format, tail):
    data = picture(format)
    found = take_apart(CARVE, data + tail)
    assert codes(found) == {"POLYGLOT"}
    assert content(found)[f"at {len(data)}"] == tail


def test_behind_and_inside_a_pdf():
    found = take_apart(CARVE, pdf() + ZIP)
    assert codes(found) == {"POLYGLOT"} and ZIP in content(found).values()
    inside = pdf().replace(b"endobj\n", b"stream\n" + ZIP + b"endstream\nendobj\n")
    found = take_apart(CARVE, inside)
    assert codes(found) == set() and any(c.startswith(ZIP) for c in content(found).values())


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("markup", [b"<script>x()</script>", b"<HTA:APPLICATION ID=x>", b"< html >", b"<job id=1>"])
def test_markup_in_a_picture(format, markup):
    found = take_apart(CARVE, picture(format) + b"\r\n" + markup)
    assert codes(found) == {"POLYGLOT"}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("behind", [picture("PNG"), picture("JPEG"), b"\r\n" + pdf()])
def test_pictures_behind_what_leaves(format, behind):
    data = picture(format)
    assert list(content(leaving(data + behind)).values()) == [behind.lstrip()]
    assert take_apart(CARVE, data + behind) == []                                   # nobody sees it who gets such a mail
    assert leaving(data + b"camera trailer" + behind) == []


def test_pictures_of_one_file_are_no_second_file():
    data = picture("JPEG", comment=b"MPF\0")
    assert leaving(data + picture("JPEG")) == []


@pytest.mark.parametrize("format", FORMATS)
def test_ordinary_media_are_silent(format):
    for _ in range(20):
        assert take_apart(CARVE, picture(format)) == []
    data = picture(format)
    assert END_OF[f"image/{format.lower()}"](data) in (len(data), 0)
    assert take_apart(CARVE, data + b"\0" * 100 + b"camera trailer") == []


def test_metadata_is_not_markup():
    xmp = b'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF></rdf:RDF></x:xmpmeta>'
    assert take_apart(CARVE, picture("JPEG", xmp=xmp)) == []


def test_letters_are_not_magics():
    text = b"MZ is a magic, PK\x03\x04 too, **ACE** and Rar! and ITSF, 7z" * 50
    assert take_apart(CARVE, text) == []
    assert list(hits(os.urandom(1 << 20))) == []


def test_padding_before_an_archive():
    found = take_apart(CARVE, bytes(1000) + SEVEN)
    assert content(found) == {"at 1000": SEVEN}


def test_padding_before_tnef():
    whole = bytes.fromhex("789f3e22010001069008000400000000000100") + bytes(40)
    assert content(take_apart(CARVE, bytes(4) + whole)) == {"at 4": whole}
    assert not take_apart(CARVE, bytes(4) + whole[:4] + b"\7" * 40)


def test_zip_behind_a_compound_file():
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(20) + b"\xfe\xff" + bytes(1000)
    found = take_apart(CARVE, head + ZIP, kind="application/x-ole-storage")
    assert codes(found) == {"POLYGLOT"} and ZIP in content(found).values()
    assert take_apart(CARVE, head + ZIP + bytes(600), kind="application/x-ole-storage") == []   # embedded by right


def test_zip_known_by_its_end_alone():
    broken = ZIP.replace(b"PK\3\4", b"XX\3\4", 1)
    data = picture("GIF") + broken
    assert "POLYGLOT" in codes(take_apart(CARVE, data))


def test_a_program_with_an_archive_behind_it():
    assert codes(take_apart(CARVE, PROGRAM + ZIP)) == {"APPENDED-ARCHIVE"}


def test_program_in_a_stream_of_a_compound_file():
    data = compound({"x": bytes(100) + PROGRAM})
    assert PROGRAM in b"".join(content(take_apart(CARVE, data, kind="application/x-ole-storage")).values())
    assert not take_apart(CARVE, compound({"x": b"MZ " * 50}), kind="application/x-ole-storage")
    assert not take_apart(CARVE, data, kind="application/x-msi")


@pytest.mark.parametrize("row", carve.MAGICS, ids=lambda row: row[3] + row[0].hex())
@pytest.mark.parametrize("at", [100, 9_000, 199_000])
def test_one_pass_misses_no_magic(row, at):
    mark = carve.MARK.get(row[0], b"")
    data = bytearray(random.Random(7).randbytes(200_000).replace(b"PE", b"pe"))
    data[at:at + len(row[0])] = row[0]
    data[at + 64:at + 64 + len(mark)] = mark
    assert row in carve.present(bytes(data))
    assert carve.present(bytes(200_000)) == []


def test_small_data_and_a_failing_pass_are_looked_through_one_by_one(monkeypatch):
    assert carve.present(bytes(100)) == list(carve.MAGICS)
    monkeypatch.setattr(carve, "FINDER", Failing())
    assert carve.present(bytes(200_000)) == list(carve.MAGICS)


class Failing:
    def match(self, **_):
        raise carve.yara.Error("internal")


def test_markup_behind_the_smallest_picture():
    found = take_apart(CARVE, b"GIF89a\1\0\1\0\0\0\0;<script>new ActiveXObject('x')</script>", "a.gif")
    assert "POLYGLOT" in codes(found)


def _stored(data: bytes) -> bytes:
    """What deflate makes of octets that cannot be packed: pieces of 65,535, here of 1,000, each behind five octets."""
    blocks = [data[at:at + 1000] for at in range(0, len(data), 1000)]
    return b"\x78\x9c" + b"".join(struct.pack("<BHH", n == len(blocks) - 1, len(b), len(b) ^ 0xFFFF) + b for n, b in enumerate(blocks))


def test_an_archive_in_pieces_is_left_to_the_reader_of_pdf() -> None:
    photos = make_zip(Member(b"a.jpg", random.Random(1).randbytes(3000), method=0), Member(b"b.jpg", b"x", method=0))
    data = b"%PDF-1.7\n1 0 obj\n<< /Length 9 >>\nstream\n" + _stored(photos) + b"\nendstream\nendobj\n%%EOF\n"
    assert not list(take_apart(CARVE, data, "a.pdf", kind="application/pdf"))
    whole = data.replace(_stored(photos), b"\x78\x9c\0\xe8\x03\x17\xfc" + photos)
    assert [o.code for o in take_apart(CARVE, whole, "a.pdf", kind="application/pdf") if isinstance(o, Observation)] == []
    assert [c.data for c in take_apart(CARVE, whole, "a.pdf", kind="application/pdf") if isinstance(c, Child)] == [whole[whole.find(b"PK"):]]


def streams_of(*files: bytes, behind: bytes = b"") -> bytes:
    objects = b"".join(b"%d 0 obj\n<</Length %d>>\nstream\n" % (number, len(file)) + file + b"\nendstream\nendobj\n"
                       for number, file in enumerate(files, 1))
    return b"%PDF-1.7\n" + objects + behind + b"trailer\n<<>>\nstartxref\n9\n%%EOF\n"


def test_archives_that_are_streams_of_a_document_end_with_these() -> None:
    """As LibreOffice keeps the text in its hybrid PDF: whatever follows is none of the archive's."""
    other = make_zip(Member(b"b.txt", b"y" * 40))
    data = streams_of(ZIP, other, behind=bytes(100_000))
    assert [item.data for item in take_apart(CARVE, data, "a.pdf", kind="application/pdf") if isinstance(item, Child)] == [ZIP, other]


def test_what_stands_behind_an_archive_in_a_stream_is_looked_at() -> None:
    """An archive that is no stream alone goes on to the end of the file, as do programs."""
    for data in (streams_of(ZIP + b"more"), streams_of(ZIP, behind=ZIP), streams_of(ZIP, behind=PROGRAM), streams_of(b"x" + ZIP)):
        found = [item.data for item in take_apart(CARVE, data, "a.pdf", kind="application/pdf") if isinstance(item, Child)]
        assert any(data.endswith(item) and len(item) < len(data) for item in found)


def test_more_archives_in_streams_than_documents_have() -> None:
    with pytest.raises(LimitReached):
        list(take_apart(CARVE, streams_of(*[ZIP] * (carve.MAX_EMBEDDED + 1)), "a.pdf", kind="application/pdf"))


@pytest.mark.parametrize("tail", [ZIP, PROGRAM])
def test_behind_a_page(tail):
    page = b"<html><p>words</p></html>\r\n"
    assert tail in content(take_apart(CARVE, page + tail, "a.html", kind="text/html")).values()
    assert not CARVE.claims(Node(Artifact(1, 0, ArtifactKind.PART), page, "text/html"))


@pytest.mark.parametrize("tail", [RAR, SEVEN])
def test_behind_the_last_sector_of_a_compound_file(tail):
    document = compound({"WordDocument": bytes(5000), "1Table": bytes(90)})
    assert carve.compound_end(document) == len(document)
    found = take_apart(CARVE, document + tail, kind="application/x-ole-storage")
    assert "POLYGLOT" in codes(found) and [c.data for c in found if isinstance(c, Child)] == [tail]


def test_streams_of_a_compound_file_are_no_second_file():
    document = compound({"Data": SEVEN.ljust(6000, b"x"), "More": RAR.ljust(5000, b"y")})
    assert take_apart(CARVE, document, kind="application/x-ole-storage") == []


def test_end_of_what_is_no_compound_file():
    assert carve.compound_end(b"") == 0 and carve.compound_end(bytes(600)) == 0


def test_table_of_sectors_that_goes_on_elsewhere():
    document = bytearray(compound({"WordDocument": bytes(5000)}))
    table = struct.unpack_from("<L", document, 76)[0]
    struct.pack_into("<L", document, 76, 0xFFFFFFFF)
    struct.pack_into("<LL", document, 68, (len(document) >> 9) - 1, 1)
    document += struct.pack("<128L", table, *[0xFFFFFFFF] * 127)
    assert len(document) - 1024 < carve.compound_end(bytes(document)) <= (110 * 128 << 9)
    struct.pack_into("<LL", document, 68, (len(document) >> 9) - 2, 0xFFFFFF)
    struct.pack_into("<L", document, len(document) - 4, (len(document) >> 9) - 2)
    assert carve.compound_end(bytes(document)) > 0


@pytest.mark.parametrize(("name", "claimed"), [("a.zip.lz4", False), ("a.zip", True)])
def test_what_lies_in_blocks_is_its_unpackers(name, claimed):
    data = b"\x04\x22\x4d\x18" + bytes(20) + make_zip(Member(b"a.txt", b"hi"))
    assert CARVE.claims(Node(Artifact(0, None, ArtifactKind.PART, (name,)), data, "application/x-lz4")) == claimed


def test_archives_in_a_signature_are_members_of_what_it_signs():
    archive = make_zip(Member(b"a.txt", b"hi"))
    message = b"0\x82" + struct.pack(">H", len(archive) + 40) + bytes(40) + archive
    assert not content(take_apart(CARVE, message, kind="application/pkcs7-mime"))
    assert archive in content(take_apart(CARVE, message + archive, kind="application/pkcs7-mime")).values()
    program = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + bytes(200)
    message = b"0\x82" + struct.pack(">H", len(program) + 40) + bytes(40) + program
    assert program in content(take_apart(CARVE, message, kind="application/pkcs7-mime")).values()


@pytest.mark.parametrize(("data", "end"), [(b"0\x05abcdefg", 7), (b"0\x81\x05abcdefg", 8), (b"0\x80abcdefg", 9), (b"0", 1)])
def test_end_of_a_signature(data, end):
    assert carve.signed_end(data) == end


@pytest.mark.parametrize(("name", "read"), [("a.html", True), ("a.HTM", True), ("a.pdf", False), ("a", False)])
def test_whatever_is_called_a_page_is_read_as_one(name: str, read: bool) -> None:
    data = b"%PDF-1.7\n%\xe2\xe3\n<html><script>x()</script></html>"
    found = [c for c in take_apart(CARVE, data, name) if isinstance(c, Child)]
    assert [c.data[:6] for c in found] == ([b"<html>"] if read else [])
    assert [c.names for c in found] == ([(name,)] if read else [])
    assert not take_apart(CARVE, b"%PDF-1.7\n1 0 obj\nendobj\n" + bytes(30), name)


@pytest.mark.parametrize("kind", sorted(carve.IMAGES))
def test_archives_in_images_are_members_of_those(kind: str) -> None:
    inside = bytes(600) + ZIP.ljust(1024, b"\0") + b"7z\xbc\xaf\x27\x1c\0\4" + bytes(600)
    assert not take_apart(CARVE, inside, kind=kind)
    assert PROGRAM in content(take_apart(CARVE, inside + PROGRAM, kind=kind)).values()
    assert ZIP in content(take_apart(CARVE, inside + ZIP, kind=kind)).values()


def test_a_disc_behind_other_octets() -> None:
    disc = iso_of(joliet=3)
    assert disc in content(take_apart(CARVE, bytes(2048) + disc, "a.bin")).values()
    moved = bytearray(bytes(2048) + disc)
    moved[2048 + 32768 + 158] ^= 0x40
    assert not content(take_apart(CARVE, bytes(moved), "a.bin"))


@pytest.mark.parametrize("false, told", [(48, True), (60, False)])
def test_false_beginnings_before_a_program(monkeypatch, false, told):
    monkeypatch.setattr(carve, "MAX_TRIES", 50)
    data = b"x" + b"MZ" * false + bytes(carve.ONE_BY_ONE) + PROGRAM
    if told:
        assert list(hits(data)) == [(len(data) - len(PROGRAM), "program")]
    else:
        with pytest.raises(LimitReached, match="program"):
            list(hits(data))


def test_a_program_behind_one_of_everything_else():
    others = [ZIP, b"MSCF" + bytes(20) + b"\3\1" + bytes(2) + b"\1" + bytes(20), compound({"a": b"x"}), SEVEN, RAR,
              bytes(7) + b"**ACE**" + bytes(30), b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0" + bytes(60), b"ITSF\x03\0\0\0" + bytes(60)]
    found = {what for _, what in hits(b"x" + b"".join(others) + PROGRAM)}
    whole = picture("PNG") + b"".join(others) + PROGRAM
    assert len(found) == 9 and PROGRAM in content(take_apart(CARVE, whole)).values()


MACH = struct.pack("<8L", 0xFEEDFACF, 0x100000C, 0, 2, 1, 72, 0x85, 0) + bytes(72)


@pytest.mark.parametrize(("data", "found"), [
    (b"\n\n" + MACH, [(2, "program")]), (b"\0\5\x16\7" + bytes(34) + MACH, [(38, "program")]),
    (b"\n\n" + MACH[:12] + bytes(100), []), (b"\n\n" + MACH[:20], []),
])
def test_programs_of_macos_within(data, found):
    assert list(hits(data)) == found
