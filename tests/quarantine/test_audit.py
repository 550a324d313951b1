"""Whatever is changed, removed, swapped, put in or cut off is found, with its number."""

from __future__ import annotations

import hashlib
import json
import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gateway.model.custody import Actor
from quarantine import audit
from quarantine.models import AuditHead, AuditRecord, Checkpoint
from quarantine.service import QuarantineService
from tests.builders.custody import ADMIN, ANNA, AUDITOR, ROOT, FakeClock, House

ACTS = 120
COUNT = ACTS + 2                         # two checkpoints, each remembered by the chain


@pytest.fixture
def chain(service: QuarantineService, clock: FakeClock) -> QuarantineService:
    for n in range(ACTS):
        with service.transaction():
            service.record(ANNA if n % 2 else ROOT, f"act-{n % 5}", "m" * 24, number=n, text="名單")
        clock.forward(seconds=1)
        if n % 50 == 49:
            service.checkpoint(force=True)
    return service


def flaw(service: QuarantineService, outside=()) -> audit.Flaw | None:
    found = audit.verify(service.ring, outside).flaws
    return found[0] if found else None


def test_a_good_chain(chain: QuarantineService) -> None:
    verified = chain.audit_verify(AUDITOR)
    assert (verified.records, verified.checkpoints, verified.flaws) == (COUNT, 2, ())


FIELDS = {"at": "2020-01-01T00:00:00.000+00:00", "actor": "nobody", "via": "api", "system": None, "action": "x", "message_id": "z",
          "detail": "{}", "previous": "f" * 64, "digest": "0" * 63 + "1", "node": "other", "seq": 10_000}


@pytest.mark.parametrize("field", FIELDS)
def test_any_changed_field_of_any_record(chain: QuarantineService, field: str) -> None:
    for seq in (1, 2, 49, 50, 51, COUNT - 1, COUNT):
        row = AuditRecord.objects.get(seq=seq)
        old = getattr(row, field)
        AuditRecord.objects.filter(pk=row.pk).update(**{field: FIELDS[field] if field != "system" else not old})
        found = flaw(chain)
        assert found is not None and found.seq in (seq, seq + 1), (field, seq, found)
        AuditRecord.objects.filter(pk=row.pk).update(**{field: old})
    assert flaw(chain) is None


def test_every_octet_class_of_random_records(chain: QuarantineService) -> None:
    """One bit of one character, 300 times: always found, always at its record."""
    dice = random.Random(7)
    for _ in range(300):
        row = AuditRecord.objects.get(seq=dice.randint(1, COUNT))
        field = dice.choice(["at", "actor", "via", "action", "message_id", "detail", "digest", "previous"])
        text = getattr(row, field) or "x"
        at = dice.randrange(len(text))
        changed = text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1:]
        AuditRecord.objects.filter(pk=row.pk).update(**{field: changed})
        found = flaw(chain)
        assert found is not None and found.seq == row.seq, (field, row.seq, found)
        AuditRecord.objects.filter(pk=row.pk).update(**{field: getattr(row, field)})


def test_a_removed_record(chain: QuarantineService) -> None:
    AuditRecord.objects.get(seq=30).delete()
    assert flaw(chain) == audit.Flaw("keeper", 30, "record 30 is missing")


def test_removed_and_renumbered(chain: QuarantineService) -> None:
    AuditRecord.objects.get(seq=30).delete()
    for row in AuditRecord.objects.filter(seq__gt=30).order_by("seq"):
        AuditRecord.objects.filter(pk=row.pk).update(seq=row.seq - 1)
    found = flaw(chain)
    assert found is not None and found.seq == 30


def test_two_swapped_records(chain: QuarantineService) -> None:
    one, two = AuditRecord.objects.get(seq=60), AuditRecord.objects.get(seq=61)
    AuditRecord.objects.filter(pk=one.pk).update(seq=999)
    AuditRecord.objects.filter(pk=two.pk).update(seq=60)
    AuditRecord.objects.filter(pk=one.pk).update(seq=61)
    found = flaw(chain)
    assert found is not None and found.seq == 60


