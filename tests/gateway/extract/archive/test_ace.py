import struct
import zlib

from gateway.extract.archive.ace import ACE
from tests.builders.archives import codes, content, take_apart

DATA = b"MZ\x90\0 program"


def block(body):
    return struct.pack("<HH", ~zlib.crc32(body) & 0xFFFF, len(body)) + body


def ace_of(*files, method=0, flags=0):
    out = block(b"\0\0\x90**ACE**" + bytes(20))
    for name, data in files:
        crc = ~zlib.crc32(data) & 0xFFFFFFFF
        body = struct.pack("<BHLLLLLBBHHH", 1, 1 | flags, len(data), len(data), 0, 0x20, crc, method, 3, 0, 0, len(name)) + name
        out += block(body) + data
    return out


def test_stored_members():
    found = take_apart(ACE, ace_of((b"a.txt", b"hello"), (b"b.exe", DATA)))
    assert content(found) == {"a.txt": b"hello", "b.exe": DATA}
    assert codes(found) == set()


def test_compressed_and_encrypted_ones_are_listed():
    found = take_apart(ACE, ace_of((b"b.exe", DATA), method=1))
    assert codes(found) == {"UNSUPPORTED"} and content(found) == {"b.exe": b""}
    assert codes(take_apart(ACE, ace_of((b"b.exe", DATA), flags=0x4000))) == {"ENCRYPTED"}


def test_traversal_of_the_startup_folder():
    assert "MEMBER-TRAVERSAL" in codes(take_apart(ACE, ace_of((b"C:\\C:C:../Startup/a.exe", DATA))))   # CVE-2018-20250


def test_damage_and_stray_octets():
    assert {"MALFORMED", "ARCHIVE-STRAY-DATA"} <= codes(take_apart(ACE, ace_of((b"a.txt", DATA)) + b"MZ stub that follows"))
    assert "MALFORMED" in codes(take_apart(ACE, ace_of((b"a.txt", DATA)).replace(DATA, DATA[::-1])))
