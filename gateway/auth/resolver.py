"""Name look-ups with time limits and caching. Trouble is `TemporaryFailure`, never an empty answer."""

from __future__ import annotations

import asyncio
import ipaddress
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, runtime_checkable

import dns.asyncresolver
import dns.exception
import dns.message
import dns.name
import dns.rdatatype
import dns.resolver

from gateway.model.deadline import Clock, Deadline

T = TypeVar("T")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

CACHED_NAMES = 20000                     # answers kept, the least used one goes first
LONGEST = 3600.0                         # seconds an answer is kept, whatever its server says
LONGEST_NEGATIVE = 900.0                 # seconds that nothing is kept (RFC 2308)
NEGATIVE = 60.0                          # seconds where the server gave no SOA with it
FAILED = 10.0                            # seconds a failure is kept (RFC 9520 section 3.2)
PROBE = 1.0                              # seconds to wait for the root after a time-out
MOST_VALUES = 100                        # records of one answer that are looked at
NOT_A_NAME = (dns.name.LabelTooLong, dns.name.EmptyLabel, dns.name.NameTooLong, dns.name.BadEscape, UnicodeError)


class TemporaryFailure(Exception):
    """No answer in time, or the servers failed: what depends on it is a temperror."""


class TextLookup(Protocol):
    async def text(self, name: str) -> list[bytes]:
        """The TXT records of a name, each joined to one value; [] where there is none. Raises TemporaryFailure."""
        ...


class Lookup(TextLookup, Protocol):
    """Everything that SPF and DMARC ask. Every method raises TemporaryFailure; an empty list is an answer."""

    async def addresses(self, name: str, version: int) -> list[Address]:
        """A (version 4) or AAAA (version 6) records."""
        ...

    async def exchanges(self, name: str) -> list[str]:
        """MX hosts, the most preferred first; the null MX (RFC 7505) is ''."""
        ...

    async def pointers(self, address: Address) -> list[str]:
        """Names of an address, unverified."""
        ...

    async def exists(self, name: str) -> bool:
        """False where the name and everything below it does not exist (NXDOMAIN, RFC 8020)."""
        ...


