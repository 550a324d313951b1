"""Index and store of held mail are each refused without the other."""

from __future__ import annotations

import shutil

import pytest
from django.db import connection

from quarantine import binding
from quarantine.binding import Unbound
from quarantine.blobs import FileBlobs
from quarantine.models import AuditRecord, QuarantinedMessage, State
from tests.builders.custody import Held, House


def bind(house: House, blobs: FileBlobs | None = None) -> FileBlobs:
    store = blobs or FileBlobs(house.directory / "blobs", reserve=0)
    binding.bind(store, store.root, "the index")
    return store


def test_a_pair_is_bound_once_and_known_again(house: House, held: Held) -> None:
    store = bind(house)
    assert store.mark() == binding.identity()
    held()
    bind(house)


def test_the_store_is_gone(house: House, held: Held) -> None:
    bind(house)
    held()
    held()
    shutil.rmtree(house.directory / "blobs")
    with pytest.raises(Unbound, match=r"blobs: the held messages are gone, but the index the index knows 2; put the folder back"):
        bind(house)
    assert FileBlobs(house.directory / "blobs").mark() == "", "an empty folder is not taken for ours"


def test_all_octets_are_gone_and_the_mark_stands(house: House, held: Held) -> None:
    store = bind(house)
    held()
    for name in list(store.names()):
        (store.root / name).unlink()
    with pytest.raises(Unbound, match="are gone"):
        bind(house)


def test_a_store_without_a_mark_is_taken_where_its_octets_are_ours(house: House, held: Held) -> None:
    """A backup put back, or a custody of an earlier version."""
    held()
    (house.directory / "blobs" / ".custody").unlink(missing_ok=True)
    assert bind(house).mark() == binding.identity()


def test_one_lost_message_does_not_stop_the_others(house: House, held: Held) -> None:
    store = bind(house)
    held()
    first = next(iter(store.names()))
    held()
    (store.root / first).unlink()
    bind(house)


def test_the_store_of_another_index(house: House, held: Held) -> None:
    bind(house)
    held()
    State.objects.update(created_at=State.objects.get().created_at.replace(year=2020))
    with pytest.raises(Unbound, match="belong to another index"):
        bind(house)


def test_an_emptied_store_may_serve_a_new_index(house: House) -> None:
    store = bind(house)
    State.objects.update(created_at=State.objects.get().created_at.replace(year=2020))
    bind(house)
    assert store.mark() == binding.identity()


def test_an_index_begun_anew_beside_held_mail(house: House, held: Held) -> None:
    held()
    store = FileBlobs(house.directory / "blobs", reserve=0)
    with pytest.raises(Unbound, match=r"x\.db: the index is gone, but .*blobs has 1 held messages; put the index back"):
        binding.refuse_lost_index(store, store.root, "x.db")
    shutil.rmtree(house.directory / "blobs")
    fresh = FileBlobs(house.directory / "blobs", reserve=0)
    fresh.set_mark("x")
    binding.refuse_lost_index(fresh, fresh.root, "x.db")


def test_looking_changes_nothing(house: House, held: Held) -> None:
    bind(house)
    held()
    before = QuarantinedMessage.objects.count(), AuditRecord.objects.count()
    bind(house)
    assert (QuarantinedMessage.objects.count(), AuditRecord.objects.count()) == before
    assert not connection.in_atomic_block
