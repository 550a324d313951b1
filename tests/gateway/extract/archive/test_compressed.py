"""Single-file compressors: every stream is seen, checksums hold, bombs stop."""

import bz2
import gzip
import io
import lzma
import struct
import time
import zlib

import pytest
import zstandard

from gateway.extract.archive.compressed import COMPRESSED, inner_names, streams
from gateway.extract.base import Context, Node
from gateway.extract.bounded import Budget
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode
from tests.builders.archives import codes, content, take_apart

DATA = b"MZ\x90\0 program " * 100
Z_FILE = bytes.fromhex("1f9d9061c48810")      # compress(1) of b"abc\n" cut to its first codes


def lzip(data):
    packed = lzma.compress(data, lzma.FORMAT_ALONE, filters=[{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16}])[13:]
    return b"LZIP\x01\x10" + packed + struct.pack("<LQQ", zlib.crc32(data), len(data), len(packed) + 26)


PACKERS = {
    "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "lzma": lambda d: lzma.compress(d, lzma.FORMAT_ALONE),
    "zst": zstandard.compress, "lz": lzip,
}


@pytest.mark.parametrize("ending", PACKERS)
def test_content_and_inner_name(ending):
    found = take_apart(COMPRESSED, PACKERS[ending](DATA), f"帳單.exe.{ending}")
    assert content(found) == {"帳單.exe": DATA}
    assert codes(found) == set()


def test_name_in_the_gzip_header():
    stream = io.BytesIO()
    with gzip.GzipFile("invoice.exe", "wb", fileobj=stream) as packed:
        packed.write(DATA)
    found = take_apart(COMPRESSED, stream.getvalue(), "harmless.gz")
    assert found[0].names == ("invoice.exe", "harmless")


def test_name_in_the_header_of_the_second_stream():
    stream = io.BytesIO()
    for name, data in (("notes.txt", b"hi"), ("invoice.js", b"x = 1")):
        with gzip.GzipFile(name, "wb", fileobj=stream) as packed:
            packed.write(data)
    found = take_apart(COMPRESSED, stream.getvalue(), "notes.gz")
    assert [c.names for c in found if getattr(c, "label", "") == "stream 2"] == [("invoice.js",)]


