"""The audit log: a hash chain a node, its end under a keyed code, and signed checkpoints that also leave the house.

`verify` names the first record that was changed, removed, swapped or put in. The end cannot be cut or rewritten without
the key (AuditHead); a restored older database is found against a checkpoint kept elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.model.custody import Actor
from quarantine.keys import KeyRing
from quarantine.models import AuditHead, AuditRecord, Checkpoint

START = "0" * 64
EVERY_RECORDS = 1000
EVERY_SECONDS = 60.0
FIELDS = ("node", "seq", "at", "actor", "via", "system", "action", "message_id", "detail")


def canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(record: Mapping[str, Any], previous: str) -> str:
    """SHA-256 over the previous digest and the record in canonical JSON; anybody can recompute it from an export."""
    return hashlib.sha256(f"{previous}\n{canonical({f: record[f] for f in FIELDS})}".encode()).hexdigest()


def statement(node: str, seq: int, last: str, at: str = "") -> bytes:
    return canonical(["sekisho audit", node, seq, last, at]).encode()


class Ledger:
    """Appends to one node's chain. Records wait here until the surrounding transaction calls `flush`."""

    def __init__(self, node: str) -> None:
        self.node = node
        self.waiting: list[AuditRecord] = []

    def append(self, actor: Actor, action: str, message_id: str, at: datetime, detail: Mapping[str, Any]) -> None:
        self.waiting.append(AuditRecord(
            node=self.node, at=at.astimezone(UTC).isoformat(timespec="milliseconds"), actor=actor.name, via=actor.via,
            system=actor.system, action=action, message_id=message_id, detail=canonical(dict(detail))))

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


def write_checkpoint(ring: KeyRing, node: str, now: datetime) -> Checkpoint | None:
    """Sign the chain's present end; None where nothing was added since the last checkpoint."""
    head = AuditHead.objects.filter(node=node).first()
    last = Checkpoint.objects.filter(node=node).order_by("-seq").first()
    if head is None or (last is not None and last.seq >= head.seq):
        return None
    at = now.astimezone(UTC).isoformat(timespec="milliseconds")
    signature = signer(ring).sign(statement(node, head.seq, head.digest, at)).hex()
    return Checkpoint.objects.create(
        node=node, seq=head.seq, digest=head.digest, at=at, key_id=ring.current.id, signature=signature)


def checkpoint_due(node: str, now: datetime) -> bool:
    head = AuditHead.objects.filter(node=node).first()
    if head is None:
        return False
    last = Checkpoint.objects.filter(node=node).order_by("-seq").first()
    if last is None:
        return True
    waited = abs((now - datetime.fromisoformat(last.at)).total_seconds())      # abs: a clock set back must not stop it
    return head.seq - last.seq >= EVERY_RECORDS or (head.seq > last.seq and waited >= EVERY_SECONDS)


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first thing that is wrong with a chain."""

    node: str
    seq: int
    text: str


@dataclass(frozen=True, slots=True)
class Verified:
    records: int
    checkpoints: int
    flaws: tuple[Flaw, ...]              # the first of each node


def verify(ring: KeyRing, outside: Sequence[Mapping[str, Any]] = ()) -> Verified:
    """Check every node's chain, its checkpoints, and those kept `outside` (rows of the event log or of an export)."""
    nodes = set(AuditRecord.objects.values_list("node", flat=True).distinct())
    nodes |= set(AuditHead.objects.values_list("node", flat=True)) | set(Checkpoint.objects.values_list("node", flat=True))
    nodes |= {str(c["node"]) for c in outside}
    flaws, records, checkpoints = [], 0, 0
    for node in sorted(nodes):
        kept = [*Checkpoint.objects.filter(node=node).order_by("seq").values(), *(c for c in outside if c["node"] == node)]
        flaw, count = _verify_node(ring, node, kept)
        records, checkpoints = records + count, checkpoints + len(kept)
        flaws += [flaw] if flaw else []
    return Verified(records, checkpoints, tuple(flaws))


class Follower:
    """Verifies one node's chain as it grows, each record once. Call it inside a snapshot."""

    def __init__(self, node: str) -> None:
        self.node, self.seq, self.last = node, 0, START
        self.flaw: Flaw | None = None

    def verify(self, ring: KeyRing) -> Flaw | None:
        """What is wrong with the chain up to its present end; from then on nothing is read any more."""
        records = AuditRecord.objects.filter(node=self.node, seq__gt=self.seq).order_by("seq")
        for record in records.values().iterator(chunk_size=2000):
            self.flaw = _link(self.node, record, self.seq + 1, self.last)
            if self.flaw is not None:
                return self.flaw
            self.seq, self.last = record["seq"], record["digest"]
        self.flaw = _verify_end(ring, self.node, self.seq, self.last)
        return self.flaw


def _verify_node(ring: KeyRing, node: str, checkpoints: Sequence[Mapping[str, Any]]) -> tuple[Flaw | None, int]:
    wanted: dict[int, list[str]] = {}
    for checkpoint in checkpoints:
        if not _signed(ring, checkpoint):
            return Flaw(node, int(checkpoint["seq"]), "the signature of a checkpoint is wrong"), 0
        wanted.setdefault(int(checkpoint["seq"]), []).append(str(checkpoint["digest"]))
    seq, last = 0, START
    for record in AuditRecord.objects.filter(node=node).order_by("seq").values().iterator(chunk_size=2000):
        seq += 1
        flaw = _link(node, record, seq, last)
        if flaw is not None:
            return flaw, seq
        last = record["digest"]
        if any(not hmac.compare_digest(last, digest) for digest in wanted.pop(seq, ())):
            return Flaw(node, seq, "the record differs from a checkpoint"), seq
    if wanted:
        return Flaw(node, seq + 1, f"the chain is cut: a checkpoint has seen record {max(wanted)}"), seq
    return _verify_end(ring, node, seq, last), seq


def _link(node: str, record: Mapping[str, Any], seq: int, last: str) -> Flaw | None:
    if record["seq"] != seq:
        return Flaw(node, seq, f"record {seq} is missing")
    if record["previous"] != last:
        return Flaw(node, seq, "the record does not follow the one before it")
    if record["digest"] != digest(record, last):
        return Flaw(node, seq, "the record was changed")
    return None


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
    try:
        signer(ring, checkpoint["key_id"]).public_key().verify(bytes.fromhex(checkpoint["signature"]), said)
    except (InvalidSignature, ValueError):
        return False
    return True


def export(ring: KeyRing) -> Iterator[dict[str, Any]]:
    """Every record and checkpoint as one JSON object each, with what is needed to check them without the key file."""
    for record in AuditRecord.objects.order_by("node", "seq").values(*FIELDS, "previous", "digest").iterator(chunk_size=2000):
        yield {"type": "record", **record}
    for checkpoint in Checkpoint.objects.order_by("node", "seq").values("node", "seq", "digest", "at", "key_id", "signature"):
        known = checkpoint["key_id"] in ring
        yield {"type": "checkpoint", **checkpoint, "public_key": public_key(ring, checkpoint["key_id"]) if known else ""}


def checkpoint_event(checkpoint: Checkpoint) -> dict[str, Any]:
    """What leaves the house: the fields that `verify` takes as `outside`."""
    return {f: getattr(checkpoint, f) for f in ("node", "seq", "digest", "at", "key_id", "signature")}


def outside_checkpoints(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The checkpoints among the lines of an event log or an export."""
    return [r for r in rows if r.get("event") == "audit-checkpoint" or r.get("type") == "checkpoint"]
