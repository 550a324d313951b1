from __future__ import annotations

from datetime import timedelta

from quarantine import keys
from quarantine.models import QuarantinedMessage, SearchKey
from quarantine.reading import Query
from quarantine.service import QuarantineService
from tests.builders.custody import ANNA, MARKER, ROOT, START, FakeClock, Held, House, admission


def found(service: QuarantineService, **query: object) -> list[str]:
    return [m["id"] for m in service.find(ROOT, Query(**query)).messages]  # type: ignore[arg-type]


def test_every_message_has_its_number(house: House, held: Held) -> None:
    ids = [held(), held()]
    places = dict(QuarantinedMessage.objects.values_list("pk", "place"))
    assert places[ids[0]] < places[ids[1]] and SearchKey.objects.count() == 1
    assert house.service._terms is not None
    again = house.again()
    assert found(again, text="機密") == found(house.service, text="機密") != []


def test_nothing_of_a_mail_can_be_read_in_the_file(house: House, held: Held) -> None:
    held(make=lambda data, **c: admission(data, subject=f"絶密計画 {MARKER}", sender="stranger@else.example", **c))
    raw = b"".join(p.read_bytes() for p in house.directory.glob("quarantine.sqlite*"))
    for text in ("絶密", "計画", MARKER):
        assert text.encode() not in raw, text


def test_a_destroyed_message_is_not_found_by_what_it_said(service: QuarantineService, held: Held) -> None:
    id = held()
    assert found(service, text="機密") == [id]
    service.delete(ANNA, id, "not needed")
    assert found(service, text="機密") == [] and found(service, kind=("threat",)) == [id]


def test_a_dropped_message_leaves_no_terms(service: QuarantineService, held: Held) -> None:
    service.drop(held(pending=True))
    assert found(service, kind=("threat",)) == []


def test_mail_of_an_older_version_is_taken_up(service: QuarantineService, held: Held) -> None:
    ids = [held(received_at=START - timedelta(hours=2)), held(received_at=START - timedelta(hours=1))]
    service.delete(ANNA, ids[0], "x")
    QuarantinedMessage.objects.update(place=None)
    assert found(service, text="機密") == []
    newest = held()
    assert service.catch_up(1) == 1 and service.catch_up() == 1 and service.catch_up() == 0
    assert found(service, text="機密") == [newest, ids[1]] and found(service, kind=("threat",)) == [newest, *reversed(ids)]


def test_a_new_master_key_changes_nothing_that_is_found(house: House, held: Held, clock: FakeClock) -> None:
    id = held()
    old = house.service.ring.current.id
    house.service.replace_ring(keys.add_key(house.key_file, START))
    while house.service.rewrap():
        continue
    assert SearchKey.objects.get().key_id == house.service.ring.current.id != old and old not in house.service.keys_in_use() - {old}
    assert found(house.again(), text="機密") == [id]


def test_a_status_that_changes_is_found(service: QuarantineService, held: Held) -> None:
    """Each way through its life, by the index and by the row."""
    def by_status(*statuses: str) -> list[str]:
        return sorted(found(service, kind=("threat",), status=statuses))

    pending, denied, deleted = held(pending=True), held(), held()
    assert by_status("pending") == [pending] and by_status("held") == sorted([denied, deleted])
    service.confirm(pending)
    service.deny(ANNA, denied, "no")
    service.delete(ANNA, deleted, "not needed")
    assert by_status("held") == [pending] and by_status("denied") == [denied] and by_status("purged") == [deleted]
    service.request(ANNA, pending, "needed")
    assert by_status("release_requested") == [pending] and by_status("held", "pending") == []
    assert service.count(ANNA, Query(kind=("threat",))) == {"release_requested": 1, "denied": 1, "purged": 1}


def test_what_is_pending_while_an_older_index_is_taken_up(service: QuarantineService, held: Held) -> None:
    id = held(pending=True)
    QuarantinedMessage.objects.update(place=None)
    assert service.catch_up() == 1
    service.confirm(id)
    assert found(service, kind=("threat",), status=("held",)) == [id]
