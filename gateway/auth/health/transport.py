"""Where the domain's mail goes: MX hosts (RFC 5321, RFC 7505) and MTA-STS (RFC 8461)."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from collections.abc import Iterator, Sequence

from gateway.auth.health.base import GOOD, NOTE, RED, Advice, Subject, Unfetchable, shown, tags
from gateway.auth.names import is_name

SHORT_AGE = 86400                        # seconds; RFC 8461 section 3.2 wants weeks
MOST_HOSTS = 20
PATH = "/.well-known/mta-sts.txt"
_ID = re.compile(r"[A-Za-z0-9]{1,32}")


async def mx(subject: Subject) -> list[Advice]:
    """Raises TemporaryFailure."""
    hosts = await subject.lookup.exchanges(subject.domain)
    if hosts == [""]:
        return [Advice("mx", GOOD, "null MX", "the domain takes no mail, and says so")]
    if "" in hosts:
        return [Advice("mx", RED, "null MX", 'a null MX stands beside others: some senders refuse, some deliver',
                       'keep "." alone, or remove it')]
    if not hosts:
        direct = await subject.lookup.addresses(subject.domain, 4) or await subject.lookup.addresses(subject.domain, 6)
        if direct:
            return [Advice("mx", NOTE, "hosts", "none: senders fall back to the domain's own address",
                           "publish MX records, or a null MX (0 .)")]
        return [Advice("mx", NOTE, "hosts", "none: no mail can be delivered",
                       "publish MX records, or a null MX (0 .) if that is intended")]
    return list(await asyncio.gather(*(_host(subject, host) for host in hosts[:MOST_HOSTS])))


async def _host(subject: Subject, host: str) -> Advice:
    if _is_address(host):
        return Advice("mx", RED, host, "an address is no host name", "give it a name, and name that in MX")
    if not is_name(host):
        return Advice("mx", RED, shown(host, 40), "is no host name", "correct it")
    four, six = await asyncio.gather(subject.lookup.addresses(host, 4), subject.lookup.addresses(host, 6))
    if not four and not six:
        return Advice("mx", RED, host, "has no address", "give it one, or remove it from MX")
    return Advice("mx", GOOD, host, ", ".join(map(str, [*four, *six][:4])))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


async def mta_sts(subject: Subject) -> list[Advice]:
    """Raises TemporaryFailure."""
    texts = [t for t in await subject.lookup.text(f"_mta-sts.{subject.domain}") if t.lower().startswith(b"v=stsv1")]
    if not texts:
        return [Advice("mta-sts", NOTE, "record", "there is none: senders may be led astray without TLS",
                       f"publish a policy at https://mta-sts.{subject.domain}{PATH} and at _mta-sts.{subject.domain} "
                       'TXT "v=STSv1; id=1"')]
    if len(texts) > 1:
        return [Advice("mta-sts", RED, "record", f"{len(texts)} records: senders take none of them", "keep one")]
    if not _ID.fullmatch(tags(texts[0]).get("id", "")):
        return [Advice("mta-sts", RED, "record", f'"{shown(texts[0], 60)}" has no proper id',
                       "id= wants 1 to 32 letters and digits; change it with every new policy")]
    lines = [Advice("mta-sts", GOOD, "record", shown(texts[0]))]
    host = f"mta-sts.{subject.domain}"
    try:
        answer = await subject.fetch.get(host, PATH)
    except Unfetchable as reason:
        return [*lines, Advice("mta-sts", RED, "policy", f"https://{host}{PATH}: {reason}",
                               "serve it over HTTPS with a certificate for that name")]
    if answer.status != 200:
        return [*lines, Advice("mta-sts", RED, "policy", f"https://{host}{PATH}: status {answer.status}",
                               "it wants 200, without a redirect")]
    if answer.content_type.partition(";")[0].strip().lower() != "text/plain":
        lines.append(Advice("mta-sts", NOTE, "policy", f"served as {shown(answer.content_type, 40) or 'nothing'}",
                            "serve it as text/plain"))
    hosts = [h for h in await subject.lookup.exchanges(subject.domain) if h]
    return [*lines, *policy(answer.body, hosts)]


def policy(body: bytes, hosts: Sequence[str]) -> Iterator[Advice]:
    """What a policy file says of these MX hosts."""
    fields: dict[str, list[str]] = {}
    for line in body.decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip().lower(), []).append(value.strip())
    mode = fields.get("mode", [""])[0].lower()
    if fields.get("version") != ["STSv1"] or mode not in ("enforce", "testing", "none"):
        yield Advice("mta-sts", RED, "policy", "version or mode are not what senders expect",
                     'write "version: STSv1" and "mode: enforce", testing or none')
        return
    uncovered = [h for h in hosts if not any(_covers(p.lower(), h.lower()) for p in fields.get("mx", ()))]
    if mode != "none" and (uncovered or "mx" not in fields):
        yield Advice("mta-sts", RED, "policy",
                     f"does not name {', '.join(uncovered[:4]) or 'any MX host'}: senders will not deliver there",
                     "add a line mx: for each MX host")
    age = fields.get("max_age", [""])[0]
    if not (age.isascii() and age.isdigit() and len(age) < 12):
        yield Advice("mta-sts", RED, "policy", "max_age is no number of seconds", 'write "max_age: 604800"')
    elif int(age) < SHORT_AGE:
        yield Advice("mta-sts", NOTE, "policy", f"max_age of {age} s protects for less than a day", 'write "max_age: 604800"')
    yield Advice("mta-sts", GOOD if mode == "enforce" else NOTE, "mode", mode,
                 "" if mode == "enforce" else "go on to enforce when reports (TLS-RPT) are clean")


def _covers(pattern: str, host: str) -> bool:
    """RFC 8461 section 4.1: `*.` stands for one label."""
    if pattern.startswith("*."):
        return host.partition(".")[2] == pattern[2:]
    return host == pattern
