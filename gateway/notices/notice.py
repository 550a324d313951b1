"""Who is told what: block notices for `effects.perform`, answers for custody, digests for the hourly cap."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.model.action import Notify
from gateway.model.address import Mailbox
from gateway.model.custody import OutgoingMail
from gateway.model.decision import Kind, Party
from gateway.model.finding import Inspection
from gateway.model.transaction import Direction, Recipient, Transaction
from gateway.notices import personal
from gateway.notices.catalog import ANSWERS, FROM_OUTSIDE, HAPPENED, TITLES, TO_DO, text
from gateway.notices.house import House, shown_mail
from gateway.notices.plain import defanged, shown_time
from gateway.notices.reasons import reasons
from gateway.notices.render import Page

Now = Callable[[], datetime]


class Notifier:
    """Writes block notices."""

    def __init__(self, house: House, now: Now) -> None:
        self.house = house
        self.now = now

    def compose(
        self, notify: Notify, transaction: Transaction, inspection: Inspection, identity: str = "",
        waiting: Sequence[Recipient] = (),
    ) -> OutgoingMail | None:
        """The notice, or None where its reader is no insider. `identity` is the held message's id where it is not the
        transaction's, `waiting` those whose copies are held where it is not all of them."""
        house = self.house
        if not house.inside(notify.recipient):
            return None
        language = house.language_of(notify.recipient)
        party = notify.party if notify.party in TITLES else Party.OWNER
        until = shown_time(transaction.message.received_at + house.retain, house.timezone, language)
        sender = transaction.envelope.reverse_path
        link, grant = house.personal(_party(party, notify.kind, transaction.direction))
        held, sent = _told_recipients(notify, transaction, party, waiting)
        page = Page(
            language=language,
            title=text(language, TITLES[party]),
            happened=text(language, HAPPENED[party, notify.kind]),
            mail=shown_mail(house, language, sender.text if sender else "", held, inspection.summary.subject,
                            transaction.message.received_at, sent),
            why=reasons(inspection, notify.decision, notify.kind, language),
            todo=text(language, TO_DO[party], until=until),
            link=link, contact=house.contact, reference=identity or transaction.id,
        )
        return house.send(page, notify.recipient, "notice", self.now(), grant)


def _party(party: Party, kind: Kind, direction: Direction) -> str:
    """What a page without an account may offer: threats are decided in the console alone."""
    if party is Party.OWNER:
        return "approver" if kind is not Kind.THREAT and direction is not Direction.INBOUND else ""
    return party.value


def _told_recipients(
    notify: Notify, transaction: Transaction, party: Party, waiting: Sequence[Recipient]
) -> tuple[list[str], list[str]]:
    """Whose copies are held, and who gets the mail at once. A recipient sees only itself: who else got it is not for it to know."""
    if party is Party.RECIPIENT:
        return [notify.recipient], []
    everybody = transaction.envelope.recipients
    held = waiting or everybody
    return [r.mailbox.text for r in held], [r.mailbox.text for r in everybody if r not in held]


class Answerer:
    """The model's port `Answers`: what custody tells people about a held message."""

    def __init__(self, house: House, now: Now) -> None:
        self.house = house
        self.now = now

    def compose(self, event: str, held: Mapping[str, Any], reason: str) -> Sequence[OutgoingMail]:
        """One mail to each insider concerned. A request goes to the listener's owner; a threat that expired unasked
        is told to nobody."""
        if event in ("approval", "code"):
            written = personal.approval(self.house, held, self.now()) if event == "approval" else personal.code(
                self.house, held, self.now())
            return () if written is None else (written,)
        if event not in ANSWERS:
            return ()
        return tuple(self._one(event, held, reason, address) for address in self._readers(event, held))

    def digest(self, recipient: str, held: Sequence[Mapping[str, Any]]) -> OutgoingMail | None:
        return personal.digest(self.house, recipient, held, self.now())

    def _readers(self, event: str, held: Mapping[str, Any]) -> list[str]:
        owner = self.house.owners.get(str(held.get("listener", "")), "")
        asked = str(held.get("requested_by") or "")
        inbound = held.get("direction") == "inbound"
        if event == "requested":
            asked_for = str(held.get("approver") or owner)
            return [asked_for] if asked_for and self.house.inside(asked_for) else []
        if event == "expired" and inbound and not asked:
            return []
        concerned = [str(r) for r in held.get("recipients", ())] if inbound else [str(held.get("sender") or "")]
        if "@" in asked:
            concerned.append(asked)
        inside = [address for address in concerned if address and self.house.inside(address)]
        return list({a.casefold(): a for a in inside or ([owner] if owner else [])}.values())

    def _one(self, event: str, held: Mapping[str, Any], reason: str, address: str) -> OutgoingMail:
        house, language = self.house, self.house.language_of(address)
        inbound = held.get("direction") == "inbound" and event != "requested"
        title, sentence = FROM_OUTSIDE.get(event, ANSWERS[event]) if inbound else ANSWERS[event]
        recipients = [address] if inbound else [str(r) for r in held.get("recipients", ())]
        link, grant = house.personal(_concern(event, held, address), (str(held["id"]),))
        page = Page(
            language=language, title=text(language, title), happened=text(language, sentence),
            mail=shown_mail(house, language, str(held.get("sender") or ""), recipients, str(held.get("subject", "")),
                       datetime.fromisoformat(str(held["received_at"]))),
            reason=defanged(reason, 400) if event in ("requested", "denied", "returned", "withdrawn") else "",
            todo=text(language, TO_DO[Party.OWNER], until=self._until(held, language)) if event == "requested" else "",
            link=link, contact=house.contact, reference=str(held["id"]),
        )
        return house.send(page, address, "answer", self.now(), grant)

    def _until(self, held: Mapping[str, Any], language: str) -> str:
        at = held.get("expires_at") or held["received_at"]
        return shown_time(datetime.fromisoformat(str(at)), self.house.timezone, language)


def _concern(event: str, held: Mapping[str, Any], address: str) -> str:
    """What the reader of an answer is to the message, where there is still something to be done about it."""
    if event == "requested":
        return "approver" if held.get("kind") != Kind.THREAT.value else ""
    if event not in ("blocked", "failed", "unsent", "escalated"):
        return ""
    mine = Mailbox.parse(address).key
    if held.get("direction") == Direction.INBOUND.value:
        return "recipient" if mine in {Mailbox.parse(str(r)).key for r in held.get("recipients", ())} else ""
    return "sender" if held.get("sender") and mine == Mailbox.parse(str(held["sender"])).key else ""
