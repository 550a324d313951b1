"""Types that leading octets give away, and what only looks so."""

from __future__ import annotations

import hashlib

import pytest

from gateway.extract.identify import identify, needs_reader
from gateway.extract.magics import FTYP, MAGICS, RIFF


@pytest.mark.parametrize(("offset", "magic", "kind"), MAGICS, ids=lambda value: repr(value)[:40])
def test_places_and_octets(offset: int, magic: bytes, kind: str) -> None:
    assert 0 <= offset < 1 << 17 and len(magic) >= 2 and kind == kind.lower() and "/" in kind


@pytest.mark.parametrize(("data", "kind"), [
    (bytes(512) + b"EFI PART" + bytes(512), "application/x-raw-disk-image"), (b"WithoutFreeSpace" + bytes(90), "application/x-parallels-disk"),
    (b"COWD" + bytes(90), "application/x-vmdk"), (b"MATLAB 5.0 MAT-file, Platform: PCWIN64".ljust(200, b"\1"), "application/x-matlab-data"),
])
def test_disks_and_data(data: bytes, kind: str) -> None:
    assert identify(data) == kind
    assert needs_reader(kind) == (kind != "application/x-matlab-data")


SHORT = [
    (b"\xc7\x71" + bytes(18) + b"\6\0\0\0\5\0" + b"a.bat\0hello", "application/x-cpio"),
    (b"\x71\xc7" + bytes(18) + b"\0\6\0\0\0\5" + b"a.bat\0hello", "application/x-cpio"),
    (b"\x1f\x9d\x90" + b"hello" * 9, "application/x-compress"), (b"\x1f\x1e\0\0\1\0\x08" + b"\xaa" * 40, "application/x-pack"),
    (b"\x60\xea\x2c\0\x22\x0b\1\0" + bytes(40), "application/x-arj"),
]


@pytest.mark.parametrize(("data", "kind"), SHORT)
def test_two_octets_and_what_follows_them(data: bytes, kind: str) -> None:
    assert identify(data) == kind


def test_digests_that_begin_like_an_archive_are_none() -> None:
    by_chance = [identify(data[:2] + hashlib.sha512(b"%d" % n).digest()) for data, _ in SHORT for n in range(64)]
    kinds = {kind for _, kind in SHORT}
    assert sum(kind in kinds for kind in by_chance) <= len(by_chance) // 20


def test_neighbours_are_something_else() -> None:
    assert identify(bytes(511) + b"EFI PART" + bytes(512)) == "application/octet-stream"
    assert identify(b"Without free space there is no report.") == "text/plain"
    assert identify(b"WARC/1.1\r\nWARC-Type: resource\r\nContent-Length: 0\r\n\r\n\r\n") == "application/x-warc"
    assert identify(b"WARC/1.1 is the version in use.\r\nEach record has a WARC-Type: field.") == "text/plain"


def test_tables_of_families() -> None:
    assert RIFF[b"WEBP"] == "image/webp" and FTYP[b"heic"] == "image/heic"


@pytest.mark.parametrize(("data", "kind"), [
    (b"AA01\x20\0TYP1FPATP\5\0a.app" + bytes(40), "application/x-apple-archive"), (b"YAA1\x20\0TYP1D" + bytes(40), "application/x-apple-archive"),
    (b"pbze\0\0\0\0\0\x40\0\0" + bytes(60), "application/x-apple-archive"), (b"pbzx\0\0\0\0\1\0\0\0" + bytes(60), "application/x-apple-archive"),
    (b"LUKS\xba\xbe\0\1aes" + bytes(90), "application/x-enciphered"), (b"encrcdsa\0\0\0\2" + bytes(90), "application/x-enciphered"),
    (b"U2FsdGVkX1+abcdefghijklmnop", "application/x-enciphered"), (b"scrypt\0\x0e" + bytes(90), "application/x-enciphered"),
    (b"\0m\3@rijndael-128\0", "application/x-enciphered"), (b"\x76\xe8\x04\x60\xc4\x11\xe3\x86" + bytes(90), "application/x-enciphered"),
    (b"\xa5" * 600 + b"cdsaencr", "application/x-enciphered"), (b"sprs\0\0\0\3" + bytes(90), "application/x-sparse-image"),
    (bytes(1024) + b"BD" + bytes(12) + b"\0\3" + bytes(4) + b"\0\0\2\0" + bytes(12) + b"\4Disk" + bytes(90), "application/x-hfs"),
    (bytes(1024) + b"BD" + bytes(200), "application/octet-stream"), (b"\xcf\xad\x12\xfe\xc5\xfd\x74\x6f" + bytes(90), "application/x-outlook-express"),
    (bytes(1024) + b"H+\0\4" + bytes(90), "application/x-hfs-plus"), (b"ER\2\0".ljust(512, b"\0") + b"PM\0\0\0\0\0\4" + bytes(90), "application/x-raw-disk-image"),
])
def test_archives_volumes_and_images_of_macos_and_linux(data: bytes, kind: str) -> None:
    assert identify(data) == kind


@pytest.mark.parametrize("text", [
    b"AA01 is the first room, AA02 the second.\r\n", b"AA01,AA02,AA03\r\n1,2,3\r\n", b"pbzip2 packs with all cores\r\n", b"pbz4\r\n", b"LUKS is a format",
    b"encrcdsa", b"scrypt is slow", b"sprs\r\n", b"PM is short for the afternoon\r\n",
])
def test_words_that_begin_like_them(text: bytes) -> None:
    assert identify(text) == "text/plain"


@pytest.mark.parametrize(("data", "kind"), [
    (b"\x1f\xa0\0\x20\x5a" + b"\xaa" * 40, "application/x-compress"), (b"\x1f\xa0\0\0\x5a" + b"\xaa" * 40, "application/octet-stream"),
    (b"\x1f\xa0\0\x20\xfa" + b"\xaa" * 40, "application/octet-stream"), (b"\x1f\xa0", "application/octet-stream"),
])
def test_the_other_form_of_compress_begins_with_a_block(data: bytes, kind: str) -> None:
    assert identify(data) == kind
