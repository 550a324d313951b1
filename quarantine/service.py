"""QuarantineService: everything that can be done with held mail, for the keeper, the console and the command line.

Each part has a file of its own; here they are one. Every method that changes something is compare-and-set and writes its
audit record in the same transaction. Errors: Refused (a rule says no), CustodyUnavailable (disk, database), KeyProblem,
SealBroken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from gateway.model.custody import Actor
from quarantine import audit, trail
from quarantine.access import Act
from quarantine.batches import Batches
from quarantine.custodian import KEEPER
from quarantine.digests import Digests
from quarantine.finding import Finding
from quarantine.intake import Intake
from quarantine.models import Checkpoint
from quarantine.passes import Passes
from quarantine.rejudging import Rejudging
from quarantine.reporting import Reporting
from quarantine.retention import Retention
from quarantine.tokens import Tokens
from quarantine.totals import Counting


class QuarantineService(Passes, Intake, Finding, Retention, Batches, Rejudging, Digests, Counting, Tokens, Reporting):
    """One custody: its database is Django's default one; keys, blobs and clock are handed in."""

    def start(self) -> Mapping[str, int]:
        """After a stop or a crash: keep PENDING mail, take up what was being sent. Call once, before anything else."""
        return {"kept": self.keep_pending(self.now() + timedelta(days=36500)), "resumed": self.recover()}

    def checkpoint(self, force: bool = False) -> Checkpoint | None:
        """Sign the end of this node's chain where it is due."""
        with self.transaction():
            if not force and not audit.checkpoint_due(self.settings.node, self.now()):
                return None
            signed = audit.write_checkpoint(self.ring, self.settings.node, self.now())
            if signed is not None:       # the chain remembers it: a checkpoint that is removed later is missed
                self.record(KEEPER, audit.CHECKPOINT, "", **audit.checkpoint_event(signed))
            return signed

    def audit_verify(self, actor: Actor, outside: Sequence[Mapping[str, Any]] = ()) -> audit.Verified:
        self.allowed_here(actor, Act.AUDIT)
        with self.snapshot():
            return audit.verify(self.ring, outside)

    def audit_export(self, actor: Actor) -> Iterator[dict[str, Any]]:
        self.allowed_here(actor, Act.AUDIT)
        with self.transaction():
            self.record(actor, "audit-export")
        self.checkpoint(force=True)      # what is exported is signed up to its end
        return audit.export(self.ring)

    def audit_keys(self, actor: Actor) -> list[dict[str, str]]:
        """The public halves of the signing keys: whoever has one verifies an export without us."""
        self.allowed_here(actor, Act.AUDIT)
        return audit.public_keys(self.ring)

    def audit_list(self, actor: Actor, wanted: trail.Wanted) -> trail.Found:
        self.allowed_here(actor, Act.AUDIT)
        return trail.find(wanted)
