"""Reads one SPF record (RFC 7208 sections 4.5, 4.6 and 12). The whole record is checked before any of it is used."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache

LONGEST_RECORD = 16 << 10                # octets; real ones stay below 2 kB

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_MACRO = r"(?:%\{[A-Za-z][0-9]*[Rr]?[.\-+,/_=]*\}|%%|%_|%-)"
_LITERAL = r"[\x21-\x24\x26-\x7e]"
MACRO_STRING = re.compile(rf"(?:{_MACRO}|{_LITERAL})*")
_ENDS_IN_MACRO = re.compile(rf"{_MACRO}\Z")
_TOP_LABEL = re.compile(r"\.(?:[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*|[A-Za-z0-9]+-[A-Za-z0-9-]*[A-Za-z0-9])\.?\Z")
_MACRO_LETTERS = re.compile(r"%\{([A-Za-z])([0-9]*)")
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*)=(.*)\Z", re.S)
_CIDR = re.compile(r"(?:/(0|[1-9][0-9]?))?(?://(0|[1-9][0-9]{0,2}))?\Z")
_QUAD = re.compile(r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!\Z)|\Z)){4}")

QUALIFIERS = {"": "pass", "+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
WANTS_DOMAIN = frozenset({"include", "exists"})
TAKES_DOMAIN = frozenset({"a", "mx", "ptr"})
TAKES_LENGTHS = frozenset({"a", "mx"})
ASKS = frozenset({"include", "a", "mx", "ptr", "exists"})
"""Mechanisms that count against the limit of ten look-ups (section 4.6.4)."""


class Malformed(Exception):
    """The record, or what it leads to, cannot be evaluated: permerror, with the reason."""


@dataclass(frozen=True, slots=True)
class Mechanism:
    name: str
    result: str                          # where it matches
    domain: str = ""                     # domain-spec with macros, "" means the current domain
    network: Network | None = None       # of ip4 and ip6
    length4: int = 32                    # prefix lengths of a and mx
    length6: int = 128


@dataclass(frozen=True, slots=True)
class Record:
    mechanisms: tuple[Mechanism, ...]
    redirect: str = ""


def select(texts: list[bytes]) -> bytes | None:
    """The one SPF record of a name's TXT records; None without one. Raises Malformed for several."""
    found = [t for t in texts if t[:6].lower() == b"v=spf1" and t[6:7] in (b"", b" ")]
    if len(found) > 1:
        raise Malformed("several records")
    return found[0] if found else None


@lru_cache(maxsize=2048)
def parse(record: bytes) -> Record:
    """Raises Malformed."""
    if len(record) > LONGEST_RECORD:
        raise Malformed("record too long")
    if not record.isascii():
        raise Malformed("record is not ASCII")
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for term in record.decode("ascii")[6:].split(" "):
        if not term:
            continue
        modifier = _MODIFIER.match(term)
        if modifier is None:
            mechanisms.append(_mechanism(term))
            continue
        name, value = modifier[1].lower(), modifier[2]
        if name not in ("redirect", "exp"):
            _macro_string(value)
            continue
        if name in modifiers:
            raise Malformed(f"two {name}= in one record")
        modifiers[name] = _domain_spec(value)
    return Record(tuple(mechanisms), modifiers.get("redirect", ""))


def _mechanism(term: str) -> Mechanism:
    at = 1 if term[0] in "+-?~" else 0
    result = QUALIFIERS[term[:at]]
    end = next((n for n in range(at, len(term)) if term[n] in ":/"), len(term))
    name, rest = term[at:end].lower(), term[end:]
    if name == "all" and not rest:
        return Mechanism(name, result)
    if name in ("ip4", "ip6") and rest.startswith(":"):
        return Mechanism(name, result, network=_network(name, rest[1:]))
    if name in WANTS_DOMAIN and rest.startswith(":"):
        return Mechanism(name, result, _domain_spec(rest[1:]))
    if name in TAKES_DOMAIN:
        return _with_lengths(name, result, rest)
    raise Malformed("unknown or malformed mechanism")


def _with_lengths(name: str, result: str, rest: str) -> Mechanism:
    length4, length6 = 32, 128
    if name in TAKES_LENGTHS:
        cidr = _CIDR.search(rest)
        if cidr is None:                 # never: it matches the empty end
            raise Malformed("malformed prefix length")
        rest = rest[:cidr.start()]
        length4 = int(cidr[1]) if cidr[1] else 32
        length6 = int(cidr[2]) if cidr[2] else 128
        if length4 > 32 or length6 > 128:
            raise Malformed("prefix length too large")
    if not rest:
        return Mechanism(name, result, "", None, length4, length6)
    if not rest.startswith(":"):
        raise Malformed("malformed prefix length")
    return Mechanism(name, result, _domain_spec(rest[1:]), None, length4, length6)


def _network(name: str, text: str) -> Network:
    address, slash, length = text.partition("/")
    if slash and not re.fullmatch(r"0|[1-9][0-9]{0,2}", length):
        raise Malformed("malformed prefix length")
    try:
        if name == "ip4":
            if not _QUAD.fullmatch(address):
                raise Malformed("malformed ip4")
            return ipaddress.IPv4Network((address, int(length or 32)), strict=False)
        if "%" in address:
            raise Malformed("malformed ip6")
        return ipaddress.IPv6Network((address, int(length or 128)), strict=False)
    except ValueError as wrong:
        raise Malformed(f"malformed {name}") from wrong


def _domain_spec(text: str) -> str:
    _macro_string(text)
    if not _ENDS_IN_MACRO.search(text) and not _TOP_LABEL.search("." + text if "." not in text else text):
        raise Malformed("malformed domain")
    if "." not in text and not _ENDS_IN_MACRO.search(text):
        raise Malformed("malformed domain")
    return text


def _macro_string(text: str) -> None:
    """Macros for explanations only (c, r, t) have no place in a record."""
    if not MACRO_STRING.fullmatch(text):
        raise Malformed("malformed macro")
    for letter, digits in _MACRO_LETTERS.findall(text.replace("%%", "")):
        if letter.lower() not in "slodiphv" or (digits and int(digits[:4]) == 0):
            raise Malformed("unknown macro")
