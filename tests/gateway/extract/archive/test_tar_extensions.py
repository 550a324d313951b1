"""Records before the members of a tar."""

from __future__ import annotations

import pytest

from gateway.extract.archive.tar import TAR
from gateway.extract.archive.tar_extensions import size_of
from gateway.extract.base import Child
from tests.builders.archives import codes, take_apart

PROGRAM = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + bytes(300)
END = bytes(1024)


def entry(name: bytes, data: bytes = b"", kind: bytes = b"0") -> bytes:
    head = bytearray(512)
    head[:len(name)] = name
    head[100:108], head[124:136], head[136:148] = b"0000644\0", b"%011o\0" % len(data), b"14000000000\0"
    head[148:157], head[257:265] = b" " * 8 + kind, b"ustar\0" + b"00"
    head[148:156] = b"%06o\0 " % sum(head)
    return bytes(head) + data + bytes(-len(data) % 512)


def extended(*paths: bytes) -> bytes:
    return entry(b"PaxHeaders/a", b"".join(b"%d path=%s\n" % (len(p) + 9 if len(p) < 91 else len(p) + 10, p) for p in paths), b"x")


def long_name(name: bytes) -> bytes:
    return entry(b"././@LongLink", name + b"\0", b"L")


MEMBER = entry(b"a.txt", b"hello")


@pytest.mark.parametrize("before", [
    long_name(b"a.bat") + long_name(b"b.txt"), extended(b"a.bat") + long_name(b"b.txt"), extended(b"a.bat", b"b.txt"),
    extended(b"a.bat") + extended(b"b.txt"),
])
def test_two_long_names_of_one_member(before):
    assert "ARCHIVE-NAMES-DIFFER" in codes(take_apart(TAR, before + MEMBER + END))


@pytest.mark.parametrize("data", [
    long_name(b"a" * 200) + MEMBER + long_name(b"b" * 200) + MEMBER, extended(b"a") + MEMBER + extended(b"b") + MEMBER,
    entry(b"././@LongLink", b"target\0", b"K") + long_name(b"a" * 120) + MEMBER, extended(b"a") + long_name(b"a") + MEMBER,
])
def test_one_long_name_each(data):
    assert codes(take_apart(TAR, data + END)) == set()


@pytest.mark.parametrize("kind", [b"x", b"g", b"X", b"K", b"L"])
def test_a_program_in_a_record(kind):
    found = take_apart(TAR, entry(b"record", PROGRAM, kind) + MEMBER + END)
    assert PROGRAM in [c.data for c in found if isinstance(c, Child)]


def test_a_record_that_others_take_for_a_file():
    found = take_apart(TAR, entry(b"a.bat", b"echo", b"A") + MEMBER + END)
    assert (("a.bat",), b"echo") in [(c.names, c.data) for c in found if isinstance(c, Child)]


@pytest.mark.parametrize(("field", "size"), [
    (b"00000000017\0", 15), (b"\x80" + bytes(10) + b"\7", 7), (b"\0" * 12, 0), (b"nonsense    ", -1), (b"      12 \0  ", 10)])
def test_sizes(field, size):
    assert size_of(field) == size
