import pytest

from gateway.extract.base import Context
from gateway.extract.bounded import Budget, LimitReached
from gateway.extract.disks.volume import File, Guard, Unreadable, children
from gateway.model.deadline import Limits
from tests.builders.archives import codes, content


def shown(files, **limits):
    return list(children(files, Budget.of(Context(Limits(**limits))), 1 << 10))


def test_files_become_children():
    found = shown([File(("a", "b"), b"1"), File(("../c",), b"2", short=True)])
    assert content(found) == {"a": b"1", "../c": b"2"} and codes(found) == {"MALFORMED", "MEMBER-TRAVERSAL"}


def test_limits_and_damage_end_the_list():
    assert "SIZE" in codes(shown([File(("a",), bytes(100)), File(("b",), bytes(100))], expanded=150))

    def broken():
        yield File(("a",), b"1")
        raise Unreadable("cut")

    found = shown(broken())
    assert content(found) == {"a": b"1"} and codes(found) == {"MALFORMED"}


def test_guard():
    guard = Guard(2)
    assert guard.enter(5) and not guard.enter(5)
    guard.count()
    guard.count()
    with pytest.raises(LimitReached):
        guard.count()


def test_files_over_one_another():
    assert "RATIO" in codes(shown([File((f"a{n}",), bytes(1 << 20)) for n in range(40)]))
    assert "RATIO" not in codes(shown([File((f"a{n}",), bytes(1 << 20)) for n in range(8)]))


def test_directories_within_one_another():
    guard = Guard(9, room=100)
    assert guard.enter(7, (5, 6)) and not guard.enter(7, (5,))
    guard.end()
    assert not guard.enter(7, (5, 7))
    with pytest.raises(LimitReached, match="back to itself"):
        guard.end()
    with pytest.raises(LimitReached, match="within one another"):
        guard.enter(8, tuple(range(101)))
    guard.take(100)
    with pytest.raises(LimitReached, match="over one another"):
        guard.take(1)
