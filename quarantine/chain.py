"""The audit chain as arithmetic: records follow one another by SHA-256, checkpoints sign where the chain stood.

No database and no key file: the same walk verifies the tables of a custody and an exported file on another machine.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

START = "0" * 64
FIELDS = ("node", "seq", "at", "actor", "via", "system", "action", "message_id", "detail")
CHECKPOINT = "checkpoint"                # the action of the record that follows a checkpoint and names it

Row = Mapping[str, Any]
Signed = Callable[[Row], bool]           # whether a checkpoint's signature is right


def canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(record: Row, previous: str) -> str:
    """SHA-256 over the previous digest and the record in canonical JSON; anybody can recompute it from an export."""
    return hashlib.sha256(f"{previous}\n{canonical({f: record[f] for f in FIELDS})}".encode()).hexdigest()


def statement(node: str, seq: int, last: str, at: str = "") -> bytes:
    """What a checkpoint signs."""
    return canonical(["sekisho audit", node, seq, last, at]).encode()


def ending(ends: Iterable[tuple[str, int, str]]) -> bytes:
    """What the last line of an export signs: each node's last record."""
    return canonical(["sekisho audit export", [list(end) for end in ends]]).encode()


def right(public_key: str, signature: str, said: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), said)
    except (InvalidSignature, ValueError):
        return False
    return True


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


@dataclass(slots=True)
class Walk:
    """One node's chain, each record and checkpoint once and in order of `seq`; memory does not grow with its length."""

    node: str
    signed: Signed
    outside: dict[int, list[str]] = field(default_factory=dict)      # digests that checkpoints kept elsewhere have seen
    seq: int = 0
    last: str = START
    checkpoints: int = 0
    passed: tuple[int, str] = (0, "")    # the last checkpoint: its record and its signature
    flaw: Flaw | None = None

    def record(self, row: Row) -> None:
        """The next record. After a flaw nothing is looked at any more."""
        if self.flaw is None:
            self.flaw = self._wrong(row)
        if self.flaw is None:
            self.seq, self.last = self.seq + 1, row["digest"]
            if any(not hmac.compare_digest(self.last, said) for said in self.outside.pop(self.seq, ())):
                self.flaw = self._at(self.seq, "the record differs from a checkpoint kept elsewhere: the chain was rewritten")

    def _wrong(self, row: Row) -> Flaw | None:
        seq = self.seq + 1
        if row["seq"] != seq:
            return self._at(seq, f"record {seq} is missing")
        if row["previous"] != self.last:
            return self._at(seq, "the record does not follow the one before it")
        if row["digest"] != digest(row, self.last):
            return self._at(seq, "the record was changed")
        return self._announced(row) if row["action"] == CHECKPOINT else None

    def _announced(self, row: Row) -> Flaw | None:
        """The chain itself remembers each checkpoint: one that is gone is missed."""
        said = json.loads(row["detail"])
        if (said.get("seq"), said.get("signature")) == self.passed:
            return None
        return self._at(int(said.get("seq", 0)), "the checkpoint after this record is missing")

    def checkpoint(self, row: Row) -> None:
        """A checkpoint, after the record that it signs and before the next one."""
        if self.flaw is not None:
            return
        self.checkpoints += 1
        seq = int(row["seq"])
        if not self.signed(row):
            self.flaw = self._at(seq, "the signature of a checkpoint is wrong")
        elif seq > self.seq:
            self.flaw = self._at(self.seq + 1, f"the chain is cut: a checkpoint has seen record {seq}")
        elif not hmac.compare_digest(self.last, str(row["digest"])):
            self.flaw = self._at(seq, "the record differs from a checkpoint: the chain was rewritten")
        self.passed = (seq, str(row["signature"]))

    def end(self) -> Flaw | None:
        """After the last of them."""
        if self.flaw is None and self.outside:
            self.flaw = self._at(self.seq + 1, f"the chain is cut: a checkpoint kept elsewhere has seen record {max(self.outside)}")
        return self.flaw

    def _at(self, seq: int, text: str) -> Flaw:
        return Flaw(self.node, seq, text)


def merged(records: Iterator[Row], checkpoints: Iterator[Row]) -> Iterator[tuple[bool, Row]]:
    """Both of one node in the order in which they were made; True for a record."""
    checkpoint = next(checkpoints, None)
    for row in records:
        while checkpoint is not None and checkpoint["seq"] < row["seq"]:
            yield False, checkpoint
            checkpoint = next(checkpoints, None)
        yield True, row
    while checkpoint is not None:
        yield False, checkpoint
        checkpoint = next(checkpoints, None)


def verify_export(lines: Iterable[Row], trusted: frozenset[str]) -> tuple[Verified, frozenset[str]]:
    """An exported file, line by line, and the public keys it was signed with. `trusted` are keys in hexadecimal that the
    reader has from elsewhere; without any, the file's own are taken: it is then whole, but anybody may have made it."""
    keys: set[str] = set()
    walks: dict[str, Walk] = {}
    closed = False

    def signed(row: Row) -> bool:
        key = str(row.get("public_key", ""))
        keys.add(key)
        said = statement(row["node"], int(row["seq"]), str(row["digest"]), str(row["at"]))
        return (not trusted or key in trusted) and right(key, str(row["signature"]), said)

    for row in lines:
        if row["type"] == "end":
            ends = [(w.node, w.seq, w.last) for w in walks.values()]
            key = str(row["public_key"])
            closed = (not trusted or key in trusted) and right(key, str(row["signature"]), ending(ends))
            continue
        walk = walks.setdefault(str(row["node"]), Walk(str(row["node"]), signed))
        (walk.record if row["type"] == "record" else walk.checkpoint)(row)
    flaws = [flaw for walk in walks.values() if (flaw := walk.end()) is not None]
    if not closed and not flaws:
        last = next(reversed(walks.values()), None)
        flaws = [Flaw(last.node if last else "", last.seq + 1 if last else 1, "the export is cut, or its last line is forged")]
    return Verified(sum(w.seq for w in walks.values()), sum(w.checkpoints for w in walks.values()), tuple(flaws)), frozenset(keys)
