"""Console accounts: Django's users with our roles, mailboxes and scopes. Passwords are hashed with argon2.

An account with an `identity` belongs to a person of a provider or directory: it has no password here, and its roles and
mailboxes are those of the last log-in there.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from gateway.model.address import Mailbox
from gateway.model.custody import Actor, Role
from quarantine.access import Act
from quarantine.factors import Factors, held_by
from quarantine.lifecycle import Refusal, Refused
from quarantine.models import Profile
from quarantine.remit import remit_words

NO_ACCOUNT = Refusal("NO-ACCOUNT", "there is no such account, or it is disabled")
TAKEN = Refusal("TAKEN", "an account of this name exists already")
OWN_ACCOUNT = Refusal("OWN-ACCOUNT", "nobody changes the rights of their own account: another administrator has to")
NAME_FORM = Refusal("NAME", "a name has 1 to 150 printable characters without spaces")
EXTERNAL = Refusal("EXTERNAL", "the account belongs to a directory: its password, roles and mailboxes are changed there")
OTHER_PERSON = Refusal("OTHER-PERSON", "the account of this name belongs to somebody else")
LANGUAGES = ("", "zh-Hant", "zh-Hans", "ja", "en")


class Accounts(Factors):

    def actor(self, name: str, via: str) -> Actor:
        """The account as it stands now; raises Refused where it does not exist or is disabled."""
        profile = Profile.objects.select_related("user").filter(user__username=name, user__is_active=True).first()
        if profile is None:
            raise Refused(NO_ACCOUNT)
        return Actor(name, frozenset(Role(r) for r in profile.roles), frozenset(profile.mailboxes), via,
                     scopes=frozenset(profile.scopes))

    def user_add(self, actor: Actor, name: str, roles: Iterable[str], mailboxes: Iterable[str] = (), scopes: Iterable[str] = (),
                 password: str = "", language: str = "") -> str:
        """Make an account; returns its password, which was made up where none was given and must be changed then."""
        self.allowed_here(actor, Act.ACCOUNTS)
        check_name(name)
        values = {"roles": role_words(roles), "mailboxes": keys(mailboxes), "scopes": remit_words(scopes),
                  "language": checked_language(language)}
        given = password
        password = password or made_up()
        if given:
            check_password(password, name)
        with self.transaction():
            if User.objects.filter(username=name).exists():
                raise Refused(TAKEN)
            user = User.objects.create_user(name, password=password)
            Profile.objects.create(user=user, must_change_password=not given, **values)
            self.record(actor, "user-add", "", account=name, **values)
        return password

    def user_list(self, actor: Actor) -> list[dict[str, Any]]:
        self.allowed_here(actor, Act.ACCOUNTS)
        return [{"name": p.user.username, "roles": p.roles, "mailboxes": p.mailboxes, "scopes": p.scopes,
                 "active": p.user.is_active, "mfa": held_by(p), "language": p.language, "external": bool(p.identity),
                 "must_change": p.must_change_password,
                 "last_login": p.user.last_login.isoformat(timespec="seconds") if p.user.last_login else ""}
                for p in Profile.objects.select_related("user").order_by("user__username")]

    def user_role(self, actor: Actor, name: str, roles: Iterable[str], mailboxes: Iterable[str] | None = None,
                  scopes: Iterable[str] | None = None, language: str | None = None) -> None:
        """Give an account other roles, and other mailboxes, scope and language where they are given."""
        self.allowed_for(actor, name)
        with self.transaction():
            profile = self.profile(name)
            wanted = {"roles": role_words(roles), "mailboxes": profile.mailboxes if mailboxes is None else keys(mailboxes)}
            if profile.identity and any(getattr(profile, field) != value for field, value in wanted.items()):
                raise Refused(EXTERNAL)
            wanted |= {"scopes": profile.scopes if scopes is None else remit_words(scopes),
                       "language": profile.language if language is None else checked_language(language)}
            Profile.objects.filter(pk=profile.pk).update(**wanted)
            self.record(actor, "user-role", "", account=name, **wanted)

    def user_disable(self, actor: Actor, name: str, disabled: bool = True) -> None:
        self.allowed_for(actor, name)
        with self.transaction():
            profile = self.profile(name)
            User.objects.filter(pk=profile.user_id).update(is_active=not disabled)
            self.record(actor, "user-disable" if disabled else "user-enable", "", account=name)

    def user_reset_mfa(self, actor: Actor, name: str) -> None:
        """Forget an account's second factors: where its role needs one, it must set up a new one at its next log-in."""
        self.allowed_for(actor, name)
        with self.transaction():
            profile = self.profile(name)
            Profile.objects.filter(pk=profile.pk).update(mfa={})
            self.record(actor, "user-reset-mfa", "", account=name)

    def user_password(self, actor: Actor, name: str, password: str = "") -> str:
        """Set a password: one's own, or anybody's for an administrator (which must then be changed)."""
        own = not actor.system and actor.name == name
        if not own:
            self.allowed_here(actor, Act.ACCOUNTS)
        password = password or made_up()
        check_password(password, name)
        with self.transaction():
            profile = self.profile(name)
            if profile.identity:
                raise Refused(EXTERNAL)
            profile.user.set_password(password)
            profile.user.save(update_fields=["password"])
            Profile.objects.filter(pk=profile.pk).update(must_change_password=not own)
            self.record(actor, "user-password", "", account=name)
        return password

    def user_arrive(self, via: str, name: str, identity: str, roles: Iterable[str], mailboxes: Iterable[str]) -> None:
        """Somebody has proven at a provider or directory who they are: make or renew their account.

        `identity` never changes there and is never given to another person; a name may be. Without roles nothing of the
        house is open to them any more. Raises Refused where the account is disabled or another person's.
        """
        check_name(name)
        wanted = {"roles": role_words(roles, empty=True), "mailboxes": keys(mailboxes)}
        actor = Actor(name, frozenset(), via=via)
        with self.transaction():
            profile = Profile.objects.select_related("user").filter(identity=identity).first() if identity else None
            if profile is None:
                self._newcomer(actor, name, identity, wanted)
                return
            if profile.user.username != name:
                raise Refused(OTHER_PERSON)
            if not profile.user.is_active:
                raise Refused(NO_ACCOUNT)
            if any(getattr(profile, field) != value for field, value in wanted.items()):
                Profile.objects.filter(pk=profile.pk).update(**wanted)
                self.record(actor, "user-role", "", account=name, **wanted)

    def _newcomer(self, actor: Actor, name: str, identity: str, wanted: dict[str, list[str]]) -> None:
        if not identity or len(identity) > 500:
            raise Refused(NAME_FORM)
        if User.objects.filter(username=name).exists():
            raise Refused(OTHER_PERSON)
        if not wanted["roles"]:
            raise Refused(NO_ACCOUNT)
        Profile.objects.create(user=User.objects.create_user(name, password=None), identity=identity, **wanted)
        self.record(actor, "user-add", "", account=name, **wanted)

    def note(self, actor: Actor, action: str, message_id: str = "", **detail: Any) -> None:
        """The console's own events: log-in, log-out, failed log-in, settings of an account."""
        with self.transaction():
            self.record(actor, action, message_id, **detail)

    def allowed_for(self, actor: Actor, name: str) -> None:
        """An administrator changes anybody's rights but their own; so one administrator always remains."""
        self.allowed_here(actor, Act.ACCOUNTS)
        if not actor.system and actor.name == name:
            raise Refused(OWN_ACCOUNT)


