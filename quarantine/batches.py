"""One decision about many messages, and lists that people keep. A batch waits some seconds, so that it can be taken back.

Nothing is decided when a batch is made: until it is due it can be undone, and then every message is decided by itself, with
the rights that the account has at that moment. What a rule refuses stays as it is and is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from gateway.model.custody import Actor
from gateway.model.ids import new_message_id
from quarantine.access import Act
from quarantine.custodian import reasoned, stamp
from quarantine.decisions import Decisions
from quarantine.keys import KeyProblem
from quarantine.lifecycle import NOT_FOUND, Refusal, Refused
from quarantine.models import Batch, SavedFilter
from quarantine.sealing import SealBroken

FAULT = "FAULT"                          # among the results: the message cannot be read
GRACE = timedelta(seconds=10)
LARGEST = 200                            # messages of one batch
KEPT = timedelta(days=7)                 # a batch that is over
FILTERS = 50                             # lists that one account keeps
VERBS = ("request", "approve", "release", "deny", "return", "withdraw", "delete", "hold", "lift")
TOO_LATE = Refusal("TOO-LATE", "it is too late to take this back")
TOO_MANY = Refusal("TOO-MANY", f"one decision is about 1 to {LARGEST} messages")
TOO_MANY_FILTERS = Refusal("TOO-MANY-FILTERS", f"an account keeps at most {FILTERS} lists")
NO_VERB = Refusal("BAD-REQUEST", "this cannot be decided about many messages")
NO_NAME = Refusal("NO-NAME", "give the list a name")


class Batches(Decisions):

    def batch(self, actor: Actor, verb: str, ids: Sequence[str], reason: str) -> dict[str, Any]:
        """Plan one decision about these messages, of which the actor must see each."""
        reason, wanted = reasoned(reason), list(dict.fromkeys(ids))
        if verb not in VERBS:
            raise Refused(NO_VERB)
        if not 1 <= len(wanted) <= LARGEST:
            raise Refused(TOO_MANY)
        with self.transaction():
            for id in wanted:
                self.allowed(actor, Act.SEE, self.load(id))
            now = self.now()
            Batch.objects.filter(due_at__lt=now - KEPT).exclude(state="waiting").delete()
            made = Batch.objects.create(id=new_message_id(now), actor=actor.name, via=actor.via, verb=verb, reason=reason,
                                        ids=wanted, made_at=now, due_at=now + GRACE)
            self.record(actor, "batch", "", batch=made.pk, verb=verb, count=len(wanted), reason=reason)
        return described(made)

    def batch_show(self, actor: Actor, id: str) -> dict[str, Any]:
        """One's own batch."""
        return described(self._batch(actor, id))

    def batch_undo(self, actor: Actor, id: str) -> dict[str, Any]:
        """Take it back; refused from the moment it is due."""
        with self.transaction():
            found = self._batch(actor, id)
            if found.state != "waiting" or self.now() >= found.due_at:
                raise Refused(TOO_LATE)
            found.state = "undone"
            found.save(update_fields=["state"])
            self.record(actor, "batch-undo", "", batch=found.pk)
        return described(found)

    def _batch(self, actor: Actor, id: str) -> Batch:
        found = Batch.objects.filter(pk=id, actor=actor.name).first()
        if found is None:
            raise Refused(NOT_FOUND)
        return found

    def carry_out(self, account: Any) -> int:
        """Do one batch that is due, if there is one; how many messages it was about. `account` looks up an actor."""
        with self.transaction():
            due = Batch.objects.filter(state="waiting", due_at__lte=self.now()).order_by("due_at").first()
            if due is None:
                return 0
            due.state = "done"
            due.results = {id: self._decided(account, due, id) for id in due.ids}
            due.save(update_fields=["state", "results"])
            return len(due.ids)

    def _decided(self, account: Any, due: Batch, id: str) -> str:
        """"" where it was done, else the code of what refused it; a refusal takes back its own message only."""
        decide = {"return": self.return_}.get(due.verb) or getattr(self, due.verb)
        try:
            with self.transaction():
                decide(account(due.actor, due.via), id, due.reason)
        except Refused as refusal:
            return refusal.code
        except (SealBroken, KeyProblem):     # this one cannot be read: the others must not wait for it
            return FAULT
        return ""

    # lists that people keep

    def filters(self, actor: Actor) -> list[dict[str, Any]]:
        return [{"name": f.name, "query": f.query} for f in SavedFilter.objects.filter(owner=actor.name).order_by("name")]

    def filter_save(self, actor: Actor, name: str, query: Mapping[str, str]) -> None:
        """Keep a list under a name; one of that name is replaced."""
        name = " ".join(name.split())[:100]
        if not name:
            raise Refused(NO_NAME)
        with self.transaction():
            mine = SavedFilter.objects.filter(owner=actor.name)
            if not mine.filter(name=name).exists() and mine.count() >= FILTERS:
                raise Refused(TOO_MANY_FILTERS)
            kept = {str(k)[:20]: str(v)[:200] for k, v in query.items()}
            SavedFilter.objects.update_or_create(owner=actor.name, name=name, defaults={"query": kept})

    def filter_drop(self, actor: Actor, name: str) -> None:
        with self.transaction():
            if not SavedFilter.objects.filter(owner=actor.name, name=name).delete()[0]:
                raise Refused(NOT_FOUND)


def described(batch: Batch) -> dict[str, Any]:
    return {"id": batch.pk, "verb": batch.verb, "reason": batch.reason, "ids": batch.ids, "state": batch.state,
            "made_at": stamp(batch.made_at), "due_at": stamp(batch.due_at), "results": batch.results}
