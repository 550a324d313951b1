"""Held mail judged again with a password: what became known is written down, and what is clean may leave."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gateway.model.custody import Actor, Admission, Status
from gateway.model.decision import Kind
from quarantine.access import Act
from quarantine.custodian import KEEPER, Content
from quarantine.decisions import Decisions
from quarantine.intake import something_locked
from quarantine.lifecycle import OPEN, REFUSALS, Refused, but
from quarantine.models import QuarantinedMessage
from quarantine.words import RECHECKS, Words

OPENED = "opened with a password and found clean"
PASSWORDS = 64                           # kept sealed with a message
LEAVES = (Status.HELD, Status.RELEASE_REQUESTED)


class Opened(StrEnum):
    """What came of judging a held message again."""

    LOCKED = "locked"                    # no password fits; nothing was changed
    HELD = "held"                        # something was opened, and what is known now keeps it held
    CLEAN = "clean"                      # all was opened, and nothing holds it any more; somebody may release it
    RELEASED = "released"                # the same, and it leaves by itself


@dataclass(frozen=True, slots=True)
class Judged:
    """The new judgement, as the stored form wants it. `kind` is what it is held for; it counts only where `holds`."""

    holds: bool
    kind: Kind
    verdict: str
    disposition: str
    rule: str
    approvals: int
    inspection: Mapping[str, Any]
    persons: int = 0
    identifiers: Mapping[str, int] | None = None


class Rejudging(Decisions, Words):

    def to_recheck(self, limit: int = 20) -> list[str]:
        """Held messages for which a word came that may open them, what was tried least first."""
        with self.reading():
            rows = QuarantinedMessage.objects.filter(recheck=True).exclude(status__in=but(OPEN)).order_by(
                "rechecks", "admitted_at", "pk")
            return [str(id) for id in rows.values_list("pk", flat=True)[:limit]]

    def words_for(self, id: str) -> tuple[str, ...]:
        """Words that were announced between the people of a held message. Raises Refused(NOT_FOUND)."""
        row = self.load(id)
        return self.words_between(row.sender, list(row.recipients.values_list("address", flat=True)))

    def unlock(self, actor: Actor, id: str) -> Content:
        """The octets of an open message for a new judgement by somebody who may ask for its release."""
        row = self.load(id)
        self.allowed(actor, Act.REQUEST, row)
        if Status(row.status) not in OPEN:
            raise Refused(REFUSALS[Status(row.status)])
        return self.content(row)

    def rechecked(self, id: str, tried: bool, again: bool = False, known: Collection[str] | None = None) -> bool:
        """The mark is taken off, unless `again`, or a word came that is not among the `known` ones, which were looked at: it found
        the mark there and set none; whether it did. `tried` counts it, so that a flood of words is not one of judgements."""
        with self.transaction():
            row = QuarantinedMessage.objects.filter(pk=id).first()
            if row is None:
                return False
            count = min(row.rechecks + tried, RECHECKS)
            came = known is not None and count < RECHECKS and not set(self.words_for(id)).issubset(known)
            QuarantinedMessage.objects.filter(pk=id).update(recheck=again or came, rechecks=count)
            return came

    def judged_again(self, actor: Actor, id: str, judged: Judged, passwords: Sequence[str]) -> Opened:
        """Write down what the new judgement says. Raises Refused where the message was decided meanwhile."""
        with self.transaction():
            row = self.load(id)
            self.allowed(actor, Act.REQUEST, row)
            if Status(row.status) not in OPEN:
                raise Refused(REFUSALS[Status(row.status)])
            before = self.detail(row)
            if not _more_is_known(before["inspection"], judged.inspection):
                self.record(actor, "rejudge", id, outcome=Opened.LOCKED.value)
                return Opened.LOCKED
            alone = row.kind == Kind.UNINSPECTABLE and Status(row.status) in LEAVES
            self._write_judged(row, before, judged, passwords)
            outcome = self._outcome_of(row, judged, alone)
            codes = sorted({str(f["code"]) for f in judged.inspection.get("findings", ())})[:50]
            self.record(actor, "rejudge", id, outcome=outcome.value, verdict=judged.verdict, rule=judged.rule, findings=codes)
            if outcome is Opened.RELEASED:
                self.release(KEEPER, id, OPENED)
        return outcome

    def _outcome_of(self, row: QuarantinedMessage, judged: Judged, alone: bool) -> Opened:
        if judged.holds:
            return Opened.HELD
        return Opened.RELEASED if alone and self.settings.release_opened else Opened.CLEAN

    def _write_judged(self, row: QuarantinedMessage, detail: dict[str, Any], judged: Judged, passwords: Sequence[str]) -> None:
        known = dict.fromkeys((*passwords, *detail.get("passwords", ())))
        locked = something_locked(judged.inspection)
        values: dict[str, Any] = {"verdict": judged.verdict, "locked": locked, "persons": judged.persons,
                                  "identifiers": dict(judged.identifiers or {}), "changed_at": self.now()}
        if judged.holds:
            values |= {"kind": judged.kind.value, "disposition": judged.disposition, "reason": judged.rule[:200],
                       "approvals": judged.approvals}
        else:
            values["note"] = OPENED
        kept = detail | {name: values[name] for name in ("verdict", "persons", "identifiers", "kind", "disposition", "reason",
                                                         "approvals") if name in values}
        kept |= {"inspection": dict(judged.inspection), "passwords": list(known)[:PASSWORDS]}
        values["detail"] = self.keys(row).seal_detail(json.dumps(kept).encode())
        if not QuarantinedMessage.objects.filter(pk=row.pk, status=row.status).update(**values):
            row.refresh_from_db()
            raise Refused(REFUSALS[Status(row.status)])
        self.reindex(row, kept)


def offered(admission: Admission, passwords: Sequence[str]) -> tuple[str, ...]:
    """What to try: the new words, and those that opened something of it before."""
    return tuple(dict.fromkeys((*passwords, *admission.passwords)))


def _more_is_known(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Something was opened: less is locked, or there is more in it (another lock behind the first one)."""
    return _locks(now) < _locks(before) or len(now.get("artifacts", ())) > len(before.get("artifacts", ()))


def _locks(inspection: Mapping[str, Any]) -> int:
    return sum(i.get("code") == "ENCRYPTED" for i in inspection.get("incidents", ()))