def check_name(name: str) -> None:
    if not 1 <= len(name) <= 150 or not name.isprintable() or " " in name:
        raise Refused(NAME_FORM)


def checked_language(language: str) -> str:
    if language not in LANGUAGES:
        raise Refused(Refusal("LANGUAGE", f"{language} is no language of ours: {' '.join(LANGUAGES[1:])}"))
    return language


def role_words(words: Iterable[str], empty: bool = False) -> list[str]:
    given = list(words)
    return [] if empty and not given else [role.value for role in parse_roles(given)]


def parse_roles(words: Iterable[str]) -> list[Role]:
    names = {role.value for role in Role}
    wanted = list(dict.fromkeys(word.strip().lower() for word in words if word.strip()))
    unknown = [word for word in wanted if word not in names]
    if unknown or not wanted:
        raise Refused(Refusal("ROLE", f"{unknown[0] if unknown else 'nothing'} is no role: use {' '.join(sorted(names))}"))
    return [Role(word) for word in wanted]


def keys(addresses: Iterable[str]) -> list[str]:
    found = sorted({Mailbox.parse(a.strip()).key for a in addresses if a.strip()})
    for key in found:
        if key.startswith("@") or key.endswith("@") or not key.isprintable() or " " in key or len(key) > 500:
            raise Refused(Refusal("MAILBOX", f"{key[:100]} is no mailbox: write local@domain"))
    return found


def check_password(password: str, name: str) -> None:
    try:
        validate_password(password, User(username=name))
    except ValidationError as error:
        raise Refused(Refusal("PASSWORD", " ".join(error.messages))) from error


def made_up() -> str:
    return secrets.token_urlsafe(15)
