"""Domain names as name servers want them, and which domains belong together."""

from __future__ import annotations

import re
from functools import cache

from publicsuffixlist import PublicSuffixList

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
LONGEST_NAME = 253


def ascii_name(domain: str) -> str:
    """A-labels, lower-case, without a trailing dot; what has no such form stays as it is (and is no name)."""
    domain = domain.removesuffix(".").lower()
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return domain


def is_name(domain: str) -> bool:
    """Whether it is a host or domain name, leading underscores allowed."""
    return len(domain) <= LONGEST_NAME and _NAME.fullmatch(domain) is not None


def is_askable(domain: str) -> bool:
    """Whether a name server could be asked for it: DNS itself takes any character."""
    return len(domain) <= LONGEST_NAME and domain.isascii() and all(0 < len(label) < 64 for label in domain.split("."))


def is_public_suffix(domain: str) -> bool:
    """Whether people register names directly below it (com, com.tw, co.jp)."""
    return _suffixes().privatesuffix(domain) is None


def registrable(domain: str) -> str:
    """The organisational domain by the public suffix list (RFC 7489 section 3.2); a suffix is its own."""
    return _suffixes().privatesuffix(domain) or domain


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
