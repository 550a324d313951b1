"""The Signer port: which of our keys sign a mail today, DKIM for what we send, ARC for what we changed.

Keys are chosen by the author's domain, the most specific configured domain above it first. Of several keys of one kind
those in force today count, and of them the one that came last: so a new selector takes over on its first day, while the
old one's public half stays in DNS for mail under way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from gateway.auth.dkim import Unusable
from gateway.auth.names import ascii_name
from gateway.auth.sign import SigningKey, arc_set, dkim_signature, read_key
from gateway.config.schema import Auth
from gateway.config.senders import DkimKey
from gateway.model.author import authors
from gateway.model.errors import ConfigError


@dataclass(frozen=True, slots=True)
class DatedKey:
    """A key and the days on which it signs, both included; None is open."""

    key: SigningKey
    first: date | None = None
    last: date | None = None

    def in_force(self, today: date) -> bool:
        return (self.first is None or self.first <= today) and (self.last is None or today <= self.last)


def read_keys(entries: Iterable[DkimKey]) -> tuple[DatedKey, ...]:
    """Raises ConfigError with one line for a key that cannot be used."""
    keys = []
    for one in entries:
        try:
            key = read_key(ascii_name(one.domain), one.selector, one.key_file)
        except (OSError, ValueError) as wrong:
            reason = getattr(wrong, "strerror", None) or wrong
            raise ConfigError(f"{one.key_file}: {reason}", f"dkim key {one.selector} of {one.domain}") from wrong
        keys.append(DatedKey(key, one.from_, one.until))
    return tuple(keys)


class MailSigner:
    """Implements gateway.model.ports.Signer. `now` is Clock.now."""

    def __init__(self, keys: Sequence[DatedKey], now: Callable[[], datetime], seal_domain: str = "") -> None:
        self._keys = tuple(keys)
        self._now = now
        self._seal_domain = ascii_name(seal_domain)

    @classmethod
    def of(cls, entries: Iterable[DkimKey], auth: Auth, now: Callable[[], datetime]) -> MailSigner:
        """Raises ConfigError."""
        return cls(read_keys(entries), now, auth.seal_domain if auth.seal != "never" else "")

    def sign(self, block: bytes, body_hash: str) -> bytes:
        """See the port."""
        shown = authors(block)
        if not body_hash or shown.contradictory or shown.sender_only or len(shown.domains) != 1:
            return b""
        fields = [dkim_signature(block, body_hash, key, self._now()) for key in self.keys_for(shown.domains[0])]
        return b"".join(fields)

    def seal(self, block: bytes, body_hash: str, results: str, chain: str) -> bytes:
        """See the port."""
        keys = self._today(self._seal_domain) if self._seal_domain else []
        if not keys or not body_hash or chain not in ("none", "pass", "fail"):
            return b""
        try:
            return arc_set(block, body_hash, keys[0], self._now(), results, chain)
        except Unusable:
            return b""

    def keys_for(self, author: str) -> list[SigningKey]:
        """The keys that sign for an author's domain today, RSA first: every verifier knows it (RFC 8463 section 5)."""
        labels = ascii_name(author).split(".")
        for at in range(len(labels)):
            found = self._today(".".join(labels[at:]))
            if found:
                return found
        return []

    def _today(self, domain: str) -> list[SigningKey]:
        today = self._now().date()
        newest: dict[str, DatedKey] = {}
        for one in self._keys:
            if one.key.domain != domain or not one.in_force(today):
                continue
            known = newest.get(one.key.algorithm)
            if known is None or (one.first or date.min) >= (known.first or date.min):
                newest[one.key.algorithm] = one
        return [newest[a].key for a in sorted(newest, reverse=True)]
