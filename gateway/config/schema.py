"""Every setting: type, default, unit and one line of explanation. The reference and the example are made from this.

A default of REQUIRED must be given. Defaults written here are TOML values; the loader reads them as if they stood in
the file. What depends on another setting has the default "" and is filled in by `load.fill` (`filled` says how).
"""

# ruff: noqa: RUF009 (a setting is a dataclass field, made once)

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.config.cell import Inspection, Limits, Passwords
from gateway.config.console import Console, Ldap, Oidc
from gateway.config.scanners import Scanner
from gateway.config.senders import Annotate, Auth, DkimKey
from gateway.config.setting import REQUIRED, setting
from gateway.config.values import (
    ADDRESS_OR_DOMAIN,
    BLOBS,
    CLOCK_TIME,
    DATABASE,
    DOMAIN,
    ENDPOINT,
    LANGUAGE,
    MAILBOX,
    NAME,
    NETWORK,
    PATH,
    TEXT,
    TIMEZONE,
    URL,
    Endpoint,
    Kind,
    Network,
    choice,
    count,
    duration,
    listing,
    mapping,
    optional,
    size,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """The gateway as a whole."""

    hostname: str = setting(DOMAIN, "localhost", "Our name in the greeting, in EHLO and in Received lines.")
    our_domains: tuple[str, ...] = setting(listing(DOMAIN), [],
        "The organisation's mail domains: inbound mail is for them, outbound mail from them.")
    languages: tuple[str, ...] = setting(listing(LANGUAGE, empty=False), ["en"],
        "Languages of notices and of the console; the first is the default. zh-Hant zh-Hans ja en.")
    timezone: str = setting(TIMEZONE, "UTC", "Time zone in which notices and the console show times.")
    state_dir: Path = setting(PATH, "/var/lib/sekisho",
        "Folder of the database, held mail, sockets and indexes. Its owner is the user we run as.")
    processes: int = setting(count(1, 64), 2, "SMTP edge processes; they share each listener's port.")
    console: Endpoint | None = setting(optional(ENDPOINT), "127.0.0.1:8080",
        'Where the web console listens; "" turns it off.')
    console_url: str = setting(optional(URL, ""), "",
        "The console's address as people type it: the one link in our notices.", "http://CONSOLE")
    ops: Endpoint | None = setting(optional(ENDPOINT), "127.0.0.1:9108",
        '/healthz (alive), /readyz (all parts run and answer, and there is room to hold mail) and /metrics; "" turns it off.')


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One address on which we take mail. There may be many."""

    name: str = setting(NAME, REQUIRED, "Name in logs, metrics and the journal.")
    address: Endpoint = setting(ENDPOINT, REQUIRED, "Where it listens.")
    direction: str = setting(choice("inbound", "outbound", "auto"), REQUIRED,
        "Which way its mail goes; auto decides by the envelope.")
    next_hop: tuple[Endpoint, ...] = setting(listing(ENDPOINT, empty=False, single=True), REQUIRED,
        "Mail servers that get what may pass; the next one is tried when one cannot be reached.")
    next_hop_tls: str = setting(choice("none", "opportunistic", "required"), "opportunistic",
        "TLS towards the next hop; required also checks its certificate.")
    next_hop_credentials: Path | None = setting(optional(PATH), "",
        "File with two lines, user and password, for AUTH at the next hop.")
    next_hop_ca: Path | None = setting(optional(PATH), "",
        "PEM file of the authority that the next hop's certificate is checked against.", "the system's authorities")
    clients: tuple[Network, ...] = setting(listing(NETWORK), ["127.0.0.0/8", "::1/128"],
        "Who may connect: the TCP peer, or the address that PROXY names.")
    trust: tuple[Network, ...] = setting(listing(NETWORK), [],
        "Who may use XCLIENT, XFORWARD and PROXY and sees the next hop's text: the TCP peer, or the address that PROXY names.")
    tls: str = setting(choice("none", "starttls", "required", "implicit"), "none",
        "starttls offers it, required refuses mail in clear, implicit begins with it.")
    tls_cert: Path | None = setting(optional(PATH), "", "Certificate chain, PEM.")
    tls_key: Path | None = setting(optional(PATH), "", "Its private key, PEM, not readable by others.")
    max_size: int = setting(size(1 << 10, 1 << 30), "50MiB", "Largest message; larger ones get 552.")
    proxy: str = setting(choice("none", "required"), "none",
        "required: every connection begins with a PROXY v1 or v2 header from a peer in `trust`.")
    stray: str = setting(choice("reject", "normalize"), "reject",
        "Bare CR or LF in content: refuse the message or write CRLF.")
    owner: str = setting(optional(MAILBOX, ""), "",
        "Who is told where a message has no known owner.", "postmaster at the first of our_domains")
    mode: str = setting(choice("enforce", "observe"), "enforce",
        "observe: the same verdicts are recorded, everything is delivered.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """Custody of held mail."""

    database: str = setting(DATABASE, "sqlite", 'Index: "sqlite" in state_dir, or "postgresql://user@host/name".')
    database_password_file: Path | None = setting(optional(PATH), "", "File with the database password.")
    blobs: str = setting(BLOBS, "file",
        'Held octets, always encrypted: "file" in state_dir, or "s3://bucket/prefix".')
    blobs_credentials: Path | None = setting(optional(PATH), "",
        "TOML file for S3: access_key_id, secret_access_key, region, endpoint.")
    key_file: Path = setting(optional(PATH), "",
        "Master key. Keep a copy elsewhere: without it held mail cannot be read.", "quarantine.key in state_dir")
    retain: float = setting(duration(3600), "90d", "How long held mail is kept.")
    four_eyes_persons: int = setting(count(1), 100,
        "A leak of so many persons' data needs two people to release it, whatever the rule says.")
    min_free: int = setting(size(), "1GiB", "Free space below which no mail is taken into custody (451).")
    record: str = setting(choice("best-effort", "required"), "best-effort",
        "required: clean mail too passes only when it was recorded.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """Mail that we write. Only insiders ever get one."""

    from_: str = setting(optional(MAILBOX, ""), "",
        "Sender shown in notices: a mailbox that exists.", "postmaster at the first of our_domains")
    next_hop: tuple[Endpoint, ...] = setting(listing(ENDPOINT, single=True), [],
        "Mail servers that deliver notices.", "the first inbound listener's")
    contact: str = setting(TEXT, "", "Who to ask, such as a telephone extension; printed in every notice.")
    per_hour: int = setting(count(1, 10000), 20,
        "Notices to one address in an hour; what is more comes in one digest.")
    language: dict[str, str] = setting(mapping(ADDRESS_OR_DOMAIN, LANGUAGE), {},
        "Language of an address or domain where it is not the default.")
    iso_2022_jp: tuple[str, ...] = setting(listing(ADDRESS_OR_DOMAIN), [],
        "Addresses and domains with old mail programs that want Japanese in ISO-2022-JP.")
    links: str = setting(choice("personal", "console"), "personal",
        "personal: a link opens a page for its reader, who acts with a code sent to the mailbox; console: it needs an account.")
    link_url: str = setting(optional(URL, ""), "",
        "Base address of those pages, where people reach them by another name than the console.", "console_url")
    link_lifetime: float = setting(duration(3600, 365 * 86400), "14d", "How long a link opens its page.")
    digest: str = setting(choice("off", "hourly", "daily"), "off",
        "Notices of held inbound mail: each at once, or all new ones of a period in one digest.")
    digest_at: str = setting(CLOCK_TIME, "08:30", "When the daily digest leaves, in `timezone`.")
    digests: dict[str, str] = setting(mapping(ADDRESS_OR_DOMAIN, choice("off", "hourly", "daily")), {},
        "Another period for an address or domain.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who decides about held outbound mail, where a directory says who answers for whom (`sekisho directory import`)."""

    deadline: float = setting(duration(10, 30 * 86400), "4h",
        "Who was asked has so long; then the next one up is asked, in the end the listener's owner.")
    people: str = setting(TEXT, "(&(objectClass=person)(mail=*))",
        "Which entries below the base of [console.ldap] are people, for `sekisho directory import --ldap`.")
    mail_attribute: str = setting(TEXT, "mail", "Their attribute with the one address they send from.")
    manager_attribute: str = setting(TEXT, "manager", "Their attribute with the distinguished name of who they report to.")
    deputies_attribute: str = setting(TEXT, "",
        "Their attribute with deputies and days, written as in the CSV file: `address 2026-12-01..2026-12-10`, one a value.",
        "none are read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What passed: for search, statistics and `policy replay`."""

    retain: float = setting(duration(3600), "30d", "How long entries are kept.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySettings:
    """How the rules of this file and the packaged ones go together. Every rule counts, so more rules are stricter."""

    packaged: str = setting(choice("without-rules", "always"), "without-rules",
        "When the packaged default policy is in force: only where there are no [[rule]] tables, or beside them.")


@dataclass(frozen=True, slots=True)
class Entry:
    """One raw `[[rule]]`, `[[exception]]` or `[[group]]` with its places; `gateway.policy.parse` reads it."""

    table: Mapping[str, Any]
    where: str                           # file:line of the header
    places: Mapping[str, str]            # key -> file:line


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole configuration, checked. `path` is None where there was no file."""

    path: Path | None
    gateway: Gateway
    listeners: tuple[Listener, ...]
    limits: Limits
    inspection: Inspection
    passwords: Passwords
    auth: Auth
    quarantine: Quarantine
    notices: Notices
    approval: Approval
    console: Console
    oidc: Oidc
    ldap: Ldap
    journal: Journal
    policy: PolicySettings
    annotate: Annotate
    dkim: tuple[DkimKey, ...] = ()
    scanners: tuple[Scanner, ...] = ()
    groups: tuple[Entry, ...] = ()
    rules: tuple[Entry, ...] = ()
    exceptions: tuple[Entry, ...] = ()
    files: tuple[Path, ...] = ()         # the file and what it includes
    version: str = ""                    # digest of their octets
    warnings: tuple[str, ...] = ()       # file:line: warning: ...


SECTIONS: Mapping[str, type] = {
    "gateway": Gateway,
    "limits": Limits,
    "inspection": Inspection,
    "passwords": Passwords,
    "auth": Auth,
    "quarantine": Quarantine,
    "notices": Notices,
    "approval": Approval,
    "console": Console,
    "console.oidc": Oidc,
    "console.ldap": Ldap,
    "journal": Journal,
    "policy": PolicySettings,
    "annotate": Annotate,
}
TABLES: Mapping[str, type] = {"listener": Listener, "dkim": DkimKey, "scanner": Scanner}
ENTRIES = {"group": "groups", "rule": "rules", "exception": "exceptions"}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as the reader and the reference see it."""

    key: str                             # as written in the file
    attribute: str                       # of the dataclass: `from` is a Python word, so `from_`
    kind: Kind
    default: Any                         # a TOML value or REQUIRED
    doc: str
    filled: str


def settings(section: type) -> tuple[Setting, ...]:
    return tuple(
        Setting(f.name.rstrip("_"), f.name, **f.metadata)
        for f in dataclasses.fields(section)
    )
