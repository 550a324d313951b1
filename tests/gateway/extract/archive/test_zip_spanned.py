"""ZIP over several volumes, as one archive that its reader judges like any other."""

from __future__ import annotations

import struct

import pytest

from gateway.extract.archive.zip import ZIP
from gateway.extract.archive.zip_spanned import disks, unspanned
from tests.builders.archives import Member, codes, content, make_zip, spanned_zip, take_apart

FILES = {"a.txt": b"first " * 40, "b.txt": b"second " * 40}


def test_entries_of_all_volumes_are_read_and_nothing_is_odd():
    for count in (2, 3, 7):
        volumes = spanned_zip(FILES, count)
        assert len(volumes) == count and disks(volumes[-1]) == count - 1
        found = take_apart(ZIP, unspanned(volumes), "a.zip")
        assert content(found) == FILES and codes(found) == set()


def test_a_directory_that_begins_in_an_earlier_volume():
    assert content(take_apart(ZIP, unspanned(spanned_zip(FILES, 3, early=40)), "a.zip")) == FILES


@pytest.mark.parametrize("volumes", [
    [b""], [b"PK\5\6"], [make_zip(Member(b"a.txt", b"words"))], spanned_zip(FILES, 3)[1:], [b"x" * 30, b"y" * 30],
], ids=["empty", "short", "whole", "without the first", "no archive"])
def test_what_does_not_fit_stays_as_it_is(volumes):
    assert unspanned(volumes) == b"".join(volumes)


def volume_of(data):
    return struct.unpack_from("<H", data, data.index(b"PK\1\2") + 34)[0]


def test_an_entry_of_a_volume_that_is_not_there_changes_nothing():
    volumes = spanned_zip(FILES, 3)
    last = bytearray(volumes[-1])
    struct.pack_into("<H", last, 34, 9)
    assert volume_of(unspanned([*volumes[:-1], bytes(last)])) == 9


def test_one_volume_says_so():
    assert disks(make_zip(Member(b"a.txt", b"words"))) == 0
    assert disks(b"PK\5\6") == 0 and disks(b"") == 0
