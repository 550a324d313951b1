"""Senders that pretend to be somebody: ambiguous authors, look-alike domains, names that show another address, strange Reply-To.

Only the message's own header is judged, and only of mail from outside. Who really sent it is for SPF and DKIM to say; HIGH is
given where no honest program writes such a header. Forwarders and mailing lists do most of the other things too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from gateway.detect.base import Scope, Tally
from gateway.detect.evidence import masked
from gateway.detect.lookalike import main_label, mixed_scripts, resemblance
from gateway.detect.people import keys, people
from gateway.model.artifact import ArtifactKind
from gateway.model.author import Authors, authors, domain_of, mailboxes, shown_addresses
from gateway.model.content import Sample
from gateway.model.finding import Finding, Severity
from gateway.model.transaction import Direction

HEADER = 1 << 20                         # octets in which the header block's end is looked for
HOSTILE = frozenset({"several-fields", "odd-field-name", "control", "route", "too-long", "too-many"})
"""Reasons for several readings that no honest program has; the others are broken software's too."""

FREE_MAIL = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "yahoo.com.tw",
    "yahoo.co.jp", "yahoo.com.hk", "icloud.com", "me.com", "aol.com", "proton.me", "protonmail.com", "gmx.com",
    "gmx.net", "mail.com", "mail.ru", "yandex.ru", "yandex.com", "zoho.com", "qq.com", "foxmail.com", "163.com",
    "126.com", "yeah.net", "sina.com", "sina.cn", "sohu.com", "139.com", "189.cn", "aliyun.com", "pchome.com.tw",
    "seed.net.tw", "hinet.net", "kimo.com", "docomo.ne.jp", "ezweb.ne.jp", "softbank.ne.jp", "i.softbank.jp",
    "nifty.com", "naver.com", "daum.net", "hanmail.net",
})
LOOKS: dict[str, Severity] = {
    # how an author's domain resembles a protected one
    "same": Severity.HIGH,
    "slip": Severity.MEDIUM,
    "prefix": Severity.MEDIUM,
    "words": Severity.MEDIUM,
    "suffix": Severity.LOW,
}
_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_TURNED = re.compile("\u202e([^\u202c\u202e]{0,200})\u202c?")
_APART = re.compile(r"[\s,;<>()\"]")
_LIST = re.compile(rb"(?im)^(?:list-(?:id|post|unsubscribe|help)|precedence|mailing-list|x-mailing-list)[ \t]*:")
_REPLY_TO = re.compile(rb"(?im)(?:^|(?<=\r))reply-to[ \t]*:((?:[^\r\n]|\r?\n[ \t]){0,4000})")