def rechain(node: str = "keeper") -> None:
    """What somebody with the database, but without the key, can do: recompute every digest."""
    last = audit.START
    for row in AuditRecord.objects.filter(node=node).order_by("seq"):
        row.previous, row.digest = last, audit.digest(vars(row), last)
        row.save()
        last = row.digest
    AuditHead.objects.update(digest=last, seq=AuditRecord.objects.count())


@pytest.mark.parametrize("seq", [5, COUNT - 1])
def test_a_chain_computed_anew_without_the_key(chain: QuarantineService, seq: int) -> None:
    AuditRecord.objects.filter(seq=seq).update(actor="nobody")
    rechain()
    assert flaw(chain) is not None


@pytest.mark.parametrize("cut", [1, 10, 40, COUNT])
def test_a_cut_end(chain: QuarantineService, cut: int) -> None:
    AuditRecord.objects.filter(seq__gt=COUNT - cut).delete()
    found = flaw(chain)
    assert found is not None and found.seq == COUNT - cut + 1 and "cut" in found.text


def test_an_older_database_is_found_by_a_checkpoint_from_outside(chain: QuarantineService) -> None:
    outside = audit.checkpoint_event(Checkpoint.objects.order_by("-seq").first())
    head = AuditHead.objects.get()
    old = AuditRecord.objects.get(seq=70)
    Checkpoint.objects.filter(seq__gt=70).delete()
    AuditRecord.objects.filter(seq__gt=70).delete()
    head.seq, head.digest = 70, old.digest
    head.code = chain.ring.code("audit-code", audit.statement("keeper", 70, old.digest))
    head.save()                           # exactly what the database looked like then
    assert flaw(chain) is None
    found = flaw(chain, audit.outside_checkpoints([{"event": "audit-checkpoint", **outside}, {"event": "verdict"}]))
    assert found is not None and found.seq == 71


def test_a_forged_checkpoint(chain: QuarantineService) -> None:
    Checkpoint.objects.filter(seq=50).update(signature="00" * 64)
    assert flaw(chain) == audit.Flaw("keeper", 50, "the signature of a checkpoint is wrong")


def test_a_checkpoint_that_is_gone_is_missed(chain: QuarantineService) -> None:
    first, second = Checkpoint.objects.order_by("seq")
    first.delete()
    assert flaw(chain) == audit.Flaw("keeper", first.seq, "the checkpoint after this record is missing")
    Checkpoint.objects.filter(pk=second.pk).update(signature=first.signature)
    assert flaw(chain) is not None


def test_a_chain_rewritten_with_the_digests_but_not_the_key(chain: QuarantineService) -> None:
    """Everything after a change is made to fit, as root could: the checkpoints and the coded end still tell."""
    last = AuditRecord.objects.get(seq=59).digest
    for row in AuditRecord.objects.filter(seq__gte=60).order_by("seq"):
        row.actor = "somebody else"
        row.previous, row.digest = last, audit.digest(vars(row), last)
        last = row.digest
        row.save()
    found = flaw(chain)
    assert found is not None and found.seq == Checkpoint.objects.order_by("-seq")[0].seq and "rewritten" in found.text
    Checkpoint.objects.filter(seq__gt=60).delete()
    found = flaw(chain)
    assert found is not None and found.text == "the checkpoint after this record is missing"


def test_the_follower_sees_what_verify_sees(chain: QuarantineService, clock: FakeClock) -> None:
    follower = audit.Follower("keeper")
    with chain.snapshot():
        assert follower.verify(chain.ring) is None
    clock.forward(minutes=2)
    chain.note(ADMIN, "more")
    assert chain.checkpoint() is not None and chain.checkpoint() is None
    with chain.snapshot():
        assert follower.verify(chain.ring) is None and follower.walk.seq == COUNT + 2
    Checkpoint.objects.order_by("-seq")[0].delete()
    chain.note(ADMIN, "still")
    with chain.snapshot():
        assert follower.verify(chain.ring) is None, "each record once; a full verify misses it"
    assert flaw(chain) is not None


