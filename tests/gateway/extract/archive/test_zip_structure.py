import struct

from gateway.extract.archive.zip_structure import descriptor_length, directories, extra_field, local_header, local_headers
from tests.builders.archives import Member, make_zip


def test_directory_of_an_archive_behind_a_stub():
    for shift in (True, False):
        found = directories(make_zip(Member(b"a"), before=b"stub" * 9, shift=shift), 10)
        assert [e.name for e in found[0].entries] == [b"a"]
        assert found[0].entries[0].local + found[0].shift == 36


def test_end_record_that_promises_nonsense():
    assert directories(b"PK\5\6" + b"\xff" * 30, 10) == []
    assert directories(b"PK\5\6" * 1000, 10) == []


def test_no_more_entries_than_asked_for():
    found = directories(make_zip(*(Member(b"x") for _ in range(9))), 3)[0]
    assert len(found.entries) == 3 and found.truncated


def test_local_headers_alone():
    data = make_zip(Member(b"a", b"1"), Member(b"b", b"2", descriptor=True), Member(b"c", b"3"))
    assert [h.name for h in local_headers(data, 10)] == [b"a", b"b", b"c"]
    assert local_header(data[:20], 0) is None


def test_descriptors_with_and_without_signature():
    for size, body in ((16, b"PK\7\x08%s" + bytes(8)), (12, b"%s" + bytes(8)), (24, b"PK\7\x08%s" + bytes(16)), (20, b"%s" + bytes(16))):
        octets = body % struct.pack("<L", 77)
        assert descriptor_length(octets + b"PK\3\4", 0, 77) == size
    assert descriptor_length(b"PK\7\x08\0\0\0\0", 0, 77) == 0


def test_extra_fields():
    extra = struct.pack("<HH2sHH1s", 5, 2, b"ab", 7, 1, b"c")
    assert extra_field(extra, 7) == b"c" and extra_field(extra, 9) == b"" and extra_field(b"\1", 1) == b""
