import struct

import pytest

from gateway.extract.archive import cab
from gateway.extract.archive.cab import CAB, folders
from tests.builders.archives import codes, content, deflate, take_apart

DATA = b"MZ\x90\0 program " * 50


def cab_of(files, method=0, reserve=b""):
    """One folder, one data block ([MS-CAB] 2)."""
    whole = b"".join(d for _, d in files)
    packed = b"CK" + deflate(whole) if method == 1 else whole
    extra = struct.pack("<HBB", len(reserve), 0, 0) + reserve if reserve else b""
    listing, at = b"", 0
    for name, data in files:
        flag = 0x80 if not name.isascii() else 0
        listing += struct.pack("<LLHHHH", len(data), at, 0, 0x21, 0, 0x20 | flag) + name.encode() + b"\0"
        at += len(data)
    start = 36 + len(extra) + 8
    body = start + len(listing)
    block = struct.pack("<LHH", 0, len(packed), len(whole)) + packed
    head = struct.pack("<4s5LBBHHHHH", b"MSCF", 0, body + len(block), 0, start, 0, 3, 1, 1, len(files), 4 if extra else 0, 0, 0)
    return head + extra + struct.pack("<LHH", body, 1, method) + listing + block


@pytest.mark.parametrize("method", [0, 1])
@pytest.mark.parametrize("reserve", [b"", b"signature"])
def test_members(method, reserve):
    files = [("a.txt", b"hello"), ("書.exe", DATA)]
    found = take_apart(CAB, cab_of(files, method, reserve))
    assert content(found) == dict(files)
    assert codes(found) == set()


def test_quantum_is_listed_and_unsupported():
    data = cab_of([("a.exe", DATA)], 2)
    assert [folder.method for folder in folders(data)[0]] == [2]
    found = take_apart(CAB, data)
    assert codes(found) == {"UNSUPPORTED"} and content(found) == {"a.exe": b""}


def test_traversal_stray_octets_and_damage():
    assert "MEMBER-TRAVERSAL" in codes(take_apart(CAB, cab_of([("..\\..\\a.dll", DATA)])))   # CVE-2021-40444
    assert "ARCHIVE-STRAY-DATA" in codes(take_apart(CAB, cab_of([("a.txt", DATA)]) + b"MZ\0"))
    assert "MALFORMED" in codes(take_apart(CAB, cab_of([("a.txt", DATA)], 1)[:-30]))


@pytest.mark.parametrize("cut", [0, 1])
def test_data_blocks_that_are_not_there(cut):
    """libarchive 3.6 ends the process where a folder announces more blocks than follow."""
    data = bytearray(cab_of([("a.hta", DATA), ("b.txt", b"x")], 0))
    struct.pack_into("<H", data, 36 + 4, 513)
    found = take_apart(CAB, bytes(data[:len(data) - cut]))
    assert "MALFORMED" in codes(found)
    assert cut or content(found) == {"a.hta": DATA, "b.txt": b"x"}


def test_folders_that_share_their_blocks_are_walked_once(monkeypatch):
    """Twenty thousand folders over the same sixty thousand empty blocks cost minutes."""
    asked = []
    monkeypatch.setattr(cab, "_there", lambda data, folder, spare, most: asked.append(most) or min(folder.blocks, most))
    body = 36 + 8 * 3
    data = struct.pack("<4s5LBBHHHHH", b"MSCF", 0, body + 800, 0, body, 0, 3, 1, 3, 1, 0, 0, 0) + struct.pack("<LHH", body, 70, 0) * 3 + bytes(800)
    assert "MALFORMED" in codes(take_apart(CAB, data))
    assert asked == [len(data) // 8, len(data) // 8 - 70, 0]


@pytest.mark.parametrize("method, made", [(0, 0x8f02), (1, 0x8001), (3, 0xffff)])
def test_data_blocks_that_say_they_unpack_to_more_than_any(method, made):
    """libarchive 3.6 reads behind the end of a stored block that says so."""
    body = 36 + 8 + 16 + 6
    data = (struct.pack("<4s5LBBHHHHH", b"MSCF", 0, body + 10, 0, 44, 0, 3, 1, 1, 1, 0, 0, 0) + struct.pack("<LHH", body, 1, method)
            + struct.pack("<LLHHHH", 2, 0, 0, 0, 0, 0x20) + b"a.txt\0" + struct.pack("<LHH", 0, 2, made) + b"xx")
    assert "MALFORMED" in codes(take_apart(CAB, data))
