"""tar, cpio, ar: every dialect, links, devices, and what stands behind the end mark."""

import io
import tarfile

import pytest

from gateway.extract.archive.tar import TAR, end_mark
from gateway.extract.base import Child
from tests.builders.archives import codes, content, take_apart

DATA = b"MZ\x90\0 program"


def tar_of(*members, format=tarfile.PAX_FORMAT, encoding="utf-8"):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=format, encoding=encoding) as archive:
        for name, data, *more in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            for key, value in (more[0] if more else {}).items():
                setattr(info, key, value)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


@pytest.mark.parametrize("format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_dialects(format):
    long = "資料/" + "x" * 90 + ".exe"
    found = take_apart(TAR, tar_of(("a.txt", b"hello"), (long, DATA), format=format))
    assert content(found) == {"a.txt": b"hello", long: DATA}
    assert codes(found) == set()


def test_names_of_a_big5_machine():
    found = take_apart(TAR, tar_of(("報告書.exe", DATA), format=tarfile.GNU_FORMAT, encoding="cp950"))
    assert "報告書.exe" in found[0].names


@pytest.mark.parametrize(("member", "code"), [
    (("../x.txt", b""), "MEMBER-TRAVERSAL"),
    (("/abs.txt", b""), "MEMBER-ABSOLUTE"),
    (("d/l", b"", {"type": tarfile.SYMTYPE, "linkname": "../../etc/passwd"}), "MEMBER-LINK-OUTSIDE"),
    (("l", b"", {"type": tarfile.LNKTYPE, "linkname": "/etc/passwd"}), "MEMBER-LINK-OUTSIDE"),
    (("dev", b"", {"type": tarfile.CHRTYPE}), "MEMBER-DEVICE"),
])
def test_odd_members(member, code):
    assert code in codes(take_apart(TAR, tar_of(member)))


def test_links_inside_are_ordinary():
    assert codes(take_apart(TAR, tar_of(("a/b", b"x"), ("a/l", b"", {"type": tarfile.SYMTYPE, "linkname": "../a/b"})))) == set()


def test_members_behind_the_end_mark():
    data = tar_of(("a.txt", b"hello"))
    found = take_apart(TAR, data + tar_of(("bad.exe", DATA)))
    assert "ARCHIVE-HIDDEN-MEMBERS" in codes(found)
    assert DATA in content(found)["after"]
    assert end_mark(data) and codes(take_apart(TAR, data)) == set()


def test_cut_archive_is_a_problem():
    data = tar_of(("a.bin", bytes(range(256)) * 40))
    found = take_apart(TAR, data[:3000])
    assert "MALFORMED" in codes(found)


def odc(name: bytes, data: bytes, size: bytes = b"") -> bytes:
    return b"070707" + b"000001" * 7 + b"%011o%06o" % (0, len(name) + 1) + (size or b"%011o" % len(data)) + name + b"\0" + data


@pytest.mark.parametrize("size", [b"0000000013~", b"\xff0000000137"])
def test_a_cpio_whose_header_is_none(size):
    end = odc(b"TRAILER!!!", b"") + bytes(400)
    whole = odc(b"a.txt", b"hello") + odc(b"run.cmd", b"@echo off\r\n") + end
    assert "MALFORMED" not in codes(take_apart(TAR, whole))
    assert "MALFORMED" in codes(take_apart(TAR, odc(b"a.txt", b"hello") + odc(b"run.cmd", b"@echo off\r\n", size) + end))


def sparse(size: int) -> bytes:
    """A GNU sparse file of nothing but a hole, so long."""
    head = (b"a.bin".ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + b"00000000000\0" * 2 + b" " * 8 + b"S" + bytes(100)
            + b"ustar  \0" + bytes(121) + b"00000000000\0" * 8 + b"\0" + b"\x80" + size.to_bytes(11, "big") + bytes(17))
    return head[:148] + b"%06o\0 " % sum(head) + head[156:] + bytes(1024)


def test_a_sparse_file_that_is_a_hole():
    assert codes(take_apart(TAR, sparse(1 << 20), "a.tar")) == set()
    assert codes(take_apart(TAR, sparse(100 << 20), "a.tar")) == {"RATIO"}
    assert codes(take_apart(TAR, sparse(1 << 40), "a.tar")) == {"SIZE"}


def test_cpio_and_ar():
    cpio = b"070701" + b"".join(b"%08x" % n for n in (1, 0o100644, 0, 0, 1, 0, len(DATA), 0, 0, 0, 0, 6, 0)) + b"a.exe\0" + DATA.ljust(16, b"\0")
    cpio += b"070701" + b"".join(b"%08x" % n for n in (0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 11, 0)) + b"TRAILER!!!\0\0\0\0"
    assert content(take_apart(TAR, cpio)) == {"a.exe": DATA} == content(take_apart(TAR, cpio + bytes(400)))
    assert [c.data for c in take_apart(TAR, cpio + bytes(300) + cpio) if isinstance(c, Child) and c.label == "after"] == [cpio]
    ar = b"!<arch>\n" + b"%-16s%-12d%-6d%-6d%-8o%-10d`\n" % (b"a.exe/", 0, 0, 0, 0o100644, len(DATA)) + DATA
    assert content(take_apart(TAR, ar)) == {"a.exe": DATA}


def test_records_of_a_web_archive():
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + DATA
    records = b"".join(
        b"WARC/1.0\r\nWARC-Type: %s\r\nWARC-Target-URI: %s\r\nWARC-Date: 2026-11-23T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
        b"Content-Type: %s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n" % (kind, address, media, len(data), data)
        for kind, address, media, data in (
            (b"warcinfo", b"http://a.example/", b"application/warc-fields", b"software: x\r\n"),
            (b"resource", b"file://h/x/a.exe", b"application/octet-stream", DATA),
            (b"response", b"http://a.example/b.txt", b"application/http; msgtype=response", page)))
    found = {name.rpartition("/")[2]: data for name, data in content(take_apart(TAR, records)).items()}
    assert found["a.exe"] == DATA and found["b.txt"] == page


@pytest.mark.parametrize(("records", "held"), [({"path": "evil.js"}, True), ({"linkpath": "../x"}, True), ({"comment": "0123abc path=x"}, False)])
def test_a_global_header_that_names_members(records, held):
    """Some unpackers call every member so, others ignore it; git writes a comment there."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT, pax_headers=records) as archive:
        archive.addfile(tarfile.TarInfo("a.txt"), io.BytesIO())
    assert ("ARCHIVE-NAMES-DIFFER" in codes(take_apart(TAR, out.getvalue()))) == held
