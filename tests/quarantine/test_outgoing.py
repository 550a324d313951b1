"""The outbox as a table; how it is driven stands in tests/gateway/effects/test_outbox.py."""

from __future__ import annotations

import pytest

from gateway.model.custody import OutgoingMail
from gateway.model.ports import RelayResult
from gateway.model.reply import Reply
from quarantine.lifecycle import Refused
from quarantine.models import OutboxEntry
from quarantine.outgoing import back_off
from quarantine.service import QuarantineService
from tests.builders.custody import ADMIN, ANNA, AUDITOR, ROOT, STAFF, FakeClock, Held, leak


def test_back_off_doubles_up_to_an_hour() -> None:
    assert [back_off(n).total_seconds() for n in (0, 1, 2, 3, 8, 1000)] == [30, 30, 60, 120, 3600, 3600]


def entry(service: QuarantineService) -> str:
    with service.transaction():
        return service.enqueue(OutgoingMail("王@bank.example", b"Subject: x\r\n\r\n", "notice"), None, "ready")


def test_one_sender_only(service: QuarantineService) -> None:
    id = entry(service)
    assert [d.id for d in service.due()] == [id]
    assert service.begin(id) and not service.begin(id) and service.due() == []
    mail = service.prepare(id)
    assert mail.envelope.smtputf8 and mail.envelope.reverse_path is None and mail.envelope.recipients[0].notify == "NEVER"
    assert service.finish(id, RelayResult(Reply(250, "2.0.0", "Ok"), {})) == "delivered"
    assert service.finish(id, RelayResult(Reply(550, "5.0.0", "late"), {})) == "over"
    assert service.later(id, "x") == "over" and OutboxEntry.objects.get().state == "done"


def test_found_sending_at_the_start(service: QuarantineService, held: Held) -> None:
    notice, id = entry(service), held(leak)
    service.release(ROOT, id, "go")
    assert service.begin(notice) and service.begin(id)
    assert service.recover() == 2 and service.recover() == 0
    assert {d.id for d in service.due()} >= {notice, id}
    assert service.load(id).status == "delivery_unknown"
    assert OutboxEntry.objects.get(pk=id).uncertain


def test_a_message_deleted_meanwhile_is_not_sent(service: QuarantineService, held: Held) -> None:
    id = held(leak)
    service.release(ROOT, id, "go")
    service.queue_drop(ROOT, id, "stop")
    service.delete(ROOT, id, "gone")
    OutboxEntry.objects.filter(pk=id).update(state="ready")
    assert not service.begin(id)
    assert OutboxEntry.objects.get(pk=id).state == "dropped"


@pytest.mark.parametrize(("actor", "see", "change"), [
    (ADMIN, True, True), (ANNA, True, False), (AUDITOR, True, False), (STAFF, False, False), (ROOT, True, True)])
def test_who_may(service: QuarantineService, actor, see: bool, change: bool) -> None:
    id = entry(service)
    for allowed, call in ((see, lambda: service.queue(actor)), (change, lambda: service.queue_retry(actor, id)),
                          (change, lambda: service.queue_drop(actor, id, "x"))):
        if allowed:
            call()
        else:
            with pytest.raises(Refused):
                call()


def test_refusals_of_the_queue(service: QuarantineService) -> None:
    id = entry(service)
    service.begin(id)
    codes = []
    for wanted in (id, "0" * 24):
        with pytest.raises(Refused) as caught:
            service.queue_retry(ROOT, wanted)
        codes.append(caught.value.code)
    service.finish(id, RelayResult(Reply(250, "2.0.0", "Ok"), {}))
    with pytest.raises(Refused) as caught:
        service.queue_drop(ROOT, id, "x")
    assert [*codes, caught.value.code] == ["BUSY", "NOT-FOUND", "FINISHED"]
    assert service.queue(ROOT) == [] and len(service.queue(ROOT, all_=True)) == 1


def test_what_waits_comes_first_then_what_was_last(service: QuarantineService, clock: FakeClock) -> None:
    ids = []
    for _ in range(4):
        ids.append(entry(service))
        clock.forward(minutes=1)
    for id in ids[:2]:
        assert service.begin(id)
        service.finish(id, RelayResult(Reply(250, "2.0.0", "Ok"), {}))
    assert [e["id"] for e in service.queue(ADMIN)] == ids[2:]
    assert [e["id"] for e in service.queue(ADMIN, all_=True)] == [*ids[2:], ids[1], ids[0]]
    assert [e["id"] for e in service.queue(ADMIN, all_=True, limit=3)] == [*ids[2:], ids[1]]
    assert [e["id"] for e in service.queue(ADMIN, all_=True, limit=1)] == ids[2:3]
