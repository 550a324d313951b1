"""Tokens of the REST interface: made, listed and revoked; what a request with one may do.

A token is never more than its account: roles, scope and mailboxes are looked up at each use, and a disabled account's
tokens are dead. It cannot make accounts, tokens or second factors: those verbs are not offered to programs at all.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from gateway.model.custody import Actor, Role
from gateway.model.ids import new_message_id
from quarantine.access import FORBIDDEN, Act, reach
from quarantine.accounts import NO_ACCOUNT, Accounts
from quarantine.custodian import stamp
from quarantine.lifecycle import Refusal, Refused
from quarantine.models import ApiToken, Profile
from quarantine.remit import remit_words

PREFIX = "sekisho_"                      # so that scanners for secrets in code and logs know one when they see it
LONGEST = 366                            # days
MOST = 50                                # tokens in force of one account
USED = timedelta(hours=1)                # the last use is not written more often
# What programs may ask for. The rest is for browsers (log-in, second factors, links in mails), for the machine's own
# administrator (keys, retention) or would let a stolen token outlive itself (accounts, tokens).
OFFERED = frozenset({
    "list", "count", "show", "preview", "batch", "batch-show", "batch-undo", "filters", "filter-save", "filter-drop", "request",
    "approve", "deny", "release", "withdraw", "return", "delete", "hold", "lift", "export", "queue", "queue-retry", "queue-drop",
    "audit-verify", "audit-export", "audit-keys", "audit-list", "report", "directory-list", "directory-import", "user-list",
    "token-list", "token-revoke",
})
NO_TOKEN = Refusal("NO-TOKEN", "the token is unknown, expired or revoked, or its account is disabled")
NOT_OFFERED = Refusal("NOT-OFFERED", "this is not offered to programs")
NOT_IN_SCOPE = Refusal("TOKEN-SCOPE", "the token does not cover this")
TOKEN_FORM = Refusal("TOKEN", "a token has a label, lives 1 to 366 days, and no more rights than its account")
TOO_MANY_TOKENS = Refusal("TOO-MANY-TOKENS", f"an account has at most {MOST} tokens in force")
NO_SUCH_TOKEN = Refusal("NOT-FOUND", "there is no such token, or it is not yours to see")


class Tokens(Accounts):

    def token_add(self, actor: Actor, name: str, label: str, days: int, roles: Iterable[str] = (), scopes: Iterable[str] = (),
                  verbs: Iterable[str] = ()) -> dict[str, Any]:
        """A token for an account of one's own; the system's user makes them for any. Its text is in the answer and nowhere else."""
        if actor.via == "api" or not (actor.system or actor.name == name):
            raise Refused(FORBIDDEN)
        label, now = " ".join(label.split()), self.now()
        with self.transaction():
            profile = self.profile(name)
            if not profile.user.is_active:
                raise Refused(NO_ACCOUNT)
            chosen = {"roles": sorted(set(roles)) or sorted(profile.roles), "scopes": remit_words(scopes),
                      "verbs": sorted(set(verbs))}
            wider = set(chosen["roles"]) - set(profile.roles) or (profile.scopes and set(chosen["scopes"]) - set(profile.scopes))
            formed = 1 <= days <= LONGEST and label.isprintable() and 1 <= len(label) <= 100
            if wider or not formed:
                raise Refused(TOKEN_FORM)
            if unknown := sorted(set(chosen["verbs"]) - OFFERED):
                raise Refused(Refusal("TOKEN", f'there is no verb "{unknown[0][:32]}"; use one of {" ".join(sorted(OFFERED))}'))
            if self._in_force(now).filter(user_id=profile.user_id).count() >= MOST:
                raise Refused(TOO_MANY_TOKENS)
            text = PREFIX + secrets.token_urlsafe(32)
            row = ApiToken.objects.create(
                id=new_message_id(now), user_id=profile.user_id, label=label, digest=digest(text), made_by=actor.name,
                created_at=now, expires_at=now + timedelta(days=days), **chosen)
            self.record(actor, "token-add", "", account=name, token=row.pk, label=label, days=days, **chosen)
        return described(row, name) | {"token": text}

    def token_list(self, actor: Actor) -> list[dict[str, Any]]:
        """One's own, or all for whoever administers accounts; the newest first."""
        rows = ApiToken.objects.select_related("user").order_by("-created_at", "-id")
        if not reach(actor, Act.ACCOUNTS):
            rows = rows.filter(user__username=actor.name)
        return [described(row, row.user.username) for row in rows[:1000]]

    def token_revoke(self, actor: Actor, id: str) -> None:
        """From now on it opens nothing. Again is no mistake."""
        with self.transaction():
            row = ApiToken.objects.select_related("user").filter(pk=id).first()
            if row is None or not (row.user.username == actor.name or reach(actor, Act.ACCOUNTS)):
                raise Refused(NO_SUCH_TOKEN)
            if ApiToken.objects.filter(pk=id, revoked_at=None).update(revoked_at=self.now()):
                self.record(actor, "token-revoke", "", account=row.user.username, token=id)

    def token_actor(self, text: str, verb: str) -> Actor:
        """Who asks with this token, cut down to what it covers. Raises Refused."""
        now = self.now()
        row = self._in_force(now).select_related("user").filter(digest=digest(text)).first() if text.startswith(PREFIX) else None
        profile = Profile.objects.filter(user_id=row.user_id, user__is_active=True).first() if row is not None else None
        if row is None or profile is None:
            raise Refused(NO_TOKEN)
        if verb not in OFFERED:
            raise Refused(NOT_OFFERED)
        if row.verbs and verb not in row.verbs:
            raise Refused(NOT_IN_SCOPE)
        roles = frozenset(Role(r) for r in row.roles if r in profile.roles)
        scopes = frozenset(row.scopes or profile.scopes)
        if profile.scopes and row.scopes:
            scopes &= frozenset(profile.scopes)
        if not roles or (row.scopes and not scopes):
            raise Refused(NO_TOKEN)      # its account lost what the token was made for
        if row.used_at is None or not timedelta() <= now - row.used_at < USED:
            with self.transaction():
                ApiToken.objects.filter(pk=row.pk).update(used_at=now)
        return Actor(row.user.username, roles, frozenset(profile.mailboxes), via="api", scopes=scopes)

    def _in_force(self, now: datetime) -> Any:
        return ApiToken.objects.filter(revoked_at=None, expires_at__gt=now)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def described(row: ApiToken, name: str) -> dict[str, Any]:
    return {"id": row.pk, "account": name, "label": row.label, "roles": row.roles, "scopes": row.scopes, "verbs": row.verbs,
            "made_by": row.made_by, "created_at": stamp(row.created_at), "expires_at": stamp(row.expires_at),
            "used_at": stamp(row.used_at) if row.used_at else "", "revoked_at": stamp(row.revoked_at) if row.revoked_at else ""}
