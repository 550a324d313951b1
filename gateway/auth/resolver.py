"""Name look-ups with time limits and caching. Trouble is `TemporaryFailure`, never an empty answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import dns.asyncresolver
import dns.exception
import dns.name
import dns.resolver

CACHED_NAMES = 20000                     # answers kept, the least used one goes first


class TemporaryFailure(Exception):
    """No answer in time, or the servers failed: what depends on it is a temperror."""


class TextLookup(Protocol):
    async def text(self, name: str) -> list[bytes]:
        """The TXT records of a name, each joined to one value; [] where there is none. Raises TemporaryFailure."""
        ...


class Resolver:
    """An asynchronous resolver over dnspython; answers, also negative ones, are cached for their time to live."""

    def __init__(self, nameservers: Sequence[tuple[str, int]] = (), seconds: float = 5.0) -> None:
        self._resolver = dns.asyncresolver.Resolver(configure=not nameservers)
        if nameservers:
            self._resolver.nameservers = [host for host, _ in nameservers]
            self._resolver.nameserver_ports = dict(nameservers)
        self._resolver.lifetime = seconds
        self._resolver.cache = dns.resolver.LRUCache(CACHED_NAMES)

    async def text(self, name: str) -> list[bytes]:
        try:
            answer = await self._resolver.resolve(name, "TXT", search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.name.LabelTooLong, dns.name.EmptyLabel, dns.name.NameTooLong, dns.name.BadEscape, UnicodeError):
            return []                        # a name that cannot exist
        except (dns.exception.DNSException, OSError) as trouble:
            raise TemporaryFailure(type(trouble).__name__) from trouble
        return [b"".join(record.strings) for record in answer]


class NoResolver:
    """Where no name server is configured or known: every look-up fails for now."""

    async def text(self, name: str) -> list[bytes]:
        raise TemporaryFailure("no name server")
