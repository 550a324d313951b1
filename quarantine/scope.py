"""How much of a held message a release is about: which of its recipients, and without which of its parts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gateway.model.address import Mailbox
from quarantine.custodian import Custodian
from quarantine.lifecycle import Refusal, Refused
from quarantine.models import QuarantinedMessage
from quarantine.parts import parts

NO_RECIPIENT = Refusal("NO-RECIPIENT", "the message is not held for one of these recipients, or it was delivered to them already")
NO_PART = Refusal("NO-PART", "the message has no such part that could be left out")
MOST = 1000                              # recipients or parts of one request


@dataclass(frozen=True, slots=True)
class Scope:
    """`recipients` are Mailbox.key, none is everybody; `without` are labels of parts, none leaves the octets alone."""

    recipients: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def within(self, other: Scope) -> bool:
        """Who agreed to `other` agreed to this: no further recipient, no part that was to be left out."""
        people = not other.recipients or (bool(self.recipients) and set(self.recipients) <= set(other.recipients))
        return people and set(other.without) <= set(self.without)

    def said(self) -> dict[str, list[str]]:
        """For the audit record; nothing where it is the whole message for everybody."""
        told = {"recipients": list(self.recipients), "without": list(self.without)}
        return {name: value for name, value in told.items() if value}


EVERYTHING = Scope()


def scope_of(recipients: Iterable[Any] | None, without: Iterable[Any] | None) -> Scope | None:
    """As it stands in a request of the desk; None where neither is there: then it is as it was asked for."""
    if not recipients and not without:
        return None
    keys = (Mailbox.parse(str(one)).key for one in list(recipients or ())[:MOST])
    return Scope(tuple(dict.fromkeys(keys)), tuple(dict.fromkeys(str(one) for one in list(without or ())[:MOST])))


def checked(custody: Custodian, row: QuarantinedMessage, scope: Scope) -> Scope:
    """The scope, where the message has these recipients and parts. Raises Refused."""
    if scope.recipients:
        waiting = set(row.recipients.exclude(outcome="delivered").values_list("key", flat=True))
        if not set(scope.recipients) <= waiting:
            raise Refused(NO_RECIPIENT)
    if scope.without and not set(scope.without) <= set(parts(custody.detail(row).get("inspection", {}))):
        raise Refused(NO_PART)
    return scope
