"""Who is told what: block notices for `effects.perform`, answers for custody, digests for the hourly cap."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gateway.config import Config
from gateway.model.action import Notify
from gateway.model.address import Mailbox
from gateway.model.custody import OutgoingMail
from gateway.model.decision import Party
from gateway.model.finding import Inspection
from gateway.model.transaction import Transaction
from gateway.notices.catalog import ANSWERS, HAPPENED, LABELS, TITLES, TO_DO, text
from gateway.notices.plain import defanged, shown_time
from gateway.notices.reasons import reasons
from gateway.notices.render import Letterhead, Page, message

MAX_LISTED = 50                          # mails in one digest; the rest is counted
MAX_RECIPIENTS = 5                       # addresses shown
Now = Callable[[], datetime]


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

    @classmethod
    def of(cls, config: Config) -> House:
        gateway, notices = config.gateway, config.notices
        return cls(
            notices.from_, gateway.hostname, gateway.console_url, notices.contact, gateway.timezone, gateway.languages,
            frozenset(gateway.our_domains), {one.name: one.owner for one in config.listeners}, notices.language,
            frozenset(notices.iso_2022_jp), timedelta(seconds=config.quarantine.retain))

    def language_of(self, address: str) -> str:
        """The address's language, its domain's or a parent domain's, else the first of the house."""
        return next((self.language[key] for key in _keys(address) if key in self.language), self.languages[0])

    def inside(self, address: str) -> bool:
        """One of our domains, or an owner by name. Nobody else ever gets a mail of ours."""
        if any(c <= " " or c in "<>,\x7f" for c in address):
            return False                 # no address, and no place for it in a header line
        return Mailbox.parse(address).domain in self.our_domains or address in self.owners.values()

    def send(self, page: Page, recipient: str, purpose: str, now: datetime) -> OutgoingMail:
        legacy = any(key in self.iso_2022_jp for key in _keys(recipient))
        letterhead = Letterhead(self.sender, recipient, self.hostname, now, legacy)
        return OutgoingMail(recipient, message(page, letterhead), purpose)


def _keys(address: str) -> list[str]:
    mailbox = Mailbox.parse(address)
    labels = mailbox.domain.split(".")
    return [mailbox.key, *(".".join(labels[n:]) for n in range(len(labels)))]


class Notifier:
    """Writes block notices."""

    def __init__(self, house: House, now: Now) -> None:
        self.house = house
        self.now = now

    def compose(
        self, notify: Notify, transaction: Transaction, inspection: Inspection, identity: str = ""
    ) -> OutgoingMail | None:
        """The notice, or None where its reader is no insider. `identity` is the held message's id where it is not the
        transaction's."""
        house = self.house
        if not house.inside(notify.recipient):
            return None
        language = house.language_of(notify.recipient)
        party = notify.party if notify.party in TITLES else Party.OWNER
        until = shown_time(transaction.message.received_at + house.retain, house.timezone, language)
        sender = transaction.envelope.reverse_path
        page = Page(
            language=language,
            title=text(language, TITLES[party]),
            happened=text(language, HAPPENED[party, notify.kind]),
            mail=_mail(house, language, sender.text if sender else "", _told_recipients(notify, transaction, party),
                       inspection.summary.subject, transaction.message.received_at),
            why=reasons(inspection, notify.decision, notify.kind, language),
            todo=text(language, TO_DO[party], until=until),
            link=house.link, contact=house.contact, reference=identity or transaction.id,
        )
        return house.send(page, notify.recipient, "notice", self.now())


def _told_recipients(notify: Notify, transaction: Transaction, party: Party) -> Sequence[str]:
    """A recipient sees only itself: who else got the mail is not for it to know."""
    if party is Party.RECIPIENT:
        return [notify.recipient]
    return [r.mailbox.text for r in transaction.envelope.recipients]


def _mail(
    house: House, language: str, sender: str, recipients: Sequence[str], subject: str, received_at: datetime
) -> list[tuple[str, str]]:
    def say(key: str, **values: object) -> str:
        return text(language, LABELS[key], **values)

    shown = text(language, LABELS["separator"]).join(defanged(r) for r in recipients[:MAX_RECIPIENTS])
    if len(recipients) > MAX_RECIPIENTS:
        shown += f" {say('more', count=len(recipients) - MAX_RECIPIENTS)}"
    return [
        (say("from"), defanged(sender) or say("nobody")),
        (say("to"), shown),
        (say("subject"), defanged(subject) or say("no subject")),
        (say("time"), shown_time(received_at, house.timezone, language)),
    ]


