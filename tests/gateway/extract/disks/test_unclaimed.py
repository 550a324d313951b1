import pytest

from gateway.extract.base import Child
from gateway.extract.disks.unclaimed import MAX_BEGINS, MAX_PIECES, gaps, unclaimed
from tests.builders.archives import codes

TEXT = b"WScript.Echo('a text');\n"


@pytest.mark.parametrize(("size", "taken", "expected"), [
    (4096, [], [(0, 4096)]), (4096, [(0, 10)], [(512, 4096)]), (4096, [(512, 1024), (0, 512), (600, 700)], [(1024, 4096)]),
    (4096, [(1500, 1501)], [(0, 1024), (1536, 4096)]), (1000, [(0, 5000)], [])])
def test_what_stands_between(size, taken, expected):
    assert list(gaps(size, taken, 512)) == expected


def test_texts_one_behind_the_other():
    data = TEXT.ljust(512, b"\0") + (TEXT * 30).ljust(1024, b"\0") + bytes(512) + TEXT
    found = [c for c in unclaimed(data, [], 512) if isinstance(c, Child)]
    assert [(c.data, c.label) for c in found] == [
        (TEXT, "in no file, at 0"), (TEXT * 30, "in no file, at 512"), (TEXT, "in no file, at 2048")]


def test_structures_are_no_files():
    data = b"\x81\x02\x03\xf4" * (1 << 13)
    assert codes(list(unclaimed(data, [], 512))) == {"UNSUPPORTED"}
    assert not codes(list(unclaimed(data, [], 512, lambda block: True)))


def test_more_files_than_any_disc_loses():
    assert "COUNT" in codes(list(unclaimed(TEXT.ljust(512, b"\0") * (MAX_PIECES + 1), [], 512)))
    assert "COUNT" in codes(list(unclaimed(b"\x89PNG\r\n\x1a\n".ljust(1 << 20, b"\0") * 12, [], 512)))
    assert "COUNT" in codes(list(unclaimed(b"\x81\x02\x03\xf4".ljust(512, b"\0") * (MAX_BEGINS + 1), [], 512)))


def test_empty_units_are_not_counted():
    data = TEXT.ljust(512, b"\0") + bytes(512 * 2 * MAX_BEGINS) + TEXT
    assert [c.data for c in unclaimed(data, [], 512) if isinstance(c, Child)] == [TEXT, TEXT] and not codes(list(unclaimed(data, [], 512)))
