import struct

import pytest

from gateway.extract.base import Child, Node
from gateway.extract.disks.iso import ISO
from gateway.model.artifact import Artifact, ArtifactKind
from tests.builders.archives import Member, codes, content, make_zip, take_apart
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


def image(records: list[tuple[bytes, int, int, int]], after: bytes = b"", trees: int = 1) -> bytes:
    """A root directory at sector 20 with these (name, sector, octets, flags) and what follows it."""
    def record(name: bytes, at: int, size: int, flags: int) -> bytes:
        both = b"".join(struct.pack("<L", v) + struct.pack(">L", v) for v in (at, size))
        return (bytes((34 + len(name) & ~1, 0)) + both + bytes(7) + bytes((flags, 0, 0)) + b"\1\0\0\1" + bytes((len(name),)) + name).ljust(34 + len(name) & ~1, b"\0")

    listing = b"".join(record(*r) for r in records)
    out = bytearray((20 + trees) * 2048)
    for n in range(trees):
        out[(16 + n) * 2048:(16 + n) * 2048 + 7] = b"\1CD001\1"
        out[(16 + n) * 2048 + 156:(16 + n) * 2048 + 190] = record(b"\0", 20 + trees, len(listing), 2)
    return bytes(out) + listing.ljust(-(-len(listing) // 2048) * 2048, b"\0") + after


def test_directories_over_one_another():
    found = take_apart(ISO, image([(b"D%d" % n, 21 + n, 1 << 30, 2) for n in range(30)], bytes(1 << 17)), kind="application/x-iso9660-image")
    assert "COUNT" in codes(found)


def test_files_over_one_another():
    data = image([(b"F%d" % n, 23 + n, (24 << 20) - n * 2048, 0) for n in range(9)], bytes(24 << 20))
    assert "RATIO" in codes(take_apart(ISO, data, kind="application/x-iso9660-image"))
    assert "RATIO" not in codes(take_apart(ISO, image([(b"F%d" % n, 23, 2048, 0) for n in range(9)], bytes(8192)), kind="application/x-iso9660-image"))


def test_a_tree_that_leads_back_to_itself():
    assert "DEPTH" in codes(take_apart(ISO, image([(b"D", 21, 2048, 2)]), kind="application/x-iso9660-image"))


def test_more_trees_than_any_disc_has():
    assert "COUNT" in codes(take_apart(ISO, image([(b"F", 21, 9, 0)], trees=9), kind="application/x-iso9660-image"))
    assert not codes(take_apart(ISO, image([(b"F", 21, 9, 0)], trees=3), kind="application/x-iso9660-image"))


def test_a_disc_behind_another_file_is_read_by_its_descriptors():
    image = iso_of(joliet=3)
    front = make_zip(Member(b"a.txt", b"hi"))
    found = take_apart(ISO, front + image[len(front):], "a.iso", kind="application/zip")
    assert "POLYGLOT" in codes(found) and DATA in content(found).values()
    node = Node(Artifact(0, None, ArtifactKind.PART, ("a.zip",)), front + bytes(40_000), "application/zip")
    assert not ISO.claims(node)


def hybrid(rest: bytes) -> bytes:
    return iso_of() + rest


def unclaimed(found) -> list[bytes]:
    return [c.data for c in found if isinstance(c, Child) and c.label.startswith("in no file")]


def test_partition_behind_the_volume():
    rest = b"\xeb\x3c\x90" + bytes(507) + b"\x55\xaa" + bytes(4096)
    found = take_apart(ISO, hybrid(rest))
    assert unclaimed(found) == [rest]


def test_a_small_file_behind_the_volume():
    rest = make_zip(Member(b"a.js", b"x"))
    found = take_apart(ISO, hybrid(rest))
    assert unclaimed(found) == [rest]
    assert not unclaimed(take_apart(ISO, hybrid(b"\1\2\3")))


def test_padding_behind_the_volume_is_nothing():
    assert content(take_apart(ISO, hybrid(bytes(300 << 10)))).keys() == content(take_apart(ISO, iso_of())).keys()


def mapped(kind: bytes, signature: bytes) -> bytes:
    """A disc with a partition map of one volume of HFS+ behind its trees."""
    disc = bytearray(iso_of())
    at = len(disc) // 512
    disc[512:768] = (b"PM\0\0" + struct.pack(">LLL", 1, at, 4) + bytes(32) + kind).ljust(256, b"\0")
    return bytes(disc) + bytes(1024) + signature.ljust(1024, b"\0")


def test_volumes_of_macos_beside_the_trees():
    found = [c for c in take_apart(ISO, mapped(b"Apple_HFS", b"H+\0\4")) if isinstance(c, Child) and c.label == "HFS"]
    assert [(c.data[1024:1026], c.detected_type) for c in found] == [(b"H+", "application/x-hfs-plus")]
    for other in (mapped(b"Apple_Free", b"H+\0\4"), mapped(b"Apple_HFS", b"words")):
        assert not [c for c in take_apart(ISO, other) if isinstance(c, Child) and c.label == "HFS"]


def test_a_volume_of_old_macs_in_the_first_sectors():
    disc = bytearray(iso_of())
    disc[1024:1090] = b"BD" + bytes(12) + b"\0\3" + bytes(4) + struct.pack(">L", 512) + bytes(12) + b"\4Disc" + bytes(25)
    assert "UNSUPPORTED" in codes(take_apart(ISO, bytes(disc)))
    disc[1024:1090] = b"BD" + bytes(64)
    assert "UNSUPPORTED" not in codes(take_apart(ISO, bytes(disc)))


@pytest.mark.parametrize(("at", "value"), [(2, struct.pack("<L", 5)), (10, struct.pack("<L", 1))])
def test_places_and_lengths_that_differ_by_the_order_of_octets(at, value):
    data = bytearray(image([(b"A.EXE;1", 22, len(DATA), 0)], DATA.ljust(2048, b"\0")))
    record = data.find(b"A.EXE;1") - 33
    data[record + at:record + at + 4] = value
    assert DATA in [c.data for c in take_apart(ISO, bytes(data), kind="application/x-iso9660-image") if isinstance(c, Child)]


def test_a_second_order_without_values_is_nothing():
    data = bytearray(image([(b"A.EXE;1", 22, len(DATA), 0)], DATA.ljust(2048, b"\0")))
    record = data.find(b"A.EXE;1") - 33
    data[record + 6:record + 10] = data[record + 14:record + 18] = bytes(4)
    assert [c.data for c in take_apart(ISO, bytes(data), kind="application/x-iso9660-image") if isinstance(c, Child)] == [DATA]


def test_a_disc_without_a_root_or_with_an_empty_one():
    program = make_zip(Member(b"a.exe", DATA))
    rootless = bytearray(image([], b"WScript.Echo(1);".ljust(2048, b"\0") + program))
    rootless[16 * 2048 + 156:16 * 2048 + 190] = bytes(34)
    empty = image([(b"\0", 21, 2048, 2), (b"\1", 21, 2048, 2)], b"WScript.Echo(1);".ljust(2048, b"\0") + program)
    for disc in (bytes(rootless), empty):
        found = take_apart(ISO, disc, kind="application/x-iso9660-image")
        assert set(unclaimed(found)) == {b"WScript.Echo(1);", program} and "UNSUPPORTED" not in codes(found)


def test_octets_that_no_file_has_and_nobody_knows():
    root = [(b"\0", 21, 2048, 2), (b"\1", 21, 2048, 2)]
    noise = b"\x81\x02\x03\xf4" * 6000
    assert "UNSUPPORTED" in codes(take_apart(ISO, image(root, noise), kind="application/x-iso9660-image"))
    assert "UNSUPPORTED" not in codes(take_apart(ISO, image([*root, (b"A", 22, len(noise), 0)], noise), kind="application/x-iso9660-image"))
    assert "UNSUPPORTED" not in codes(take_apart(ISO, image(root, noise[:6000]), kind="application/x-iso9660-image"))


def test_text_before_the_descriptors():
    disc = b"<script>alert(1)</script>" + image([(b"\0", 21, 2048, 2)])[25:]
    assert [c.data for c in take_apart(ISO, disc, kind="application/x-iso9660-image") if isinstance(c, Child)] == [disc[:25]]


ROOT = [(b"\0", 21, 2048, 2), (b"\1", 21, 2048, 2)]


def test_further_sessions_and_volumes_of_partitions():
    disc = image([*ROOT, (b"A.TXT", 22, 5, 0)], b"hello".ljust(2048, b"\0"))
    later = bytearray(disc + disc[16 * 2048:17 * 2048])
    later[16 * 2048 + 156:16 * 2048 + 190] = bytes(34)
    within = image(ROOT) + disc
    for data in (bytes(later), within):
        found = take_apart(ISO, data, kind="application/x-iso9660-image")
        assert content(found) == {"A.TXT": b"hello"} and not unclaimed(found)
    lying = bytearray(later)
    lying[-2048 + 156 + 2] = 99
    assert unclaimed(take_apart(ISO, bytes(lying), kind="application/x-iso9660-image")) == [b"hello"]
