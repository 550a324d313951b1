"""Mail that opens a page for its reader: requests for a decision, one-time codes, digests. Plain text and simple HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.model.address import Mailbox
from gateway.model.custody import Grant, OutgoingMail
from gateway.model.transaction import Direction
from gateway.notices.catalog import LABELS, text
from gateway.notices.house import House, shown_mail
from gateway.notices.phrases import ACTS, APPROVAL, CODE, DIGEST
from gateway.notices.plain import defanged, shown_time
from gateway.notices.render import Page
from gateway.notices.stored import samples, stored_reasons

MAX_LISTED = 50                          # mails in one digest; the rest is counted
MAX_OUTSIDE = 20                         # domains and addresses shown to an approver


def approval(house: House, held: Mapping[str, Any], now: datetime) -> OutgoingMail | None:
    """Asks `approver` for a decision, with what is needed for it before the button. None where that is no insider."""
    reader = str(held.get("approver") or "")
    if not reader or not house.inside(reader):
        return None
    language = house.language_of(reader)

    def say(key: str, **values: object) -> str:
        return text(language, APPROVAL[key], **values)

    until = shown_time(datetime.fromisoformat(str(held["due_at"])), house.timezone, language)
    also = [say("deputy", person=defanged(str(held["instead_of"])))] if held.get("instead_of") else []
    also += [say("escalated", person=defanged(str(held["asked_before"])))] if held.get("asked_before") else []
    link, grant = house.personal("approver", (str(held["id"]),))
    sender = defanged(str(held.get("sender") or "")) or text(language, LABELS["nobody"])
    page = Page(
        language=language, title=say("title again" if held.get("again") else "title"), happened=say("happened", sender=sender),
        also=also, mail=shown_mail(house, language, str(held.get("sender") or ""), [str(r) for r in held.get("recipients", ())],
                                   str(held.get("subject", "")), datetime.fromisoformat(str(held["received_at"]))),
        why=stored_reasons(held, held.get("inspection") or {}, language), blocks=evidence(held, language),
        todo=say("do", until=until), link=link, contact=house.contact, reference=str(held["id"]))
    return house.send(page, reader, "answer", now, grant)


def evidence(held: Mapping[str, Any], language: str) -> list[tuple[str, list[str]]]:
    """Where it goes, to whom for the first time, and masked samples of what was found: headings and lines."""
    nobody = [text(language, APPROVAL["nobody"])]
    domains = sorted({Mailbox.parse(str(a)).domain for a in held.get("outside", ())})
    first = [defanged(str(a)) for a in held.get("first_time", ())]
    return [(text(language, APPROVAL["outside"]), [defanged(d) for d in domains[:MAX_OUTSIDE]] or nobody),
            (text(language, APPROVAL["first"]), first[:MAX_OUTSIDE] or nobody),
            (text(language, APPROVAL["samples"]), [defanged(one) for one in samples(held.get("inspection") or {}, language)])]


def code(house: House, held: Mapping[str, Any], now: datetime) -> OutgoingMail | None:
    """The number that proves whose mailbox it is. No link: who asked for it has the page open."""
    reader = str(held.get("reader") or "")
    if not reader or not house.inside(reader):
        return None
    language = house.language_of(reader)

    def say(key: str, **values: object) -> str:
        return text(language, CODE[key], **values)

    until = shown_time(datetime.fromisoformat(str(held["code_until"])), house.timezone, language)
    told = [say("tell")] if house.contact else []
    page = Page(
        language=language, title=say("title"), happened=say("happened", act=text(language, ACTS[str(held["act"])])),
        blocks=[(say("code"), [str(held["code"])]), ("", [say("valid", until=until), say("not you"), *told])],
        contact=house.contact, reference=str(held["id"]))
    return house.send(page, reader, "code", now)


def digest(house: House, recipient: str, held: Sequence[Mapping[str, Any]], now: datetime) -> OutgoingMail | None:
    """One mail about many that were held back: newest first, MAX_LISTED at most, the rest counted, the reason at each.

    `held` are objects of `quarantine list --json`, with `inspection`. None where the reader is no insider or nothing was held.
    """
    if not held or not house.inside(recipient):
        return None
    language = house.language_of(recipient)
    newest = sorted(held, key=lambda h: str(h["received_at"]), reverse=True)
    shown = newest[:MAX_LISTED]
    link, grant = _opened(house, recipient, shown)
    blocks = [(text(language, DIGEST["item"], number=number), _item(house, one, language, link if grant else ""))
              for number, one in enumerate(shown, 1)]
    more = [text(language, LABELS["more"], count=len(newest) - MAX_LISTED)] if len(newest) > MAX_LISTED else []
    page = Page(
        language=language, title=text(language, LABELS["digest title"], count=len(held)),
        happened=text(language, LABELS["digest"], count=len(held)), blocks=[*blocks, ("", more)],
        todo=text(language, LABELS["digest do"]), link=link, contact=house.contact)
    return house.send(page, recipient, "digest", now, grant)


def _opened(house: House, recipient: str, held: Sequence[Mapping[str, Any]]) -> tuple[str, Grant | None]:
    """One page for all of them where the reader is the same to each; else the console."""
    mine = Mailbox.parse(recipient).key
    got = all(mine in {Mailbox.parse(str(r)).key for r in one.get("recipients", ())} for one in held)
    sent = all(one.get("sender") and Mailbox.parse(str(one["sender"])).key == mine
               and one.get("direction") != Direction.INBOUND.value for one in held)
    party = "sender" if sent else "recipient" if got else ""
    return house.personal(party, tuple(str(one["id"]) for one in held))


def _item(house: House, one: Mapping[str, Any], language: str, link: str) -> list[str]:
    def pair(key: str, value: str) -> str:
        return text(language, LABELS["colon"], label=text(language, LABELS[key]), value=value)

    at = shown_time(datetime.fromisoformat(str(one["received_at"])), house.timezone, language)
    why = stored_reasons(one, one.get("inspection") or {}, language) or [text(language, DIGEST["none"])]
    return [pair("from", defanged(str(one.get("sender") or "")) or text(language, LABELS["nobody"])),
            pair("subject", defanged(str(one.get("subject", ""))) or text(language, LABELS["no subject"])),
            pair("time", at), pair("why", why[0]), pair("reference", str(one["id"])), *([f"{link}/{one['id']}"] if link else [])]
