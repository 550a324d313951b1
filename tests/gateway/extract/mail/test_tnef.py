from __future__ import annotations

import struct

import pytest

from gateway.extract.base import Child
from gateway.extract.mail.tnef import MAGIC, TNEF, read
from gateway.model.content import Text
from tests.builders.archives import codes, content, take_apart


def attribute(level: int, number: int, body: bytes) -> bytes:
    return struct.pack("<BHHI", level, number, 6, len(body)) + body + struct.pack("<H", sum(body) & 0xFFFF)


def properties(*found: tuple[int, int, bytes]) -> bytes:
    out = struct.pack("<I", len(found))
    for number, kind, body in found:
        out += struct.pack("<HHII", kind, number, 1, len(body)) + body + bytes(-len(body) % 4)
    return out


def tnef(*attributes: bytes) -> bytes:
    return MAGIC + b"\1\0" + b"".join(attributes)


def test_attachment_under_both_names() -> None:
    data = tnef(attribute(1, 0x9007, struct.pack("<I", 950)), attribute(1, 0x8004, "主旨".encode("cp950") + b"\0"), attribute(2, 0x9002, bytes(14)),
                attribute(2, 0x8010, b"A.TXT\0"), attribute(2, 0x800F, b"MZ"),
                attribute(2, 0x9005, properties((0x3707, 0x1F, "請款單.exe\0".encode("utf-16-le")))))
    found = take_apart(TNEF, data, "winmail.dat")
    assert content(found) == {"請款單.exe": b"MZ"} and Text("主旨", "header Subject") in found
    assert "MALFORMED" not in codes(found)


def test_data_in_a_property_only_and_bodies() -> None:
    inner = properties((0x3701, 0x0D, bytes(16) + MAGIC + b"\1\0"), (0x3707, 0x1E, b"inner.dat\0"))
    data = tnef(attribute(1, 0x9003, properties((0x1013, 0x102, b"<p>hi</p>"))), attribute(2, 0x9002, bytes(14)), attribute(2, 0x9005, inner))
    found = content(take_apart(TNEF, data))
    assert found == {"body.html": b"<p>hi</p>", "inner.dat": MAGIC + b"\1\0"}


def test_repeated_data_and_properties_of_one_attachment() -> None:
    data = tnef(attribute(2, 0x9002, bytes(14)), attribute(2, 0x8010, b"a.txt\0"), attribute(2, 0x800F, b"MZ"), attribute(2, 0x800F, b"hello"),
                attribute(2, 0x9005, properties((0x3707, 0x1E, b"run.cmd\0"))), attribute(2, 0x9005, properties((0x3703, 0x1E, b".txt\0"))))
    found = [item for item in take_apart(TNEF, data) if isinstance(item, Child)]
    assert [child.data for child in found] == [b"MZ", b"hello"] and all("run.cmd" in child.names and "a.txt" in child.names for child in found)


def named(kind: int, octets: bytes) -> bytes:
    """A list of one property that a number of its own names: type, id, GUID, kind of name, name."""
    return struct.pack("<IHH", 1, kind, 0x8001) + bytes(16) + struct.pack("<IIII", 0, 0x851F, 1, len(octets)) + octets + bytes(-len(octets) % 4)


@pytest.mark.parametrize(("kind", "octets"), [
    (0x1F, "\\\\h.example\\s.wav\0".encode("utf-16-le")), (0x1F, "\\??\\UNC\\h.example\\s.wav\0".encode("utf-16-le")),
    (0x1E, b"\\\\192.0.2.1\\s\\a.wav\0")])
def test_reminder_sound_on_a_share(kind: int, octets: bytes) -> None:
    assert "DOC-EXTERNAL-SHARE" in codes(take_apart(TNEF, tnef(attribute(1, 0x9003, named(kind, octets)))))
    assert codes(take_apart(TNEF, tnef(attribute(1, 0x9003, named(kind, "reminder.wav\0".encode("utf-16-le")))))) == set()


def test_cut_file_is_told() -> None:
    assert "MALFORMED" in codes(take_apart(TNEF, tnef(attribute(2, 0x800F, b"x" * 100))[:-40]))


def test_unknown_properties_end_the_list() -> None:
    assert read(struct.pack("<IHH", 5, 0x7777, 1), 0).strings == {}
    assert read(b"", 0).octets == {}


def test_more_attributes_and_properties_than_any_mail_has() -> None:
    assert "COUNT" in codes(take_apart(TNEF, tnef(*[attribute(1, 0x8003, b"a")] * 20_001), "winmail.dat"))
    assert "COUNT" not in codes(take_apart(TNEF, tnef(*[attribute(1, 0x8003, b"a")] * 9_000), "winmail.dat"))
    listed = attribute(1, 0x9003, struct.pack("<I", 5_000))
    assert "COUNT" in codes(take_apart(TNEF, tnef(*[listed] * 21), "winmail.dat"))
    assert "COUNT" not in codes(take_apart(TNEF, tnef(*[listed] * 20), "winmail.dat"))


def test_every_name_an_attachment_has() -> None:
    data = tnef(attribute(2, 0x9002, bytes(14)), attribute(2, 0x8010, b"A.TXT\0"), attribute(2, 0x9001, b"a.vbs\0"), attribute(2, 0x800F, b"x"),
                attribute(2, 0x9005, properties((0x3703, 0x1E, b".js\0"))))
    (child,) = [found for found in take_apart(TNEF, data) if isinstance(found, Child)]
    assert set(child.names) == {"A.TXT", "a.vbs", "attachment.js"}


def test_more_values_than_any_property_has() -> None:
    many = struct.pack("<IHHI", 1, 0x101E, 0x1000, 2_000) + struct.pack("<I", 0) * 2_000
    with pytest.raises(ValueError, match="values"):
        take_apart(TNEF, tnef(attribute(1, 0x9003, many)), "winmail.dat")


def test_an_attachment_that_is_only_an_address():
    def found(path):
        return codes(take_apart(TNEF, tnef(attribute(2, 0x9002, bytes(14)), attribute(2, 0x9005, properties((0x370D, 0x1F, path.encode("utf-16-le"))))),
                                "winmail.dat"))
    assert "DOC-EXTERNAL-SHARE" in found("\\\\h.example\\s\\a.js") and "DOC-LINK" in found("https://h.example/a")
    assert not {"DOC-EXTERNAL-SHARE", "DOC-LINK"} & set(found("C:\\Temp\\a.txt"))
