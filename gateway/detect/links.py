"""Links, listed defanged as evidence, and those that do more than open a page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from gateway.detect.base import Scope, Tally
from gateway.detect.evidence import defanged
from gateway.model.content import Sample
from gateway.model.finding import Finding, Severity

URL = re.compile(r"(?:https?|ftp|hxxps?)://[^\s<>\"'，。、）】」]{4,2000}", re.I)
PROGRAM = re.compile(
    r"^(?:search-ms|search|ms-msdt|ms-officecmd|ms-appinstaller|ms-cxh-full|vbscript|jnlps?|shell|ms-its|its|mk|hcp|ms-search):|"
    r"^mhtml:\s{0,8}(?:https?:|[\\/]{2})|^(?:ssh|sftp|telnet):/{0,2}-|"
    r"^(?:applescript|ksoqing|ksoqingcmd|ksowebstartuplink|rdp|ms-rd|itms-services):|"
    r"^(?:cursor|windsurf|vscode(?:-insiders)?):[^?#]{0,80}mcp/install|"
    r"^ms-(?:word|excel|powerpoint|visio|officeapp):(?:[a-z]{3}\|)?(?:[a-z]\|)?(?:file:[\\/]{2}(?!/)|\\\\)|"
    r"^ms-(?:access|infopath|project|publisher|spd):|"
    r"^ms-(?:word|excel|powerpoint|visio):[^?#]{1,2000}\.(?:docm|dotm?|xlsm|xltm|xlsb|xlam?|pptm|potm|pp[as]m|vs[dst]m)(?:$|[?#|])",
    re.I)
SHARE = re.compile(r"^(?:file:[\\/]{2,}(?!/)[^\\/\s]+[\\/]|\\\\[^\\\s]+\\|file:[\\/]{4,})", re.I)
CARRIED = re.compile(r"^(?!file:|https?:|ftp:|data:|mailto:|mhtml:|(?:java|vb)script:)[a-z][a-z0-9+.-]{1,40}:[^\r\n]{0,400}?"
                     r"(?:\\\\|%5c%5c|file:(?:[\\/]|%2f){2,5})(?![a-z][:|])[\w-]{1,63}[.@]\w", re.I)
"""A share of another network that the program of some scheme is told to open."""
MONIKER = re.compile(r"^file:[^!]{1,500}![^!]{0,200}$", re.I)
ADDRESS_HOST = re.compile(
    r"^https?://(?:[^/@]*@)?(?:\d{1,3}\.){3}\d{1,3}(?:[:/?#]|$)|"
    r"^https?://(?:0x[0-9a-f]+|\d{8,10})(?:[:/?#]|$)", re.I)
USER_PART = re.compile(r"^https?://[^/?#\s.]*+\.[^/?#\s@]*+@[^/?#\s]", re.I)
PUNYCODE = re.compile(r"^https?://[^/?#]*xn--", re.I)
SHOWN = 20
MAX_TEXT = 1 << 20


class LinksDetector:
    """Collects over the whole message and tells at the end; what starts programs is told where it stands."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.seen: dict[str, int] = {}

    def look(self, sample: Sample) -> Iterable[Finding]:
        found = dict.fromkeys(o.detail.partition(" ")[2] for o in sample.observed("HTML-LINK"))
        for text in sample.texts:
            if not text.source.startswith(("script", "header")) and "://" in text.content[:MAX_TEXT]:
                found.update(dict.fromkeys(URL.findall(text.content[:MAX_TEXT])[:500]))
        for code in sample.observed("IMAGE-BARCODE"):
            if URL.match(code.detail):
                yield Finding("LINK-BARCODE", "active-content", Severity.MEDIUM, sample.artifact.id, (defanged(code.detail),))
        for url in found:
            yield from self.judge(url, sample.artifact.id)

    def judge(self, url: str, id: int) -> Iterable[Finding]:
        if URL.match(url):
            self.seen.setdefault(url.partition("?")[0].partition("#")[0], id)
        if url[:4].lower() != "http":
            yield from self.local(url, id)
        elif "@" in url and USER_PART.match(url):
            yield Finding("LINK-USER-PART", "active-content", Severity.MEDIUM, id, (defanged(url),))
        elif ADDRESS_HOST.match(url):
            yield Finding("LINK-ADDRESS", "active-content", Severity.MEDIUM, id, (defanged(url),))
        elif PUNYCODE.match(url):
            yield Finding("LINK-PUNYCODE", "active-content", Severity.LOW, id, (defanged(url),))

    def local(self, url: str, id: int) -> Iterable[Finding]:
        """Addresses that are no web page."""
        if PROGRAM.match(url) or CARRIED.match(url):
            yield Finding("LINK-PROGRAM", "active-content", Severity.HIGH, id, (defanged(url),))
        elif MONIKER.match(url):
            yield Finding("LINK-MONIKER", "active-content", Severity.HIGH, id, (defanged(url),))
        elif SHARE.match(url):
            yield Finding("LINK-SHARE", "active-content", Severity.MEDIUM, id, (defanged(url),))

    def conclude(self, tally: Tally) -> Iterable[Finding]:
        if self.seen:
            first = next(iter(self.seen.values()))
            shown = tuple(map(defanged, islice(self.seen, SHOWN)))
            yield Finding("LINK-LIST", "active-content", Severity.LOW, first, shown, len(self.seen))
