"""Who may do what with held mail: one table (verb, role) -> reach, then four eyes and no approval of one's own mail.

Pure: the caller hands in the actor and a `Subject`. docs/reference/access.md is drawn from the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway.model.custody import Actor, Role
from gateway.model.decision import Kind
from gateway.model.transaction import Direction
from quarantine.lifecycle import NOT_FOUND, Refusal
from quarantine.remit import remit_of


class Act(StrEnum):
    """What a person may want. The first group concerns one message, the second the house."""

    SEE = "see"                          # list and show: metadata, masked
    PREVIEW = "preview"                  # safe text of the content; recorded
    REQUEST = "request"
    APPROVE = "approve"
    DENY = "deny"
    RELEASE = "release"                  # request and approval in one
    WITHDRAW = "withdraw"
    RETURN = "return"
    DELETE = "delete"
    EXPORT = "export"                    # the octets; recorded
    HOLD = "hold"                        # set a legal hold
    LIFT = "lift"                        # lift it

    HOUSE = "house"                      # see rules, signatures, exceptions, health and the numbers of the whole house
    QUEUE = "queue"                      # see the outbox
    QUEUE_CHANGE = "queue-change"        # retry and drop
    AUDIT = "audit"                      # verify and export the chain
    REPORT = "report"                    # the report of a period, about the mail one may see
    ACCOUNTS = "accounts"                # see, add and change console accounts
    POLICY = "policy"                    # make and end exceptions from rules
    MAINTAIN = "maintain"                # keys, backup, retention


class Reach(StrEnum):
    NONE = ""
    OWN = "own"                          # mail to (recipient) or from (sender) the actor's mailboxes
    SCOPE = "scope"                      # mail of the people a supervisor answers for
    SCOPE_LEAK = "scope, no threats"     # the same, but what carries a threat is the analysts' matter
    ALL = "all"                          # every mail in the account's scope; of the house, only without a scope


R, S, V, N, D, U = Role.RECIPIENT, Role.SENDER, Role.SUPERVISOR, Role.ANALYST, Role.ADMIN, Role.AUDITOR
GRANTS: Mapping[Act, Mapping[Role, Reach]] = {
    Act.SEE: {R: Reach.OWN, S: Reach.OWN, V: Reach.SCOPE, N: Reach.ALL, D: Reach.ALL, U: Reach.ALL},
    Act.PREVIEW: {R: Reach.OWN, S: Reach.OWN, V: Reach.SCOPE, N: Reach.ALL},
    Act.REQUEST: {R: Reach.OWN, S: Reach.OWN, V: Reach.SCOPE, N: Reach.ALL},
    Act.APPROVE: {V: Reach.SCOPE_LEAK, N: Reach.ALL},
    Act.DENY: {V: Reach.SCOPE_LEAK, N: Reach.ALL},
    Act.RELEASE: {V: Reach.SCOPE_LEAK, N: Reach.ALL},
    Act.WITHDRAW: {S: Reach.OWN},
    Act.RETURN: {V: Reach.SCOPE_LEAK, N: Reach.ALL},
    Act.DELETE: {N: Reach.ALL},
    Act.EXPORT: {N: Reach.ALL},
    Act.HOLD: {N: Reach.ALL, D: Reach.ALL},
    Act.LIFT: {D: Reach.ALL},
    Act.HOUSE: {N: Reach.ALL, D: Reach.ALL, U: Reach.ALL},
    Act.QUEUE: {N: Reach.ALL, D: Reach.ALL, U: Reach.ALL},
    Act.QUEUE_CHANGE: {D: Reach.ALL},
    Act.AUDIT: {D: Reach.ALL, U: Reach.ALL},
    Act.REPORT: {V: Reach.SCOPE, D: Reach.SCOPE, U: Reach.SCOPE},
    Act.ACCOUNTS: {D: Reach.ALL},
    Act.POLICY: {D: Reach.ALL},
    Act.MAINTAIN: {},
}
CHANGING = frozenset(Act) - {Act.SEE, Act.PREVIEW, Act.EXPORT, Act.HOUSE, Act.QUEUE, Act.AUDIT, Act.REPORT}
IMPARTIAL = (Act.APPROVE, Act.RELEASE, Act.DELETE)      # nobody lets their own mail go, nor what would tell of it

FORBIDDEN = Refusal("FORBIDDEN", "your role does not allow this")
OWN_MAIL = Refusal("OWN-MAIL", "nobody approves, releases or destroys mail from or to their own address")
OWN_REQUEST = Refusal("OWN-REQUEST", "nobody approves their own request: another person has to")
SAME_PERSON = Refusal("SAME-PERSON", "you have already approved this release: another person has to")
FOUR_EYES = Refusal("FOUR-EYES", "this release needs two persons: approve it, and another person approves it too")


@dataclass(frozen=True, slots=True)
class Subject:
    """What access needs to know of a held message. Addresses are Mailbox.key."""

    kind: Kind
    direction: Direction
    sender: str                          # "" is the null sender
    recipients: frozenset[str]
    persons: int = 0
    approvals: int = 1                   # what the policy asked for
    departments: frozenset[str] = frozenset()    # of the people on our side, as the directory has them

    @property
    def ours(self) -> frozenset[str]:
        """The people on our side of the message."""
        return self.recipients if self.direction is Direction.INBOUND else frozenset({self.sender})


@dataclass(frozen=True, slots=True)
class Endorsement:
    """A person who asked for or approved a release, with the addresses that are theirs."""

    name: str
    mailboxes: frozenset[str] = frozenset()
    system: bool = False

    @classmethod
    def of(cls, actor: Actor) -> Endorsement:
        return cls(actor.name, actor.mailboxes, actor.system)

    def same_person(self, other: Endorsement) -> bool:
        """Two accounts with one mailbox are one person; the operating system's user is nobody's second account."""
        if self.system or other.system:
            return self.system and other.system
        return self.name == other.name or bool(bases(self.mailboxes) & bases(other.mailboxes))


def reach(actor: Actor, act: Act, subject: Subject | None = None) -> bool:
    """True where one of the actor's roles covers this act on this message (or on the house, without one)."""
    if actor.system:
        return True
    grants = GRANTS[act]
    return any(_covers(grants.get(role, Reach.NONE), role, actor, subject) for role in actor.roles)


