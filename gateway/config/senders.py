"""Settings about senders: whom we believe, how our own mail is signed, what people are told of strangers' mail."""

# ruff: noqa: RUF009 (a setting is a dataclass field, made once)

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from gateway.config.setting import REQUIRED, setting
from gateway.config.values import (
    DATE,
    DOMAIN,
    ENDPOINT,
    FLAG,
    NETWORK,
    PATH,
    SELECTOR,
    TEXT,
    Endpoint,
    Network,
    choice,
    duration,
    listing,
    optional,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """Sender authentication: SPF, DKIM, DMARC, ARC."""

    nameservers: tuple[Endpoint, ...] = setting(listing(ENDPOINT), [],
        "Name servers to ask.", "those of /etc/resolv.conf")
    timeout: float = setting(duration(0.1, 60), "5s", "One name look-up.")
    trusted_sealers: tuple[str, ...] = setting(listing(DOMAIN), [],
        "Domains whose ARC seals we believe (RFC 8617).")
    partner_domains: tuple[str, ...] = setting(listing(DOMAIN), [],
        "Domains of partners that strangers may imitate; look-alikes of them, as of our own, are findings.")
    protected_names: tuple[str, ...] = setting(listing(TEXT), [],
        'People whom strangers may play: one text a person with all spellings, such as "王小明, Wang Xiao-Ming".')
    trusted_relays: tuple[Network, ...] = setting(listing(NETWORK), [],
        "Mail servers of yours in front of us that cannot say who their client was: it is read from their Received lines.")
    authserv_ids: tuple[str, ...] = setting(listing(DOMAIN), [],
        "Names beside our hostname whose Authentication-Results are removed from mail of strangers: other gateways of yours, "
        "and whatever your mail servers believe.")
    seal_domain: str = setting(optional(DOMAIN, ""), "",
        "Domain of a [[dkim]] key with which mail that we change is sealed (ARC).", "the first [[dkim]] domain")
    seal: str = setting(choice("changed", "always", "never"), "changed",
        "Which inbound mail gets an ARC seal: what we change, or all of it because it is forwarded behind us.")
    history: float = setting(duration(0, 3 * 366 * 86400), "180d",
        "How long it is remembered, as keyed hashes, who wrote to us and to whom we wrote; 0s remembers nobody.")
    learning: float = setting(duration(0, 366 * 86400), "14d",
        "A new history only learns for so long, before strangers are called strangers.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimKey:
    """One key that signs our outbound mail (DKIM) and seals what we change (ARC). There may be many: domains, kinds, selectors."""

    domain: str = setting(DOMAIN, REQUIRED, "Signs mail whose From is of this domain or below it.")
    selector: str = setting(SELECTOR, REQUIRED, "Name of the key: its public half stands at SELECTOR._domainkey.DOMAIN.")
    key_file: Path = setting(PATH, REQUIRED, "Private key, PEM, RSA of 2048 bits or more, or Ed25519, not readable by others.")
    from_: datetime.date | None = setting(optional(DATE), "",
        "First day it signs (UTC); of several keys of one kind the one with the latest first day signs.", "at once")
    until: datetime.date | None = setting(optional(DATE), "", "Last day it signs (UTC).", "for ever")


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotate:
    """What delivered mail of the disposition `annotate` gets beside its tags."""

    banner: bool = setting(FLAG, True,
        "A header line X-Sekisho-Warning with a sentence in the first of `languages`, for mail programs and rules to show.")
    subject_tag: str = setting(TEXT, "",
        'Text put in front of the subject, such as "[external]"; "" changes none. Signed mail is changed only where it '
        "can be sealed.")
