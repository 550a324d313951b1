"""The schema of custody, the same on SQLite and PostgreSQL.

What mail says (subject, names, findings, notices) is sealed: `detail` and `content` are readable only with the message's
data key, which `wrapped_key` holds under the master key. Destroying `wrapped_key` destroys them.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

SCHEMA = 8                               # raised with every migration; an older program refuses a newer database


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
    without = models.JSONField(default=list)                        # labels of the parts that the release leaves out
    automatic = models.BooleanField(default=False)                  # nobody approved the release: the policy must let it pass
    sent_sha256 = models.CharField(max_length=64, default="")       # of the octets as changed for the release; "" is unchanged
    attend = models.BooleanField(default=False)                     # custody has something to do once it is HELD
    locked = models.BooleanField(default=False)                     # something in it is encrypted and was not opened
    recheck = models.BooleanField(default=False)                    # a word came that may open it: judge it again
    rechecks = models.PositiveSmallIntegerField(default=0)          # how often custody did so by itself
    place = models.BigIntegerField(null=True, unique=True)          # its number in the index of quarantine.search

    class Meta:
        indexes = (
            models.Index(fields=("recheck",), name="q_recheck", condition=Q(recheck=True)),
            models.Index(fields=("attend",), name="q_attend", condition=Q(attend=True)),
            models.Index(fields=("-received_at", "-id"), name="q_newest"),
            models.Index(fields=("status", "-received_at"), name="q_status"),
            models.Index(fields=("sender_key", "-received_at"), name="q_sender"),
            models.Index(fields=("retry_key",), name="q_retry"),
            models.Index(fields=("expires_at",), name="q_expires", condition=Q(wrapped_key__isnull=False)),
            models.Index(fields=("key_id",), name="q_key"),
            models.Index(fields=("status", "size"), name="q_sizes"),
        )


class HeldRecipient(models.Model):
    """A forward-path for which the message is held."""

    objects: ClassVar[models.Manager[HeldRecipient]] = models.Manager()
    message = models.ForeignKey(QuarantinedMessage, models.CASCADE, related_name="recipients")
    position = models.PositiveIntegerField()
    address = models.CharField(max_length=1000)
    key = models.CharField(max_length=1000, db_index=True)          # Mailbox.key
    outcome = models.CharField(max_length=500, default="")          # "delivered", "stripped", or the next hop's refusal
    chosen = models.BooleanField(default=True)                      # the release under way is for them


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
    recipients = models.JSONField(default=list)                     # Mailbox.key of those it is for; [] is everybody
    without = models.JSONField(default=list)                        # labels of the parts that are to be left out

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
    shown_at = models.DateTimeField(null=True)                      # when the page with the evidence was made; None: unknown

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
            models.Index(fields=("state", "next_at"), name="q_state"),
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
        indexes = (models.Index(fields=("actor", "at"), name="q_audit_by"),
                   models.Index(fields=("action", "at"), name="q_audit_what"),
                   models.Index(fields=("actor", "action", "at"), name="q_audit_by_what"),
                   models.Index(fields=("at",), name="q_audit_at"))


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
    mfa = models.JSONField(default=dict)                            # second factors, see quarantine.factors; {} is none
    identity = models.CharField(max_length=500, default="")         # at a provider or directory; "" has a password of its own
    must_change_password = models.BooleanField(default=False)
    failed_logins = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("identity",), condition=~Q(identity=""), name="one_account_an_identity"),)


class AnnouncedWords(models.Model):
    """Words that one mail announced as passwords to somebody. Sealed; who the two are is known by a keyed hash only."""

    objects: ClassVar[models.Manager[AnnouncedWords]] = models.Manager()
    pair = models.CharField(max_length=64)                          # HMAC-SHA-256 of the two addresses
    key_id = models.CharField(max_length=16)                        # of the master key that both were made under
    sealed = models.BinaryField()
    kept_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("pair", "-id"), name="q_pair"),
            models.Index(fields=("expires_at",), name="q_words_expire"),
        )


class UsedMark(models.Model):
    """A release mark that a listener of ours has seen: each counts once."""

    objects: ClassVar[models.Manager[UsedMark]] = models.Manager()
    mark = models.CharField(primary_key=True, max_length=64)
    used_at = models.DateTimeField()


class Pass(models.Model):
    """What a link in a mail of ours opens: some held messages, for one person, until a date. The token is never stored."""

    objects: ClassVar[models.Manager[Pass]] = models.Manager()
    digest = models.CharField(primary_key=True, max_length=64)      # SHA-256 of the token
    mailbox = models.CharField(max_length=1000)                     # Mailbox.key of whom the mail was for
    party = models.CharField(max_length=10)                         # recipient, sender, approver
    messages = models.JSONField(default=list)                       # ids, in the order of the mail
    used = models.JSONField(default=dict)                           # message id -> what was done with this pass
    tries = models.JSONField(default=dict)                          # message id -> archive passwords tried
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("mailbox",), name="q_pass"), models.Index(fields=("expires_at",), name="q_pass_end"))


class OneTimeCode(models.Model):
    """A number sent to the mailbox of a pass: for one message and one act, once."""

    objects: ClassVar[models.Manager[OneTimeCode]] = models.Manager()
    owner = models.ForeignKey(Pass, models.CASCADE, related_name="codes")
    mailbox = models.CharField(max_length=1000)
    message_id = models.CharField(max_length=24)
    act = models.CharField(max_length=12)
    code = models.CharField(max_length=64)                          # HMAC-SHA-256
    key_id = models.CharField(max_length=16)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("mailbox", "sent_at"), name="q_code"),)


class ApprovalTask(models.Model):
    """A person was asked to decide about a held message, until a deadline."""

    objects: ClassVar[models.Manager[ApprovalTask]] = models.Manager()
    message = models.ForeignKey(QuarantinedMessage, models.CASCADE, related_name="tasks")
    approver = models.CharField(max_length=1000)                    # Mailbox.key
    instead_of = models.CharField(max_length=1000, default="")      # whose deputy that is
    level = models.PositiveSmallIntegerField(default=0)             # steps up from the sender's own supervisor
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, default="")           # "" waits; escalated, reminded, decided, ended
    closed_at = models.DateTimeField(null=True)
    first_time = models.JSONField(default=list)                     # recipients to whom this sender never wrote before

    class Meta:
        indexes = (models.Index(fields=("due_at",), name="q_task_due", condition=Q(outcome="")),)


class DirectoryEntry(models.Model):
    """Who answers for whom: one person of ours, the superior, and who stands in when the person is away."""

    objects: ClassVar[models.Manager[DirectoryEntry]] = models.Manager()
    mailbox = models.CharField(primary_key=True, max_length=1000)   # Mailbox.key
    supervisor = models.CharField(max_length=1000, default="")      # Mailbox.key; "" is the head
    deputies = models.JSONField(default=list)                       # [Mailbox.key, first day, last day], days as YYYY-MM-DD
    name = models.CharField(max_length=200, default="")
    department = models.CharField(max_length=200, default="")


class SearchKey(models.Model):
    """One row: the key of the search index, under the master key. It stays the same when the master key changes."""

    objects: ClassVar[models.Manager[SearchKey]] = models.Manager()
    id = models.CharField(primary_key=True, max_length=24)
    wrapped_key = models.BinaryField(null=True)
    key_id = models.CharField(max_length=16, default="")


class SavedFilter(models.Model):
    """A list as one person wants to find it again."""

    objects: ClassVar[models.Manager[SavedFilter]] = models.Manager()
    owner = models.CharField(max_length=150)                        # name of the account
    name = models.CharField(max_length=100)
    query = models.JSONField(default=dict)                          # the fields of the form that are not empty

    class Meta:
        constraints = (models.UniqueConstraint(fields=("owner", "name"), name="one_filter_a_name"),)


class Batch(models.Model):
    """One decision about many messages, which waits some seconds so that it can be taken back."""

    objects: ClassVar[models.Manager[Batch]] = models.Manager()
    id = models.CharField(primary_key=True, max_length=24)
    actor = models.CharField(max_length=150)
    via = models.CharField(max_length=10)
    verb = models.CharField(max_length=12)
    reason = models.CharField(max_length=2000)
    ids = models.JSONField(default=list)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="waiting")      # waiting, undone, done
    results = models.JSONField(default=dict)                        # id -> "" where it was done, else the code of the refusal

    class Meta:
        indexes = (models.Index(fields=("due_at",), name="q_batch_due", condition=Q(state="waiting")),)


class ApiToken(models.Model):
    """What a program shows instead of a password: an account's rights, or a part of them, until a day. Only its digest is kept."""

    objects: ClassVar[models.Manager[ApiToken]] = models.Manager()
    id = models.CharField(primary_key=True, max_length=24)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)           # SHA-256 of 256 random bits: nothing to guess, no salt needed
    roles = models.JSONField(default=list)
    scopes = models.JSONField(default=list)                         # [] is the account's own
    verbs = models.JSONField(default=list)                          # [] is every verb for programs
    made_by = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)                       # to the hour
    revoked_at = models.DateTimeField(null=True)
