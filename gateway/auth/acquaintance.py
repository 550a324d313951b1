"""Whether we know this sender, and whether his answer answers anything: findings from the history of who wrote to whom.

What is remembered are words, which the keeper stores as keyed hashes:

| word | means |
| --- | --- |
| `s:ADDRESS|DOMAIN` | mail of this author was delivered, vouched for by this domain (DKIM or SPF pass; `-` by none) |
| `d:DOMAIN` | mail vouched for by this domain was delivered |
| `t:ADDRESS` | we wrote to this address |
| `m:ID` | a mail with this Message-ID passed here, in or out |

A sender is known only together with who vouches for him: whoever writes a known address into a mail that nobody vouches for, or
that another domain does, is a stranger. That we wrote to an address counts only where its own domain vouches.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.auth.dkim import header_fields
from gateway.auth.names import ascii_name, registrable
from gateway.model.author import Author, authors
from gateway.model.custody import Admission
from gateway.model.errors import CustodyUnavailable
from gateway.model.finding import Finding, Severity
from gateway.model.ports import Events
from gateway.model.transaction import Direction, Transaction

FIRST_CONTACT = "IMPERSONATION-FIRST-CONTACT"
UNKNOWN_THREAD = "IMPERSONATION-UNKNOWN-THREAD"
MOST_DOMAINS = 4                         # vouching domains of one mail that are looked at
MOST_THREADS = 12                        # Message-IDs of one mail that are looked up: the newest, and the first
MOST_RECIPIENTS = 30                     # of one mail that become known
LONGEST_FIELD = 16 << 10
GATHERED = 0.5                           # seconds for which what is to be remembered is gathered: one question for many mails
AT_ONCE = 64                             # words of one question
UNSAID = 100                             # mails that are not asked about once the keeper had nothing to say: it learns, or is off

_ID = re.compile(r"<([^<>\s]{1,400})>")
_LIST = re.compile(rb"(?im)^(?:list-(?:id|post|unsubscribe|help)|precedence|mailing-list)[ \t]*:")


class Store(Protocol):
    """The keeper's history."""

    async def recall(self, words: Sequence[str]) -> Sequence[bool] | None:
        """Which were seen; None while nobody can say. Raises CustodyUnavailable."""
        ...

    async def acquaint(self, words: Sequence[str]) -> None: ...


@dataclass(frozen=True, slots=True)
class Seen:
    """What of a mail its history is asked about."""

    address: str                         # of the one author, "" where there is none or several
    domain: str
    vouching: tuple[str, ...]            # domains that pass, A-labels
    references: tuple[str, ...]          # Message-IDs that it says it answers
    listed: bool                         # by a mailing list

    @property
    def senders(self) -> list[str]:
        return [f"s:{self.address}|{domain}" for domain in self.vouching or ("-",)]

    @property
    def contacts(self) -> list[str]:
        own = registrable(self.domain)
        return [f"t:{self.address}"] if any(registrable(domain) == own for domain in self.vouching) else []

    @property
    def domains(self) -> list[str]:
        return [f"d:{domain}" for domain in self.vouching]

    @property
    def threads(self) -> list[str]:
        return [f"m:{id}" for id in self.references]


class Acquaintances:
    """The port Acquaintance. Trouble with the keeper is told; the mail is judged without a history."""

    def __init__(self, store: Store, events: Events, gathered: float = GATHERED) -> None:
        self._store = store
        self._events = events
        self._gathered = gathered
        self._waiting: dict[str, None] = {}
        self._unsaid = 0

    async def judge(self, transaction: Transaction, headers: bytes) -> tuple[Finding, ...]:
        if transaction.direction is not Direction.INBOUND or transaction.envelope.reverse_path is None:
            return ()
        seen = look(transaction, headers)
        groups = (seen.senders + seen.contacts if seen.address else [], seen.domains, seen.threads)
        words = [word for group in groups for word in group]
        known = await self._recalled(transaction.id, words)
        if known is None:
            return ()
        at = [sum(map(len, groups[:n])) for n in range(4)]
        return tuple(_findings(seen, *(any(known[at[n]:at[n + 1]]) for n in range(3))))

    async def remember(self, transaction: Transaction, headers: bytes, recipients: Iterable[str]) -> None:
        """After these recipients got it."""
        recipients = list(recipients)[:MOST_RECIPIENTS]
        if not recipients:
            return
        words = [f"m:{id}" for id in message_ids(headers, b"message-id")[:1]]
        if transaction.direction is Direction.INBOUND:
            seen = look(transaction, headers)
            words += (seen.senders if seen.address else []) + seen.domains
        else:
            words += [f"t:{_address(r)}" for r in recipients]
        alone = not self._waiting
        self._waiting.update(dict.fromkeys(words))
        if alone:                        # whoever comes meanwhile finds us waiting, and leaves his words with us
            await asyncio.sleep(self._gathered)
            await self._tell(transaction.id)

    async def _tell(self, id: str) -> None:
        words, self._waiting = list(self._waiting), {}
        try:
            for at in range(0, len(words), AT_ONCE):
                await self._store.acquaint(words[at:at + AT_ONCE])
        except CustodyUnavailable as fault:
            self._events.emit("incident", id=id, fault="gateway", reason=f"not remembered: {fault}")

    async def _recalled(self, id: str, words: Sequence[str]) -> Sequence[bool] | None:
        if not words:
            return None
        if self._unsaid:
            self._unsaid -= 1
            return None
        try:
            known = await self._store.recall(words)
        except CustodyUnavailable as fault:
            self._events.emit("incident", id=id, fault="gateway", reason=f"no history: {fault}")
            return None
        if known is None:
            self._unsaid = UNSAID
        return known if known is not None and len(known) == len(words) else None