@runtime_checkable
class Remembering(Protocol):
    """What a look-up with a cache can say besides."""

    def remembers(self, name: str, kind: str) -> bool:
        """Whether the answer is in the cache: asking for it waits for nobody."""
        ...


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer in the cache: records, whether the name exists, or a failure."""

    expires: float
    records: tuple[Any, ...] = ()
    exists: bool = True
    failure: str = ""


class Resolver:
    """An asynchronous resolver over dnspython with a cache of answers, absences and failures.

    `monotonic` is Clock.monotonic; `nameservers` are host and port, by default those of /etc/resolv.conf, which raises
    OSError where there is none. Never raises anything but TemporaryFailure afterwards.
    """

    def __init__(self, monotonic: Callable[[], float], nameservers: Sequence[tuple[str, int]] = (), seconds: float = 5.0) -> None:
        try:
            self._resolver = dns.asyncresolver.Resolver(configure=not nameservers)
        except dns.resolver.NoResolverConfiguration as none:
            raise OSError("no name server is configured") from none
        if nameservers:
            self._resolver.nameservers = [host for host, _ in nameservers]
            self._resolver.nameserver_ports = dict(nameservers)
        self._resolver.lifetime = seconds
        self._resolver.timeout = min(2.0, seconds)
        self._monotonic = monotonic
        self._cache: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
        self._silent_until = float("-inf")

    async def text(self, name: str) -> list[bytes]:
        return [b"".join(record.strings) for record in (await self._ask(name, "TXT")).records]

    async def addresses(self, name: str, version: int) -> list[Address]:
        return [ipaddress.ip_address(r.address) for r in (await self._ask(name, "A" if version == 4 else "AAAA")).records]

    async def exchanges(self, name: str) -> list[str]:
        records = sorted((await self._ask(name, "MX")).records, key=lambda r: r.preference)
        return [_text(r.exchange) for r in records]

    async def pointers(self, address: Address) -> list[str]:
        return [_text(r.target) for r in (await self._ask(address.reverse_pointer, "PTR")).records]

    async def exists(self, name: str) -> bool:
        return (await self._ask(name, "A")).exists

    def remembers(self, name: str, kind: str) -> bool:
        """Whether the answer is in the cache: asking for it waits for nobody."""
        kept = self._cache.get((name.lower().rstrip("."), kind))
        return kept is not None and kept.expires > self._monotonic()

    async def _ask(self, name: str, kind: str) -> _Kept:
        key = (name.lower().rstrip("."), kind)
        now = self._monotonic()
        kept = self._cache.get(key)
        if kept is None or kept.expires <= now:
            if now < self._silent_until:
                raise TemporaryFailure("name servers are silent")
            kept = await self._fetch(key[0], kind)
            self._cache[key] = kept
            while len(self._cache) > CACHED_NAMES:
                self._cache.popitem(last=False)
        self._cache.move_to_end(key)
        if kept.failure:
            raise TemporaryFailure(kept.failure)
        return kept

    async def _fetch(self, name: str, kind: str) -> _Kept:
        try:
            labels = dns.name.Name([*(label.encode("ascii") for label in name.split(".")), b""])
            answer = await self._resolver.resolve(labels, kind, search=False, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN as none:
            ttl = min((_negative(r) for r in none.responses().values()), default=NEGATIVE)
            return _Kept(self._monotonic() + ttl, exists=False)
        except NOT_A_NAME:
            return _Kept(self._monotonic() + LONGEST, exists=False)
        except (dns.exception.DNSException, OSError) as trouble:
            if isinstance(trouble, dns.exception.Timeout):
                await self._probe()
            return _Kept(self._monotonic() + FAILED, failure=type(trouble).__name__)
        if answer.rrset is None:
            return _Kept(self._monotonic() + _negative(answer.response))
        ttl = min(LONGEST, max(1, answer.chaining_result.minimum_ttl))
        return _Kept(self._monotonic() + ttl, tuple(answer.rrset)[:MOST_VALUES])

    async def _probe(self) -> None:
        """After a time-out: do the name servers themselves answer? If not, nobody waits for them for a while.

        The root is asked for, so that a sender whose own servers are silent cannot make us blind.
        """
        try:
            await self._resolver.resolve(dns.name.root, "SOA", search=False, raise_on_no_answer=False, lifetime=PROBE)
        except dns.exception.Timeout:
            self._silent_until = self._monotonic() + FAILED
        except (dns.exception.DNSException, OSError):
            return                           # a refusal is an answer too


def _negative(response: dns.message.Message) -> float:
    """Seconds that an absence may be kept (RFC 2308 section 5)."""
    for rrset in response.authority:
        if rrset.rdtype == dns.rdatatype.SOA:
            return min(LONGEST_NEGATIVE, max(1, rrset.ttl), max(1, rrset[0].minimum))
    return NEGATIVE


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).removesuffix(".")


class NoResolver:
    """Where no name server is configured or known: every look-up fails for now."""

    async def text(self, name: str) -> list[bytes]:
        raise TemporaryFailure("no name server")

    async def addresses(self, name: str, version: int) -> list[Address]:
        raise TemporaryFailure("no name server")

    async def exchanges(self, name: str) -> list[str]:
        raise TemporaryFailure("no name server")

    async def pointers(self, address: Address) -> list[str]:
        raise TemporaryFailure("no name server")

    async def exists(self, name: str) -> bool:
        raise TemporaryFailure("no name server")


def _forgets(name: str, kind: str) -> bool:
    return False


class Budget:
    """The look-ups that one method may make for one message, and until when: past that every one is a TemporaryFailure.

    What a mail makes us ask is chosen by its sender. One budget a method, so that no method starves another.
    """

    def __init__(self, lookup: Lookup, most: int, clock: Clock, deadline: Deadline) -> None:
        self._lookup = lookup
        self.left = most
        self._clock = clock
        self._deadline = deadline
        self._remembers = lookup.remembers if isinstance(lookup, Remembering) else _forgets

    async def text(self, name: str) -> list[bytes]:
        return await self._spend(self._remembers(name, "TXT"), self._lookup.text, name)

    async def addresses(self, name: str, version: int) -> list[Address]:
        known = self._remembers(name, "A" if version == 4 else "AAAA")
        return await self._spend(known, self._lookup.addresses, name, version)

    async def exchanges(self, name: str) -> list[str]:
        return await self._spend(self._remembers(name, "MX"), self._lookup.exchanges, name)

    async def pointers(self, address: Address) -> list[str]:
        return await self._spend(self._remembers(address.reverse_pointer, "PTR"), self._lookup.pointers, address)

    async def exists(self, name: str) -> bool:
        return await self._spend(self._remembers(name, "A"), self._lookup.exists, name)

    async def _spend(self, known: bool, ask: Callable[..., Awaitable[T]], *about: object) -> T:
        self.left -= 1
        if self.left < 0:
            raise TemporaryFailure("too many look-ups")
        if known:                        # a timer would cost more than the answer
            return await ask(*about)
        try:
            async with asyncio.timeout(self._deadline.left(self._clock)):
                return await ask(*about)
        except TimeoutError:
            raise TemporaryFailure("look-ups took too long") from None
