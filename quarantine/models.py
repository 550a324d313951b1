"""The schema of custody, the same on SQLite and PostgreSQL.

What mail says (subject, names, findings, notices) is sealed: `detail` and `content` are readable only with the message's
data key, which `wrapped_key` holds under the master key. Destroying `wrapped_key` destroys them.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

SCHEMA = 1                               # raised with every migration; an older program refuses a newer database


class State(models.Model):
    """One row: what this database is."""

    objects: ClassVar[models.Manager[State]] = models.Manager()
    product = models.CharField(max_length=32)
    schema = models.PositiveIntegerField()
    created_at = models.DateTimeField()


class QuarantinedMessage(models.Model):
    """One message in custody, for some recipients of its envelope."""

    objects: ClassVar[models.Manager[QuarantinedMessage]] = models.Manager()
    id = models.CharField(primary_key=True, max_length=24)
    status = models.CharField(max_length=20)
    ended_as = models.CharField(max_length=20, default="")          # status before it was purged
    kind = models.CharField(max_length=16)
    direction = models.CharField(max_length=10)
    verdict = models.CharField(max_length=16)
    disposition = models.CharField(max_length=12)
    reason = models.CharField(max_length=200)                       # id of the deciding rule
    approvals = models.PositiveSmallIntegerField(default=1)
    listener = models.CharField(max_length=100)
    sender = models.CharField(max_length=1000, default="")          # as in the envelope; "" is the null sender
    sender_key = models.CharField(max_length=1000, default="")      # Mailbox.key
    header_message_id = models.CharField(max_length=1000, default="")
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    received_at = models.DateTimeField()
    admitted_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    persons = models.PositiveIntegerField(default=0)
    identifiers = models.JSONField(default=dict)
    retry_key = models.CharField(max_length=200)
    claims = models.PositiveIntegerField(default=1)                 # transactions that wait for this PENDING message
    note = models.CharField(max_length=500, default="")             # why it stands where it stands, for people
    news = models.JSONField(default=list)                           # codes found at a release that were not known before
    blob = models.CharField(max_length=200, default="")             # name in the blob store
    wrapped_key = models.BinaryField(null=True)                     # None: content and detail are destroyed
    key_id = models.CharField(max_length=16, default="")            # of the master key that wraps it
    detail = models.BinaryField(default=b"")                        # sealed JSON of the admission

    class Meta:
        indexes = (
            models.Index(fields=("-received_at", "-id"), name="q_newest"),
            models.Index(fields=("status", "-received_at"), name="q_status"),
            models.Index(fields=("sender_key", "-received_at"), name="q_sender"),
            models.Index(fields=("retry_key",), name="q_retry"),
            models.Index(fields=("expires_at",), name="q_expires", condition=Q(wrapped_key__isnull=False)),
            models.Index(fields=("key_id",), name="q_key"),
        )


class HeldRecipient(models.Model):
    """A forward-path for which the message is held."""

    objects: ClassVar[models.Manager[HeldRecipient]] = models.Manager()
    message = models.ForeignKey(QuarantinedMessage, models.CASCADE, related_name="recipients")
    position = models.PositiveIntegerField()
    address = models.CharField(max_length=1000)
    key = models.CharField(max_length=1000, db_index=True)          # Mailbox.key
    outcome = models.CharField(max_length=500, default="")          # "delivered", or the next hop's refusal


class ReleaseRequest(models.Model):
    """Somebody wants the message sent. At most one is open for a message."""

    objects: ClassVar[models.Manager[ReleaseRequest]] = models.Manager()
    message = models.ForeignKey(QuarantinedMessage, models.CASCADE, related_name="requests")
    requester = models.CharField(max_length=150, default="")        # "": opened by a first approval, not asked for
    mailboxes = models.JSONField(default=list)
    system = models.BooleanField(default=False)
    entitled = models.BooleanField(default=False)                   # could have approved: counts as the first of two
    reason = models.CharField(max_length=2000)
    requested_at = models.DateTimeField()
    outcome = models.CharField(max_length=20, default="")           # "" is open; approved, denied, withdrawn, ended
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("message",), condition=Q(outcome=""), name="one_open_request"),)


class Approval(models.Model):
    objects: ClassVar[models.Manager[Approval]] = models.Manager()
    request = models.ForeignKey(ReleaseRequest, models.CASCADE, related_name="approvals")
    approver = models.CharField(max_length=150)
    mailboxes = models.JSONField(default=list)
    system = models.BooleanField(default=False)
    reason = models.CharField(max_length=2000)
    approved_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("request", "approver"), name="one_approval_a_person"),)


class OutboxEntry(models.Model):
    """A release or a notice that waits to be delivered. A release has its message's id: there is at most one."""

    objects: ClassVar[models.Manager[OutboxEntry]] = models.Manager()
    id = models.CharField(primary_key=True, max_length=24)
    purpose = models.CharField(max_length=10)                       # release, notice, answer, digest, report
    message = models.ForeignKey(QuarantinedMessage, models.CASCADE, null=True, related_name="outbox")
    state = models.CharField(max_length=10)                         # see quarantine.outbox
    recipient = models.CharField(max_length=1000, default="")       # of a notice
    wrapped_key = models.BinaryField(null=True)
    key_id = models.CharField(max_length=16, default="")
    content = models.BinaryField(default=b"")                       # sealed octets of a notice
    attempts = models.PositiveIntegerField(default=0)
    uncertain = models.BooleanField(default=False)                  # an earlier attempt may have been taken
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    last_reply = models.CharField(max_length=500, default="")

    class Meta:
        indexes = (
            models.Index(fields=("next_at",), name="q_due", condition=Q(state="ready")),
            models.Index(fields=("recipient", "finished_at"), name="q_told"),
        )


