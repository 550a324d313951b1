from __future__ import annotations

from gateway.extract.archive.msi import ALPHABET, MSI, unpack
from tests.builders.archives import codes, content, take_apart
from tests.builders.documents import compound

CLASS = "000c1084-0000-0000-c000-000000000046"


def packed(name: str) -> str:
    out = ""
    for n in range(0, len(name) - 1, 2):
        out += chr(0x3800 + ALPHABET.index(name[n]) + (ALPHABET.index(name[n + 1]) << 6))
    return out + (chr(0x4800 + ALPHABET.index(name[-1])) if len(name) % 2 else "")


def test_names_are_unpacked() -> None:
    assert unpack(packed("Binary.Tool")) == "Binary.Tool" and unpack("plain") == "plain"


def test_package_by_class_and_its_streams() -> None:
    found = take_apart(MSI, compound({packed("Binary.Tool"): b"MZ", "\u4840" + packed("Property"): b"t"}, root=CLASS), "a.msi")
    assert "MSI-PACKAGE" in codes(found) and content(found) == {"Binary.Tool": b"MZ"}


def test_package_by_its_tables() -> None:
    data = compound({"\u4840" + packed("Property"): b"t", "\u4840" + packed("_Tables"): b"u"})
    assert "MSI-PACKAGE" in codes(take_apart(MSI, data))


def test_ordinary_compound_files_are_none() -> None:
    data = compound({"\u4840x": b"t"})
    assert list(take_apart(MSI, data)) == []