class Answerer:
    """The model's port `Answers`: what custody tells people about a held message."""

    def __init__(self, house: House, now: Now) -> None:
        self.house = house
        self.now = now

    def compose(self, event: str, held: Mapping[str, Any], reason: str) -> Sequence[OutgoingMail]:
        """One mail to each insider concerned. A request goes to the listener's owner; a threat that expired unasked
        is told to nobody."""
        if event not in ANSWERS:
            return ()
        return tuple(self._one(event, held, reason, address) for address in self._readers(event, held))

    def digest(self, recipient: str, held: Sequence[Mapping[str, Any]]) -> OutgoingMail | None:
        return digest(self.house, recipient, held, self.now())

    def _readers(self, event: str, held: Mapping[str, Any]) -> list[str]:
        owner = self.house.owners.get(str(held.get("listener", "")), "")
        asked = str(held.get("requested_by") or "")
        inbound = held.get("direction") == "inbound"
        if event == "requested":
            return [owner] if owner else []
        if event == "expired" and inbound and not asked:
            return []
        concerned = [str(r) for r in held.get("recipients", ())] if inbound else [str(held.get("sender") or "")]
        if "@" in asked:
            concerned.append(asked)
        inside = [address for address in concerned if address and self.house.inside(address)]
        return list({a.casefold(): a for a in inside or ([owner] if owner else [])}.values())

    def _one(self, event: str, held: Mapping[str, Any], reason: str, address: str) -> OutgoingMail:
        house, language = self.house, self.house.language_of(address)
        title, sentence = ANSWERS[event]
        inbound = held.get("direction") == "inbound" and event != "requested"
        recipients = [address] if inbound else [str(r) for r in held.get("recipients", ())]
        page = Page(
            language=language, title=text(language, title), happened=text(language, sentence),
            mail=_mail(house, language, str(held.get("sender") or ""), recipients, str(held.get("subject", "")),
                       datetime.fromisoformat(str(held["received_at"]))),
            reason=defanged(reason, 400) if event in ("requested", "denied", "returned", "withdrawn") else "",
            todo=text(language, TO_DO[Party.OWNER], until=self._until(held, language)) if event == "requested" else "",
            link=house.link, contact=house.contact, reference=str(held["id"]),
        )
        return house.send(page, address, "answer", self.now())

    def _until(self, held: Mapping[str, Any], language: str) -> str:
        at = held.get("expires_at") or held["received_at"]
        return shown_time(datetime.fromisoformat(str(at)), self.house.timezone, language)


def digest(house: House, recipient: str, held: Sequence[Mapping[str, Any]], now: datetime) -> OutgoingMail | None:
    """One mail about many that were held back: newest first, MAX_LISTED at most, the rest counted.

    `held` are objects of `quarantine list --json`. None where the reader is no insider or nothing was held.
    """
    if not held or not house.inside(recipient):
        return None
    language = house.language_of(recipient)
    newest = sorted(held, key=lambda h: str(h["received_at"]), reverse=True)
    lines = []
    for one in newest[:MAX_LISTED]:
        at = shown_time(datetime.fromisoformat(str(one["received_at"])), house.timezone, language)
        sender = defanged(str(one.get("sender") or "")) or text(language, LABELS["nobody"])
        subject = defanged(str(one.get("subject", ""))) or text(language, LABELS["no subject"])
        lines.append(" | ".join((at, sender, subject, str(one["id"]))))
    if len(newest) > MAX_LISTED:
        lines.append(text(language, LABELS["more"], count=len(newest) - MAX_LISTED))
    page = Page(
        language=language, title=text(language, LABELS["digest title"], count=len(held)),
        happened=text(language, LABELS["digest"], count=len(held)), why=lines,
        todo=text(language, LABELS["digest do"]), link=house.link, contact=house.contact,
    )
    return house.send(page, recipient, "digest", now)