def _findings(seen: Seen, sender: bool, domain: bool, thread: bool) -> Iterable[Finding]:
    stranger = bool(seen.address) and not sender
    vouched = ", ".join(seen.vouching) or "nobody"
    if stranger:
        told = f"*@{seen.domain}, vouched for by {vouched}" + (" (a known domain)" if domain else "")
        yield Finding(FIRST_CONTACT, "impersonation", Severity.LOW, 0, (_shown(told),))
    if seen.references and not thread:
        grave = stranger and not domain and not seen.listed
        yield Finding(UNKNOWN_THREAD, "impersonation", Severity.MEDIUM if grave else Severity.LOW, 0,
                      (_shown(f"{len(seen.references)} references, none passed here; from *@{seen.domain}"),))


def look(transaction: Transaction, headers: bytes) -> Seen:
    """What a mail's header and its authentication results say."""
    shown = authors(headers)
    author = shown.authors[0] if len(shown.authors) == 1 and not shown.contradictory else Author("", "", "")
    vouching = dict.fromkeys(ascii_name(r.domain) for r in transaction.auth
                             if r.method in ("dkim", "spf") and r.result == "pass" and r.domain)
    address = f"{author.local}@{author.domain}".lower() if author.local and author.domain else ""
    references = dict.fromkeys((*message_ids(headers, b"in-reply-to"), *reversed(message_ids(headers, b"references"))))
    chosen = list(references)
    if len(chosen) > MOST_THREADS:
        chosen = [*chosen[:MOST_THREADS - 1], chosen[-1]]
    listed = _LIST.search(headers) is not None
    return Seen(address, ascii_name(author.domain), tuple(vouching)[:MOST_DOMAINS], tuple(chosen), listed)


def message_ids(headers: bytes, name: bytes) -> list[str]:
    """The Message-IDs in the fields of that name, in order."""
    text = b" ".join(v[:LONGEST_FIELD] for n, v in header_fields(headers) if n.lower() == name)[:LONGEST_FIELD]
    return _ID.findall(text.replace(b"\r\n", b"").decode("utf-8", "replace"))


def held_findings(admission: Admission) -> tuple[Finding, ...]:
    """What the history said when held mail came: no inspection of its octets finds that again."""
    return tuple(Finding(f["code"], "impersonation", Severity[str(f.get("severity", "low")).upper()], 0)
                 for f in admission.inspection.get("findings", ()) if f.get("code") in (FIRST_CONTACT, UNKNOWN_THREAD))


def release_words(admission: Admission) -> list[str]:
    """What is remembered of held mail that was released: its thread, and to whom of the outside it went."""
    words = [f"m:{id}" for id in _ID.findall(admission.header_message_id)[:1]]
    if admission.direction is not Direction.INBOUND:
        words += [f"t:{_address(r.mailbox.text)}" for r in admission.envelope.recipients[:MOST_RECIPIENTS]]
    return words


def _address(text: str) -> str:
    local, _, domain = text.rpartition("@")
    return f"{local}@{domain}".lower()


def _shown(text: str) -> str:
    """Printable, at most 120 characters; domains come from strangers."""
    return "".join(c if c.isprintable() else "?" for c in text)[:120]
