"""ZIP: three readings agree on ordinary files and are all shown where they differ."""

import io
import struct
import time
import zipfile
import zlib

import pytest

from gateway.extract.archive.zip import ZIP
from gateway.extract.base import Child
from gateway.model.content import Text
from gateway.model.deadline import Limits
from tests.builders.archives import Member, codes, content, make_zip, seven_zip, take_apart

PROGRAM = b"MZ\x90\0" + bytes(60)
TEXT = b"hello " * 40


def zip_of(*members, **options):
    return take_apart(ZIP, make_zip(*members, **options))


def test_plain_zip_is_read_and_silent():
    found = zip_of(Member(b"a.txt", TEXT), Member(b"dir/", b"", method=0), Member(b"dir/b.txt", b"", method=0), comment=b"made by lab")
    assert content(found) == {"a.txt": TEXT, "dir/b.txt": b""}
    assert codes(found) == set()
    assert any(isinstance(f, Text) and f.content == "made by lab" for f in found)


def test_streaming_writer_is_silent():
    stream = io.BytesIO()

    class Unseekable(io.RawIOBase):
        def writable(self):
            return True

        def write(self, data):
            return stream.write(data)

    with zipfile.ZipFile(Unseekable(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("名單.csv", TEXT)
        archive.writestr("b.bin", bytes(100))
    found = take_apart(ZIP, stream.getvalue())
    assert codes(found) == set()
    assert content(found)["名單.csv"] == TEXT


def test_macos_archive_is_silent():
    found = zip_of(Member("書.txt".encode(), TEXT, descriptor=True), Member("__MACOSX/._書.txt".encode(), b"\0\5\x16\7" + bytes(80), descriptor=True))
    assert codes(found) == set()
    assert content(found)["書.txt"] == TEXT


@pytest.mark.parametrize("method", ["Copy", "Deflate", "BZip2", "LZMA", "PPMd"])
@pytest.mark.parametrize("lock", [(), ("-mem=ZipCrypto", "-pPw#1"), ("-mem=AES256", "-pPw#1")])
def test_methods_plain_and_encrypted(tmp_path, method, lock):
    data = seven_zip(tmp_path, {"a.txt": TEXT, "b/程式.exe": PROGRAM}, "zip", f"-mm={method}", *lock)
    found = take_apart(ZIP, data, passwords=("wrong", "Pw#1"))
    assert content(found) == {"a.txt": TEXT, "b/程式.exe": PROGRAM}
    assert codes(found) == set()


def test_what_nothing_reads_is_unsupported(tmp_path):
    found = take_apart(ZIP, seven_zip(tmp_path, {"a.exe": TEXT * 9}, "zip", "-mm=Deflate64"))
    assert codes(found) == {"UNSUPPORTED"}
    assert content(found) == {"a.exe": b""}


def test_without_the_password_names_stay(tmp_path):
    found = take_apart(ZIP, seven_zip(tmp_path, {"secret.exe": TEXT}, "zip", "-punknown"), passwords=("other",))
    assert codes(found) == {"ENCRYPTED"}
    assert content(found) == {"secret.exe": b""}


@pytest.mark.parametrize(("raw", "name"), [
    ("請求書.exe".encode("cp932"), "請求書.exe"), ("報告書.exe".encode("cp950"), "報告書.exe"), ("报告书.exe".encode("gb18030"), "报告书.exe"),
    ("보고서.exe".encode("cp949"), "보고서.exe"), ("報告書.exe".encode(), "報告書.exe")])
def test_names_in_every_code_page(raw, name):
    child = zip_of(Member(raw, PROGRAM))[0]
    assert name in child.names
    assert all(n.endswith(".exe") for n in child.names)


@pytest.mark.parametrize(("member", "code"), [
    (Member(b"a.txt", TEXT, local_name=b"a.exe"), "ZIP-NAMES-DIFFER"),
    (Member(b"a.txt", TEXT, local_method=0), "ZIP-METHODS-DIFFER"),
    (Member(b"a.txt", TEXT, local_size=3), "ZIP-SIZES-DIFFER"),
    (Member(b"a.txt", TEXT, central_size=3), "ZIP-SIZES-DIFFER"),
    (Member(b"a.txt", TEXT, central_crc=7), "ZIP-SIZES-DIFFER"),
    (Member(b"../../a.txt", TEXT), "MEMBER-TRAVERSAL"),
    (Member(b"..\\..\\a.txt", TEXT), "MEMBER-TRAVERSAL"),
    (Member(b"C:\\Windows\\a.txt", TEXT), "MEMBER-TRAVERSAL"),
    (Member(b"/data/a.txt", TEXT), "MEMBER-ABSOLUTE"),
    (Member(b"link", b"../../etc/passwd", method=0, attributes=0o120777 << 16), "MEMBER-LINK-OUTSIDE"),
    (Member(b"disk", b"x", method=0, attributes=0o060666 << 16), "MEMBER-DEVICE"),
    (Member(b"pipe", b"", method=0, attributes=0o010666 << 16), "MEMBER-DEVICE"),
])
def test_lies_are_seen(member, code):
    assert code in codes(zip_of(member))


def test_what_was_piped_into_zip_is_a_file():
    assert codes(zip_of(Member(b"-", TEXT, attributes=0o010600 << 16))) == set()


def test_both_names_and_both_methods_are_shown():
    found = zip_of(Member(b"a.txt", PROGRAM, local_name=b"a.exe"))
    assert found[-1].names == ("a.txt", "a.exe")
    readings = [f.data for f in zip_of(Member(b"a.txt", PROGRAM, local_method=0)) if hasattr(f, "data")]
    assert PROGRAM in readings and len(readings) == 2


def test_unicode_path_that_says_something_else():
    path = b"\1" + struct.pack("<L", zlib.crc32(b"a.txt")) + b"a.bat"
    found = zip_of(Member(b"a.txt", TEXT, extra=struct.pack("<HH", 0x7075, len(path)) + path))
    assert "ZIP-NAMES-DIFFER" in codes(found)
    for plain in (b"?.txt", b"_.txt", b"#U66f8.txt"):        # what writers put for a letter they cannot encode
        path = b"\1" + struct.pack("<L", zlib.crc32(plain)) + "書.txt".encode()
        assert codes(zip_of(Member(plain, TEXT, extra=struct.pack("<HH", 0x7075, len(path)) + path))) == set()
    name = "書.txt"
    path = b"\1" + struct.pack("<L", zlib.crc32(name.encode("cp950"))) + name.encode()
    assert codes(zip_of(Member(name.encode("cp950"), TEXT, extra=struct.pack("<HH", 0x7075, len(path)) + path))) == set()


def test_wrong_checksum_is_a_problem():
    data = bytearray(make_zip(Member(b"a.txt", TEXT, method=0)))
    data[40] ^= 1
    assert codes(take_apart(ZIP, bytes(data))) == {"MALFORMED"}


def test_octets_outside_of_entries_are_children():
    found = zip_of(Member(b"a.txt", TEXT), Member(b"b.txt", TEXT, gap=PROGRAM), before=b"stub....", after=b"tail<script>")
    assert {"before", "between", "after"} <= set(content(found))
    assert codes(found) == {"ZIP-DATA-BEFORE", "ZIP-DATA-BETWEEN", "ZIP-DATA-AFTER"}
    assert codes(zip_of(Member(b"a.txt", TEXT), after=b"\r\n\0\0")) == set()


def test_joined_archives_are_both_found():
    first, second = make_zip(Member(b"good.txt", TEXT)), make_zip(Member(b"bad.exe", PROGRAM))
    for data in (first + second, second + first, first + second + first):
        found = take_apart(ZIP, data)
        assert "ZIP-HIDDEN-ENTRIES" in codes(found)
        assert any(c.data.startswith(b"PK") for c in found if hasattr(c, "data"))
    assert "ZIP-HIDDEN-ENTRIES" in codes(zip_of(Member(b"a.txt", TEXT), comment=second))


def test_entry_missing_from_the_directory_is_found():
    whole = make_zip(Member(b"a.txt", TEXT), Member(b"bad.exe", PROGRAM, method=0))
    only = make_zip(Member(b"a.txt", TEXT))
    directory = only[only.find(b"PK\1\2"):]
    hidden = whole[:whole.find(b"PK\1\2")]
    end = struct.unpack_from("<L", directory, len(directory) - 6)[0]
    patched = directory[:-6] + struct.pack("<L", len(hidden)) + directory[-2:]
    assert end != len(hidden)
    found = take_apart(ZIP, hidden + patched)
    assert "ZIP-HIDDEN-ENTRIES" in codes(found)
    assert PROGRAM in content(found)["between"]


def test_no_directory_at_all():
    whole = make_zip(Member(b"a.exe", PROGRAM))
    found = take_apart(ZIP, whole[:whole.find(b"PK\1\2")])
    assert {"ZIP-NO-DIRECTORY", "MALFORMED"} <= codes(found)
    assert content(found)["a.exe"] == PROGRAM


def test_count_that_does_not_fit():
    assert "ZIP-COUNT-DIFFERS" in codes(zip_of(Member(b"a.txt", TEXT), Member(b"b.txt", TEXT), count=1))


def test_same_name_with_other_content():
    assert "ZIP-DUPLICATE-NAME" in codes(zip_of(Member(b"a.txt", TEXT), Member(b"A.txt", PROGRAM)))
    assert "ZIP-DUPLICATE-NAME" not in codes(zip_of(Member(b"a.txt", TEXT), Member(b"a.txt", TEXT)))


def test_overlap_bomb_is_cheap():
    """Fifield's construction: many directory entries over one kernel."""
    kernel = make_zip(Member(b"k", bytes(20 << 20)))
    at = kernel.find(b"PK\1\2")
    entry = kernel[at:kernel.find(b"PK\5\6")]
    data = kernel[:at] + entry * 500 + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 500, 500, len(entry) * 500, at, 0)
    started = time.process_time()
    found = take_apart(ZIP, data)
    assert time.process_time() - started < 1
    assert {"ZIP-OVERLAP", "RATIO"} <= codes(found)


def test_single_bomb_and_storm_stop_early():
    started = time.process_time()
    assert "RATIO" in codes(zip_of(Member(b"z", bytes(300 << 20))))
    storm = make_zip(*(Member(b"%d" % n, b"", method=0) for n in range(5000)))
    found = take_apart(ZIP, storm, limits=Limits(artifacts=100))
    assert "COUNT" in codes(found)
    assert len(content(found)) <= 100
    assert time.process_time() - started < 4      # most of it makes the bomb


def test_size_limit_counts_all_entries():
    found = take_apart(ZIP, make_zip(*(Member(b"%d" % n, bytes(range(256)) * 400, method=0) for n in range(5))), limits=Limits(expanded=300_000))
    assert "SIZE" in codes(found)


def test_zip64_is_read():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive, archive.open("a.txt", "w", force_zip64=True) as member:
        member.write(TEXT)
    found = take_apart(ZIP, stream.getvalue())
    assert content(found) == {"a.txt": TEXT}
    assert codes(found) == set()


def test_office_package_gives_all_but_its_xml():
    parts = (Member(b"[Content_Types].xml", b"<?xml version='1.0'?><Types/>"), Member(b"word/document.xml", b"<w:document/>"),
             Member(b"word/evil.xml", PROGRAM), Member(b"setup.exe", PROGRAM))
    assert content(zip_of(*parts)) == {"word/evil.xml": PROGRAM, "setup.exe": PROGRAM}


def test_a_long_comment_is_a_file_as_well():
    assert PROGRAM in content(zip_of(Member(b"a.txt", TEXT), comment=PROGRAM)).values()
    assert content(zip_of(Member(b"a.txt", TEXT), comment=b"made by lab")) == {"a.txt": TEXT}


def test_a_program_among_signatures_of_a_package_goes_on():
    block = PROGRAM + b"APK Sig Block 42"
    found = zip_of(Member(b"a.txt", TEXT), Member(b"b.txt", TEXT, gap=block))
    assert content(found)["between"] == block and codes(found) == set()


def test_comments_of_entries_are_looked_at_as_files():
    hidden = make_zip(Member(b"a.exe", PROGRAM))
    data = bytearray(make_zip(Member(b"a.txt", TEXT)))
    at, end = data.rfind(b"PK\1\2"), data.rfind(b"PK\5\6")
    data[at + 32:at + 34] = struct.pack("<H", len(hidden))
    data[end:end] = hidden
    size = struct.pack("<L", end - at + len(hidden))
    last = data.rfind(b"PK\5\6")
    data[last + 12:last + 16] = size
    assert content(take_apart(ZIP, bytes(data)))["comment"] == hidden
    short = bytearray(make_zip(Member(b"a.txt", TEXT)))
    assert "comment" not in content(take_apart(ZIP, bytes(short)))


def commented(count: int, comment: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(count):
            info = zipfile.ZipInfo(f"{number}.txt")
            info.comment = comment + b"%d" % number
            archive.writestr(info, TEXT)
    return stream.getvalue()


@pytest.mark.parametrize(("count", "comment", "found"), [
    (20, bytes(90), set()), (21, bytes(90), {"COUNT"}), (60, b"page of the report of 2026, checked and signed by the office in Taipei ", set()),
])
def test_comments_that_are_no_text_are_counted(count, comment, found):
    assert codes(take_apart(ZIP, commented(count, comment))) == found


def test_documents_of_iwork_with_a_password():
    assert codes(zip_of(Member(b"Index/Document.iwa", b"x"), Member(b".iwpv2", bytes(20)))) == {"ENCRYPTED"}
    assert codes(zip_of(Member(b"Index/Document.iwa", b"x"), Member(b"a.iwpv2", bytes(20)))) == set()


def field(number: int, content: bytes) -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def unicode_path(name: str, plain: bytes = b"a.txt") -> bytes:
    return field(0x7075, b"\1" + struct.pack("<L", zlib.crc32(plain)) + name.encode())


def test_two_unicode_paths_of_one_entry():
    found = zip_of(Member(b"a.txt", TEXT, extra=unicode_path("a.txt") + unicode_path("a.bat")))
    assert "ZIP-NAMES-DIFFER" in codes(found)
    assert next(i.names for i in found if isinstance(i, Child)) == ("a.txt", "a.bat")
    assert codes(zip_of(Member(b"a.txt", TEXT, extra=unicode_path("a.txt") * 2))) == set()


def test_a_program_in_an_extra_field():
    found = zip_of(Member(b"a.txt", TEXT, extra=field(0x9999, PROGRAM)))
    assert codes(found) == {"ZIP-DATA-BETWEEN"} and PROGRAM in content(found).values()


@pytest.mark.parametrize("extra", [field(0xA, bytes(100)), field(0x4453, zlib.compress(bytes(range(200)))), field(0xD935, b"x" * 200), field(0x14, b"\x30\x82\1\2" + bytes(99))])
def test_what_programs_write_in_extra_fields_is_nothing(extra):
    assert codes(zip_of(Member(b"a.txt", TEXT, extra=extra))) == set()


def test_more_extra_fields_than_any_program_writes():
    with pytest.raises(ValueError, match="extra fields"):
        zip_of(Member(b"a.txt", TEXT, extra=field(9, b"") * 101 + unicode_path("a.bat")))


def test_end_records_that_lead_nowhere():
    assert "MALFORMED" in codes(take_apart(ZIP, b"PK\5\6" * 100))
    assert codes(take_apart(ZIP, b"PK\5\6" + bytes(18))) == set()


def test_a_directory_that_tells_a_bomb_unpacks_no_more_than_is_needed_to_see_it():
    found = take_apart(ZIP, make_zip(*(Member(b"%d" % n, (b"%08d" % n) * 12_000) for n in range(300))), limits=Limits(ratio_floor=1 << 20))
    assert next(problem.code.name for problem in found if hasattr(problem, "code")) == "RATIO"
    blank = [Member(b"%d" % n, bytes(20_000)) for n in range(40)]
    assert "RATIO" not in codes(take_apart(ZIP, make_zip(*blank)))
