import pytest

from gateway.extract.archive.rar_headers import RAR4, RAR5, Entry, entries4, entries5, names4, rebuilt4, rebuilt5, vint


def closed(lock, vector, octets):
    raise AssertionError("nothing here is encrypted")


@pytest.mark.parametrize(("octets", "value"), [(b"\0", 0), (b"\x7f", 127), (b"\x80\x01", 128), (b"\xff\xff\x03", 65535)])
def test_integers(octets, value):
    assert vint(octets, 0) == (value, len(octets))


@pytest.mark.parametrize("octets", [b"", b"\x80", b"\xff" * 20])
def test_integers_without_end(octets):
    with pytest.raises(ValueError, match="vint"):
        vint(octets, 0)


def test_what_is_rebuilt_is_read_again():
    entry = Entry(("x",), b"", 5, 0, 0)
    found = list(entries5(rebuilt5([(entry, b"hello")]), closed))
    assert (found[0].names, found[0].packed, found[0].size) == (("0",), b"hello", 5)
    entry = Entry(("x",), b"", 5, 7, 0x30, 29)
    found = list(entries4(rebuilt4([(entry, b"hello")]), closed))
    assert (found[0].names, found[0].packed, found[0].crc) == (("0",), b"hello", 7)


def test_nothing_but_a_signature():
    assert list(entries5(RAR5, closed)) == [8]
    assert list(entries4(RAR4, closed)) == [7]


def test_names():
    assert names4("書.exe".encode("cp950"), False)[0] == "書.exe"
    assert names4(b"a\\b.txt", False) == ("a/b.txt",)
    assert names4("書.exe".encode(), True) == ("書.exe",)
    packed = bytes([0x66, 0b01000000, 0xF8, ord("."), ord("x")])
    assert names4(b"?.x\0" + packed, True)[0] == "\u66f8.x"
