"""Self-service: what the link in a mail of ours opens, and what its reader may do there after a code sent to the mailbox.

Looking changes nothing. An act needs the token of the link, a one-time code that only the mailbox got, and the same rights
as an account of that person would need. Refusals that count tries are answers, not exceptions: an exception would take the
count back.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gateway.model.custody import Actor, Role, Status
from quarantine import access
from quarantine.access import Act
from quarantine.attending import Attending
from quarantine.custodian import stamp
from quarantine.lifecycle import Refusal, Refused, Verb, step
from quarantine.models import OneTimeCode, Pass, QuarantinedMessage
from quarantine.parts import divisible, parts, suspect

CODE_LIFETIME = timedelta(minutes=15)
CODE_TRIES = 5                           # of one code
CODES_AN_HOUR = 6                        # to one mailbox, whatever links ask for them
PASSWORD_TRIES = 5                       # of one link for one message
FORGET = timedelta(days=30)              # after its end a link is said to have run out; later it is not known any more
LONGEST_TOKEN = 100

ACTS: Mapping[str, tuple[str, ...]] = {
    "recipient": ("request", "password", "without"),
    "sender": ("withdraw", "without", "password", "request"),
    "approver": ("approve", "deny"),
}
ROLES = {"recipient": Role.RECIPIENT, "sender": Role.SENDER, "approver": Role.SUPERVISOR}
# act -> what the actor must be allowed, and where the message must stand for it
NEEDS: Mapping[str, tuple[Act, Verb]] = {
    "request": (Act.REQUEST, Verb.REQUEST), "password": (Act.REQUEST, Verb.EXPIRE), "without": (Act.REQUEST, Verb.EXPIRE),
    "withdraw": (Act.WITHDRAW, Verb.WITHDRAW), "approve": (Act.APPROVE, Verb.APPROVE), "deny": (Act.DENY, Verb.DENY),
}
NOT_POSSIBLE = Refusal("NOT-POSSIBLE", "this cannot be done with this message, or not any more")


@dataclass(frozen=True, slots=True)
class Ready:
    """A code was right: who acts on which message."""

    actor: Actor
    id: str


class Passes(Attending):

    def pass_show(self, token: str) -> dict[str, Any]:
        """What the link opens. `state`: ok, bad or over. Writes nothing."""
        found = self._pass(token)
        if isinstance(found, str):
            return {"state": "bad"}
        if found.expires_at <= self.now():
            return {"state": "over", "until": stamp(found.expires_at)}
        held = [self._shown(found, row) for row in self._rows(found)]
        if not held:
            return {"state": "bad"}
        return {"state": "ok", "mailbox": found.mailbox, "party": found.party, "until": stamp(found.expires_at),
                "messages": held, "shown_at": self.now().isoformat()}

    def pass_code(self, token: str, id: str, act: str) -> dict[str, Any]:
        """Send a code for this act to the pass's mailbox. `state`: sent, too-many, or as in `pass_show`."""
        with self.transaction():
            found = self._usable(token, id, act)
            if isinstance(found, dict):
                return found
            owner, row = found
            now = self.now()
            if OneTimeCode.objects.filter(mailbox=owner.mailbox, sent_at__gt=now - timedelta(hours=1)).count() >= CODES_AN_HOUR:
                return {"state": "too-many"}
            code = f"{secrets.randbelow(10**8):08}"
            OneTimeCode.objects.create(owner=owner, mailbox=owner.mailbox, message_id=id, act=act, sent_at=now,
                                       code=self._hashed(owner, id, act, code), key_id=self.ring.current.id)
            self._send("code", row, {"reader": owner.mailbox, "act": act, "code": f"{code[:4]} {code[4:]}",
                                     "code_until": stamp(now + CODE_LIFETIME)}, "")
            self.record(self._actor(owner, row), "code", id, act=act)
        return {"state": "sent", "mailbox": owner.mailbox}

    def pass_act(self, token: str, id: str, act: str, code: str, reason: str, shown_at: datetime | None = None) -> dict[str, Any]:
        """Do it. `state`: done, wrong-code, or as in `pass_show`. Raises Refused as the decision itself would."""
        with self.transaction():
            ready = self._proven(token, id, act, code)
            if isinstance(ready, dict):
                return ready
            if act == "approve":
                outcome = self.approve(ready.actor, id, reason, None, shown_at)
            else:
                verbs = {"request": self.request, "withdraw": self.withdraw, "deny": self.deny, "without": self.send_rest}
                outcome = verbs[act](ready.actor, id, reason)
            self._use(token, id, act)
        return {"state": "done", "status": outcome.status.value, "approvals": outcome.approvals, "needed": outcome.needed}

    def pass_password(self, token: str, id: str, code: str) -> dict[str, Any] | Ready:
        """Whether a password may be tried with this link: who tries it, or why not. The try is counted."""
        with self.transaction():
            ready = self._proven(token, id, "password", code)
            if isinstance(ready, dict):
                return ready
            owner = Pass.objects.get(pk=digest(token))
            tries = int(owner.tries.get(id, 0))
            if tries >= PASSWORD_TRIES:
                return {"state": "too-many-passwords"}
            Pass.objects.filter(pk=owner.pk).update(tries=owner.tries | {id: tries + 1})
        return ready

    def pass_opened(self, token: str, id: str) -> None:
        """The password was right: the link has served."""
        with self.transaction():
            self._use(token, id, "password")

    def forget_passes(self) -> int:
        """Destroy links and codes that are long over; returns how many."""
        now = self.now()
        with self.transaction():
            gone, _ = Pass.objects.filter(expires_at__lt=now - FORGET).delete()
            codes, _ = OneTimeCode.objects.filter(sent_at__lt=now - timedelta(days=1)).delete()
        return gone + codes

    # inside

    def _pass(self, token: str) -> Pass | str:
        if not 0 < len(token) <= LONGEST_TOKEN:
            return "bad"
        return Pass.objects.filter(pk=digest(token)).first() or "bad"

    def _rows(self, owner: Pass) -> list[QuarantinedMessage]:
        known = {str(row.pk): row for row in QuarantinedMessage.objects.filter(pk__in=owner.messages)}
        return [known[id] for id in owner.messages if id in known]

    def _usable(self, token: str, id: str, act: str) -> tuple[Pass, QuarantinedMessage] | dict[str, Any]:
        """The pass and message for which this act is possible now; else the answer that says why not."""
        found = self._pass(token)
        if isinstance(found, str) or id not in found.messages:
            return {"state": "bad"}
        if found.expires_at <= self.now():
            return {"state": "over", "until": stamp(found.expires_at)}
        if id in found.used:
            return {"state": "used", "act": found.used[id]}
        row = self.load(id)
        if act not in self._acts(found, row):
            raise Refused(NOT_POSSIBLE)
        return found, row

    def _proven(self, token: str, id: str, act: str, code: str) -> Ready | dict[str, Any]:
        """Where the newest code for this act is the one given. It counts once; for a password until one was right."""
        found = self._usable(token, id, act)
        if isinstance(found, dict):
            return found
        owner, row = found
        newest = owner.codes.filter(message_id=id, act=act, used_at=None).order_by("-id").first()
        wrong = {"state": "wrong-code"}
        if newest is None or newest.tries >= CODE_TRIES or self.now() - newest.sent_at > CODE_LIFETIME:
            return wrong
        if newest.key_id not in self.ring:               # its master key was taken out of the key file meanwhile
            return wrong
        given = self._hashed(owner, id, act, "".join(c for c in code if c.isascii() and c.isdecimal()), newest.key_id)
        if not hmac.compare_digest(given, newest.code):
            OneTimeCode.objects.filter(pk=newest.pk).update(tries=newest.tries + 1)
            self.record(self._actor(owner, row), "code-wrong", id, act=act)
            return wrong
        if act != "password":
            OneTimeCode.objects.filter(pk=newest.pk).update(used_at=self.now())
        return Ready(self._actor(owner, row), id)

    def _use(self, token: str, id: str, act: str) -> None:
        owner = Pass.objects.get(pk=digest(token))
        Pass.objects.filter(pk=owner.pk).update(used=owner.used | {id: act})

    def _actor(self, owner: Pass, row: QuarantinedMessage) -> Actor:
        """The person of the mailbox, with what the link makes of it and no more."""
        scopes = {row.sender_key, *row.recipients.values_list("key", flat=True)} - {"", owner.mailbox}
        return Actor(owner.mailbox[:150], frozenset({ROLES[owner.party]}), frozenset({owner.mailbox}), via="link",
                     scopes=frozenset(scopes))

    def _acts(self, owner: Pass, row: QuarantinedMessage) -> list[str]:
        """What this link may do with this message now."""
        if str(row.pk) in owner.used or row.wrapped_key is None:
            return []
        actor, subject = self._actor(owner, row), self.subject(row)
        possible = []
        for act in ACTS[owner.party]:
            needed, verb = NEEDS[act]
            if isinstance(step(Status(row.status), verb), Refusal) or access.permit(actor, needed, subject) is not None:
                continue
            if act == "password" and (not row.locked or int(owner.tries.get(str(row.pk), 0)) >= PASSWORD_TRIES):
                continue
            if act == "without" and not divisible(self.detail(row).get("inspection", {})):
                continue
            possible.append(act)
        return possible

    def _shown(self, owner: Pass, row: QuarantinedMessage) -> dict[str, Any]:
        """What the page says of one message; a recipient does not see who else got it."""
        inspection = self.detail(row).get("inspection", {}) if row.wrapped_key is not None else {}
        task = row.tasks.order_by("-id").first() if owner.party == "approver" else None
        known = parts(inspection)
        brief = self.brief(row)
        if owner.party == "recipient":
            brief["recipients"] = [owner.mailbox]
        return brief | {
            "inspection": inspection, "acts": self._acts(owner, row), "used": owner.used.get(str(row.pk), ""),
            "without": [known[label].name or label for label in suspect(inspection) if label in known],
            "outside": self.outside(row) if owner.party == "approver" else [],
            "first_time": task.first_time if task is not None else [], "due_at": stamp(task.due_at) if task is not None else ""}

    def _hashed(self, owner: Pass, id: str, act: str, code: str, key_id: str | None = None) -> str:
        return self.ring.code("link", f"{owner.digest} {id} {act} {code}".encode(), key_id)


def digest(token: str) -> str:
    """What is stored of a token: a copy of the database opens no page."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
