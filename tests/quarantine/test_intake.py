from __future__ import annotations

import os

import pytest

from gateway.model.custody import OutgoingMail
from gateway.model.errors import CustodyUnavailable
from quarantine import keys
from quarantine.models import AuditRecord, OutboxEntry, QuarantinedMessage
from quarantine.service import QuarantineService
from tests.builders.custody import START, FakeClock, Held, House, admission, memory, octets

NOTICE = OutgoingMail("staff@bank.example", b"Subject: held\r\n\r\n", "notice")


class Crash(BaseException):
    pass


def row(id: str) -> QuarantinedMessage:
    return QuarantinedMessage.objects.get(pk=id)


def test_what_is_stored(held: Held) -> None:
    one = row(held(recipients=("A@Bank.example", "b@bank.example"), identifiers={"card": 2}))
    assert (one.status, one.kind, one.direction, one.sender, one.listener) == (
        "held", "threat", "inbound", "stranger@else.example", "inbound")
    assert [(r.address, r.key) for r in one.recipients.order_by("position")] == [
        ("A@Bank.example", "a@bank.example"), ("b@bank.example", "b@bank.example")]
    assert one.identifiers == {"card": 2} and (one.expires_at - START).days == 90


@pytest.mark.parametrize("point", ["blob-before-fsync", "blob-after-fsync", "blob-after-rename", "blob-after-directory",
                                   "row-before-insert", "before-commit"])
def test_a_crash_at_any_step_of_an_admission(house: House, point: str) -> None:
    """Never a row without its blob; the retry is taken in once."""
    def failpoint(name: str) -> None:
        if name == point:
            raise Crash(name)
    broken, data = house.again(failpoint=failpoint), octets()
    with pytest.raises(Crash):
        broken.admit_now(admission(data, retry_key="k"), memory(data))
    assert QuarantinedMessage.objects.count() == 0
    after = house.again()
    after.start()
    admitted = after.admit_now(admission(data, retry_key="k"), memory(data))
    assert not admitted.duplicate
    house.clock.forward(days=400)
    after.blobs.sweep({row(admitted.id).blob}.__contains__, before=4e9)
    assert list(after.blobs.names()) == [row(admitted.id).blob]


def test_a_retry_within_and_after_the_window(held: Held, clock: FakeClock) -> None:
    first = held(retry_key="k")
    clock.forward(days=4)
    assert held(retry_key="k") == first
    clock.forward(days=2)
    assert held(retry_key="k") != first
    assert held(retry_key="") != held(retry_key="")
    assert AuditRecord.objects.filter(action="retry", message_id=first).count() == 1


def test_a_second_transaction_waiting_for_a_pending_message(service: QuarantineService, held: Held) -> None:
    """The first one's relay fails, the second one's succeeds: it is kept."""
    id = held(retry_key="k", pending=True, notices=(NOTICE,))
    assert held(retry_key="k", pending=True, notices=(NOTICE,)) == id
    service.drop(id)
    assert row(id).status == "pending"
    service.confirm(id)
    service.confirm(id)
    service.drop(id)
    assert row(id).status == "held"
    assert [e.state for e in OutboxEntry.objects.all()] == ["ready"]


def test_a_retry_held_for_everybody_confirms_the_pending_one(held: Held) -> None:
    id = held(retry_key="k", pending=True)
    assert held(retry_key="k") == id and row(id).status == "held"


def test_dropped_is_forgotten_with_its_notices(service: QuarantineService, held: Held) -> None:
    id = held(pending=True, notices=(NOTICE,))
    service.drop(id)
    service.drop(id)
    assert not QuarantinedMessage.objects.exists() and not OutboxEntry.objects.exists() and not list(service.blobs.names())
    with pytest.raises(CustodyUnavailable):
        service.confirm(id)


def test_pending_mail_whose_edge_is_gone(service: QuarantineService, held: Held, clock: FakeClock) -> None:
    old = held(pending=True)
    clock.forward(minutes=20)
    young = held(pending=True)
    assert service.keep_pending(clock.now() - service.settings.pending_limit) == 1
    assert (row(old).status, row(young).status) == ("held", "pending")
    assert service.start()["kept"] == 1


def test_the_key_changes_between_sealing_and_commit(service: QuarantineService, house: House) -> None:
    data = octets()
    staged = service.stage(admission(data), memory(data))
    service.replace_ring(keys.add_key(house.key_file, START))
    service.blobs.publish((staged.blob,))
    id = service.admit(staged).id
    assert row(id).key_id == service.ring.current.id
    os.close(service.content(row(id)).fd)
