"""Words that earlier mail announced as passwords, kept for some days by the pair of people they went between.

The database alone tells nothing: who the two are is an HMAC, the words are sealed, and both keys come from the key file.
A key that was taken out of the file takes the words under it along; they would not have lived longer than some days.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db.models import Q

from gateway.model.address import Mailbox
from quarantine.custodian import Custodian
from quarantine.lifecycle import OPEN
from quarantine.models import AnnouncedWords, QuarantinedMessage

WORDS = 12                               # kept of one mail
WORD = 128                               # characters of one; the longest that people type
MAILS = 12                               # remembered for one pair, the newest
PARTNERS = 50                            # recipients of one mail for whom its words are kept
EVERYBODY = 200_000                      # mails remembered in all; the oldest are forgotten first
RECHECKS = 20                            # times that custody judges one message again by itself
PADDED = 256                             # the length of what is sealed tells nothing of the words


class Words(Custodian):

    def remember(self, sender: str, recipients: Sequence[str], words: Sequence[str]) -> int:
        """Keep the words of one mail, and mark the held mail between the same people that they may open; how many that is."""
        kept = [w for w in dict.fromkeys(words) if 0 < len(w) <= WORD][:WORDS]
        partners = list(dict.fromkeys(_keys(recipients)))[:PARTNERS]
        mine = _keys([sender])
        if not kept or not partners or not mine:
            return 0
        now = self.now()
        with self.transaction():
            for partner in partners:
                pair = self._pair(self.ring.current.id, mine[0], partner)
                AnnouncedWords.objects.create(
                    pair=pair, key_id=self.ring.current.id, sealed=self._sealed_words(kept, pair), kept_at=now,
                    expires_at=now + self.settings.remember_words)
                older = AnnouncedWords.objects.filter(pair=pair).order_by("-id").values_list("pk", flat=True)[MAILS:]
                AnnouncedWords.objects.filter(pk__in=list(older)).delete()
            return self._mark_locked(mine[0], partners)

    def words_between(self, sender: str, recipients: Sequence[str]) -> tuple[str, ...]:
        """What was announced between these people and is not forgotten yet, the newest first."""
        mine, partners = _keys([sender]), _keys(recipients)[:PARTNERS]
        pairs = [self._pair(id, me, other) for id in self.ring.keys for me in mine for other in partners]
        with self.reading():
            rows = AnnouncedWords.objects.filter(pair__in=pairs, expires_at__gt=self.now()).order_by("-id")[:MAILS * 4]
            return tuple(dict.fromkeys(word for row in rows for word in self._opened_words(row)))

    def forget_words(self) -> int:
        """Destroy what is over, and the oldest where there is too much; returns how many mails' words that were."""
        with self.transaction():
            gone, _ = AnnouncedWords.objects.filter(expires_at__lte=self.now()).delete()
            newest = AnnouncedWords.objects.order_by("-id").values_list("pk", flat=True)[EVERYBODY:EVERYBODY + 1]
            for last in list(newest):
                gone += AnnouncedWords.objects.filter(pk__lte=last).delete()[0]
        return gone

    # inside

    def _mark_locked(self, mine: str, partners: Sequence[str]) -> int:
        """Held mail in which something is locked, from one of these people to the other."""
        between = Q(sender_key=mine, recipients__key__in=partners) | Q(sender_key__in=partners, recipients__key=mine)
        waiting = QuarantinedMessage.objects.filter(
            between, locked=True, recheck=False, rechecks__lt=RECHECKS, status__in=[s.value for s in OPEN] + ["pending"])
        ids = list(waiting.values_list("pk", flat=True).distinct()[:PARTNERS])
        return QuarantinedMessage.objects.filter(pk__in=ids).update(recheck=True)

    def _pair(self, key_id: str, one: str, other: str) -> str:
        return self.ring.code("pair", "\0".join(sorted((one, other))).encode(), key_id)

    def _sealed_words(self, words: Sequence[str], pair: str) -> bytes:
        plain = json.dumps(list(words)).encode()
        plain += b" " * (-len(plain) % PADDED)
        start = secrets.token_bytes(12)
        return start + AESGCM(self.ring.subkey("words")).encrypt(start, plain, pair.encode())

    def _opened_words(self, row: AnnouncedWords) -> Iterator[str]:
        """Nothing where the key is gone or somebody changed the row: they are only guesses."""
        if row.key_id not in self.ring:
            return
        sealed = bytes(row.sealed)
        try:
            plain = AESGCM(self.ring.subkey("words", row.key_id)).decrypt(sealed[:12], sealed[12:], row.pair.encode())
        except (InvalidTag, ValueError):
            return
        yield from json.loads(plain)


def _keys(addresses: Sequence[str]) -> list[str]:
    return [Mailbox.parse(address).key for address in addresses if address]
