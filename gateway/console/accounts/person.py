"""Who somebody is at an OpenID Connect provider or in a directory: what both ways of logging in come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gateway.model.address import Mailbox

OIDC, LDAP = "oidc ", "ldap "            # an identity begins with one of them
MOST_ADDRESSES = 100


@dataclass(frozen=True, slots=True)
class Person:
    """`identity` stays with the person for good; the name may change there, or be given to another person."""

    name: str
    identity: str
    roles: tuple[str, ...]
    mailboxes: tuple[str, ...]


class Unreachable(Exception):
    """The provider or directory cannot be asked, or answers nonsense. The text is for the log: it quotes no secret."""


def roles_of(groups: Iterable[str], table: Mapping[str, str]) -> tuple[str, ...]:
    """The roles of somebody's groups, each once, in the order of the table. Names of groups compare without case."""
    theirs = {group.strip().casefold() for group in groups}
    return tuple(dict.fromkeys(role for group, role in table.items() if group.strip().casefold() in theirs))


def mailboxes_of(values: Iterable[str]) -> tuple[str, ...]:
    """Addresses as directories write them (`SMTP:a@b` in proxyAddresses too); what is none is left out."""
    found = []
    for value in values:
        scheme, colon, rest = value.strip().partition(":")
        text = rest if colon and scheme.lower() == "smtp" else value.strip()
        mailbox = Mailbox.parse(text)
        if mailbox.local and mailbox.domain and text.isprintable() and ":" not in text and " " not in text and len(text) <= 300:
            found.append(mailbox.key)
    return tuple(dict.fromkeys(found))[:MOST_ADDRESSES]