class AuditRecord(models.Model):
    """One link of the chain; see quarantine.audit. Never changed, never deleted."""

    objects: ClassVar[models.Manager[AuditRecord]] = models.Manager()
    node = models.CharField(max_length=64)
    seq = models.BigIntegerField()
    at = models.CharField(max_length=32)                            # RFC 3339, UTC: the text that was hashed
    actor = models.CharField(max_length=150)
    via = models.CharField(max_length=10)
    system = models.BooleanField(default=False)
    action = models.CharField(max_length=32)
    message_id = models.CharField(max_length=24, default="", db_index=True)
    detail = models.TextField(default="{}")                         # canonical JSON, masked
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("node", "seq"), name="one_chain_a_node"),)


class AuditHead(models.Model):
    """The end of a node's chain under a keyed code: a cut or rewritten end is seen at once."""

    objects: ClassVar[models.Manager[AuditHead]] = models.Manager()
    node = models.CharField(primary_key=True, max_length=64)
    seq = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    key_id = models.CharField(max_length=16)
    code = models.CharField(max_length=64)                          # HMAC-SHA-256


class Checkpoint(models.Model):
    """A signed statement: at this time the chain of this node ended here. Also sent out as an event."""

    objects: ClassVar[models.Manager[Checkpoint]] = models.Manager()
    node = models.CharField(max_length=64)
    seq = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    at = models.CharField(max_length=32)
    key_id = models.CharField(max_length=16)
    signature = models.CharField(max_length=128)                    # Ed25519, hexadecimal

    class Meta:
        constraints = (models.UniqueConstraint(fields=("node", "seq"), name="one_checkpoint_a_place"),)


class LegalHold(models.Model):
    """While one is in force, neither retention nor a person destroys the message."""

    objects: ClassVar[models.Manager[LegalHold]] = models.Manager()
    message = models.ForeignKey(QuarantinedMessage, models.CASCADE, related_name="holds")
    reason = models.CharField(max_length=2000)
    set_by = models.CharField(max_length=150)
    set_at = models.DateTimeField()
    lifted_by = models.CharField(max_length=150, default="")
    lifted_at = models.DateTimeField(null=True)


class Profile(models.Model):
    """What a console account is allowed, beside Django's User. Lists of words; mailboxes are Mailbox.key."""

    objects: ClassVar[models.Manager[Profile]] = models.Manager()
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="profile")
    roles = models.JSONField(default=list)
    mailboxes = models.JSONField(default=list)
    scopes = models.JSONField(default=list)
    language = models.CharField(max_length=10, default="")
    mfa = models.JSONField(default=dict)                            # the console's second factors; {} is none
    must_change_password = models.BooleanField(default=False)
    failed_logins = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)


class UsedMark(models.Model):
    """A release mark that a listener of ours has seen: each counts once."""

    objects: ClassVar[models.Manager[UsedMark]] = models.Manager()
    mark = models.CharField(primary_key=True, max_length=64)
    used_at = models.DateTimeField()
