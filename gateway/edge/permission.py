"""For whom we relay, and which way mail goes: by listener and domains, never by headers. Pure."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from gateway.edge import replies
from gateway.edge.settings import ListenerSettings
from gateway.model.address import Mailbox
from gateway.model.reply import Reply
from gateway.model.transaction import Direction


def sender_refusal(listener: ListenerSettings, sender: Mailbox | None) -> Reply | None:
    """An outbound listener takes senders of our domains and the null sender only."""
    if listener.direction == "outbound" and sender is not None and not ours(listener, sender):
        return replies.NO_RELAY
    return None


def recipient_refusal(listener: ListenerSettings, sender: Mailbox | None, recipient: Mailbox) -> Reply | None:
    """An inbound listener takes recipients of our domains only; so does `auto` where the sender is not ours."""
    if listener.direction == "outbound" or (ours(listener, recipient) and not routed(recipient)):
        return None
    if listener.direction == "auto" and (sender is None or ours(listener, sender)):
        return None
    return replies.NO_RELAY


def direction(listener: ListenerSettings, sender: Mailbox | None, recipients: Iterable[Mailbox], client: str) -> Direction:
    """Of a transaction that was let in. One outside recipient makes mail of `auto` outbound for all.

    Mail from ourselves to ourselves is internal only where it comes from inside: `client` (the judged address) is trusted,
    private or loopback. From elsewhere it is inbound mail that uses our name.
    """
    if listener.direction != "auto":
        return Direction(listener.direction)
    outside = any(not ours(listener, r) for r in recipients)
    if outside:
        return Direction.OUTBOUND
    from_us = sender is not None and ours(listener, sender)
    return Direction.INTERNAL if from_us and inside(listener, client) else Direction.INBOUND


def inside(listener: ListenerSettings, client: str) -> bool:
    try:
        return client in listener.trust or ipaddress.ip_address(client).is_private
    except ValueError:
        return False


def routed(mailbox: Mailbox) -> bool:
    """A way to elsewhere in the local part: user%elsewhere, elsewhere!user, "user@elsewhere".

    Mail servers that take our word for the client (Postfix with allow_percent_hack, as it comes) would send it on there:
    an open relay in two halves. RFC 1123 section 5.2.16, RFC 5321 appendix F.2; Postfix's reject_unauth_destination refuses
    it too, but not from us.
    """
    return any(mark in mailbox.local.strip('"')[1:-1] for mark in "%!@")


def ours(listener: ListenerSettings, mailbox: Mailbox) -> bool:
    """`postmaster` without a domain is ours (RFC 5321 section 4.5.1)."""
    return not mailbox.domain or mailbox.domain in listener.our_domains
