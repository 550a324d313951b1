import pytest

from gateway.extract.archive.sevenzip_header import Cursor, Malformed, header, number, start
from tests.builders.archives import seven_zip


@pytest.mark.parametrize("value", [0, 1, 127, 128, 16383, 16384, 2**21 - 1, 2**28, 2**35, 2**49, 2**56 - 1, 2**56, 2**63])
def test_numbers_go_round(value):
    assert Cursor(number(value)).number() == value


def test_names_of_a_plain_header(tmp_path):
    data = seven_zip(tmp_path, {"a.txt": b"x", "報告.txt": b"y", "empty": b""}, "7z", "-mhc=off")
    at, size, _ = start(data)
    assert set(header(data[at:at + size]).names) == {"a.txt", "報告.txt", "empty"}


@pytest.mark.parametrize("octets", [b"", b"7z\xbc\xaf\x27\x1c", b"7z\xbc\xaf\x27\x1c" + b"\xff" * 40])
def test_broken_start(octets):
    with pytest.raises(Malformed):
        start(octets)


@pytest.mark.parametrize("octets", [b"\x01", b"\x01\x04\x06", b"\x01\x05\xff\xff\xff\xff\xff\xff\xff\xff\xff", b"\x09", b"\x01\x04\x07\x0b\xff\xff"])
def test_broken_header(octets):
    with pytest.raises(Malformed):
        header(octets)
