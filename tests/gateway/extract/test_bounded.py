import lzma
import struct

import pytest
import zstandard

from gateway.extract.base import Context
from gateway.extract.bounded import (
    KEPT,
    LARGE,
    LARGE_RATIO,
    Budget,
    Damaged,
    LimitReached,
    Made,
    counted,
    inflate,
    swollen,
    unlzma,
    unzstd,
)
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode
from tests.builders.archives import deflate


def budget(**limits):
    return Budget.of(Context(Limits(**limits)))


def test_exactly_at_the_limit_passes_and_one_more_does_not():
    assert inflate(budget(expanded=1000), deflate(bytes(1000)))[0] == bytes(1000)
    with pytest.raises(LimitReached) as caught:
        inflate(budget(expanded=1000), deflate(bytes(1001)))
    assert caught.value.code is IncidentCode.SIZE


def test_what_is_counted_is_all_or_an_incident():
    assert list(counted("abc", 3, "letters")) == ["a", "b", "c"]
    found = counted("abcd", 3, "letters")
    assert [next(found) for _ in range(3)] == ["a", "b", "c"]
    with pytest.raises(LimitReached, match="more than 3 letters") as caught:
        next(found)
    assert caught.value.problem.code is IncidentCode.COUNT


def test_ratio_counts_only_above_its_floor():
    assert len(inflate(budget(ratio=2, ratio_floor=5000), deflate(bytes(5000)))[0]) == 5000
    with pytest.raises(LimitReached) as caught:
        inflate(budget(ratio=2, ratio_floor=4999), deflate(bytes(5000)))
    assert caught.value.code is IncidentCode.RATIO


def test_members_share_the_budget():
    shared = budget(expanded=1500)
    inflate(shared, deflate(bytes(1000)))
    with pytest.raises(LimitReached):
        inflate(shared, deflate(bytes(1000)))


def test_what_was_unpacked_is_shown():
    with pytest.raises(LimitReached) as caught:
        inflate(budget(), deflate(b"MZ" + bytes(40 << 20)))
    assert caught.value.head[:2] == b"MZ" and len(caught.value.head) == KEPT
    with pytest.raises(Damaged) as broken:
        inflate(budget(), deflate(b"MZ" * 5000)[:-4])
    assert broken.value.head[:2] == b"MZ"


def test_rest_is_handed_back():
    assert inflate(budget(), deflate(b"x") + b"rest")[1] == b"rest"
    assert unlzma(budget(), lzma.compress(b"x") + b"rest" * 50_000)[1] == b"rest" * 50_000


def test_absurd_dictionary_is_refused():
    with pytest.raises(Damaged):
        unlzma(budget(), b"\x5d\xff\xff\xff\xff" + b"\xff" * 8 + bytes(20), lzma.FORMAT_ALONE)


def test_zstd_frames_are_counted():
    frame = zstandard.compress(b"x")
    assert unzstd(budget(), frame * 1000)[0] == b"x" * 1000
    with pytest.raises(LimitReached, match="more than 1000 frames"):
        unzstd(budget(), frame * 1001)


def test_a_large_member_has_a_lower_ratio():
    allowed = budget(expanded=1 << 30)
    for octets, packed in ((LARGE, 2 << 20), (LARGE + 1, LARGE // LARGE_RATIO + 1), (LARGE * 3, LARGE // 5)):
        allowed.announced(octets, packed, b"")
    with pytest.raises(LimitReached, match="128 MiB and more than 20 to 1"):
        allowed.announced(LARGE + 1, LARGE // LARGE_RATIO - 1, b"")


def test_members_together_have_a_lower_ratio_too():
    assert swollen(LARGE + 1, LARGE // LARGE_RATIO - 1) and not swollen(LARGE + 1, LARGE // LARGE_RATIO + 1)
    assert not swollen(LARGE, 1)


def test_what_is_unpacked_is_handed_out_without_a_copy():
    made = Made()
    made.write(b"x" * (3 * KEPT))
    assert made.getvalue() is made.getvalue() and made.head() == b"x" * KEPT


def test_what_skippable_zstd_frames_carry_stands_behind():
    def skippable(data):
        return b"\x50\x2a\x4d\x18" + struct.pack("<I", len(data)) + data

    frame = zstandard.ZstdCompressor().compress(b"words")
    assert unzstd(budget(), skippable(bytes(4)) + frame + skippable(bytes(8))) == (b"words", b"")
    assert unzstd(budget(), skippable(b"MZ" * 50) + frame) == (b"words", b"MZ" * 50)
    assert unzstd(budget(), frame + skippable(b"MZ" * 50) + b"rest") == (b"words", b"MZ" * 50 + b"rest")
