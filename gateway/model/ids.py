"""MessageId: our sortable random id. The Message-ID of the header is called `header_message_id` everywhere."""

from __future__ import annotations

import secrets
from datetime import datetime

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"      # Crockford base32 in lower case: no i l o u
LENGTH = 24                                        # 9 characters of milliseconds (45 bits: to the year 3084) + 15 random (75 bits)


def new_message_id(now: datetime) -> str:
    """24 characters, sorted by time, unguessable, safe in a path, a header and a URL."""
    milliseconds = int(now.timestamp() * 1000)
    return _base32(milliseconds, 9) + _base32(secrets.randbits(75), 15)


def is_message_id(text: str) -> bool:
    return len(text) == LENGTH and all(c in ALPHABET for c in text)


def _base32(value: int, width: int) -> str:
    return "".join(ALPHABET[(value >> shift) & 31] for shift in range(5 * (width - 1), -1, -5))
