import io
import tarfile

import pytest

from gateway.extract.archive.libarchive_reader import members
from gateway.extract.base import Context
from gateway.extract.bounded import Budget, Damaged, LimitReached
from gateway.model.deadline import Limits


def tar(*files):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def budget(**limits):
    return Budget.of(Context(Limits(**limits)))


def test_members_in_order():
    assert [(m.name, m.data) for m in members(tar(("a", b"1"), ("b", b"2")), ("tar",), budget())] == [(b"a", b"1"), (b"b", b"2")]


def test_only_the_named_formats():
    with pytest.raises(Damaged):
        list(members(b"#mtree\n./a type=file\n" * 50, ("tar",), budget()))


def test_bounded():
    with pytest.raises(LimitReached):
        list(members(tar(("a", bytes(range(256)) * 1000)), ("tar",), budget(expanded=100_000)))


def test_errors_never_hold_content():
    with pytest.raises(Damaged) as caught:
        list(members(b"secret content that is no archive" * 99, ("7zip",), budget()))
    assert "secret" not in str(caught.value)


def test_a_hole_is_judged_before_it_is_filled(monkeypatch):
    """A sparse member of 400 MB is refused by its size: no octet of it is made."""
    largest = 0

    def announced(self, octets, consumed, made):
        nonlocal largest
        largest = max(largest, len(made))
        return Budget.announced(self, octets, consumed, made)

    class Watched(Budget):
        pass

    Watched.announced = announced
    head = bytearray(tarfile.TarInfo("a").tobuf(tarfile.GNU_FORMAT))
    head[124:136] = b"00000001000\0"
    head[156:157] = b"S"
    head[386:410] = b"%011o\0%011o\0" % (400 << 20, 512)
    head[483:495] = b"%011o\0" % ((400 << 20) + 512)
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    with pytest.raises(LimitReached):
        list(members(bytes(head) + bytes(512) + bytes(1024), ("tar",), Watched(Limits(), 512 << 20)))
    assert largest < 1 << 20


@pytest.mark.parametrize(("size", "content", "fault"), [
    (3000, b"MZ\x90\0" + bytes(2996), "damaged"), (3000, b"a" * 3000, "damaged"), (12, b"../notes.txt", ""), (24, "../見積書.txt".encode() + bytes(6), ""),
])
def test_files_whose_mode_says_link(size, content, fault):
    """libarchive keeps of them what stands before the first zero."""
    def entry(name, mode, data):
        head = b"070701" + b"%08x" % 1 + b"%08x" % mode + b"00000000" * 4 + b"%08x" % len(data) + b"00000000" * 4 + b"%08x" % (len(name) + 1) + b"00000000"
        made = head + name + b"\0"
        return made + bytes(-len(made) % 4) + data + bytes(-len(data) % 4)

    archive = entry(b"a.dat", 0o120777, content[:size]) + entry(b"TRAILER!!!", 0, b"")
    assert [m.fault for m in members(archive, ("cpio",), Budget.of(Context(Limits())))] == [fault]
