import struct

import pytest

from gateway.extract.bounded import LimitReached
from gateway.extract.disks.fat import files, layout, lost
from gateway.extract.disks.volume import Guard, Unreadable
from tests.builders.discs import DATA, fat_of


def read(data):
    return {f.names: f.data for f in files(data, Guard(1000))}


def test_long_and_short_names():
    found = read(fat_of([(b"INVOIC~1EXE", "請求書.exe", DATA * 100), (b"A       TXT", "", b"hello")]))
    assert found == {("請求書.exe", "INVOIC~1.EXE"): DATA * 100, ("A.TXT",): b"hello"}


def test_deleted_files_are_found():
    found = read(fat_of([(b"\xe5NVOICE EXE", "", DATA)]))
    assert found == {("_NVOICE.EXE",): DATA}


def test_chain_without_end():
    data = bytearray(fat_of([(b"A       TXT", "", DATA * 100)]))
    data[512 + 3:512 + 6] = b"\x02\x20\x00"              # cluster 2 follows itself
    at = data.find(b"A       TXT")
    data[at + 28:at + 32] = (1 << 30).to_bytes(4, "little")
    with pytest.raises(Unreadable):
        read(bytes(data))


@pytest.mark.parametrize("data", [b"", bytes(512), b"\xeb\x3c\x90" + bytes(507) + b"\x55\xaa"])
def test_no_volume(data):
    with pytest.raises(Unreadable):
        layout(data)


def entry(name: bytes, cluster: int, flags: int, size: int = 0) -> bytes:
    return name.ljust(11) + bytes((flags,)) + bytes(14) + struct.pack("<HL", cluster, size)


def volume(root: bytes, chain: list[int], body: bytes, sectors: int = 60_000) -> bytes:
    """FAT16 with sectors of 512 octets and as many as it says; one cluster is one sector."""
    boot = bytearray(512)
    boot[:3] = b"\xeb\x3c\x90"
    table = struct.pack(f"<{len(chain)}H", *chain)
    table = table.ljust(-(-len(table) // 512) * 512, b"\0")
    root = root.ljust(-(-len(root) // 512) * 512, b"\0")
    struct.pack_into("<HBHBHHBH", boot, 11, 512, 1, 1, 1, len(root) // 32, sectors, 0xF8, len(table) // 512)
    boot[510:] = b"\x55\xaa"
    return bytes(boot) + table + root + body


def test_a_chain_in_circles_is_no_longer_than_the_image():
    data = volume(entry(b"A", 2, 0x20, 0xFFFFFFFF), [0, 0, 3, 2], bytes(1024))
    with pytest.raises(Unreadable):
        read(data)


def test_a_directory_that_leads_back_to_itself():
    data = volume(entry(b"D", 2, 0x10), [0, 0, 0xFFFF], entry(b"E", 2, 0x10).ljust(512, b"\0"))
    with pytest.raises(LimitReached, match="back to itself"):
        read(data)


def test_directories_that_share_a_chain():
    count = 300
    chain = [0, 0, *range(3, count + 2), 0xFFFF]
    data = volume(b"".join(entry(b"D%d" % n, n, 0x10) for n in range(2, 40)), chain, entry(b"V", 0, 0x08) * 16 * count)
    with pytest.raises(LimitReached, match="over one another"):
        read(data)


def test_a_long_name_without_end():
    piece = b"\x41" + b"a\0" * 5 + b"\x0f\0\0" + b"a\0" * 6 + b"\0\0" + b"a\0" * 2
    with pytest.raises(Unreadable, match="long name"):
        read(volume(piece * 2_000, [0, 0], bytes(512)))
    deleted = (b"\xe5" + piece[1:]) * 2_000 + entry(b"A", 2, 0x20, 3)
    assert list(read(volume(deleted, [0, 0, 0xFFFF], b"abc".ljust(512))).values()) == [b"abc"]


def test_clusters_of_no_file():
    data = bytearray(fat_of([(b"A       TXT", "", b"hello")]))
    guard = Guard(1000)
    assert [f.names for f in files(bytes(data), guard)] == [("A.TXT",)]
    assert not list(lost(bytes(data), guard))
    at = layout(bytes(data)).first + 5 * 512
    data[at:at + 40] = b"MZ\x90".ljust(40, b"\0")
    data[at + 4096:at + 4120] = b"WScript.Echo('a text');\n"
    guard = Guard(1000)
    list(files(bytes(data), guard))
    assert [c.data[:5] for c in lost(bytes(data), guard)] == [b"MZ\x90\0\0", b"WScri"]
