import struct
import zlib

from gateway.extract.archive.arj import ARJ
from tests.builders.archives import codes, content, take_apart

DATA = b"MZ\x90\0 program"


def block(method, kind, name, packed=0, size=0, crc=0, flags=0):
    body = struct.pack("<BBBBBBBBLLLLHHBB", 30, 11, 1, 2, flags, method, kind, 0, 0, packed, size, crc, 0, 0, 0, 0) + name + b"\0\0"
    return b"\x60\xea" + struct.pack("<H", len(body)) + body + struct.pack("<LH", zlib.crc32(body), 0)


def arj_of(*files, method=0, flags=0):
    out = block(0, 2, b"a.arj")
    for name, data in files:
        out += block(method, 0, name, len(data), len(data), zlib.crc32(data), flags) + data
    return out + b"\x60\xea\0\0"


def literals(data):
    """ar002 bits of octets without matches, in one block: every octet code eight bits long (Okumura's ar002, decode.c)."""
    bits = f"{len(data):016b}" + f"{11:05b}" + "000" * 3 + "00" + "000" * 6 + "001" * 2   # length codes 9 and 10 in one bit each
    bits += f"{256:09b}" + "1" * 256                    # 256 octet codes, length 8 (symbol 10) for all
    bits += f"{0:05b}{0:05b}"                           # position code: none
    bits += "".join(f"{octet:08b}" for octet in data)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def test_compressed_members():
    packed = literals(DATA * 20)
    data = block(0, 2, b"a.arj") + block(1, 0, b"a.exe", len(packed), len(DATA) * 20, zlib.crc32(DATA * 20)) + packed + b"\x60\xea\0\0"
    found = take_apart(ARJ, data)
    assert content(found) == {"a.exe": DATA * 20}
    assert codes(found) == set()


def test_stored_members_and_names():
    found = take_apart(ARJ, arj_of((b"a.txt", b"hello"), ("請求書.exe".encode("cp932"), DATA)))
    assert content(found)["a.txt"] == b"hello"
    assert any("請求書.exe" in c.names for c in found if hasattr(c, "names"))
    assert codes(found) == set()


def test_what_stays_closed():
    assert codes(take_apart(ARJ, arj_of((b"a.exe", DATA), flags=1))) == {"ENCRYPTED"}
    assert codes(take_apart(ARJ, arj_of((b"a.exe", DATA), method=4))) == {"UNSUPPORTED"}
    assert codes(take_apart(ARJ, arj_of((b"a.exe", DATA), method=1))) == {"MALFORMED"}
    assert content(take_apart(ARJ, arj_of((b"a.exe", DATA), method=4))) == {"a.exe": b""}


def test_traversal_stray_octets_and_damage():
    assert "MEMBER-TRAVERSAL" in codes(take_apart(ARJ, arj_of((b"../../a.exe", DATA))))
    assert "ARCHIVE-STRAY-DATA" in codes(take_apart(ARJ, arj_of((b"a.txt", DATA)) + b"MZ"))
    assert "MALFORMED" in codes(take_apart(ARJ, arj_of((b"a.txt", DATA))[:-9]))
    assert "MALFORMED" in codes(take_apart(ARJ, arj_of((b"a.txt", DATA)).replace(DATA, DATA[::-1])))
