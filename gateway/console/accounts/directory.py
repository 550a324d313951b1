"""Names and passwords of an LDAP directory: somebody is looked for, and their own entry is bound to with their password.

Over TLS always, but on loopback. A password is never empty: RFC 4513, section 5.1.2, calls such a bind unauthenticated, and
servers answer it with success. Only one entry may be found: two would leave it open who logs in.
"""

from __future__ import annotations

import ipaddress
import math
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gateway.config.console import Ldap
from gateway.console.accounts.person import LDAP, Person, Unreachable, mailboxes_of, roles_of

STABLE = ("entryUUID", "objectGUID")     # RFC 4530; Active Directory
ANSWERED = (0, 4)                        # success, sizeLimitExceeded (RFC 4511, appendix A)
GROUPS = 1000                            # of one person
MISSING = 'log-in by a directory needs the extra "ldap": pip install "sekisho[ldap]"'


def find(settings: Ldap, name: str, password: str) -> Person | None:
    """The person whose name and password these are; None where they are not. Raises Unreachable where no server answers."""
    if not password or not name or "\0" in name:
        return None
    try:
        from ldap3.core.exceptions import LDAPException
    except ImportError as error:
        raise Unreachable(MISSING) from error
    trouble = ""
    for server in settings.servers:
        try:
            return _ask(settings, server, name, password)
        except (LDAPException, OSError) as error:
            trouble = f"{server}: {type(error).__name__}"
    raise Unreachable(trouble)


def _ask(settings: Ldap, server: str, name: str, password: str) -> Person | None:
    from ldap3.utils.conv import escape_filter_chars

    wanted = [settings.name_attribute, settings.groups_attribute, *settings.mailbox_attributes, *STABLE]
    looking = connect(settings, server, settings.bind_dn, secret_of(settings.bind_password_file))
    if looking is None:
        raise Unreachable(f"{server}: bind_dn may not log in")
    try:
        entries = found(looking, settings.base, settings.filter.replace("{name}", escape_filter_chars(name)), wanted)
        if len(entries) != 1:
            return None
        groups = values(entries[0], settings.groups_attribute)
        if settings.groups_filter:
            asked = settings.groups_filter.replace("{dn}", escape_filter_chars(entries[0]["dn"]))
            groups += [entry["dn"] for entry in found(looking, settings.base, asked, ["cn"], GROUPS)]
    finally:
        looking.unbind()
    own = connect(settings, server, entries[0]["dn"], password)
    if own is None:
        return None
    own.unbind()
    return person_of(settings, entries[0], groups)


def found(connection: Any, base: str, wanted: str, attributes: list[str], most: int = 2) -> list[dict[str, Any]]:
    connection.search(base, wanted, attributes=attributes, size_limit=most)
    if connection.result["result"] not in ANSWERED:
        raise Unreachable(f"the search fails: {connection.result['description']}")
    return [entry for entry in connection.response or () if entry.get("type") == "searchResEntry"]


def connect(settings: Ldap, server: str, dn: str, password: str) -> Any:
    """A bound connection; None where name or password is not right. Raises LDAPException, OSError."""
    import ldap3

    parts = urlsplit(server)
    trust = ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=str(settings.ca_file) if settings.ca_file else None)
    place = ldap3.Server(str(parts.hostname), port=parts.port or (636 if parts.scheme == "ldaps" else 389),
                         use_ssl=parts.scheme == "ldaps", tls=trust, get_info=ldap3.NONE, connect_timeout=settings.timeout)
    connection = ldap3.Connection(place, user=dn or None, password=password or None, receive_timeout=math.ceil(settings.timeout),
                                  check_names=False, raise_exceptions=False, read_only=True,
                                  authentication=ldap3.SIMPLE if dn else ldap3.ANONYMOUS)
    connection.open()
    if parts.scheme == "ldap" and not loopback(str(parts.hostname)) and not connection.start_tls():
        raise ConnectionError("StartTLS is refused")
    if not connection.bind():
        connection.unbind()
        return None
    return connection


def person_of(settings: Ldap, entry: dict[str, Any], groups: list[str]) -> Person:
    names = values(entry, settings.name_attribute)
    if not names:
        raise Unreachable(f"entries have no attribute {settings.name_attribute}")
    stable = next((bytes(raw).hex() for attribute in STABLE for raw in entry["raw_attributes"].get(attribute, ())), entry["dn"])
    mailboxes = mailboxes_of(value for attribute in settings.mailbox_attributes for value in values(entry, attribute))
    return Person(names[0], f"{LDAP}{stable}"[:500], roles_of(groups, settings.groups), mailboxes)


def values(entry: dict[str, Any], attribute: str) -> list[str]:
    """All values of an attribute as text; attributes compare without case (RFC 4512, section 2.5)."""
    found = [raw for name, many in entry["raw_attributes"].items() if name.casefold() == attribute.casefold() for raw in many]
    return [bytes(raw).decode("utf-8", "replace") for raw in found]


def secret_of(file: Path | None) -> str:
    return file.read_text(encoding="utf-8").strip() if file is not None else ""


def loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
