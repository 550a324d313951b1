"""What arrives: one SMTP transaction (RFC 5321 section 3.3) and its bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gateway.model.address import Mailbox
from gateway.model.deadline import Deadline


class Direction(StrEnum):
    """Where mail goes, by listener and domains, never by headers."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Session:
    """The SMTP session. `peer` is the TCP peer; `client` is who is judged and logged (XCLIENT, XFORWARD, PROXY)."""

    listener: str
    peer: str
    client: str
    client_name: str = ""
    helo: str = ""
    protocol: str = "ESMTP"              # SMTP, ESMTP, ESMTPS, UTF8SMTP ... (RFC 3848, RFC 6531)
    tls: str = ""                        # "TLSv1.3 TLS_AES_256_GCM_SHA384", "" in clear
    login: str = ""                      # authenticated name that a trusted peer forwarded
    trusted: bool = False                # peer stands in the listener's `trust`


@dataclass(frozen=True, slots=True)
class Recipient:
    """One forward-path with its delivery-report options (RFC 3461), case kept."""

    mailbox: Mailbox
    notify: str = ""                     # value of NOTIFY=, "" when absent
    orcpt: str = ""                      # value of ORCPT=, "" when absent


@dataclass(frozen=True, slots=True)
class Envelope:
    """Reverse-path (None is the null sender) and recipients."""

    reverse_path: Mailbox | None
    recipients: tuple[Recipient, ...]
    body: str = ""                       # "", 7BIT, 8BITMIME (RFC 6152), BINARYMIME (RFC 3030)
    smtputf8: bool = False
    ret: str = ""                        # RET= (RFC 3461)
    envid: str = ""                      # ENVID= (RFC 3461)
    auth: str = ""                       # AUTH= (RFC 4954 section 5)


@dataclass(frozen=True, slots=True)
class Message:
    """The spooled octets: an open descriptor to a memfd or an unnamed file, CRLF lines, dots unstuffed.

    The descriptor belongs to the edge; whoever needs it beyond the transaction duplicates it. Read it with pread.
    """

    fd: int
    size: int                            # octets
    sha256: str                          # of the octets as received
    received_at: datetime                # aware, UTC


@dataclass(frozen=True, slots=True)
class AuthResult:
    """One method of sender authentication in the words of RFC 8601."""

    method: str                          # spf dkim dmarc arc
    result: str                          # none pass fail softfail neutral policy temperror permerror
    domain: str = ""                     # what the method vouches for
    detail: str = ""                     # selector, reason; printable ASCII
    identity: str = ""                   # RFC 8601 property of `domain` where it is not the method's usual one: smtp.helo


@dataclass(frozen=True, slots=True)
class Transaction:
    """The one object that walks the pipeline."""

    id: str                              # our MessageId, see gateway.model.ids
    session: Session
    envelope: Envelope
    message: Message
    direction: Direction
    deadline: Deadline                   # our final reply must be out by then
    auth: tuple[AuthResult, ...] = field(default=())
