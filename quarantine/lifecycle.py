"""The life of a held message: one table (status, verb) -> next status or refusal.

Everything that changes a status goes through `step`; docs/reference/lifecycle.md is drawn from these tables.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway.model.custody import Status
from gateway.model.errors import SekishoError


class Verb(StrEnum):
    """What can happen to a held message. The second group is done by custody itself, never by a person."""

    REQUEST = "request"                  # ask for a release
    APPROVE = "approve"                  # one approval of several
    RELEASE = "release"                  # the last approval, or release by one entitled alone
    DENY = "deny"
    WITHDRAW = "withdraw"                # the sender does not want it sent any more
    RETURN = "return"                    # back to the sender with a reason
    DELETE = "delete"

    CONFIRM = "confirm"                  # the other recipients' relay succeeded
    DROP = "drop"                        # it failed: the message is forgotten
    DELIVERED = "delivered"              # the next hop took the release
    PARTLY = "partly"                    # it took it for some of the recipients, or without a part: the rest stays to be decided
    REFUSED = "refused"                  # the next hop refused it for good, or it was taken out of the outbox
    UNCERTAIN = "uncertain"              # RFC 1047: the final dot went out and no answer came
    BLOCK = "block"                      # today's signatures see something new
    EXPIRE = "expire"                    # its time ran out


PERSONAL = (Verb.REQUEST, Verb.APPROVE, Verb.RELEASE, Verb.DENY, Verb.WITHDRAW, Verb.RETURN, Verb.DELETE)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something is not done. `code` is stable; `text` is for people."""

    code: str
    text: str


