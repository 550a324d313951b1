"""The one line on top of a released message. If it passes a listener of ours again, it is not judged twice.

`X-Sekisho-Release: v=1; id=…; n=attempt; exp=POSIX; k=key id; h=HMAC`. The code covers the id, all held recipients, the
SHA-256 of every octet below our line, the attempt and the expiry; it is looked up by id and counts once for a recipient.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.model.ids import is_message_id
from quarantine.audit import canonical
from quarantine.keys import KeyRing
from quarantine.models import UsedMark

HEADER = "X-Sekisho-Release"
FORM = re.compile(r"v=1; id=([0-9a-z]{24}); n=([0-9]{1,6}); exp=([0-9]{1,12}); k=([0-9a-f]{16}); h=([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Mark:
    id: str                              # of the held message
    attempt: int
    expires: int                         # POSIX seconds
    key_id: str = ""
    code: str = ""


def write(ring: KeyRing, mark: Mark, recipients: Sequence[str], sha256: str) -> bytes:
    """The complete header line. `recipients` are Mailbox.key of everybody the message is held for."""
    code = ring.code("mark", _said(mark, recipients, sha256))
    return f"{HEADER}: v=1; id={mark.id}; n={mark.attempt}; exp={mark.expires}; k={ring.current.id}; h={code}\r\n".encode()


def parse(value: str) -> Mark | None:
    """The mark of a header line or its value; None where it is none of ours."""
    found = FORM.fullmatch(value.removeprefix(f"{HEADER}:").strip())
    if found is None or not is_message_id(found[1]):
        return None
    return Mark(found[1], int(found[2]), int(found[3]), found[4], found[5])


def genuine(ring: KeyRing, mark: Mark, recipients: Sequence[str], sha256: str) -> bool:
    if mark.key_id not in ring:
        return False
    return hmac.compare_digest(ring.code("mark", _said(mark, recipients, sha256), mark.key_id), mark.code)


def use(mark: Mark, recipients: Sequence[str], now: datetime) -> bool:
    """Note the use of a genuine mark; False where it was used for one of these recipients before. In a transaction."""
    uses = _uses(mark, recipients)
    if UsedMark.objects.filter(mark__in=uses).exists():
        return False
    UsedMark.objects.bulk_create(UsedMark(mark=one, used_at=now) for one in uses)
    return True


def free(mark: Mark, recipients: Sequence[str]) -> None:
    """Forget the use for these recipients. In a transaction."""
    UsedMark.objects.filter(mark__in=_uses(mark, recipients)).delete()


def _uses(mark: Mark, recipients: Sequence[str]) -> list[str]:
    return [hashlib.sha256(f"{mark.code} {key}".encode()).hexdigest() for key in sorted(set(recipients))]


def _said(mark: Mark, recipients: Sequence[str], sha256: str) -> bytes:
    return canonical(["release", mark.id, sorted(recipients), sha256, mark.attempt, mark.expires]).encode()