def test_half_a_character_harms_nobody_else(service: QuarantineService) -> None:
    """What somebody types must not make the batch fail that it is written with."""
    with service.transaction():
        service.record(ADMIN, "one", text="a\ud800b")
        service.record(Actor("x\udfff\0", frozenset()), "two")
    assert [(r.actor, r.detail) for r in AuditRecord.objects.order_by("seq")] == [("admin", '{"text":"a?b"}'), ("x?\ufffd", "{}")]
    assert flaw(service) is None


def test_everything_removed_at_once(chain: QuarantineService) -> None:
    AuditRecord.objects.all().delete()
    assert flaw(chain) is not None


def test_records_put_at_the_end(chain: QuarantineService) -> None:
    last = AuditRecord.objects.get(seq=COUNT)
    row = AuditRecord(node="keeper", seq=COUNT + 1, at=last.at, actor="x", via="cli", action="x", previous=last.digest)
    row.digest = audit.digest(vars(row), last.digest)
    row.save()
    assert flaw(chain) == audit.Flaw("keeper", COUNT + 1, "records were put at the end")


def test_checkpoints_come_by_count_and_time(service: QuarantineService, clock: FakeClock) -> None:
    assert service.checkpoint() is None
    service.note(ANNA, "login")
    assert service.checkpoint() is not None and service.checkpoint() is None
    service.note(ANNA, "login")
    assert service.checkpoint() is None, "neither a minute nor 1000 records"
    clock.forward(seconds=61)
    assert service.checkpoint() is not None
    clock.forward(hours=-1)
    service.note(ANNA, "login")
    assert service.checkpoint() is not None, "a clock set back does not stop them"
    with service.transaction():
        for _ in range(audit.EVERY_RECORDS):
            service.record(ANNA, "x")
    assert service.checkpoint() is not None
    assert flaw(service) is None


def test_an_export_can_be_checked_without_the_key_file(chain: QuarantineService) -> None:
    lines = [json.loads(json.dumps(row)) for row in chain.audit_export(AUDITOR)]
    last, digests = audit.START, {}
    for row in (r for r in lines if r["type"] == "record"):
        body = json.dumps({k: row[k] for k in audit.FIELDS}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert hashlib.sha256(f"{last}\n{body}".encode()).hexdigest() == row["digest"]
        last = digests[row["seq"]] = row["digest"]
    points = [r for r in lines if r["type"] == "checkpoint"]
    assert len(points) == 3, "an export is signed up to its end"
    for point in points:
        assert digests[point["seq"]] == point["digest"]
        said = audit.statement(point["node"], point["seq"], point["digest"], point["at"])
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(point["public_key"])).verify(bytes.fromhex(point["signature"]), said)


def test_a_rolled_back_transaction_leaves_no_record_and_no_gap(service: QuarantineService) -> None:
    service.note(ADMIN, "one")
    with pytest.raises(RuntimeError), service.transaction():
        service.record(ADMIN, "two")
        raise RuntimeError
    with service.transaction():
        service.record(ADMIN, "three")
        with pytest.raises(RuntimeError), service.transaction():
            service.record(ADMIN, "four")
            raise RuntimeError
    assert list(AuditRecord.objects.order_by("seq").values_list("seq", "action")) == [(1, "one"), (2, "three")]
    assert flaw(service) is None


def test_two_services_on_one_database_make_one_chain(house: House) -> None:
    other = house.again()
    for n in range(5):
        (house.service if n % 2 else other).note(ADMIN, f"act-{n}")
    assert audit.verify(other.ring).records == 5 and flaw(other) is None
