"""The audit log: a hash chain a node, its end under a keyed code, and signed checkpoints that also leave the house.

`verify` names the first record that was changed, removed, swapped or put in, and the first checkpoint that is gone. The end
cannot be cut or rewritten without the key (AuditHead); a restored older database is found against a checkpoint kept elsewhere.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.model.custody import Actor
from quarantine.chain import (
    CHECKPOINT,
    FIELDS,
    START,
    Flaw,
    Verified,
    Walk,
    canonical,
    digest,
    ending,
    merged,
    right,
    statement,
)
from quarantine.database import storable
from quarantine.keys import KeyRing
from quarantine.models import AuditHead, AuditRecord, Checkpoint

__all__ = ("CHECKPOINT", "FIELDS", "START", "Flaw", "Verified", "canonical", "digest", "statement")
EVERY_RECORDS = 1000
EVERY_SECONDS = 60.0
CHUNK = 2000


class Ledger:
    """Appends to one node's chain. Records wait here until the surrounding transaction calls `flush`."""

    def __init__(self, node: str) -> None:
        self.node = node
        self.waiting: list[AuditRecord] = []

    def append(self, actor: Actor, action: str, message_id: str, at: datetime, detail: Mapping[str, Any]) -> None:
        self.waiting.append(AuditRecord(
            node=self.node, at=at.astimezone(UTC).isoformat(timespec="milliseconds"), actor=storable(actor.name), via=actor.via,
            system=actor.system, action=action, message_id=message_id, detail=storable(canonical(dict(detail)))))

    def mark(self) -> int:
        return len(self.waiting)

    def take_back(self, mark: int) -> None:
        del self.waiting[mark:]

    def flush(self, ring: KeyRing) -> None:
        """Chain and write what waits; inside the caller's transaction, which holds the write lock."""
        if not self.waiting:
            return
        head = AuditHead.objects.select_for_update().filter(node=self.node).first()
        seq, last = (head.seq, head.digest) if head else (0, START)
        for record in self.waiting:
            seq += 1
            record.seq, record.previous = seq, last
            record.digest = last = digest(vars(record), last)
        AuditRecord.objects.bulk_create(self.waiting)
        code = ring.code("audit-code", statement(self.node, seq, last))
        values = {"seq": seq, "digest": last, "key_id": ring.current.id, "code": code}
        if head is None:
            AuditHead.objects.create(node=self.node, **values)
        else:
            AuditHead.objects.filter(node=self.node).update(**values)
        self.waiting.clear()


def signer(ring: KeyRing, key_id: str | None = None) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(ring.subkey("audit-sign", key_id))


def public_key(ring: KeyRing, key_id: str | None = None) -> str:
    return signer(ring, key_id).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def unsigned(node: str) -> tuple[AuditHead | None, Checkpoint | None, int]:
    """The chain's end, its last checkpoint, and how many records came after it; the checkpoint's own record does not count."""
    head = AuditHead.objects.filter(node=node).first()
    last = Checkpoint.objects.filter(node=node).order_by("-seq").first()
    if head is None or last is None:
        return head, last, head.seq if head else 0
    own = AuditRecord.objects.filter(node=node, seq__gt=last.seq, action=CHECKPOINT).exists()
    return head, last, head.seq - last.seq - int(own)


def write_checkpoint(ring: KeyRing, node: str, now: datetime) -> Checkpoint | None:
    """Sign the chain's present end; None where nothing was added since the last checkpoint."""
    head, _, added = unsigned(node)
    if head is None or added <= 0:
        return None
    at = now.astimezone(UTC).isoformat(timespec="milliseconds")
    signature = signer(ring).sign(statement(node, head.seq, head.digest, at)).hex()
    return Checkpoint.objects.create(
        node=node, seq=head.seq, digest=head.digest, at=at, key_id=ring.current.id, signature=signature)


def checkpoint_due(node: str, now: datetime) -> bool:
    head, last, added = unsigned(node)
    if head is None or added <= 0:
        return False
    if last is None:
        return True
    waited = abs((now - datetime.fromisoformat(last.at)).total_seconds())      # abs: a clock set back must not stop it
    return added >= EVERY_RECORDS or waited >= EVERY_SECONDS


def verify(ring: KeyRing, outside: Sequence[Mapping[str, Any]] = ()) -> Verified:
    """Check every node's chain, its checkpoints, and those kept `outside` (rows of the event log or of an export)."""
    walks = [_walked(ring, node, [c for c in outside if c["node"] == node]) for node in nodes(outside)]
    flaws = [w.flaw for w in walks if w.flaw is not None]
    return Verified(sum(w.seq for w in walks), sum(w.checkpoints for w in walks), tuple(flaws))


def nodes(outside: Sequence[Mapping[str, Any]] = ()) -> list[str]:
    found = set(AuditRecord.objects.values_list("node", flat=True).distinct())
    found |= set(AuditHead.objects.values_list("node", flat=True)) | set(Checkpoint.objects.values_list("node", flat=True))
    return sorted(found | {str(c["node"]) for c in outside})


