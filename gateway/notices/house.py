"""What every mail of ours needs of the house: addresses, languages, links; and how a held mail is named in it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.config import Config
from gateway.model.address import Mailbox
from gateway.model.custody import Grant, OutgoingMail
from gateway.notices.catalog import LABELS, text
from gateway.notices.plain import defanged, shown_time
from gateway.notices.render import Letterhead, Page, message

MAX_RECIPIENTS = 5                       # addresses shown


@dataclass(frozen=True, slots=True)
class House:
    """What notices need of the configuration."""

    sender: str
    hostname: str
    link: str
    contact: str
    timezone: str
    languages: tuple[str, ...]
    our_domains: frozenset[str]
    owners: Mapping[str, str]            # listener -> its owner
    language: Mapping[str, str]          # address or domain -> language
    iso_2022_jp: frozenset[str]
    retain: timedelta
    pages: str = ""                      # base address of the pages that need no account; "" offers none
    token: Callable[[], str] = lambda: secrets.token_urlsafe(32)     # 256 bits, RFC 3986 unreserved characters only

    @classmethod
    def of(cls, config: Config) -> House:
        gateway, notices = config.gateway, config.notices
        return cls(
            notices.from_, gateway.hostname, gateway.console_url, notices.contact, gateway.timezone, gateway.languages,
            frozenset(gateway.our_domains), {one.name: one.owner for one in config.listeners}, notices.language,
            frozenset(notices.iso_2022_jp), timedelta(seconds=config.quarantine.retain),
            (notices.link_url or gateway.console_url) if notices.links == "personal" else "")

    def language_of(self, address: str) -> str:
        """The address's language, its domain's or a parent domain's, else the first of the house."""
        return next((self.language[key] for key in _keys(address) if key in self.language), self.languages[0])

    def inside(self, address: str) -> bool:
        """One of our domains, or an owner by name. Nobody else ever gets a mail of ours."""
        if any(c <= " " or c in "<>,\x7f" for c in address):
            return False                 # no address, and no place for it in a header line
        return Mailbox.parse(address).domain in self.our_domains or address in self.owners.values()

    def personal(self, party: str, messages: tuple[str, ...] = ()) -> tuple[str, Grant | None]:
        """A link that opens a page for one person about these messages, and what custody has to know of it.

        Where the house offers no such pages, or nobody may do anything there (""), it is the console's address.
        """
        if not self.pages or not party:
            return self.link, None
        token = self.token()
        return f"{self.pages}/m/{token}", Grant(hashlib.sha256(token.encode()).hexdigest(), party, messages)

    def send(self, page: Page, recipient: str, purpose: str, now: datetime, grant: Grant | None = None) -> OutgoingMail:
        legacy = any(key in self.iso_2022_jp for key in _keys(recipient))
        letterhead = Letterhead(self.sender, recipient, self.hostname, now, legacy)
        return OutgoingMail(recipient, message(page, letterhead), purpose, grant)


def _keys(address: str) -> list[str]:
    mailbox = Mailbox.parse(address)
    labels = mailbox.domain.split(".")
    return [mailbox.key, *(".".join(labels[n:]) for n in range(len(labels)))]


def shown_mail(
    house: House, language: str, sender: str, recipients: Sequence[str], subject: str, received_at: datetime,
    sent: Sequence[str] = (),
) -> list[tuple[str, str]]:
    """Labels and values; `sent` are those who are not waiting for it."""

    def say(key: str, **values: object) -> str:
        return text(language, LABELS[key], **values)

    def addresses(some: Sequence[str]) -> str:
        shown = text(language, LABELS["separator"]).join(defanged(one) for one in some[:MAX_RECIPIENTS])
        return shown if len(some) <= MAX_RECIPIENTS else f"{shown} {say('more', count=len(some) - MAX_RECIPIENTS)}"

    return [
        (say("from"), defanged(sender) or say("nobody")),
        (say("to"), addresses(recipients)),
        *([(say("sent"), addresses(sent))] if sent else []),
        (say("subject"), defanged(subject) or say("no subject")),
        (say("time"), shown_time(received_at, house.timezone, language)),
    ]