class Refused(SekishoError):
    """A rule says no. The command line exits with 1, the console shows the text."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal

    @property
    def code(self) -> str:
        return self.refusal.code


NOT_FOUND = Refusal("NOT-FOUND", "there is no such message, or it is not yours to see")

TRANSITIONS: Mapping[Status, Mapping[Verb, Status]] = {
    Status.PENDING: {
        Verb.CONFIRM: Status.HELD,
        Verb.DROP: Status.PURGED,
    },
    Status.HELD: {
        Verb.CONFIRM: Status.HELD,
        Verb.REQUEST: Status.RELEASE_REQUESTED,
        Verb.APPROVE: Status.RELEASE_REQUESTED,
        Verb.RELEASE: Status.RELEASING,
        Verb.DENY: Status.DENIED,
        Verb.WITHDRAW: Status.WITHDRAWN,
        Verb.RETURN: Status.RETURNED,
        Verb.DELETE: Status.PURGED,
        Verb.EXPIRE: Status.EXPIRED,
    },
    Status.RELEASE_REQUESTED: {
        Verb.APPROVE: Status.RELEASE_REQUESTED,
        Verb.RELEASE: Status.RELEASING,
        Verb.DENY: Status.DENIED,
        Verb.WITHDRAW: Status.WITHDRAWN,
        Verb.RETURN: Status.RETURNED,
        Verb.DELETE: Status.PURGED,
        Verb.EXPIRE: Status.EXPIRED,
    },
    Status.RELEASING: {
        Verb.DELIVERED: Status.RELEASED,
        Verb.PARTLY: Status.HELD,
        Verb.REFUSED: Status.HELD,
        Verb.UNCERTAIN: Status.DELIVERY_UNKNOWN,
        Verb.BLOCK: Status.RELEASE_BLOCKED,
    },
    Status.DELIVERY_UNKNOWN: {
        Verb.RELEASE: Status.RELEASING,
        Verb.DELIVERED: Status.RELEASED,
        Verb.PARTLY: Status.HELD,
        Verb.REFUSED: Status.HELD,
        Verb.UNCERTAIN: Status.DELIVERY_UNKNOWN,
        Verb.BLOCK: Status.RELEASE_BLOCKED,
        Verb.DELETE: Status.PURGED,
    },
    Status.RELEASE_BLOCKED: {
        Verb.REQUEST: Status.RELEASE_REQUESTED,
        Verb.APPROVE: Status.RELEASE_REQUESTED,
        Verb.RELEASE: Status.RELEASING,
        Verb.DENY: Status.DENIED,
        Verb.WITHDRAW: Status.WITHDRAWN,
        Verb.RETURN: Status.RETURNED,
        Verb.DELETE: Status.PURGED,
        Verb.EXPIRE: Status.EXPIRED,
    },
    Status.RELEASED: {Verb.DELETE: Status.PURGED},
    Status.DENIED: {Verb.DELETE: Status.PURGED},
    Status.WITHDRAWN: {Verb.DELETE: Status.PURGED},
    Status.RETURNED: {Verb.DELETE: Status.PURGED},
    Status.EXPIRED: {Verb.DELETE: Status.PURGED},
    Status.PURGED: {},
}

REFUSALS: Mapping[Status, Refusal] = {
    Status.PENDING: Refusal("PENDING", "the message is still being taken in; try again in a moment"),
    Status.HELD: Refusal("HELD", "the message is held and nobody is sending it"),
    Status.RELEASE_REQUESTED: Refusal("ALREADY-REQUESTED", "a release of this message is already requested"),
    Status.RELEASING: Refusal("ALREADY-RELEASING", "the message is already on its way"),
    Status.DELIVERY_UNKNOWN: Refusal("DELIVERY-UNKNOWN", "the next hop may have taken the message; release it again or delete it"),
    Status.RELEASE_BLOCKED: Refusal("RELEASE-BLOCKED", "today's signatures found something new in the message"),
    Status.RELEASED: Refusal("ALREADY-RELEASED", "the message was released"),
    Status.DENIED: Refusal("DENIED", "the release was denied"),
    Status.WITHDRAWN: Refusal("WITHDRAWN", "the sender has withdrawn the message"),
    Status.RETURNED: Refusal(
        "RETURNED", "the message was returned: an outbound one to its sender; of an inbound one the inside is told"),
    Status.EXPIRED: Refusal("EXPIRED", "the message's time ran out and its content is destroyed"),
    Status.PURGED: Refusal("PURGED", "the message's content is destroyed"),
}

# Their content may be asked for, released or returned; retention expires them.
OPEN = (Status.HELD, Status.RELEASE_REQUESTED, Status.RELEASE_BLOCKED)
# Nothing will be sent any more; retention destroys their content.
CLOSED = (Status.RELEASED, Status.DENIED, Status.WITHDRAWN, Status.RETURNED)


def but(statuses: Collection[Status]) -> list[str]:
    """All others. SQLite takes the index of the status for a query that names statuses, even where the rest of it fits ten rows of
    a million: such a query excludes the others instead."""
    return [status.value for status in Status if status not in statuses]



def step(status: Status, verb: Verb) -> Status | Refusal:
    """Where `verb` leads from `status`, or why it does not."""
    return TRANSITIONS[status].get(verb) or REFUSALS[status]


def advance(status: Status, verb: Verb) -> Status:
    """`step`, raising Refused."""
    answer = step(status, verb)
    if isinstance(answer, Refusal):
        raise Refused(answer)
    return answer


def sources(verb: Verb) -> tuple[Status, ...]:
    """The statuses from which `verb` is possible."""
    return tuple(status for status, verbs in TRANSITIONS.items() if verb in verbs)


def reference() -> str:
    """docs/reference/lifecycle.md: the matrix, and the refusals where a cell is empty."""
    verbs = list(Verb)
    lines = ["# The life of a held message", "",
             "Drawn from `quarantine/lifecycle.py`. An empty cell is refused with the status' refusal below.", "",
             "| status | " + " | ".join(f"`{v}`" for v in verbs) + " |", "| --- " * (len(verbs) + 1) + "|"]
    for status in Status:
        cells = [str(TRANSITIONS[status].get(verb, "")) for verb in verbs]
        lines.append(f"| `{status}` | " + " | ".join(cells) + " |")
    lines += ["", "| status | refusal | text |", "| --- | --- | --- |"]
    lines += [f"| `{status}` | `{r.code}` | {r.text} |" for status, r in REFUSALS.items()]
    return "\n".join(lines) + "\n"
