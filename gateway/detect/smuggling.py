"""HTML and SVG that carry a file in their script, or write one when opened (ATT&CK T1027.006)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from itertools import islice

from gateway.detect.base import Scope, Tally
from gateway.detect.evidence import masked
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Sample
from gateway.model.filename import extensions
from gateway.model.finding import Finding, Severity

INERT = ("image/", "font/", "audio/", "video/", "text/", "application/json", "application/wasm", "application/x-font",
         "application/pdf", "application/vnd.ms-fontobject", "application/asn1", "application/octet-stream", "application/x-pem")
"""Types that ordinary pages carry in literals and data URIs."""

WORKBOOKS = "application/vnd.openxmlformats"
"""What the export button of a report makes; it is judged by itself, like one that is attached."""
PACKED = frozenset({"base64 application/zlib", "base64 application/gzip"})
"""How pages keep their data small: what is packed so is judged by itself, and what the page makes of it too."""
OPAQUE_SHARE = 4
"""An enciphered payload makes up at least a quarter of its page; bundled libraries do not."""


CARRIED = re.compile(rb"(?:[A-Za-z0-9+/=]{50,}+\s{1,3}){20,}+|[A-Za-z0-9+/=]{1000,}+")
"""A message that is opened with the password; pictures stand in data addresses."""
FIELD = re.compile(rb"(?:\svalue\s{0,4}=\s{0,4}[\"']?|<textarea[^<>]{0,200}>\s{0,4})\Z", re.I)
"""What stands before a message that a form sends with its password."""
REACH = 240
STATE = b"__"
"""What begins the names of fields by which pages keep their state (ASP.NET: __VIEWSTATE)."""
MOST_RECIPIENTS = 200
SHORTEST_ADDRESS = 5
ANIMATED = ("animate http", "set http", "animate //", "set //")
"""Addresses that stand in no link until a picture is looked at (SVG 1.1 section 19.2)."""
DATA = frozenset({"xml", "rss", "atom", "rdf"})
"""Names of data that browsers open, and run where elements belong to a page (Namespaces in XML, 6)."""
SAVED = frozenset({"mht", "mhtml"})
"""Pages saved as a message (RFC 2557)."""
XHTML = frozenset({"xhtml", "xht"})


class SmugglingDetector:
    """Judges what the HTML extractor saw."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.saved: set[int] = set()

    def look(self, sample: Sample) -> Iterable[Finding]:
        kind = sample.artifact.detected_type
        if extensions(sample.artifact.names) & SAVED:
            self.saved.add(sample.artifact.id)
        if kind == "text/html":
            yield from self.page(sample)
        elif kind == "image/svg+xml":
            yield from self.picture(sample)

    def opened(self, sample: Sample) -> bool:
        """Whether a page is opened as a file: it is one, is attached to an appointment, was made by a script, or stands in a page
        saved as a message."""
        artifact = sample.artifact
        return bool(artifact.names) or artifact.label in ("attach", "played") or artifact.parent in self.saved

    def page(self, sample: Sample) -> Iterable[Finding]:
        id = sample.artifact.id
        carried = [o.detail for o in sample.observed("HTML-LITERAL", "HTML-DATA-URI") if not _inert(o.detail)]
        carried = [detail for detail in carried if detail not in PACKED]
        carried += [o.detail for o in sample.observed("HTML-DATA-URI") if o.detail.startswith("text/html ")]
        writes = bool(sample.observed("HTML-WRITES-FILE", "HTML-DOWNLOAD"))
        starts = bool(sample.observed("HTML-AUTOSTART"))
        decodes = bool(sample.observed("HTML-DECODES"))
        if carried:
            evidence = tuple(masked(c) for c in carried[:5])
            yield Finding("SMUGGLING-HTML-FILE", "smuggling", Severity.HIGH, id, evidence, len(carried))
        opaque = sum(int(o.detail) for o in sample.observed("HTML-OPAQUE"))
        if opaque * OPAQUE_SHARE > len(sample.data) and decodes and (writes or starts):
            yield Finding("SMUGGLING-HTML-ENCIPHERED", "smuggling", Severity.HIGH, id, (f"{opaque} octets of no known type",))
        elif opaque * OPAQUE_SHARE > len(sample.data) and decodes and sample.observed("HTML-WRITES-PAGE"):
            evidence = (f"page made of {opaque} octets of no known type",)
            yield Finding("SMUGGLING-HTML-ENCIPHERED", "smuggling", Severity.HIGH, id, evidence)
        elif writes and starts and sample.observed("HTML-MOSTLY-LITERAL", *(["HTML-MOSTLY-NUMBERS"] if decodes else [])):
            yield Finding("SMUGGLING-HTML-ENCIPHERED", "smuggling", Severity.HIGH, id, ("page that is mostly one literal",))
        elif self.opened(sample) and sample.observed("HTML-DECIPHERS"):
            evidence = ("page that deciphers what nobody sees before",)
            yield Finding("SMUGGLING-HTML-ENCIPHERED", "smuggling", Severity.HIGH, id, evidence)
        elif self.opened(sample) and sample.observed("HTML-FILE-UNSEEN"):
            evidence = ("page with nothing to read that makes a file",)
            yield Finding("SMUGGLING-HTML-FILE", "smuggling", Severity.HIGH, id, evidence)
        elif self.opened(sample) and sample.observed("HTML-FILE-WAITS"):
            evidence = ("page that makes a file of what it holds, and not for everybody",)
            yield Finding("SMUGGLING-HTML-FILE", "smuggling", Severity.HIGH, id, evidence)
        elif writes and starts and decodes and sample.artifact.kind is ArtifactKind.PART and sample.artifact.names:
            yield Finding("SMUGGLING-HTML-WRITER", "smuggling", Severity.MEDIUM, id, ("page that writes a file and starts it",))

        made = [o.detail for o in sample.observed("HTML-FILE-MADE") if not _inert(o.detail) and not o.detail.endswith(WORKBOOKS)]
        if self.opened(sample) and (unasked := sample.observed("HTML-FILE-UNASKED")):
            evidence = tuple(f"page that makes a file unasked: {o.detail}" for o in unasked[:5])
            yield Finding("SMUGGLING-HTML-FILE", "smuggling", Severity.HIGH, id, evidence, len(unasked))
        elif self.opened(sample) and made:
            yield Finding("SMUGGLING-HTML-FILE", "smuggling", Severity.HIGH, id, tuple(made[:5]), len(made))

        for observation in sample.observed("HTML-OBSCURED"):
            yield Finding("SMUGGLING-HTML-OBSCURED", "smuggling", Severity.HIGH, id, (observation.detail,))
        if self.opened(sample):
            yield from self.attached(sample)

    def attached(self, sample: Sample) -> Iterable[Finding]:
        """What only pages that are opened as files can do."""
        id = sample.artifact.id
        for door in sample.observed("HTML-DOOR"):
            yield Finding("SMUGGLING-HTML-DOOR", "smuggling", Severity.HIGH, id, (f"page that {door.detail} unasked",))
        if sample.observed("HTML-COPIES-UNSEEN"):
            evidence = ("page that puts a command on the clipboard and does not show it",)
            yield Finding("SMUGGLING-HTML-DOOR", "smuggling", Severity.HIGH, id, evidence)
        if sample.observed("HTML-HIDDEN-FORM"):
            evidence = ("page that hides in code that it asks for a password",)
            yield Finding("SMUGGLING-HTML-FORM", "smuggling", Severity.HIGH, id, evidence)
        elif sample.observed("HTML-PASSWORD") and self.asks_for_another(sample):
            evidence = ("page that asks for a password, and sends it away or names its recipient",)
            yield Finding("SMUGGLING-HTML-FORM", "smuggling", Severity.HIGH, id, evidence)
        endings = extensions(sample.artifact.names)
        brought = endings & XHTML and any(o.detail == "markup" for o in sample.observed("HTML-ENTITY"))
        framed = {o.detail for o in sample.observed("HTML-TAG")} & {"iframe", "object", "embed", "form"}
        styled = endings & (DATA | XHTML) and any(o.detail == "sheet" for o in sample.observed("HTML-ENTITY"))
        if brought or styled or (endings & DATA and (framed or sample.observed("HTML-SCRIPT") or _remote_script(sample))):
            evidence = ("data that a browser shows as a page with a script",)
            yield Finding("SMUGGLING-XML-SCRIPT", "smuggling", Severity.HIGH, id, evidence)

    def asks_for_another(self, sample: Sample) -> bool:
        """Whether what a page asks for goes away or is its recipient's own, and it brings nothing that is opened with it."""
        if sample.observed("HTML-PASSWORD-SENT"):
            return not _sends_along(sample)
        return self.names_one(sample) and not _brings(sample)

    def names_one(self, sample: Sample) -> bool:
        """Whether a page has its recipient filled in."""
        data = sample.data.lower()
        return any(one.lower().encode() in data or base64.b64encode(one.encode()).rstrip(b"=")[:-1] in sample.data
                   for one in islice(self.scope.recipients, MOST_RECIPIENTS) if len(one) > SHORTEST_ADDRESS)

    def picture(self, sample: Sample) -> Iterable[Finding]:
        id = sample.artifact.id
        carried = [o.detail for o in sample.observed("HTML-LITERAL", "HTML-DATA-URI") if not _inert(o.detail)]
        carried += [o.detail for o in sample.observed("HTML-DATA-URI") if o.detail.startswith("text/html ")]
        if carried:
            yield Finding("SMUGGLING-SVG-FILE", "smuggling", Severity.HIGH, id, tuple(masked(c) for c in carried[:5]), len(carried))
        links = (o.detail.partition(" ")[2].lower() for o in sample.observed("HTML-LINK"))
        runs = any(link.startswith(("javascript:", "vbscript:")) for link in links)
        tags = {o.detail for o in sample.observed("HTML-TAG")}
        if any(o.detail.startswith(ANIMATED) for o in sample.observed("HTML-LINK")):
            evidence = ("picture whose link an animation sets",)
            yield Finding("SMUGGLING-SVG-PAGE", "smuggling", Severity.HIGH, id, evidence)
        if any(o.detail == "offers a program" for o in sample.observed("HTML-DOOR")):
            yield Finding("SMUGGLING-SVG-PAGE", "smuggling", Severity.HIGH, id, ("picture that leads to a program",))
        if runs or sample.observed("HTML-SCRIPT", "HTML-ENTITY") or "handler" in tags:
            yield Finding("SMUGGLING-SVG-SCRIPT", "smuggling", Severity.HIGH, id, ("picture with a script",))
        if tags & {"iframe", "embed", "object", "form", "meta"}:
            evidence = ("picture with a page inside that asks or leads away",)
            yield Finding("SMUGGLING-SVG-PAGE", "smuggling", Severity.HIGH, id, evidence)
        elif "foreignobject" in tags:
            yield Finding("SMUGGLING-SVG-PAGE", "smuggling", Severity.MEDIUM, id, ("picture with a page inside",))

    def conclude(self, tally: Tally) -> Iterable[Finding]:
        return ()


