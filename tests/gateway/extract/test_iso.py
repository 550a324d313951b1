import pytest

from gateway.extract.iso import ISO
from tests.builders.archives import codes, take_apart
from tests.builders.discs import DATA, iso_of


@pytest.mark.parametrize(("options", "name"), [
    ({}, "D/A.EXE"), ({"joliet": 3}, "資料/請求書.exe"), ({"rock_ridge": "1.09"}, "D/invoice.exe"), ({"udf": "2.60"}, "資料/請求書.exe")])
def test_every_tree(options, name):
    found = take_apart(ISO, iso_of(**options))
    assert codes(found) == set()
    assert all(c.data == DATA for c in found)
    assert any(name in c.names or any(n.endswith(name.split("/")[1]) for n in c.names) for c in found)


def test_damage():
    data = iso_of(joliet=3)
    assert "MALFORMED" in codes(take_apart(ISO, data[:data.find(DATA) + 3], kind="application/x-iso9660-image"))
    assert "UNSUPPORTED" in codes(take_apart(ISO, bytes(40_000), kind="application/x-iso9660-image"))


def test_directory_loop_ends():
    data = bytearray(iso_of())
    record = data.find(b"\x01D", 0x8000)
    root = data[0x8000 + 156 + 2:0x8000 + 156 + 10]
    data[record - 32 + 2:record - 32 + 10] = root
    take_apart(ISO, bytes(data))
