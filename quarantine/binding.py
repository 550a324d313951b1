"""Index and store belong together: the store bears the index's mark, so that neither is begun anew, or swept, beside the
other's loss. An empty index beside held octets is a lost index; an index whose octets are all gone is a lost store.
"""

from __future__ import annotations

import hashlib
from itertools import islice

from gateway.model.errors import SekishoError
from quarantine.blobs import Blobs
from quarantine.keys import KeyProblem, KeyRing
from quarantine.models import AuditHead, QuarantinedMessage, State

SAMPLED = 5                              # of the newest messages; where all of their octets are gone, the store is
COUNTED = 10_000                         # messages that a complaint counts at most


class Unbound(SekishoError):
    """Index and store do not belong together. Nothing was changed."""


def identity() -> str:
    """Of the index: made when it was made, kept by backups and dumps."""
    made = State.objects.order_by("id").values_list("created_at", flat=True)[0]
    return "sekisho " + hashlib.sha256(made.isoformat().encode()).hexdigest()[:32]


def count(blobs: Blobs) -> str:
    """How many messages a store holds, in words."""
    found = sum(1 for _ in islice(blobs.names(), COUNTED))
    return f"{found} held messages" if found < COUNTED else f"more than {COUNTED} held messages"


def refuse_lost_index(blobs: Blobs, store: object, index: object) -> None:
    """Before an empty index is begun: what no row knows would be swept away within hours. Raises Unbound."""
    if next(iter(blobs.names()), None) is not None:
        raise Unbound(f"{index}: the index is gone, but {store} has {count(blobs)}; put the index back, "
                      "or move the blobs away and restore a backup")


def refuse_other_keys(ring: KeyRing, file: object) -> None:
    """At every start: the ends of the audit chains are under the key that was in use last. With another file new mail would
    be held under other keys than the old, and neither file could read both. Raises KeyProblem."""
    for id in AuditHead.objects.values_list("key_id", flat=True).distinct():
        if id not in ring:
            raise KeyProblem(f"{file}: key {id}, with which this custody works, is not in it; put your copy back")


def bind(blobs: Blobs, store: object, index: object) -> None:
    """At every start, with the index open. Raises Unbound, CustodyUnavailable."""
    mine, found = identity(), blobs.mark()
    if found and found != mine and next(iter(blobs.names()), None) is not None:
        raise Unbound(f"{store}: these held messages belong to another index than {index}; name the right folder or database")
    newest = QuarantinedMessage.objects.exclude(blob="").order_by("-received_at", "-id").values_list("blob", flat=True)[:SAMPLED]
    if newest and not any(blobs.exists(name) for name in newest):
        known = QuarantinedMessage.objects.exclude(blob="").count()
        raise Unbound(f"{store}: the held messages are gone, but the index {index} knows {known}; put the folder back, "
                      "or move the index away too and restore a backup")
    if found != mine:
        blobs.set_mark(mine)
