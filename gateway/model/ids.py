"""MessageId: our sortable random id. The Message-ID of the header is called `header_message_id` everywhere."""

from __future__ import annotations

import secrets
from datetime import datetime

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"      # Crockford base32 in lower case: no i l o u
_PAIRS = [a + b for a in ALPHABET for b in ALPHABET]      # 10 bits at a time
_SHIFTS = range(110, -1, -10)
LENGTH = 24                                        # 9 characters of milliseconds (45 bits: to the year 3084) + 15 random (75 bits)


def new_message_id(now: datetime) -> str:
    """24 characters, sorted by time, unguessable, safe in a path, a header and a URL."""
    value = int(now.timestamp() * 1000) << 75 | secrets.randbits(75)
    return "".join([_PAIRS[(value >> shift) & 1023] for shift in _SHIFTS])


def is_message_id(text: str) -> bool:
    return len(text) == LENGTH and all(c in ALPHABET for c in text)
