"""Mailboxes of the envelope (RFC 5321 section 4.1.2, RFC 6531)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address of the envelope.

    `text` is what the client sent between the angle brackets and what goes to the next hop: it is never rewritten.
    `local` and `domain` are for comparison: the domain is lower-case, NFC, a U-label where it was an A-label.
    """

    text: str
    local: str
    domain: str

    @classmethod
    def parse(cls, text: str) -> Mailbox:
        """The mailbox of `local@domain`; an address without a domain (postmaster) has domain ''."""
        local, at, domain = text.rpartition("@")
        if not at:
            return cls(text, text, "")
        return cls(text, local, normalise_domain(domain))

    @property
    def key(self) -> str:
        """What two spellings of one mailbox share (local parts compare without case, as every real server does)."""
        return f"{unicodedata.normalize('NFC', self.local).casefold()}@{self.domain}"

    def __str__(self) -> str:
        return self.text


def normalise_domain(domain: str) -> str:
    """Lower-case NFC U-label form without a trailing dot; what is no valid A-label stays as it is."""
    domain = unicodedata.normalize("NFC", domain).rstrip(".").lower()
    if "xn--" not in domain:
        return domain
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain
