import struct

import pytest

from gateway.extract.archive.lzh import LZH
from tests.builders.archives import codes, content, take_apart

DATA = b"MZ\x90\0 program"


def crc16(data):
    value = 0
    for octet in data:
        value ^= octet
        for _ in range(8):
            value = (value >> 1) ^ (0xA001 if value & 1 else 0)
    return value


def lzh_of(*files):
    """Level 0 headers, stored members."""
    out = b""
    for name, data in files:
        body = b"-lh0-" + struct.pack("<LLLBB", len(data), len(data), 0x21 << 16, 0x20, 0) + bytes([len(name)]) + name + struct.pack("<H", crc16(data))
        out += bytes([len(body), sum(body) & 255]) + body + data
    return out + b"\0"


def test_japanese_names():
    found = take_apart(LZH, lzh_of(("請求書.exe".encode("cp932"), DATA), (b"a.txt", b"hello")))
    assert content(found) == {"請求書.exe": DATA, "a.txt": b"hello"}
    assert codes(found) == set()


@pytest.mark.parametrize(("method", "read"), [(b"-lz4-", True), (b"-pm0-", True), (b"-pm2-", False), (b"-lh2-", False)])
def test_methods_of_other_programs_are_members_or_told(method, read):
    data = lzh_of((b"a.exe", DATA)).replace(b"-lh0-", method)
    found = take_apart(LZH, data, "data.bin")
    assert content(found).get("a.exe") == DATA if read else codes(found) & {"UNSUPPORTED", "MALFORMED"}


def test_traversal_and_damage():
    assert "MEMBER-TRAVERSAL" in codes(take_apart(LZH, lzh_of((b"../../a.exe", DATA))))
    assert "MALFORMED" in codes(take_apart(LZH, lzh_of((b"a.exe", DATA * 9))[:-40]))
    assert "MALFORMED" in codes(take_apart(LZH, lzh_of((b"a.exe", DATA)) [:-1] + b"junk" * 9))


def test_level_one_and_two_with_folders():
    name, folder = "請求書.exe".encode("cp932"), "資料".encode("cp932") + b"\xff"
    extra = struct.pack("<HB", len(folder) + 3, 2) + folder
    tail = struct.pack("<HB", len(name) + 3, 1) + name
    level1 = b"-lh0-" + struct.pack("<LLLBBB", len(DATA) + len(extra) + len(tail), len(DATA), 0, 0x20, 1, 0) + struct.pack("<H", crc16(DATA)) + b"M"
    level1 += extra[:2]
    level1 = bytes([len(level1), sum(level1) & 255]) + level1 + extra[2:] + tail[:2] + tail[2:] + b"\0\0" + DATA + b"\0"
    assert content(take_apart(LZH, level1)) == {"資料/請求書.exe": DATA}
    chain = extra + tail + b"\0\0"
    level2 = struct.pack("<H", 24 + len(chain)) + b"-lh0-" + struct.pack("<LLLBBHB", len(DATA), len(DATA), 0, 0x20, 2, crc16(DATA), 77) + chain
    assert content(take_apart(LZH, level2 + DATA + b"\0")) == {"資料/請求書.exe": DATA}


def test_compressed_member():
    """-lh5- bits of octets without matches, in one block: every octet code eight bits long."""
    whole = DATA * 20
    bits = f"{len(whole):016b}" + f"{11:05b}" + "000" * 3 + "00" + "000" * 6 + "001" * 2 + f"{256:09b}" + "1" * 256
    bits += f"{0:04b}{0:04b}" + "".join(f"{o:08b}" for o in whole)
    bits += "0" * (-len(bits) % 8)
    packed = int(bits, 2).to_bytes(len(bits) // 8, "big")
    body = b"-lh5-" + struct.pack("<LLLBBB5sH", len(packed), len(whole), 0x21 << 16, 0x20, 0, 5, "書.x".encode("cp932") + b"y", crc16(whole))
    found = take_apart(LZH, bytes([len(body), sum(body) & 255]) + body + packed + b"\0")
    assert list(content(found).values()) == [whole]
    assert codes(found) == set()
