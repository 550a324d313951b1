"""DMARC (RFC 7489 and DMARCbis): do SPF and DKIM vouch for the domain that the reader sees?

The policy record is found by DMARCbis' tree walk; the public suffix list guards it where registries publish no `psd` tag.
Every author of every reading is judged. An error of somebody else's name servers never changes a result: only an identifier
of the author's own organisation can make it a temperror.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gateway.auth.names import ascii_name, is_name, is_public_suffix, registrable
from gateway.auth.resolver import Lookup, TemporaryFailure
from gateway.model.address import normalise_domain
from gateway.model.author import Authors
from gateway.model.transaction import AuthResult

MOST_QUERIES = 8                         # of one tree walk (DMARCbis section 4.10)
MOST_DOMAINS = 4                         # author domains that are judged
LONGEST_RECORD = 8 << 10

_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_WEAKER = {"reject": "quarantine", "quarantine": "none", "none": "none"}


@dataclass(frozen=True, slots=True)
class Record:
    """One policy record, in its own words; `sp` and `np` are empty where they are not given."""

    p: str
    sp: str = ""
    np: str = ""
    strict_dkim: bool = False
    strict_spf: bool = False
    testing: bool = False                # t=y, or pct=0 of RFC 7489
    psd: str = "u"                       # y n u


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for one author domain."""

    organisation: str
    record: Record | None = None
    asked: str = "none"                  # what the owner asks for: none quarantine reject
    source: str = ""                     # where the record was found


def parse(texts: Sequence[bytes]) -> Record | None:
    """The record of a name's TXT records. None without one, with several, or with one that says nothing."""
    found = [t for t in texts if re.match(rb"v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|\Z)", t)]
    if len(found) != 1 or len(found[0]) > LONGEST_RECORD:
        return None
    tags: dict[str, str] = {}
    for part in found[0].decode("utf-8", "replace").lower().split(";"):
        name, equals, value = part.partition("=")
        if equals and _NAME.fullmatch(name.strip()):
            tags.setdefault(name.strip(), value.strip())
    p = tags.get("p", "")
    if p not in _WEAKER:
        if "rua" not in tags:
            return None
        p = "none"                       # RFC 7489 section 6.6.3, step 6
    return Record(p, _choice(tags, "sp"), _choice(tags, "np"), tags.get("adkim") == "s", tags.get("aspf") == "s",
                  tags.get("t") == "y" or tags.get("pct") == "0", tags.get("psd", "u"))


def _choice(tags: Mapping[str, str], name: str) -> str:
    value = tags.get(name, "")
    return value if value in _WEAKER else ""


