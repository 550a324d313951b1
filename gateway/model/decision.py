"""What we do with a message, per recipient. A Decision does not act; `policy.settle` turns decisions into actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cached_property

from gateway.model.finding import Verdict
from gateway.model.transaction import Recipient


class Disposition(IntEnum):
    """Ordered by strength; several rules join to the strongest, so their order never matters."""

    DELIVER = 0
    ANNOTATE = 1
    STRIP = 2
    HOLD = 3
    QUARANTINE = 4
    REJECT = 5
    DEFER = 9                            # our own fault: the sender tries again

    @cached_property
    def word(self) -> str:
        return self.name.lower()


class Party(StrEnum):
    """Who is told."""

    RECIPIENT = "recipient"
    SENDER = "sender"
    OWNER = "owner"
    SUPERVISOR = "supervisor"


class Kind(StrEnum):
    """Why a message is in custody."""

    THREAT = "threat"
    LEAK = "leak"
    UNINSPECTABLE = "uninspectable"


@dataclass(frozen=True, slots=True)
class RuleHit:
    """One line of the trace: a rule, whether it matched, and what it would do."""

    rule: str
    matched: bool
    disposition: Disposition
    why: str = ""                        # the condition that matched or failed, in policy words


@dataclass(frozen=True, slots=True)
class Decision:
    recipient: Recipient
    disposition: Disposition
    verdict: Verdict
    rule: str = ""                       # id of the deciding rule, "" for the default delivery
    notify: tuple[Party, ...] = ()
    approvals: int = 1                   # needed for a release
    tags: tuple[str, ...] = ()           # annotations
    exception: str = ""                  # id of the exception that lowered it
    trace: tuple[RuleHit, ...] = field(default=())
    policy_version: str = ""
