import pytest

from gateway.extract.fat import files, layout
from gateway.extract.volume import Guard, Unreadable
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
