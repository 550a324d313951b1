"""Settings of the web console, and of how people log in to it."""

# ruff: noqa: RUF009 (a setting is a dataclass field, made once)

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gateway.config.setting import setting
from gateway.config.values import LDAP_URL, NETWORK, PATH, TEXT, URL, Network, choice, count, duration, listing, mapping, optional

ROLES = ("recipient", "sender", "supervisor", "analyst", "admin", "auditor")      # gateway.model.custody.Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """The web console."""

    proxies: tuple[Network, ...] = setting(listing(NETWORK), [],
        "Reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.")
    idle: float = setting(duration(60, 86400), "15m", "A session without a click ends after this.")
    lifetime: float = setting(duration(300, 7 * 86400), "8h", "A session ends after this in any case.")
    second_factor: tuple[str, ...] = setting(listing(choice(*ROLES)), [],
        "Roles that must log in with a second factor (authenticator app or security key); everybody else may.")
    reauthenticate: float = setting(duration(0, 86400), "5m",
        "Release, approval and download need the password or second factor again when it was last given longer ago than this.")
    api_per_minute: int = setting(count(0, 1_000_000), 600,
        "Requests a minute with one token of the REST interface; 0 turns the interface off.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Oidc:
    """Log-in through an OpenID Connect provider. Needs the extra `oidc`; an empty issuer turns it off."""

    issuer: str = setting(optional(URL, ""), "", "The provider's address, under which its discovery document stands.")
    client_id: str = setting(TEXT, "", "The name under which the provider knows this console.")
    client_secret_file: Path | None = setting(optional(PATH), "", "File with the secret of that name.")
    title: str = setting(TEXT, "Single sign-on", "What stands on the button of the log-in page.")
    scopes: tuple[str, ...] = setting(listing(TEXT), ["openid", "profile", "email"], "What is asked of the provider.")
    name_claim: str = setting(TEXT, "preferred_username", "Claim with the account's name.")
    mailbox_claims: tuple[str, ...] = setting(listing(TEXT), ["email"],
        "Claims with the person's mail addresses; `email` counts only where `email_verified` is true.")
    groups_claim: str = setting(TEXT, "groups", "Claim with the names of the person's groups.")
    groups: dict[str, str] = setting(mapping(TEXT, choice(*ROLES)), {},
        "Role of a group. Who is in none of them has no account here.")
    timeout: float = setting(duration(0.5, 60), "10s", "One request to the provider.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ldap:
    """Log-in with names and passwords of a directory. Needs the extra `ldap`; no servers turns it off."""

    servers: tuple[str, ...] = setting(listing(LDAP_URL), [],
        "Directory servers, asked in this order: ldaps://, or ldap:// which is secured by StartTLS before anything is said.")
    ca_file: Path | None = setting(optional(PATH), "", "Certificates that sign the servers'.", "those of the system")
    bind_dn: str = setting(TEXT, "", "Who looks people up.", "nobody (an anonymous search)")
    bind_password_file: Path | None = setting(optional(PATH), "", "File with the password of bind_dn.")
    base: str = setting(TEXT, "", "Where people are looked for, such as ou=people,dc=bank,dc=example.")
    filter: str = setting(TEXT, "(&(objectClass=person)(uid={name}))", "How a person is found; {name} is what was typed.")
    name_attribute: str = setting(TEXT, "uid", "Attribute with the account's name.")
    mailbox_attributes: tuple[str, ...] = setting(listing(TEXT), ["mail", "mailAlternateAddress", "proxyAddresses"],
        "Attributes with the person's mail addresses, aliases included.")
    groups_attribute: str = setting(TEXT, "memberOf", "Attribute with the distinguished names of the person's groups.")
    groups_filter: str = setting(TEXT, "",
        "How the groups of a person are found where their entry does not name them, or nested ones count; "
        "{dn} is the person's name.")
    groups: dict[str, str] = setting(mapping(TEXT, choice(*ROLES)), {},
        "Role of a group, by its distinguished name. Who is in none of them has no account here.")
    timeout: float = setting(duration(0.5, 60), "5s", "One request to a server.")
