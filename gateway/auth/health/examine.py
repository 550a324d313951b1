"""The whole examination of one domain: everything at once, within one time limit; what fails is a line, not an end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from gateway.auth.dkim import PublicKey
from gateway.auth.health import keys, reports, spf, transport
from gateway.auth.health.base import RED, Advice, Fetch, Subject
from gateway.auth.names import is_public_suffix
from gateway.auth.resolver import Budget, Lookup, TemporaryFailure
from gateway.model.deadline import Clock, Deadline

LOOKUPS = 400                            # of one examination: ten SPF records, their hosts, and everything else
AREAS = ("mx", "spf", "dkim", "dmarc", "mta-sts", "tls-rpt", "bimi")


async def examine(domain: str, lookup: Lookup, fetch: Fetch, clock: Clock, seconds: float, selectors: Sequence[str] = (),
                  ours: Mapping[str, PublicKey] | None = None) -> list[Advice]:
    """All lines in the order of AREAS. `domain` in A-labels; `ours` are the public keys that we sign with, by selector."""
    subject = Subject(domain, Budget(lookup, LOOKUPS, clock, Deadline.after(clock, seconds)), fetch)
    try:
        if not await subject.lookup.exists(domain) and not await subject.lookup.text(domain):
            return [Advice("mx", RED, domain, "the domain does not exist",
                           "is the name right? is it delegated to its name servers?")]
        silent = await subject.lookup.exchanges(domain) == [""]
    except TemporaryFailure as trouble:
        return [_failed("mx", trouble)]
    subject = replace(subject, sends=not silent)
    checks: Mapping[str, Callable[[], Awaitable[list[Advice]]]] = {
        "mx": lambda: transport.mx(subject), "spf": lambda: spf.examine(subject),
        "dkim": lambda: keys.examine(subject, selectors, ours or {}), "dmarc": lambda: reports.dmarc(subject),
        "mta-sts": lambda: transport.mta_sts(subject), "tls-rpt": lambda: reports.tls_rpt(subject),
        "bimi": lambda: reports.bimi(subject)}
    wanted = [area for area in AREAS if not silent or area in ("mx", "spf", "dmarc")]
    found = await asyncio.gather(*(_checked(area, checks[area], seconds) for area in wanted))
    lines = [line for part in found for line in part]
    if is_public_suffix(domain):
        lines.insert(0, Advice("mx", RED, domain, "people register names below it: it is nobody's mail domain",
                               "name your own domain"))
    return lines


async def _checked(area: str, check: Callable[[], Awaitable[list[Advice]]], seconds: float) -> list[Advice]:
    try:
        async with asyncio.timeout(seconds):
            return await check()
    except TemporaryFailure as trouble:
        return [_failed(area, trouble)]
    except TimeoutError:
        return [_failed(area, TemporaryFailure("time is up"))]


def _failed(area: str, trouble: TemporaryFailure) -> Advice:
    return Advice(area, RED, "look-up", f"failed: {trouble}",
                  "others cannot see it either, or our name servers cannot: try again, then ask whoever runs "
                  "the domain's name servers")
