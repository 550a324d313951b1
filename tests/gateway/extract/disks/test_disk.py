"""VHD, VHDX, partition tables, raw volumes: harmless images made here, laid out by their specifications."""

import struct
import uuid

import pytest

from gateway.extract.disks.disk import BAT, DISK, DISK_SIZE, METADATA, PARAMETERS, SECTOR_SIZE, volumes
from tests.builders.archives import codes, content, take_apart
from tests.builders.discs import DATA, fat_of

VOLUME = fat_of([(b"INVOIC~1EXE", "請求書.exe", DATA)])
FOUND = {"請求書.exe": DATA}


def partitioned(volume):
    boot = bytearray(512 * 8)
    boot[446:462] = struct.pack("<BBBBBBBBLL", 0x80, 0, 0, 0, 0x0E, 0, 0, 0, 8, len(volume) // 512)
    boot[510:512] = b"\x55\xaa"
    return bytes(boot) + volume


def guid_partitioned(volume):
    disk = bytearray(512 * 40)
    disk[450] = 0xEE
    disk[510:512] = b"\x55\xaa"
    disk[512:520] = b"EFI PART"
    struct.pack_into("<QLL", disk, 512 + 72, 2, 4, 128)
    disk[1024:1040] = uuid.uuid4().bytes_le
    struct.pack_into("<QQ", disk, 1024 + 32, 40, 40 + len(volume) // 512 - 1)
    return bytes(disk) + volume


def footer(kind, offset=0xFFFFFFFFFFFFFFFF):
    return (b"conectix" + struct.pack(">LLQ", 2, 0x10000, offset)).ljust(60, b"\0") + struct.pack(">L", kind) + bytes(448)


def dynamic_vhd(disk, block=1 << 16):
    count = (len(disk) + block - 1) // block
    head = b"cxsparse" + struct.pack(">QQLLL", 0xFFFFFFFFFFFFFFFF, 1536, 0x10000, count, block)
    table, body, at = b"", b"", 2048
    for index in range(count):
        piece = disk[index * block:(index + 1) * block]
        if piece.strip(b"\0"):
            table += struct.pack(">L", at // 512)
            body += bytes(512) + piece.ljust(block, b"\0")
            at += 512 + block
        else:
            table += b"\xff" * 4
    return footer(3, 512) + head.ljust(1024, b"\0") + table.ljust(512, b"\xff") + body + footer(3, 512)


def vhdx(disk):
    block = 1 << 20
    out = bytearray(4 << 20)
    out[:8] = b"vhdxfile"
    regions = BAT + struct.pack("<QLL", 3 << 20, 1 << 20, 1) + METADATA + struct.pack("<QLL", 2 << 20, 1 << 20, 1)
    out[192 << 10:(192 << 10) + 16 + len(regions)] = b"regi" + struct.pack("<LLL", 0, 2, 0) + regions
    items = b"".join(k + struct.pack("<LLLL", 65536 + n * 16, 8, 0, 0) for n, k in enumerate((PARAMETERS, DISK_SIZE, SECTOR_SIZE)))
    start = 2 << 20
    out[start:start + 32 + len(items)] = b"metadata" + struct.pack("<HH", 0, 3) + bytes(20) + items
    out[start + 65536:start + 65536 + 40] = struct.pack("<LLQQLLQ", block, 0, 0, len(disk), 0, 0, 0)
    out[start + 65536:start + 65536 + 48] = struct.pack("<LLQ", block, 0, 0) + struct.pack("<QQ", len(disk), 0) + struct.pack("<LLQ", 512, 0, 0)
    for index in range((len(disk) + block - 1) // block):
        struct.pack_into("<Q", out, (3 << 20) + index * 8, (4 + index) << 20 | 6)
    return bytes(out) + disk.ljust(-(-len(disk) // block) * block, b"\0")


@pytest.mark.parametrize("disk", [VOLUME, partitioned(VOLUME), guid_partitioned(VOLUME)])
@pytest.mark.parametrize("wrap", [bytes, lambda d: d + footer(2), dynamic_vhd, vhdx])
def test_every_layout_and_form(disk, wrap):
    found = take_apart(DISK, wrap(disk), kind="application/x-vhd")
    assert content(found) == FOUND and codes(found) == set()


def test_other_file_systems_are_unsupported_and_carved():
    ntfs = b"\xeb\x52\x90NTFS    " + bytes(499) + b"\x55\xaa" + bytes(4096) + b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0" + bytes(499)
    found = take_apart(DISK, partitioned(ntfs), kind="application/x-vhd")
    assert codes(found) == {"UNSUPPORTED"}
    assert any(c.startswith(b"L\0") for c in content(found).values())


@pytest.mark.parametrize("data", [footer(4), b"vhdxfile" + bytes(1 << 19), footer(3, 5) + footer(3, 5), b"vhdxfile" + bytes((192 << 10) - 8) + b"regi"])
def test_broken_images(data):
    assert codes(take_apart(DISK, data, kind="application/x-vhd")) == {"UNSUPPORTED"}


def test_empty_disk_is_nothing():
    assert take_apart(DISK, bytes(1 << 20) + footer(2), kind="application/x-vhd") == []
    assert volumes(bytes(1024)) == [(0, 1024)]


def sparse(size, block=1 << 20):
    """A disk of so many MiB of which the first and the last block are there."""
    count = size * (1 << 20) // block
    head = b"cxsparse" + struct.pack(">QQLLL", 0xFFFFFFFFFFFFFFFF, 1536, 0x10000, count, block)
    table = struct.pack(">L", 4) + b"\xff" * 4 * (count - 2) + struct.pack(">L", 4 + (512 + block) // 512)
    body = bytes(512) + VOLUME.ljust(block, b"\0") + bytes(512) + bytes(block)
    return footer(3, 512) + head.ljust(1024, b"\0") + table.ljust(512, b"\xff") + body + footer(3, 512)


def test_a_disk_that_is_mostly_not_there():
    assert content(take_apart(DISK, sparse(100), kind="application/x-vhd")) == FOUND
    assert "UNSUPPORTED" in codes(take_apart(DISK, sparse(64, 1 << 16).replace(bytes(8), b"", 0), kind="application/x-vhd"))


def test_blocks_over_one_another():
    block, count = 1 << 16, 40
    head = b"cxsparse" + struct.pack(">QQLLL", 0xFFFFFFFFFFFFFFFF, 1536, 0x10000, count, block)
    data = footer(3, 512) + head.ljust(1024, b"\0") + (struct.pack(">L", 4) * count).ljust(512, b"\xff") + bytes(512) + VOLUME.ljust(block, b"\1") + footer(3, 512)
    assert "UNSUPPORTED" in codes(take_apart(DISK, data, kind="application/x-vhd"))


def test_partitions_over_one_another():
    disk = bytearray(guid_partitioned(VOLUME))
    disk[1152:1280] = disk[1024:1152]
    assert "COUNT" in codes(take_apart(DISK, bytes(disk), kind="application/x-raw-disk-image"))
