"""DMARC, TLS-RPT and BIMI: what the owner asks receivers to do and to tell him."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping

from gateway.auth.dmarc import Evaluation, parse
from gateway.auth.health.base import GOOD, NOTE, RED, Advice, Subject, shown, tags
from gateway.auth.names import ascii_name, is_name, registrable

KNOWN = frozenset({"v", "p", "sp", "np", "adkim", "aspf", "fo", "rf", "ri", "rua", "ruf", "pct", "t", "psd"})
POLICIES = ("none", "quarantine", "reject")
MOST_REPORTS = 5                         # addresses whose consent is asked for
_MAILTO = re.compile(r"mailto:[^@\s,!]{1,200}@([^\s,!?]{1,253})(?:![0-9]{1,12}[kmgt]?)?", re.I)


async def dmarc(subject: Subject) -> list[Advice]:
    """Raises TemporaryFailure."""
    texts = [t for t in await subject.lookup.text(f"_dmarc.{subject.domain}") if re.match(rb"(?i)v[ \t]*=[ \t]*dmarc1", t)]
    if len(texts) > 1:
        return [Advice("dmarc", RED, "record", f"{len(texts)} records: receivers take none of them", "keep one")]
    if not texts:
        return [await _inherited(subject)]
    record, found = parse(texts), tags(texts[0])
    if record is None:
        return [Advice("dmarc", RED, "record", f'"{shown(texts[0], 60)}" asks for nothing',
                       'it wants "v=DMARC1; p=" and none, quarantine or reject, in this order')]
    lines = [Advice("dmarc", GOOD, "record", shown(texts[0])), *_asked(found), *_tags(found)]
    return [*lines, *await _consent(subject, found)]


async def _inherited(subject: Subject) -> Advice:
    policy = await Evaluation(subject.lookup).policy(subject.domain)
    if policy.record is None:
        return Advice("dmarc", RED, "record", "there is none: receivers do not know what to do with forged mail",
                      f'publish TXT at _dmarc.{subject.domain}: "v=DMARC1; p=none; rua=mailto:…", read the reports, then p=reject')
    good = policy.asked != "none"
    return Advice("dmarc", GOOD if good else NOTE, "record", f"p={policy.asked}, by the record of {policy.source}",
                  "" if good else "go on to quarantine and reject when the reports show only senders of yours")


def _asked(found: Mapping[str, str]) -> Iterator[Advice]:
    p = found.get("p", "").lower()
    if p not in POLICIES:
        yield Advice("dmarc", RED, "policy", f'p is "{shown(p, 20)}": taken for none', "write none, quarantine or reject")
    elif p == "none":
        yield Advice("dmarc", NOTE, "policy", "p=none: forged mail is delivered",
                     "go on to quarantine and reject when the reports show only senders of yours")
    else:
        yield Advice("dmarc", GOOD, "policy", f"p={p}")
    for tag in ("sp", "np"):
        value = found.get(tag, p).lower()
        if value not in POLICIES:
            yield Advice("dmarc", RED, tag, f'{tag} is "{shown(value, 20)}"', "write none, quarantine or reject, or leave it out")
        elif p in POLICIES and POLICIES.index(value) < POLICIES.index(p):
            yield Advice("dmarc", NOTE, tag, f"{tag}={value} is weaker than p={p}: subdomains can be forged", f"leave {tag} out")
    if found.get("pct", "100") != "100":
        yield Advice("dmarc", NOTE, "pct", f"pct={shown(found['pct'], 8)}: not for all mail, and new receivers do not know it",
                     "leave it out")
    if found.get("t", "n").lower() == "y":
        yield Advice("dmarc", NOTE, "testing", "t=y: receivers do less than p asks", "remove it when the reports are clean")
    modes = ", ".join(f"{tag} {'strict' if found.get(tag) == 's' else 'relaxed'}" for tag in ("adkim", "aspf"))
    yield Advice("dmarc", GOOD, "alignment", modes)


def _tags(found: Mapping[str, str]) -> Iterator[Advice]:
    odd = sorted(set(found) - KNOWN)
    if odd:
        yield Advice("dmarc", NOTE, "tags", f"unknown: {shown(', '.join(odd), 60)}", "correct or remove them")
    if not found.get("rua"):
        yield Advice("dmarc", NOTE, "reports", "no rua: you never hear who sends as you", 'add "rua=mailto:ADDRESS"')


async def _consent(subject: Subject, found: Mapping[str, str]) -> list[Advice]:
    """Reports to another organisation need its consent (RFC 7489 section 7.1)."""
    lines: list[Advice] = []
    for tag in ("rua", "ruf"):
        for uri in [u.strip() for u in found.get(tag, "").split(",") if u.strip()][:MOST_REPORTS]:
            match = _MAILTO.fullmatch(uri)
            if match is None or not is_name(ascii_name(match[1])):
                lines.append(Advice("dmarc", RED, "reports", f'{tag} "{shown(uri, 60)}" is no address', "write mailto:NAME@DOMAIN"))
                continue
            target = ascii_name(match[1])
            if registrable(target) == registrable(subject.domain):
                lines.append(Advice("dmarc", GOOD, "reports", f"{tag} to {target}"))
                continue
            texts = await subject.lookup.text(f"{subject.domain}._report._dmarc.{target}")
            agreed = any(t.lower().startswith(b"v=dmarc1") for t in texts)
            lines.append(Advice("dmarc", GOOD if agreed else RED, "reports",
                                f"{tag} to {target}" + ("" if agreed else ", which does not say that it wants them"),
                                "" if agreed else f'TXT "v=DMARC1" is wanted at {subject.domain}._report._dmarc.{target}'))
    return lines


async def tls_rpt(subject: Subject) -> list[Advice]:
    """RFC 8460. Raises TemporaryFailure."""
    place = f"_smtp._tls.{subject.domain}"
    texts = [t for t in await subject.lookup.text(place) if t.lower().startswith(b"v=tlsrptv1")]
    if not texts:
        return [Advice("tls-rpt", NOTE, "record", "there is none: you never hear of failing TLS",
                       f'publish TXT at {place}: "v=TLSRPTv1; rua=mailto:ADDRESS"')]
    if len(texts) > 1:
        return [Advice("tls-rpt", RED, "record", f"{len(texts)} records: senders take none of them", "keep one")]
    uris = [u.strip().lower() for u in tags(texts[0]).get("rua", "").split(",")]
    if not all(u.startswith("https://") or _MAILTO.fullmatch(u) for u in uris):
        return [Advice("tls-rpt", RED, "record", f'"{shown(texts[0], 60)}" names no place for reports',
                       "write rua=mailto:ADDRESS or rua=https://…")]
    return [Advice("tls-rpt", GOOD, "record", shown(texts[0]))]


async def bimi(subject: Subject) -> list[Advice]:
    """Its absence is fine. Raises TemporaryFailure."""
    texts, policy = await asyncio.gather(
        subject.lookup.text(f"default._bimi.{subject.domain}"), Evaluation(subject.lookup).policy(subject.domain))
    found = [t for t in texts if t.lower().startswith(b"v=bimi1")]
    if not found:
        return [Advice("bimi", GOOD, "logo", "none, which is fine")]
    if policy.asked == "none":
        return [Advice("bimi", NOTE, "logo", "shown by nobody: DMARC does not ask for quarantine or reject",
                       "raise the DMARC policy first")]
    location = tags(found[0]).get("l", "")
    good = location == "" or location.lower().startswith("https://")
    return [Advice("bimi", GOOD if good else RED, "logo", shown(found[0]),
                   "" if good else "l= wants an https address of an SVG picture")]
