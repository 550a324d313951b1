"""SPF (RFC 7208): may this client send for this domain? Asynchronous, within every limit of section 4.6.4."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from gateway.auth.names import ascii_name, is_askable, is_name
from gateway.auth.resolver import Address, Lookup, TemporaryFailure
from gateway.auth.spf_macro import Sender, expand
from gateway.auth.spf_record import ASKS, Malformed, Mechanism, parse, select
from gateway.model.transaction import AuthResult, Session

MOST_TERMS = 10                          # that ask a name server
MOST_VOIDS = 2                           # look-ups without an answer
MOST_HOSTS = 10                          # of one mx, names of one ptr

HELO = "smtp.helo"
MAIL_FROM = "smtp.mailfrom"


@dataclass(frozen=True, slots=True)
class Outcome:
    result: str                          # none neutral pass fail softfail temperror permerror
    reason: str = ""


@lru_cache(maxsize=4096)
def client_address(text: str) -> Address | None:
    """The address of a session's client, IPv4 out of its mapped form; None where it is not known."""
    try:
        address = ipaddress.ip_address(text.removeprefix("IPv6:").strip("[]"))
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id:
            address = ipaddress.IPv6Address(int(address))
        return address.ipv4_mapped or address
    return address


async def verify(session: Session, reverse_path: str | None, lookup: Lookup) -> AuthResult:
    """The result for the reverse-path, or for HELO where it is null (section 2.4)."""
    identity = MAIL_FROM if reverse_path else HELO
    local, _, domain = (reverse_path or f"postmaster@{session.helo}").rpartition("@")
    address = client_address(session.client)
    if address is None:
        return AuthResult("spf", "temperror", detail="the client's address is not known", identity=identity)
    outcome = await check(address, local, domain, session.helo, lookup)
    shown = ascii_name(domain) if local and is_name(ascii_name(domain)) else ""
    return AuthResult("spf", outcome.result, shown, outcome.reason, identity)


async def check(address: Address, local: str, domain: str, helo: str, lookup: Lookup) -> Outcome:
    """check_host() of section 4 for the sender local@domain."""
    domain = ascii_name(domain)
    sender = Sender(address, local or "postmaster", domain, ascii_name(helo))
    try:
        return await _Check(sender, lookup).host(domain)
    except Malformed as wrong:
        return Outcome("permerror", str(wrong))
    except TemporaryFailure as trouble:
        return Outcome("temperror", f"look-up failed: {trouble}")


@dataclass(slots=True)
class _Check:
    """The evaluation for one sender; includes and redirects share its counters."""

    sender: Sender
    lookup: Lookup
    terms: int = 0
    voids: int = 0
    pointers: list[str] | None = field(default=None)

    async def host(self, domain: str) -> Outcome:
        if not is_name(domain) or "." not in domain.strip("."):
            return Outcome("none", "no domain name")
        record = select(await self.lookup.text(domain))
        if record is None:
            return Outcome("none", "no record")
        rules = parse(record)
        for mechanism in rules.mechanisms:
            if await self.matches(mechanism, domain):
                return Outcome(mechanism.result, f"by {mechanism.name} of {domain}")
        if rules.redirect:
            return await self.redirect(rules.redirect, domain)
        return Outcome("neutral", "nothing matched")

    async def redirect(self, spec: str, current: str) -> Outcome:
        self.count()
        outcome = await self.host(await self.domain(spec, current))
        if outcome.result == "none":
            raise Malformed("redirect to a domain without record")
        return outcome

    async def matches(self, mechanism: Mechanism, current: str) -> bool:
        name = mechanism.name
        if name == "all":
            return True
        if mechanism.network is not None:
            return self.sender.address in mechanism.network
        if name in ASKS:
            self.count()
        if "%" in mechanism.domain and not self.sender.local.isascii() and _names_local(mechanism.domain):
            return False                 # RFC 8616 section 4
        target = await self.domain(mechanism.domain, current)
        if name == "include":
            return await self.include(target)
        if not is_askable(target):
            return False                 # no name that could be asked for: no match
        if name == "exists":
            return bool(await self.addresses(target, 4))
        if name == "ptr":
            return await self.pointed(target)
        hosts: Iterable[str] = [target]
        if name == "mx":
            hosts = await self.exchanges(target)
        return await self.among(hosts, mechanism)

    async def include(self, target: str) -> bool:
        outcome = await self.host(target)
        if outcome.result == "none":
            raise Malformed("include of a domain without record")
        return outcome.result == "pass"

    async def among(self, hosts: Iterable[str], mechanism: Mechanism) -> bool:
        address = self.sender.address
        length = mechanism.length4 if address.version == 4 else mechanism.length6
        for host in hosts:
            for found in await self.addresses(host, address.version):
                if address in ipaddress.ip_network((found, length), strict=False):
                    return True
        return False

    async def domain(self, spec: str, current: str) -> str:
        return await expand(spec, self.sender, current, lambda: self.validated(current)) if spec else current

    async def addresses(self, host: str, version: int) -> list[Address]:
        found = await self.lookup.addresses(host, version)
        self.void(found)
        return found

    async def exchanges(self, target: str) -> list[str]:
        found = await self.lookup.exchanges(target)
        self.void(found)
        if len(found) > MOST_HOSTS:
            raise Malformed("too many mail exchangers")
        return [host for host in found if is_askable(host)]

    async def pointed(self, target: str) -> bool:
        target = target.lower()
        return any(n == target or n.endswith("." + target) for n in await self.names())

    async def names(self) -> list[str]:
        """The client's names that lead back to its address; trouble on the way is no name (section 5.5)."""
        if self.pointers is None:
            self.pointers = []
            try:
                names = await self.lookup.pointers(self.sender.address)
            except TemporaryFailure:
                names = []
            for name in names[:MOST_HOSTS]:
                try:
                    back = await self.lookup.addresses(name, self.sender.address.version)
                except TemporaryFailure:
                    continue
                if self.sender.address in back:
                    self.pointers.append(name.lower())
        return self.pointers

    async def validated(self, current: str) -> str:
        """%{p}: the domain itself, then a name below it, then any."""
        current = current.lower()
        names = await self.names()
        below = [n for n in names if n.endswith("." + current)]
        return current if current in names else next(iter(below or names), "unknown")

    def count(self) -> None:
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise Malformed("too many look-ups")

    def void(self, found: Sequence[Address | str]) -> None:
        if not found:
            self.voids += 1
            if self.voids > MOST_VOIDS:
                raise Malformed("too many look-ups without an answer")


def _names_local(spec: str) -> bool:
    lowered = spec.lower()
    return "%{s" in lowered or "%{l" in lowered