def _covers(extent: Reach, role: Role, actor: Actor, subject: Subject | None) -> bool:
    if extent is Reach.NONE:
        return False
    if subject is None:                  # the house: a scope narrows a report, and shuts out from the rest
        return extent is Reach.SCOPE or (extent is Reach.ALL and not actor.scopes)
    if extent is Reach.OWN:
        return owns(role, actor.mailboxes, subject)
    if extent is Reach.SCOPE_LEAK and subject.kind is Kind.THREAT:
        return False
    return remit_of(actor.scopes).covers(subject.kind, subject.direction, subject.ours, subject.departments)


def owns(role: Role, mailboxes: frozenset[str], subject: Subject) -> bool:
    """A recipient's own mail is addressed to them; a sender's own mail left one of their addresses."""
    if role is Role.SENDER:
        return subject.sender in mailboxes and subject.direction is not Direction.INBOUND
    return bool(subject.recipients & mailboxes)


def is_party(mailboxes: frozenset[str], subject: Subject) -> bool:
    return bool(bases(mailboxes) & bases(subject.recipients | {subject.sender}))


def bases(keys: Iterable[str]) -> frozenset[str]:
    """Mailboxes without what follows a plus (RFC 5233): anna+list@ is anna@. Only ever used to refuse."""
    parts = (key.rpartition("@") for key in keys if key)
    return frozenset(f"{local.partition('+')[0] or local}@{domain}" for local, _, domain in parts)


def permit(actor: Actor, act: Act, subject: Subject | None = None) -> Refusal | None:
    """None where the act is allowed. What an actor may not even see is answered as if it did not exist."""
    if subject is not None and not reach(actor, Act.SEE, subject):
        return NOT_FOUND
    if not reach(actor, act, subject):
        return FORBIDDEN
    if act in IMPARTIAL and subject is not None and not actor.system and is_party(actor.mailboxes, subject):
        return OWN_MAIL
    return None


def four_eyes(subject: Subject, persons: int) -> bool:
    """True where one person alone never releases: threats, and leaks of at least `persons` people."""
    return subject.kind is Kind.THREAT or subject.persons >= persons


def needed(subject: Subject, persons: int) -> int:
    """Approvals that complete a release."""
    return max(1, subject.approvals, 2 if four_eyes(subject, persons) else 1)


def approval(actor: Actor, requester: Endorsement | None, earlier: Iterable[Endorsement]) -> Refusal | None:
    """None where this actor's approval may be added to a release that `requester` asked for."""
    me = Endorsement.of(actor)
    if requester is not None and me.same_person(requester):
        return OWN_REQUEST
    if any(me.same_person(other) for other in earlier):
        return SAME_PERSON
    return None


def reference() -> str:
    """docs/reference/access.md."""
    lines = ["# Who may do what with held mail", "",
             "Drawn from `quarantine/access.py`. An empty cell is refused.", "",
             "| act | " + " | ".join(role.value for role in Role) + " |", "| --- " * (len(Role) + 1) + "|"]
    lines += [f"| {act} | " + " | ".join(GRANTS[act].get(role, Reach.NONE).value for role in Role) + " |" for act in Act]
    lines += ["", "- *own*: mail to the recipient's, or sent from the sender's, mailboxes.",
              "- *scope* and *all*: what lies in the account's scope: domains, mailboxes, departments (as the directory has them),"
              " directions and kinds; words of one sort add up, the sorts narrow one another, and no words are the whole house."
              " What concerns the whole house (accounts, outbox, audit) is refused to an account with a scope.",
              "- What an account may not see does not exist for it.",
              "- An admin reads no mail, an auditor changes nothing. Nobody changes the rights of their own account.",
              "- Who looks at the content of mail that is not their own gives a reason; it is recorded with the sight.",
              "- Nobody approves, releases or destroys mail from or to an address of their own (what follows a plus does not"
              " count). Nobody approves their own request, nor twice. Two accounts that share a mailbox are one person.",
              "- Four eyes: threats, and leaks of many people (`four_eyes_persons`), need two entitled persons. A request"
              " by a person who could approve counts as the first of the two.",
              "- The operating system's user of the command line (root or the owner of the state directory) may do everything,"
              " alone; each act is recorded as done by the system's user."]
    return "\n".join(lines) + "\n"