def test_uuencoded_file():
    lines = [b"begin 644 invoice.exe"]
    for at in range(0, len(DATA), 45):
        piece = DATA[at:at + 45]
        quads = "".join(f"{b:08b}" for b in piece.ljust((len(piece) + 2) // 3 * 3, b"\0"))
        lines.append(bytes([32 + len(piece)]) + bytes(32 + int(quads[n:n + 6], 2) or 96 for n in range(0, len(quads), 6)))
    found = take_apart(COMPRESSED, b"\n".join([*lines, b"`", b"end", b""]), "a.uue", kind="application/x-uuencode")
    assert content(found)["invoice.exe"] == DATA


@pytest.mark.parametrize("ending", ["gz", "bz2", "xz", "zst", "lz"])
def test_streams_after_one_another(ending):
    found = take_apart(COMPRESSED, PACKERS[ending](b"hello") + PACKERS[ending](DATA), f"a.{ending}")
    pieces = [c.data for c in found if not isinstance(c, Observation)]
    assert b"hello" + DATA in pieces
    assert ending == "zst" or DATA in pieces


def test_octets_behind_the_end():
    found = take_apart(COMPRESSED, gzip.compress(b"x") + b"MZ\x90\0stub", "a.gz")
    assert codes(found) == {"ARCHIVE-STRAY-DATA"}
    assert content(found)["after"] == b"MZ\x90\0stub"
    assert codes(take_apart(COMPRESSED, gzip.compress(b"x") + b"\0\0\r\n", "a.gz")) == set()


@pytest.mark.parametrize("ending", PACKERS)
def test_damage_is_a_problem_and_shows_what_there_was(ending):
    found = take_apart(COMPRESSED, PACKERS[ending](DATA)[:-6], f"a.{ending}")
    assert "MALFORMED" in codes(found)


def test_wrong_checksum():
    data = bytearray(gzip.compress(DATA))
    data[-5] ^= 1
    assert codes(take_apart(COMPRESSED, bytes(data), "a.gz")) == {"MALFORMED"}


def named(name: bytes, extra: int) -> bytes:
    packed = gzip.compress(DATA)
    return packed[:3] + b"\x0c" + packed[4:10] + extra.to_bytes(2, "little") + bytes(extra) + name + b"\0" + packed[10:]


@pytest.mark.parametrize(("before", "extra"), [(1, 0), (1, 60_000), (12, 0)])
def test_names_of_later_streams(before: int, extra: int) -> None:
    data = gzip.compress(b"a") * before + named(b"run.bat", extra)
    assert "run.bat" in {name for c in take_apart(COMPRESSED, data, "a.gz") for name in getattr(c, "names", ())}


def test_storm_of_empty_streams():
    started = time.process_time()
    found = take_apart(COMPRESSED, gzip.compress(b"") * 100_000, "a.gz")
    assert codes(found) == {"COUNT"} and len(found) < 12
    assert time.process_time() - started < 2


@pytest.mark.parametrize("ending", PACKERS)
def test_bombs(ending):
    data = PACKERS[ending](bytes(64 << 20))
    started = time.process_time()
    found = take_apart(COMPRESSED, data, f"a.{ending}")
    assert "RATIO" in codes(found)
    assert time.process_time() - started < 2


def test_streams_without_end_stop_by_work(monkeypatch):
    monkeypatch.setattr("gateway.extract.archive.compressed.MAX_COPIED", 10_000)
    data = gzip.compress(b"") * 200
    made, _, trouble = streams("application/gzip", data, Budget.of(Context(Limits())))
    assert trouble is not None and trouble.code is IncidentCode.COUNT and 1 < len(made) < 10


@pytest.mark.parametrize("ending", ["gz", "bz2", "xz", "lz"])
def test_streams_after_one_another_are_a_bomb_together(ending):
    limits = Limits(ratio_floor=1 << 20)
    stream = PACKERS[ending](bytes(1 << 18))
    found = take_apart(COMPRESSED, stream * 600, f"a.{ending}", limits=limits)
    assert codes(found) == {"RATIO"} and max(map(len, content(found).values())) <= 4 << 20
    assert codes(take_apart(COMPRESSED, stream * 4, f"a.{ending}", limits=limits)) == set()


def test_what_stands_behind_padding_is_looked_at_by_itself():
    found = take_apart(COMPRESSED, gzip.compress(b"a") + bytes(100) + gzip.compress(b"hidden"), "a.gz")
    assert [c.data[:2] for c in found if getattr(c, "label", "") == "after"] == [b"\x1f\x8b"]


def test_zlib_streams():
    packed = zlib.compress(b"words " * 900)
    assert content(list(take_apart(COMPRESSED, packed, "a.txt.zz", kind="application/zlib"))) == {"a.txt": b"words " * 900}
    for damaged in (packed[:-2], packed[:-1] + b"?"):
        found = list(take_apart(COMPRESSED, damaged, "a.zlib", kind="application/zlib"))
        assert "MALFORMED" in codes(found) or any(getattr(x, "code", None) is IncidentCode.MALFORMED for x in found)


def gzip_of(flags, fields, data=b"hello"):
    packed = zlib.compress(data, wbits=-15)
    return b"\x1f\x8b\x08" + bytes((flags,)) + bytes(6) + fields + packed + struct.pack("<LL", zlib.crc32(data), len(data))


@pytest.mark.parametrize(("data", "seen"), [
    (gzip_of(4, struct.pack("<H", len(DATA)) + DATA), {"extra field": DATA}),
    (gzip_of(16, b"words " * 20 + b"\0"), {"comment": b"words " * 20}),
    (gzip_of(4 + 8 + 16, b"\3\0abcname.txt\0" + b"words " * 20 + b"\0"), {"comment": b"words " * 20}),
    (gzip_of(4 + 16, b"\6\0BC\2\0\x1b\0made here\0"), {}),
])
def test_fields_of_a_header_that_could_hold_a_file(data, seen):
    assert {k: v for k, v in content(take_apart(COMPRESSED, data)).items() if v != b"hello"} == seen


def test_names_without_all_endings_of_compressors():
    node = Node(Artifact(0, None, ArtifactKind.PART, ("a.vbs.lz4.lz4", "b.tgz")), b"\x04\x22\x4d\x18", "application/x-lz4")
    assert inner_names(node) == ("a.vbs.lz4", "a.vbs", "b.tar")