class Evaluation:
    """Judges one message. `lookup` is that message's own budget."""

    def __init__(self, lookup: Lookup, our_domains: Iterable[str] = ()) -> None:
        self._lookup = lookup
        self._ours = frozenset(ascii_name(d) for d in our_domains)
        self._records: dict[str, Record | None] = {}
        self._policies: dict[str, Policy] = {}

    async def policy(self, domain: str) -> Policy:
        """What holds for a domain, by the tree walk. Raises TemporaryFailure."""
        if domain not in self._policies:
            self._policies[domain] = await self._discover(domain)
        return self._policies[domain]

    async def judge(self, authors: Authors, facts: Sequence[AuthResult], sealed: str = "") -> list[AuthResult]:
        """One result an author domain, those of hostile readings too; `facts` are the results of SPF and DKIM.

        `sealed` is the domain for which a trusted ARC sealer saw DMARC pass before the message was changed.
        """
        domains = [ascii_name(d) for d in dict.fromkeys((*authors.domains, *authors.others))]
        domains.sort(key=lambda d: not self._is_ours(d))     # ours are never crowded out
        if not domains:
            return [AuthResult("dmarc", "permerror", detail="no author")]
        if authors.contradictory or authors.sender_only:
            reason = f"the author is ambiguous: {', '.join(authors.reasons)}" if authors.reasons else "no From field"
            return [AuthResult("dmarc", "permerror", _shown(d), reason) for d in domains[:MOST_DOMAINS]]
        results = [await self._judge(d, facts, ascii_name(sealed)) for d in domains[:MOST_DOMAINS]]
        if len(domains) > MOST_DOMAINS:
            results.append(AuthResult("dmarc", "permerror", detail=f"{len(domains)} author domains"))
        if any(r.result != "pass" for r in results):
            return [AuthResult("dmarc", "policy", r.domain, "another author does not pass") if r.result == "pass" else r
                    for r in results]
        return results

    async def _judge(self, domain: str, facts: Sequence[AuthResult], sealed: str) -> AuthResult:
        if not is_name(domain) or "." not in domain:
            return AuthResult("dmarc", "none", _shown(domain), "no domain that could have a record")
        try:
            policy = await self.policy(domain)
            vouched = await self._vouched(domain, policy, facts)
        except TemporaryFailure as trouble:
            return AuthResult("dmarc", "temperror", _shown(domain), f"look-up failed: {trouble}")
        if policy.record is None:
            return self._unpublished(domain, vouched)
        detail = f"p={policy.asked}" + (f" at {policy.source}" if policy.source != domain else "")
        if vouched == "fail" and sealed == domain:
            return AuthResult("dmarc", "pass", _shown(domain), detail + " by a trusted ARC seal")
        return AuthResult("dmarc", vouched, _shown(domain), detail + (" testing" if policy.record.testing else ""))

    def _unpublished(self, domain: str, vouched: str) -> AuthResult:
        """For a domain of our own we know the rule that it does not publish: nobody else may use it."""
        if vouched != "pass" and self._is_ours(domain):
            if vouched == "temperror":
                return AuthResult("dmarc", "temperror", _shown(domain), "an identifier could not be checked")
            return AuthResult("dmarc", "policy", _shown(domain), "our own domain, no record, and nobody vouches for it")
        return AuthResult("dmarc", "none", _shown(domain), "no record")

    def _is_ours(self, domain: str) -> bool:
        return any(domain == ours or domain.endswith("." + ours) for ours in self._ours)

    async def _vouched(self, domain: str, policy: Policy, facts: Sequence[AuthResult]) -> str:
        """pass, temperror or fail, by the identifiers that are aligned (DMARCbis section 4.4)."""
        trouble = False
        for fact in facts:
            strict = policy.record is not None and (
                policy.record.strict_spf if fact.method == "spf" else policy.record.strict_dkim)
            if fact.result not in ("pass", "temperror") or not await self._aligned(domain, policy, fact.domain, strict):
                continue
            if fact.result == "pass":
                return "pass"
            trouble = True
        return "temperror" if trouble else "fail"

    async def _aligned(self, domain: str, policy: Policy, identifier: str, strict: bool) -> bool:
        identifier = ascii_name(identifier)
        if not identifier or identifier == domain:
            return identifier == domain
        organisation = policy.organisation
        if strict or not (identifier == organisation or identifier.endswith("." + organisation)):
            return False
        if identifier == organisation or domain.endswith("." + identifier):
            return True                  # on the author's own way to its organisation
        return (await self.policy(identifier)).organisation == organisation

    async def _discover(self, domain: str) -> Policy:
        found: list[tuple[str, Record]] = []
        organisation = ""
        for name in _walk(domain):
            record = await self._record(name)
            if record is None:
                continue
            found.append((name, record))
            if record.psd == "n":
                organisation = name
                break
            if record.psd == "y" and name != domain:
                organisation = ".".join(domain.split(".")[-len(name.split(".")) - 1:])
                break
        if not organisation:
            organisation = found[-1][0] if found else domain
            if not found or is_public_suffix(organisation):
                organisation = registrable(domain)
        return await self._selected(domain, organisation, dict(found))

    async def _selected(self, domain: str, organisation: str, found: Mapping[str, Record]) -> Policy:
        """The author's own record, else the organisation's, else the registry's."""
        if domain in found:
            record = found[domain]
            return Policy(organisation, record, _asked(record.p, record), domain)
        source = organisation if organisation in found else next((n for n, r in reversed(list(found.items())) if r.psd == "y"), "")
        if not source:
            return Policy(organisation)
        record = found[source]
        wanted = record.sp or record.p
        if record.np and not await self._lookup.exists(domain):
            wanted = record.np
        return Policy(organisation, record, _asked(wanted, record), source)

    async def _record(self, name: str) -> Record | None:
        if name not in self._records:
            self._records[name] = parse(await self._lookup.text(f"_dmarc.{name}"))
        return self._records[name]


def _shown(domain: str) -> str:
    """As everybody else in the house spells it: policy compares domains in their Unicode form."""
    return normalise_domain(domain) if is_name(domain) else ""


def _asked(wanted: str, record: Record) -> str:
    return _WEAKER[wanted] if record.testing else wanted


def _walk(domain: str) -> list[str]:
    """The names that the tree walk asks for, from the domain up (DMARCbis section 4.10)."""
    labels = domain.split(".")
    names = [domain]
    rest = labels[1:] if len(labels) <= MOST_QUERIES else labels[-(MOST_QUERIES - 1):]
    while rest and len(names) < MOST_QUERIES:
        names.append(".".join(rest))
        rest = rest[1:]
    return names
