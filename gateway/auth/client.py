"""The client that is judged: through trusted relays to whoever gave them the mail, and whether its name leads back to it.

A trusted relay that cannot speak XCLIENT or PROXY still writes a Received line, and as it is the last hop before us that line
is the topmost one. It is read in the three forms that mail servers write; where it has another, the client is not known, and
nobody is judged in its place. HELO is the client's own word and may look like anything, so an address counts only where the
relay puts it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from dataclasses import replace

from gateway.auth.dkim import header_fields
from gateway.auth.resolver import Address, Lookup, TemporaryFailure
from gateway.auth.spf import client_address
from gateway.model.transaction import AuthResult, Session

MOST_RELAYS = 10                         # Received lines that are walked
MOST_NAMES = 2                           # of one address that are looked up again
LONGEST_LINE = 4 << 10                   # octets of one Received field
UNKNOWN = "unknown"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_ADDRESS = r"\[(?:IPv6:)?(?P<address>[0-9A-Fa-f.:]{2,45})\]"
_FORMS = (
    # Postfix, Sendmail, Gmail: from HELO (name [address])
    re.compile(rf"from (?P<helo>[^\s()]{{1,255}}) \((?:(?P<name>[^\s()\[\]]{{1,255}}) )?{_ADDRESS}(?: \(may be forged\))?\)"),
    # Exim: from name ([address] helo=HELO), from [address] (helo=HELO)
    re.compile(rf"from (?P<name>[^\s()\[\]]{{1,255}}) \({_ADDRESS}(?::[0-9]{{1,5}})?"
               r"(?: helo=(?P<helo>[^\s()]{1,255}))?[^()]{0,80}\)"),
    re.compile(rf"from {_ADDRESS}(?::[0-9]{{1,5}})?(?: \((?:port=[0-9]{{1,5}} )?helo=(?P<helo>[^\s()]{{1,255}})\))? by "),
    # Exchange: from HELO (address) by
    re.compile(r"from (?P<helo>[^\s()]{1,255}) \((?P<address>[0-9A-Fa-f.:]{2,45})\) by "),
)


def behind(session: Session, headers: bytes, relays: Collection[Network]) -> Session:
    """The session as it would be had the first client outside `relays` come to us itself.

    Its client is "unknown" where a relay's line cannot be read: SPF is a temperror then. Without relays, or where the client
    is none of them, the session as it is.
    """
    address = client_address(session.client)
    if address is None or not _among(address, relays):
        return session
    lines = [v for n, v in header_fields(headers) if n.lower() == b"received"][:MOST_RELAYS]
    found = replace(session, client=UNKNOWN, client_name="", helo="")
    for line in lines:
        read = _read(line)
        if read is None:
            return found
        address, helo, name = read
        if not _among(address, relays):
            return replace(session, client=str(address), client_name=name, helo=helo, tls="")
    return found


def _read(line: bytes) -> tuple[Address, str, str] | None:
    """Address, HELO and name of the client in one Received field."""
    text = " ".join(line[:LONGEST_LINE].decode("utf-8", "replace").split())
    for form in _FORMS:
        match = form.match(text)
        if match is None:
            continue
        address = client_address(match["address"])
        if address is not None:
            fields = match.groupdict()
            return address, fields.get("helo") or "", (fields.get("name") or "").removesuffix(".")
    return None


def _among(address: Address, relays: Collection[Network]) -> bool:
    return any(address.version == network.version and address in network for network in relays)


async def reverse(session: Session, lookup: Lookup) -> AuthResult:
    """`iprev` (RFC 8601 section 2.7.3): does a name of the client's address lead back to it?"""
    address = client_address(session.client)
    if address is None:
        return AuthResult("iprev", "temperror", detail="the client's address is not known")
    shown = str(address)
    try:
        names = await lookup.pointers(address)
        if not names:
            return AuthResult("iprev", "permerror", shown, "no name")
        for name in names[:MOST_NAMES]:
            if address in await lookup.addresses(name, address.version):
                return AuthResult("iprev", "pass", shown, name)
    except TemporaryFailure:
        return AuthResult("iprev", "temperror", shown, "look-up failed")
    return AuthResult("iprev", "fail", shown, names[0])