class ImpersonationDetector:
    """Looks at the message's own header once."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.ours = tuple(domain_of(d) for d in scope.our_domains)
        self.people = people(scope.protected_names)
        self.protected = (*self.ours, *(domain_of(d) for d in scope.partner_domains))

    def look(self, sample: Sample) -> Iterable[Finding]:
        artifact = sample.artifact
        if artifact.parent is not None or artifact.kind is not ArtifactKind.MESSAGE:
            return ()
        if self.scope.direction is not Direction.INBOUND:
            return ()
        end = _END.search(sample.data, 0, HEADER)
        block = sample.data[:end.start() + 2 if end else HEADER]
        shown = authors(block)
        found = (*self.ambiguous(shown), *self.own(shown), *self.alike(shown), *self.named(shown, block),
                 *self.answered(shown, block), *self.played(shown))
        return [Finding(code, "impersonation", severity, artifact.id, (masked(evidence),)) for code, severity, evidence in found]

    def conclude(self, tally: Tally) -> Iterable[Finding]:
        return ()

    def ambiguous(self, shown: Authors) -> Iterator[Row]:
        if not shown.reasons:
            return
        domains = (*shown.domains, *shown.others)
        grave = bool(HOSTILE & set(shown.reasons)) or any(self.is_ours(d) for d in domains)
        yield ("SPOOF-AMBIGUOUS-AUTHOR", Severity.HIGH if grave else Severity.MEDIUM,
               f"{', '.join(shown.reasons)}: {', '.join(domains[:4])}")

    def own(self, shown: Authors) -> Iterator[Row]:
        """Information: whether it may be is DMARC's answer."""
        for domain in shown.domains:
            if self.is_ours(domain):
                yield "SPOOF-OWN-DOMAIN", Severity.LOW, domain

    def alike(self, shown: Authors) -> Iterator[Row]:
        domains = dict.fromkeys((*shown.domains, *shown.others, domain_of(self.scope.reverse_path.rpartition("@")[2])))
        for domain in domains:
            looks, protected = self.looks_like(domain)
            if looks:
                yield "IMPERSONATION-LOOKALIKE", LOOKS[looks], f"{domain} looks like {protected} ({looks})"
            elif mixed_scripts(domain):
                yield "IMPERSONATION-MIXED-SCRIPTS", Severity.MEDIUM, domain

    def named(self, shown: Authors, block: bytes) -> Iterator[Row]:
        """A display name that is or holds an address of somebody else."""
        for author in shown.authors:
            name = as_shown(author.name)
            for local, domain in shown_addresses(name):
                if not author.domain or _related(domain, author.domain):
                    continue
                looks, meant = self.looks_like(domain)
                seen = meant if looks == "same" else domain
                severity = Severity.MEDIUM if self.is_protected(seen) else Severity.LOW
                if self.is_ours(seen) and not self.is_ours(author.domain) and only_address(name, local) and not _LIST.search(block):
                    severity = Severity.HIGH
                yield "IMPERSONATION-DISPLAY-ADDRESS", severity, f"{local}@{domain} shown for {author.domain}"
                break

    def played(self, shown: Authors) -> Iterator[Row]:
        """The name of one of our people at a stranger's address."""
        for author in shown.authors:
            if self.people and not self.is_protected(author.domain):
                spellings = sorted({k for name in (author.name, *author.others) for k in keys(name)})
                known = next((self.people[k] for k in spellings if k in self.people), "")
                if known:
                    yield "IMPERSONATION-NAME", Severity.MEDIUM, f"{known} at {author.domain}"

    def answered(self, shown: Authors, block: bytes) -> Iterator[Row]:
        """Answers that go elsewhere than to the author."""
        match = _REPLY_TO.search(block)
        if match is None or not shown.domains:
            return
        own = shown.domains[0]
        for answer in mailboxes(match[1]):
            if not answer.domain or any(_related(answer.domain, d) for d in shown.domains):
                continue
            looks = resemblance(answer.domain, own) if own not in FREE_MAIL else ""
            if looks in ("same", "slip"):
                yield "IMPERSONATION-REPLY-TO", Severity.HIGH if looks == "same" else Severity.MEDIUM, (
                    f"{answer.domain} looks like the author's {own}")
            elif not _LIST.search(block) and (self.is_ours(own) or (answer.domain in FREE_MAIL and own not in FREE_MAIL)):
                yield "IMPERSONATION-REPLY-TO", Severity.MEDIUM, f"{answer.domain}, not the author's {own}"

    def looks_like(self, domain: str) -> tuple[str, str]:
        """The gravest resemblance to a protected domain; a protected domain itself has none."""
        if not domain or self.is_protected(domain):
            return "", ""
        found = [(looks, p) for p in self.protected if (looks := resemblance(domain, p))]
        return max(found, key=lambda f: LOOKS[f[0]], default=("", ""))

    def is_ours(self, domain: str) -> bool:
        return any(domain == d or domain.endswith("." + d) for d in self.ours)

    def is_protected(self, domain: str) -> bool:
        return any(domain == d or domain.endswith("." + d) for d in self.protected)


Row = tuple[str, Severity, str]           # code, severity, evidence before masking


def as_shown(name: str) -> str:
    """A display name as the eye meets it: characters of full width as usual ones, what is written from right to left turned."""
    plain = unicodedata.normalize("NFKC", name)
    return _TURNED.sub(lambda m: m[1][::-1], plain) if "\u202e" in plain else plain


def only_address(name: str, local: str) -> bool:
    """The name is nothing but one address."""
    bare = name.strip(" \t\"'<>()[]").lower().removeprefix("mailto:")
    return bare.startswith(f"{local}@".lower()) and not _APART.search(bare)


def _related(a: str, b: str) -> bool:
    """One is the other's parent, or both belong to one name as far as the eye can tell."""
    if a == b or a.endswith("." + b) or b.endswith("." + a):
        return True
    name = main_label(a)
    return name == main_label(b) and a[a.rfind(name):] == b[b.rfind(name):]
