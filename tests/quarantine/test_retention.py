from __future__ import annotations

import os

import pytest

from gateway.model.custody import OutgoingMail
from quarantine import keys
from quarantine.lifecycle import Refused
from quarantine.models import AuditRecord, OutboxEntry, QuarantinedMessage
from quarantine.service import QuarantineService
from tests.builders.custody import ADMIN, ROOT, START, FakeClock, Held, House, leak, octets


def row(id: str) -> QuarantinedMessage:
    return QuarantinedMessage.objects.get(pk=id)


def test_expiry_destroys_and_can_be_repeated(service: QuarantineService, held: Held, clock: FakeClock, house: House) -> None:
    open_, denied, kept, going = held(), held(), held(), held(leak)
    service.deny(ROOT, denied, "no")
    service.hold(ADMIN, kept, "court")
    service.release(ROOT, going, "go")
    old = {id: (bytes(row(id).wrapped_key), row(id).blob) for id in (open_, denied)}
    clock.forward(days=89)
    assert service.expire() == 0, "not a day too early"
    clock.forward(days=2)
    assert service.expire() == 2 and service.expire() == 0
    assert [row(i).status for i in (open_, denied, kept, going)] == ["expired", "purged", "held", "releasing"]
    assert row(denied).ended_as == "denied"
    assert ("expired", open_, "", "") in house.answers.told
    files = b"".join(p.read_bytes() for p in house.directory.rglob("*") if p.is_file())
    for id, (wrapped, blob) in old.items():
        assert not (house.directory / "blobs" / blob).exists()
        assert wrapped not in files, "the wrapped key is gone from database and log"
        with pytest.raises(Refused, match="destroyed"):
            service.export_raw(ROOT, id, "x")
    service.lift(ADMIN, kept, "over")
    assert service.expire() == 1


@pytest.mark.parametrize("days", [-400, -1 / 24, 1 / 24])
def test_a_clock_jump_expires_nothing_too_early_and_keeps_the_chain(service: QuarantineService, held: Held, clock: FakeClock,
                                                                    days: float) -> None:
    id = held()
    clock.forward(days=days)
    second = held()
    assert service.expire() == 0 and row(second).expires_at >= row(second).received_at + service.settings.retain
    service.deny(ROOT, id, "no")
    assert service.audit_verify(ROOT).flaws == ()
    assert list(AuditRecord.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3]


def test_a_purge_cut_off_before_the_file_is_removed(house: House, held: Held, clock: FakeClock) -> None:
    class Crash(BaseException):
        pass

    def failpoint(name: str) -> None:
        if name == "purge-before-remove":
            raise Crash
    id = held()
    clock.forward(days=91)
    with pytest.raises(Crash):
        house.again(failpoint=failpoint).expire()
    after = house.again()
    assert row(id).status == "expired" and len(list(after.blobs.names())) == 1
    clock.forward(days=400)
    assert after.sweep() == 1 and not list(after.blobs.names())


def test_the_audit_chain_is_verified_after_a_rotation_too(service: QuarantineService, held: Held, house: House) -> None:
    held()
    old = service.ring.current.id
    assert service.checkpoint(force=True) is not None
    service.replace_ring(keys.add_key(house.key_file, START))
    while service.rewrap():
        pass
    assert service.keys_in_use() == {old, service.ring.current.id}
    assert keys.forget_keys(house.key_file, service.keys_in_use()) == ()
    assert house.again().audit_verify(ROOT).flaws == ()


def test_rotation(service: QuarantineService, held: Held, house: House) -> None:
    ids = [held(data=octets(f"{n}")) for n in range(7)]
    with service.transaction():
        service.enqueue(OutgoingMail("a@b.example", b"x", "notice"), None, "ready")
    old = service.ring.current.id
    service.replace_ring(keys.add_key(house.key_file, START))
    new = service.ring.current.id
    assert service.keys_in_use() == {old}
    rounds = [service.rewrap(batch=3) for _ in range(4)]
    assert rounds == [3, 3, 3, 0] and service.keys_in_use() == {new}
    assert keys.forget_keys(house.key_file, service.keys_in_use()) == (old,)
    service = house.again()
    for n, id in enumerate(ids):
        content = service.export_raw(ROOT, id, "x")
        assert os.pread(content.fd, 1 << 16, 0) == octets(f"{n}")
        os.close(content.fd)
    with pytest.raises(keys.KeyProblem, match="is not in the key file"):
        service.ring.key(old)


def test_only_the_system_maintains(service: QuarantineService) -> None:
    with pytest.raises(Refused):
        service.maintain(ADMIN, "keys")
    service.maintain(ROOT, "keys")


def test_what_is_long_over_is_forgotten(service: QuarantineService, clock: FakeClock) -> None:
    with service.transaction():
        id = service.enqueue(OutgoingMail("a@b.example", b"x", "notice"), None, "ready")
    service.queue_drop(ROOT, id, "no")
    clock.forward(days=29)
    service.sweep()
    assert OutboxEntry.objects.count() == 1
    clock.forward(days=2)
    service.sweep()
    assert OutboxEntry.objects.count() == 0