def _walked(ring: KeyRing, node: str, outside: Sequence[Mapping[str, Any]]) -> Walk:
    walk = Walk(node, lambda row: _signed(ring, row))
    for one in outside:
        if not _signed(ring, one):
            walk.flaw = Flaw(node, int(one["seq"]), "the signature of a checkpoint kept elsewhere is wrong")
        walk.outside.setdefault(int(one["seq"]), []).append(str(one["digest"]))
    for is_record, row in _in_order(node):
        (walk.record if is_record else walk.checkpoint)(row)
    walk.flaw = walk.end() or _verify_end(ring, node, walk.seq, walk.last)
    return walk


def _in_order(node: str, after: int = 0) -> Iterator[tuple[bool, Mapping[str, Any]]]:
    records = AuditRecord.objects.filter(node=node, seq__gt=after).order_by("seq").values(*FIELDS, "previous", "digest")
    checkpoints = Checkpoint.objects.filter(node=node, seq__gte=after).order_by("seq").values(
        "node", "seq", "digest", "at", "key_id", "signature")
    return merged(records.iterator(chunk_size=CHUNK), checkpoints.iterator(chunk_size=CHUNK))


class Follower:
    """Verifies one node's chain as it grows, each record once. Call it inside a snapshot."""

    def __init__(self, node: str) -> None:
        self.node, self.walk = node, Walk(node, lambda row: True)

    @property
    def flaw(self) -> Flaw | None:
        return self.walk.flaw

    def verify(self, ring: KeyRing) -> Flaw | None:
        """What is wrong with the chain up to its present end; from then on nothing is read any more."""
        walk = self.walk
        walk.signed = lambda row: _signed(ring, row)
        for is_record, row in _in_order(self.node, walk.seq):
            (walk.record if is_record else walk.checkpoint)(row)
            if walk.flaw is not None:
                return walk.flaw
        walk.flaw = _verify_end(ring, self.node, walk.seq, walk.last)
        return walk.flaw


def _verify_end(ring: KeyRing, node: str, seq: int, last: str) -> Flaw | None:
    head = AuditHead.objects.filter(node=node).first()
    if head is None:
        return Flaw(node, seq + 1, "the end of the chain is not recorded") if seq else None
    if head.key_id not in ring:
        return Flaw(node, seq, f"the end is coded under key {head.key_id}, which is not in the key file")
    code = ring.code("audit-code", statement(node, head.seq, head.digest), head.key_id)
    if not hmac.compare_digest(code, head.code):
        return Flaw(node, head.seq, "the recorded end of the chain was changed")
    if head.seq > seq:
        return Flaw(node, seq + 1, f"the chain is cut: it had {head.seq} records")
    if head.seq != seq or head.digest != last:
        return Flaw(node, min(head.seq + 1, seq), "records were put at the end")
    return None


def _signed(ring: KeyRing, checkpoint: Mapping[str, Any]) -> bool:
    if checkpoint["key_id"] not in ring:
        return False
    said = statement(checkpoint["node"], int(checkpoint["seq"]), checkpoint["digest"], checkpoint["at"])
    return right(public_key(ring, checkpoint["key_id"]), str(checkpoint["signature"]), said)


def export(ring: KeyRing) -> Iterator[dict[str, Any]]:
    """Every record and checkpoint as one JSON object each, with what is needed to check them without the key file; the last
    line signs where each chain ended."""
    ends: list[tuple[str, int, str]] = []
    public = {id: public_key(ring, id) for id in ring.keys}
    for node in nodes():
        seq, last = 0, START
        for is_record, row in _in_order(node):
            if is_record:
                seq, last = row["seq"], row["digest"]
                yield {"type": "record", **row}
            else:
                yield {"type": "checkpoint", **row, "public_key": public.get(row["key_id"], "")}
        ends.append((node, seq, last))
    signature = signer(ring).sign(ending(ends)).hex()
    yield {"type": "end", "public_key": public[ring.current.id], "signature": signature}


def public_keys(ring: KeyRing) -> list[dict[str, str]]:
    """What checkpoints are verified with elsewhere: one a master key, the last one in use."""
    return [{"key_id": id, "made_at": key.made_at, "public_key": public_key(ring, id)} for id, key in ring.keys.items()]


def checkpoint_event(checkpoint: Checkpoint) -> dict[str, Any]:
    """What leaves the house: the fields that `verify` takes as `outside`."""
    return {f: getattr(checkpoint, f) for f in ("node", "seq", "digest", "at", "key_id", "signature")}


def outside_checkpoints(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The checkpoints among the lines of an event log or an export."""
    return [r for r in rows if r.get("event") == "audit-checkpoint" or r.get("type") == "checkpoint"]
