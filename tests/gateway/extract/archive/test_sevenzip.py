"""7z by every method and both forms of encryption, without a process or a file."""

import random

import pytest

from gateway.extract.archive.sevenzip import SEVENZIP
from gateway.model.deadline import Limits
from tests.builders.archives import codes, content, seven_zip, take_apart

FILES = {"a.txt": b"hello world " * 400, "書/程式.exe": b"MZ\x90\0" + bytes(range(256)) * 40}


@pytest.mark.parametrize("method", ["Copy", "LZMA", "LZMA2", "PPMd", "BZip2", "Deflate"])
@pytest.mark.parametrize("lock", [(), ("-p密碼x1",), ("-p密碼x1", "-mhe=on")])
def test_methods(tmp_path, method, lock):
    found = take_apart(SEVENZIP, seven_zip(tmp_path, FILES, "7z", f"-m0={method}", *lock), passwords=("wrong", "密碼x1"))
    assert content(found) == FILES
    assert codes(found) == ({"ENCRYPTED-OPENED"} if lock else set())


def test_filters_and_several_folders(tmp_path):
    for options in (("-m0=BCJ", "-m1=LZMA2"), ("-mf=BCJ2",), ("-ms=off",)):
        for lock in ((), ("-pa1",)):
            assert content(take_apart(SEVENZIP, seven_zip(tmp_path, FILES, "7z", *options, *lock), passwords=("a1",))) == FILES


def test_without_the_password_names_stay_unless_hidden(tmp_path):
    found = take_apart(SEVENZIP, seven_zip(tmp_path, FILES, "7z", "-punknown"), passwords=("a",))
    assert codes(found) == {"ENCRYPTED"}
    assert set(content(found)) == set(FILES)
    found = take_apart(SEVENZIP, seven_zip(tmp_path, FILES, "7z", "-punknown", "-mhe=on"), passwords=("a",))
    assert codes(found) == {"ENCRYPTED", "ENCRYPTED-NAMES"}
    assert content(found) == {}


def test_what_nothing_reads_is_not_clean(tmp_path):
    assert codes(take_apart(SEVENZIP, seven_zip(tmp_path, FILES, "7z", "-m0=Deflate64"))) == {"UNSUPPORTED"}


def test_damage_and_stray_octets(tmp_path):
    data = seven_zip(tmp_path, FILES, "7z")
    assert "MALFORMED" in codes(take_apart(SEVENZIP, data[:-9]))
    broken = bytearray(data)
    broken[60] ^= 0xFF
    assert "MALFORMED" in codes(take_apart(SEVENZIP, bytes(broken)))
    assert "ARCHIVE-STRAY-DATA" in codes(take_apart(SEVENZIP, data + b"MZ stub"))


def test_bomb_stops(tmp_path):
    found = take_apart(SEVENZIP, seven_zip(tmp_path, {"z": bytes(100 << 20)}, "7z", "-mx=1"))
    assert "RATIO" in codes(found)
    assert len(found[-1].data) <= 1 << 20


def test_what_a_method_took_is_told_late_and_is_no_bomb(tmp_path):
    """libarchive counts the packed octets of PPMd at the end of a folder; the archive itself says what it unpacks to."""
    noise = random.Random(1).randbytes(300_000)
    data = seven_zip(tmp_path, {"a.bin": noise}, "7z", "-m0=PPMd")
    found = take_apart(SEVENZIP, data, kind="application/x-7z-compressed", limits=Limits(ratio_floor=1 << 16))
    assert content(found) == {"a.bin": noise} and not codes(found)