def _inert(detail: str) -> bool:
    return detail.rpartition(" ")[2].startswith(INERT)


def _remote_script(sample: Sample) -> bool:
    """Whether a script comes from an address, under whatever prefix."""
    return any(o.detail.partition(" ")[0].rpartition(":")[2] == "script" for o in sample.observed("HTML-LINK"))


def _brings(sample: Sample) -> bool:
    """Whether a page that asks for a password brings what it opens with it, as enciphered messages do: most of it is that."""
    if sample.observed("HTML-MOSTLY-LITERAL"):
        return True
    brought = sum(int(o.detail) * 2 for o in sample.observed("HTML-OPAQUE"))        # octets of what stands there as letters
    brought += sum(len(run[0]) for run in CARRIED.finditer(sample.data)
                   if not sample.data[max(0, run.start() - 8):run.start()].endswith(b"base64,"))
    return brought * 2 > len(sample.data)


def _sends_along(sample: Sample) -> bool:
    """Whether a page that sends a password away sends what it opens with it, and is hardly more than that: what stands in its
    scripts and remarks is none of it."""
    sent = 0
    for run in CARRIED.finditer(sample.data):
        before = sample.data[max(0, run.start() - REACH):run.start()]
        if FIELD.search(before) and STATE not in before[before.rfind(b"<"):]:
            sent += len(run[0])
    return sent * 2 > len(sample.data)
