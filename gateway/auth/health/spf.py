"""SPF as receivers evaluate it: one record, at most ten terms that ask, nothing that lets everybody in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.auth.health.base import GOOD, NOTE, RED, Advice, Subject, shown
from gateway.auth.names import ascii_name, is_name
from gateway.auth.resolver import Lookup
from gateway.auth.spf import MOST_HOSTS, MOST_TERMS, MOST_VOIDS
from gateway.auth.spf_record import ASKS, Malformed, Mechanism, Record, parse, select

NEAR = 8                                 # terms that ask, from which on the next include breaks it
LONG = 450                               # octets; answers above 512 do not fit into one old DNS packet
WIDE = {4: 16, 6: 32}                    # networks wider than that are hardly one sender's
MOST_COUNTED = 3 * MOST_TERMS             # terms that ask, beyond which nothing is followed any more
MOST_RECORDS = 40                        # that are walked, whatever the counting says
ALL = {
    "pass": (RED, "+all lets everybody send as this domain", 'end the record with "~all" or "-all"'),
    "neutral": (NOTE, "?all says nothing about strangers",
                'end the record with "~all", and with "-all" when all senders are listed'),
    "softfail": (GOOD, "~all: strangers are suspicious", ""),
    "fail": (GOOD, "-all: strangers are refused", ""),
}


@dataclass(slots=True)
class Walk:
    """What an evaluation that never matches would ask."""

    lookup: Lookup
    terms: int = 0
    voids: int = 0
    walked: list[str] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)      # (what, how to mend it)
    notes: list[tuple[str, str]] = field(default_factory=list)

    async def record(self, domain: str, rules: Record) -> None:
        self.walked.append(domain)
        for mechanism in rules.mechanisms:
            await self.mechanism(mechanism, domain)
        if rules.redirect:
            self.terms += 1
            await self.inner("redirect", rules.redirect)

    async def mechanism(self, one: Mechanism, domain: str) -> None:
        self.terms += one.name in ASKS
        if self.terms > MOST_COUNTED:
            return
        if one.name == "ptr":
            self.notes.append((f"ptr in {domain} is slow and not reliable (RFC 7208 section 5.5)",
                               "list the networks as ip4 and ip6"))
        if one.network is not None and one.network.prefixlen < WIDE[one.network.version] and one.result == "pass":
            self.notes.append((f"{one.network} in {domain} is very wide", "list only the networks your mail comes from"))
        target = one.domain or domain
        if "%" in target:
            return                       # depends on the mail
        if one.name == "include":
            await self.inner("include", target)
        elif one.name == "mx":
            hosts = await self.lookup.exchanges(target)
            self.voids += not hosts
            if len(hosts) > MOST_HOSTS:
                self.faults.append((f"mx:{target} has {len(hosts)} hosts, receivers stop at {MOST_HOSTS}",
                                    "list the networks as ip4 and ip6"))
        elif one.name == "a":
            self.voids += not (await self.lookup.addresses(target, 4) or await self.lookup.addresses(target, 6))

    async def inner(self, kind: str, target: str) -> None:
        target = ascii_name(target)
        if target in self.walked:
            if kind == "include":
                self.notes.append((f"{target} is included twice, or in a circle", "include it once"))
            else:
                self.faults.append((f"redirect={target} goes round in a circle", "remove it"))
            return
        if len(self.walked) >= MOST_RECORDS or not is_name(target):
            return
        try:
            found = select(await self.lookup.text(target))
            if found is None:
                self.voids += 1
                self.faults.append((f"{kind}:{target} has no SPF record, which is an error for the whole record",
                                    f"remove {kind}:{target}"))
                return
            await self.record(target, parse(found))
        except Malformed as wrong:
            self.faults.append((f"{target}: {wrong}", f"tell who runs {target}, or remove it"))


async def examine(subject: Subject) -> list[Advice]:
    """Raises TemporaryFailure."""
    texts = await subject.lookup.text(subject.domain)
    try:
        record = select(texts)
        if record is None:
            return [_missing(subject, texts)]
        rules = parse(record)
    except Malformed as wrong:
        several = str(wrong) == "several records"
        return [Advice("spf", RED, "record", f"{wrong}: receivers take it for an error",
                       'join them to one TXT record that begins with "v=spf1"' if several else "see RFC 7208 section 12")]
    walk = Walk(subject.lookup)
    await walk.record(subject.domain, rules)
    return [Advice("spf", GOOD, "record", shown(record)), *_judged(record, rules, walk)]


def _missing(subject: Subject, texts: list[bytes]) -> Advice:
    near = next((t for t in texts if b"spf1" in t[:12].lower()), None)
    if near is not None:
        return Advice("spf", RED, "record", f'"{shown(near, 40)}" is no SPF record', 'it must begin with "v=spf1 "')
    wanted = "v=spf1 mx -all" if subject.sends else "v=spf1 -all"
    return Advice("spf", RED, "record", "there is none: anybody may send as this domain",
                  f'publish a TXT record at {subject.domain}, such as "{wanted}", with all your senders')


def _judged(record: bytes, rules: Record, walk: Walk) -> Iterator[Advice]:
    ending = next((m.result for m in rules.mechanisms if m.name == "all"), "" if rules.redirect else "neutral")
    if ending:
        status, detail, mend = ALL[ending]
        yield Advice("spf", status, "strangers", detail, mend)
    counted = f"{walk.terms} of {MOST_TERMS} look-ups in {len(walk.walked)} records"
    if walk.terms > MOST_TERMS:
        yield Advice("spf", RED, "look-ups", f"{counted}: receivers take it for an error",
                     "remove includes you do not need, write addresses as ip4 and ip6, or give a sender a subdomain of its own")
    else:
        near = walk.terms >= NEAR
        yield Advice("spf", NOTE if near else GOOD, "look-ups", counted,
                     "the next sender may break it: tidy up before" if near else "")
    if walk.voids > MOST_VOIDS:
        yield Advice("spf", RED, "empty answers", f"{walk.voids} names that do not exist, {MOST_VOIDS} are allowed",
                     "remove those names")
    if len(record) > LONG:
        yield Advice("spf", NOTE, "length", f"{len(record)} octets: old name servers cut answers at 512",
                     "shorten it, or split it by include")
    yield from (Advice("spf", RED, "contents", what, mend) for what, mend in dict.fromkeys(walk.faults))
    yield from (Advice("spf", NOTE, "contents", what, mend) for what, mend in dict.fromkeys(walk.notes))
