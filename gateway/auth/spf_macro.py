"""Macros of SPF domains (RFC 7208 section 7)."""

from __future__ import annotations

import ipaddress
import re
import urllib.parse
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gateway.auth.resolver import Address
from gateway.auth.spf_record import Malformed

LONGEST_NAME = 253                       # characters of a domain name

_MACRO = re.compile(r"%(?:\{([A-Za-z])([0-9]*)([Rr]?)([.\-+,/_=]*)\}|([%_-]))")
_ESCAPES = {"%": "%", "_": " ", "-": "%20"}


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, in the words of section 4.1."""

    address: Address
    local: str
    domain: str                          # of the sender, ASCII
    helo: str

    @property
    def mailbox(self) -> str:
        return f"{self.local}@{self.domain}"


async def expand(spec: str, sender: Sender, current: str, validated: Callable[[], Awaitable[str]]) -> str:
    """The domain that a domain-spec stands for; leading labels go where it is too long (section 7.3).

    `validated` answers %{p}. Raises Malformed where a local part outside ASCII would become part of a name (RFC 8616):
    the caller takes the mechanism for one that does not match.
    """
    if "%" not in spec:
        return _shortened(spec)
    out: list[str] = []
    last = 0
    for match in _MACRO.finditer(spec):
        out.append(spec[last:match.start()])
        last = match.end()
        if match[5]:
            out.append(_ESCAPES[match[5]])
            continue
        letter = match[1].lower()
        value = await validated() if letter == "p" else _value(letter, sender, current)
        value = _transformed(value, match[2], bool(match[3]), match[4])
        out.append(urllib.parse.quote(value, safe="-._~") if match[1].isupper() else value)
    out.append(spec[last:])
    return _shortened("".join(out))


def _value(letter: str, sender: Sender, current: str) -> str:
    match letter:
        case "s":
            return sender.mailbox
        case "l":
            return sender.local
        case "o":
            return sender.domain
        case "d":
            return current
        case "i":
            return dotted(sender.address)
        case "v":
            return "in-addr" if sender.address.version == 4 else "ip6"
        case "h":
            return sender.helo
    raise Malformed("unknown macro")


def dotted(address: Address) -> str:
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return ".".join(address.exploded.replace(":", "")).upper()


def _transformed(value: str, digits: str, reverse: bool, delimiters: str) -> str:
    if not digits and not reverse and not delimiters:
        return value
    parts = re.split("[" + re.escape(delimiters or ".") + "]", value)
    if reverse:
        parts.reverse()
    return ".".join(parts[-int(digits[:4]):] if digits else parts)


def _shortened(name: str) -> str:
    name = name.removesuffix(".")
    while len(name) > LONGEST_NAME:
        _, dot, rest = name.partition(".")
        if not dot:
            return name[:LONGEST_NAME]
        name = rest
    return name
