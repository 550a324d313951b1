"""Console accounts: Django's users with our roles, mailboxes and scopes. Passwords are hashed with argon2."""

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
from quarantine.custodian import Custodian
from quarantine.lifecycle import Refusal, Refused
from quarantine.models import Profile

NO_ACCOUNT = Refusal("NO-ACCOUNT", "there is no such account, or it is disabled")
TAKEN = Refusal("TAKEN", "an account of this name exists already")
LAST_ADMIN = Refusal("LAST-ADMIN", "this is the last account that may administer accounts")
NAME_FORM = Refusal("NAME", "a name has 1 to 150 printable characters without spaces")


class Accounts(Custodian):

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
        if not 1 <= len(name) <= 150 or not name.isprintable() or " " in name:
            raise Refused(NAME_FORM)
        chosen = [role.value for role in parse_roles(roles)]
        given = password
        password = password or made_up()
        if given:
            check_password(given, name)
        with self.transaction():
            if User.objects.filter(username=name).exists():
                raise Refused(TAKEN)
            user = User.objects.create_user(name, password=password)
            Profile.objects.create(user=user, roles=chosen, mailboxes=keys(mailboxes), scopes=scope_keys(scopes),
                                   language=language, must_change_password=not given)
            self.record(actor, "user-add", "", account=name, roles=chosen, mailboxes=keys(mailboxes))
        return password

    def user_list(self, actor: Actor) -> list[dict[str, Any]]:
        self.allowed_here(actor, Act.ACCOUNTS)
        return [{"name": p.user.username, "roles": p.roles, "mailboxes": p.mailboxes, "scopes": p.scopes,
                 "active": p.user.is_active, "mfa": bool(p.mfa), "language": p.language,
                 "last_login": p.user.last_login.isoformat(timespec="seconds") if p.user.last_login else ""}
                for p in Profile.objects.select_related("user").order_by("user__username")]

    def user_role(self, actor: Actor, name: str, roles: Iterable[str], mailboxes: Iterable[str] | None = None,
                  scopes: Iterable[str] | None = None) -> None:
        self.allowed_here(actor, Act.ACCOUNTS)
        with self.transaction():
            profile = self._profile(name)
            profile.roles = [role.value for role in parse_roles(roles)]
            profile.mailboxes = profile.mailboxes if mailboxes is None else keys(mailboxes)
            profile.scopes = profile.scopes if scopes is None else scope_keys(scopes)
            profile.save()
            self._keep_an_admin(actor)
            self.record(actor, "user-role", "", account=name, roles=profile.roles, mailboxes=profile.mailboxes)

    def user_disable(self, actor: Actor, name: str, disabled: bool = True) -> None:
        self.allowed_here(actor, Act.ACCOUNTS)
        with self.transaction():
            profile = self._profile(name)
            User.objects.filter(pk=profile.user_id).update(is_active=not disabled)
            self._keep_an_admin(actor)
            self.record(actor, "user-disable" if disabled else "user-enable", "", account=name)

    def user_reset_mfa(self, actor: Actor, name: str) -> None:
        self.allowed_here(actor, Act.ACCOUNTS)
        with self.transaction():
            profile = self._profile(name)
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
            profile = self._profile(name)
            profile.user.set_password(password)
            profile.user.save(update_fields=["password"])
            Profile.objects.filter(pk=profile.pk).update(must_change_password=not own)
            self.record(actor, "user-password", "", account=name)
        return password

    def note(self, actor: Actor, action: str, message_id: str = "", **detail: Any) -> None:
        """The console's own events: log-in, log-out, failed log-in, settings of an account."""
        with self.transaction():
            self.record(actor, action, message_id, **detail)

    def _profile(self, name: str) -> Profile:
        profile = Profile.objects.select_related("user").filter(user__username=name).first()
        if profile is None:
            raise Refused(NO_ACCOUNT)
        return profile

    def _keep_an_admin(self, actor: Actor) -> None:
        """An administrator does not lock the house out; the system's user can always make a new one."""
        admins = [p for p in Profile.objects.filter(user__is_active=True) if Role.ADMIN.value in p.roles]
        if not admins and not actor.system:
            raise Refused(LAST_ADMIN)


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
        if key.startswith("@") or key.endswith("@"):
            raise Refused(Refusal("MAILBOX", f"{key} is no mailbox: write local@domain"))
    return found


def scope_keys(scopes: Iterable[str]) -> list[str]:
    """Mailboxes or whole domains."""
    return sorted({Mailbox.parse(s).key if "@" in s else Mailbox.parse(f"x@{s}").domain for s in (t.strip() for t in scopes) if s})


def check_password(password: str, name: str) -> None:
    try:
        validate_password(password, User(username=name))
    except ValidationError as error:
        raise Refused(Refusal("PASSWORD", " ".join(error.messages))) from error


def made_up() -> str:
    return secrets.token_urlsafe(15)
