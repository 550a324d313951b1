import pytest

from gateway.extract.base import Context
from gateway.extract.bounded import Budget, LimitReached
from gateway.extract.volume import File, Guard, Unreadable, children
from gateway.model.deadline import Limits
from tests.builders.archives import codes, content


def shown(files, **limits):
    return list(children(files, Budget.of(Context(Limits(**limits)))))


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
