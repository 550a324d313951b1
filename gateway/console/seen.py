"""When a page with the evidence was made, carried by its form and signed: a decision without a look can be found later.

Nothing is written when a page is looked at; the time comes back with the decision.
"""

from __future__ import annotations

from datetime import datetime

from django.core import signing

SALT = "sekisho.seen"
LONGEST = 86400                          # seconds: an older page says nothing any more


def stamped(at: datetime) -> str:
    """For a hidden field of the form."""
    return signing.dumps(at.isoformat(), salt=SALT)


def read(value: str) -> str:
    """The time as custody takes it; "" where the field is missing, forged or old."""
    try:
        found = signing.loads(value[:500], salt=SALT, max_age=LONGEST)
        return datetime.fromisoformat(str(found)).isoformat()
    except (signing.BadSignature, ValueError):
        return ""
