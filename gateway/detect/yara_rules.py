"""YARA over every node, macro source and extracted text. Rules come from signatures.catalog, compiled once a process."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

import yara

from gateway.detect.apart import SHORT, Apart, speaks_of_commands
from gateway.detect.base import Scope, Tally
from gateway.detect.names import blocked_group
from gateway.detect.outside_rules import severity
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Sample
from gateway.model.errors import ConfigError
from gateway.model.finding import Finding, Severity
from signatures.catalog import Catalog, packaged

TIMEOUT = 5
"""Seconds for one scan of one node. Ordinary nodes take under a millisecond."""

MAX_SCANNED_TEXT = 4 << 20
"""Characters of extracted text of one node that are scanned beside its octets."""

WRITTEN_AS_READ = frozenset({"", "utf-8", "utf-8-sig", "cp1252"})
"""Charsets in which rules find the words of a text in its octets."""
MAX_HEADER = 256 << 10
"""Octets of a message's header that are scanned."""

ERROR_LINE = re.compile(r"\((\d+)\)|line (\d+)")
PROGRAMS = frozenset({
    "application/x-dosexec", "application/x-executable", "application/x-mach-binary", "application/java-vm", "application/x-dex",
    "application/x-msi",
})
OFFICE = frozenset({
    "application/vnd.openxmlformats", "application/x-ole-storage", "application/vnd.oasis.opendocument", "application/x-office-xml",
    "application/x-mso",
})
WRITTEN = OFFICE | {"application/pdf", "application/rtf", "application/onenote", "application/zip"}
"""Documents people read; of those by Hancom and Apple no type but that of their ZIP is told."""
PAGES = frozenset({"text/html", "image/svg+xml"})
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
OF_MAIL = ("header ", "headers")
"""Sources of texts that are lines of a mail's header, which `contents` gives as octets. The header of a page is just `header`."""
ASKED = frozenset({"run-dialog-command", "shell-command-asked", "terminal-command", "terminal-bare-address"})
"""Signatures of what people are asked to run: they are looked for in the short texts of a message together, too."""
WORDS = frozenset({"any", "words"})
"""What applies to the words of a document, which people read: they may quote commands, and ask for one to be pasted."""
BY_TYPE = {
    "application/rtf": "rtf", "application/pdf": "pdf", "application/x-ms-shortcut": "shortcut", "application/onenote": "onenote",
    "text/html": "html", "image/svg+xml": "html", "message/rfc822": "mail", "application/zip": "archive",
}
USUAL = (frozenset({"any"}),
         *(frozenset({"any", kind}) for kind in ("text", "html", "image", "mail", "pdf", "archive", "office", "words")))
"""What `kinds` says of nearly every node; each has a compiled set of its own."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Compiled rules and what is known of them. Made before the lockdown, inherited by every child."""

    rules: yara.Rules
    catalog: Catalog
    fitting: Mapping[frozenset[str], yara.Rules] = field(default_factory=dict)
    """Kinds of a node -> the rules that apply to it alone. A scan costs what its rules cost."""
    outside: yara.Rules | None = None    # of outside folders, staged and activated; they apply to every node
    outside_version: str = ""

    def of(self, kinds: frozenset[str]) -> yara.Rules:
        return self.fitting.get(kinds, self.rules)

    @property
    def version(self) -> str:
        return f"{self.catalog.version}+{self.outside_version}" if self.outside_version else self.catalog.version


def compile_rules(catalog: Catalog) -> RuleSet:
    """Each signature is a namespace of its own. Raises ConfigError with file:line of the first rule that does not compile."""
    sources = {s.id: s.source for s in catalog.signatures}
    try:
        return RuleSet(compiled(sources), catalog, _narrowed(catalog))
    except yara.Error:
        for signature in catalog.signatures:
            check(signature.source, str(signature.path))
        raise


def compiled(sources: Mapping[str, str]) -> yara.Rules:
    """Saved and loaded: a compiler leaves 7 MB beside the rules for as long as they live, and every child would inherit them."""
    out = io.BytesIO()
    yara.compile(sources=dict(sources), error_on_warning=False).save(file=out)
    return yara.load(file=io.BytesIO(out.getvalue()))


def _narrowed(catalog: Catalog) -> dict[frozenset[str], yara.Rules]:
    """The rules that apply to each of USUAL; equal sets are one."""
    made: dict[tuple[str, ...], yara.Rules] = {}
    found: dict[frozenset[str], yara.Rules] = {}
    for kinds in USUAL:
        sources = {s.id: s.source for s in catalog.signatures if s.description.applies & kinds}
        ids = tuple(sources)
        if ids not in made:
            made[ids] = compiled(sources)
        found[kinds] = made[ids]
    return found


def check(source: str, path: str) -> None:
    """Raises ConfigError with the line where one rule text does not compile."""
    try:
        yara.compile(source=source)
    except yara.Error as error:
        match = ERROR_LINE.search(str(error))
        line = int(match[1] or match[2]) if match else 1
        line = line or source.count("\n") + 1             # the engine says 0 for the end of the text
        raise ConfigError(str(error).partition(": ")[2] or str(error), f"{path}:{line}") from error


def dump(rules: RuleSet) -> bytes:
    """The compiled form, for a cache keyed by `RuleSet.version` and the engine's version."""
    out = io.BytesIO()
    rules.rules.save(file=out)
    return out.getvalue()


def restore(compiled: bytes, catalog: Catalog) -> RuleSet:
    """The compiled form read back. Only ever give it what `dump` wrote: YARA trusts it."""
    return RuleSet(yara.load(file=io.BytesIO(compiled)), catalog, _narrowed(catalog))


@lru_cache(maxsize=1)
def packaged_rules() -> RuleSet:
    """The packaged rules. Call it once in the zygote, before the lockdown."""
    return compile_rules(packaged())


def kinds(sample: Sample) -> frozenset[str]:
    """Which `applies` words fit a node. Prose that quotes code is `text` only."""
    artifact = sample.artifact
    found = {"any"}
    kind = artifact.detected_type
    if artifact.kind is ArtifactKind.MACRO:
        return frozenset({"any", "macro"})
    if _words_of_mail(artifact):
        return frozenset({"any", "text"})
    if kind in PROGRAMS:
        found.add("program")
    if kind in OFFICE:
        found.add("office")
    if kind in BY_TYPE:
        found.add(BY_TYPE[kind])
    if kind.startswith("image/"):
        found.add("image")
    if kind.startswith("text/") and kind != "text/html":
        found.add("text")
    if blocked_group(artifact, "script")[1] or any(t.source == "script" for t in sample.texts):
        found.add("script")
    return frozenset(found)


def _words_of_mail(artifact: Artifact) -> bool:
    """Whether tags in a text are the words of a mail itself: what is declared as text, and is no file, is shown as it is."""
    told = (artifact.declared_type, artifact.detected_type) == ("text/plain", "text/html")
    return told and artifact.kind is ArtifactKind.PART and not artifact.names


def scan(rules: yara.Rules, data: bytes, id: int) -> Iterator[yara.Match | Finding]:
    """The matches in one content of a node. One that could not be scanned to its end gives a finding instead."""
    try:
        yield from rules.match(data=data, timeout=TIMEOUT, fast=True)           # where a string first stands is enough
    except yara.TimeoutError:
        yield Finding("SIGNATURE-TIMEOUT", "signature", Severity.HIGH, id, (f"{TIMEOUT} s",))
    except yara.Error as error:
        yield Finding("SIGNATURE-ERROR", "signature", Severity.HIGH, id, (type(error).__name__,))


class YaraDetector:
    """One finding a rule and node."""

    def __init__(self, scope: Scope) -> None:
        self.rules: RuleSet = scope.rules if isinstance(scope.rules, RuleSet) else packaged_rules()
        self.apart = Apart()
        self.asked = scope.outbound      # or found within one node

    def look(self, sample: Sample) -> Iterable[Finding]:
        fitting = kinds(sample)
        seen: set[str] = set()
        if not self.asked:
            self.apart.add(sample.artifact.id, read(sample, fitting))
        for data, role in contents(sample):
            yield from self.packaged(data, applying(sample, fitting, role), sample, seen, role == "octets" and "office" in fitting)
        if self.rules.outside is not None:
            yield from self.outside(self.rules.outside, sample)

    def packaged(self, data: bytes, applying: frozenset[str], sample: Sample, seen: set[str], document: bool) -> Iterable[Finding]:
        """One finding a rule that applies to such a content and was not `seen` in another one; of a document's octets what its
        words do not say."""
        for match in scan(self.rules.of(applying), data, sample.artifact.id):
            if isinstance(match, Finding):
                yield match
                continue
            if match.namespace in seen:
                continue
            signature = self.rules.catalog.get(match.namespace)
            if signature is None or match.rule != signature.id.replace("-", "_") or not signature.description.applies & applying:
                continue
            known = signature.description
            if document and "script" in known.applies and self.quoted(match.namespace, sample):
                continue
            seen.add(match.namespace)
            self.asked |= match.namespace in ASKED
            yield Finding("SIGNATURE-MATCH", "signature", Severity[known.severity.upper()], sample.artifact.id, (known.title,),
                          confidence=known.confidence, rule=known.id)

    def quoted(self, rule: str, sample: Sample) -> bool:
        """Whether a rule for scripts says of the octets of a document what its words say, too: those lie in them as they are."""
        rows = (" ".join(row) for table in sample.tables for row in table.rows)
        shown = "\n".join(chain((text.content for text in sample.texts if not text.hidden), rows))
        words = shown[:MAX_SCANNED_TEXT].encode("utf-8", "replace")
        matches = scan(self.rules.of(frozenset({"any", "office"})), words, sample.artifact.id)
        return any(isinstance(match, yara.Match) and match.namespace == rule for match in matches)

    def outside(self, rules: yara.Rules, sample: Sample) -> Iterable[Finding]:
        """One finding a rule of outside folders; its severity stands in its metadata."""
        seen: set[str] = set()
        for match in chain.from_iterable(scan(rules, data, sample.artifact.id) for data, _ in contents(sample)):
            if isinstance(match, Finding):
                yield match
            elif match.rule not in seen:
                seen.add(match.rule)
                title = str(match.meta.get("description", match.rule))[:200]
                yield Finding("SIGNATURE-MATCH", "signature", severity(match.meta), sample.artifact.id, (title,),
                              rule=f"outside:{match.rule}")

    def conclude(self, tally: Tally) -> Iterable[Finding]:
        id, whole = (0, b"") if self.asked else self.apart.together()
        for match in scan(self.rules.of(WORDS), whole, id) if whole else ():
            known = self.rules.catalog.get(match.namespace) if isinstance(match, yara.Match) and match.namespace in ASKED else None
            if known is not None:
                told = known.description
                yield Finding("SIGNATURE-MATCH", "signature", Severity[told.severity.upper()], id, (told.title,), rule=told.id)


def read(sample: Sample, fitting: frozenset[str]) -> Iterator[bytes]:
    """What people read of a node where it is short: its name, a mail's subject, the text of a file, page or document."""
    yield from (name.encode("utf-8", "replace") for name in sample.artifact.names)
    if "text" in fitting and b"\0" not in sample.data[:64]:
        yield sample.data
    shown = [text.content for text in sample.texts if not text.hidden and not text.source.startswith(("script", "headers"))]
    if 0 < sum(map(len, shown)) <= SHORT:
        yield INVISIBLE.sub("", "\n".join(shown)).encode("utf-8", "replace")


def _parted(text: str) -> bool:
    """Whether characters that nobody sees stand in a short text: they may part words that signatures look for."""
    return len(text) <= 4 * SHORT and not text.isascii() and INVISIBLE.search(text) is not None


def applying(sample: Sample, fitting: frozenset[str], role: str) -> frozenset[str]:
    """What applies to one of the contents of a node. A page may quote commands beside its scripts, whatever scripts it has; script
    hosts run all of one. The words of a document are no code."""
    kind = sample.artifact.detected_type
    if role == "words":
        return WORDS
    page = kind in PAGES and not blocked_group(sample.artifact, "script")[1]
    return fitting - {"script"} if page and role != "script" else fitting


def contents(sample: Sample) -> Iterator[tuple[bytes, str]]:
    """The node's octets; its extracted text where that is not the same octets again, by its role: script, words of a document
    that people read, and others. Of a message only the header: what stands below it are nodes of their own, decoded."""
    message = sample.artifact.detected_type == "message/rfc822"
    yield header_block(sample.data) if message else sample.data, "octets"
    plain = sample.artifact.detected_type.startswith("text/") and b"\0" not in sample.data[:64]
    document = sample.artifact.detected_type in WRITTEN
    page = sample.artifact.detected_type in PAGES
    texts: dict[str, list[str]] = {"script": [], "words": [], "others": []}
    for text in sample.texts:
        if text.source.startswith("script"):
            texts["script"].append(text.content)
        elif text.source.startswith(OF_MAIL):
            continue
        elif plain and text.charset in WRITTEN_AS_READ:
            if not text.hidden and (page or _parted(text.content)) and speaks_of_commands(text.content.encode("utf-8", "replace")):
                texts["words"].append(text.content)      # without the tags between them
        else:
            texts["words" if document and not text.hidden else "others"].append(text.content)
    if document:
        texts["words"] += (" ".join(row) for table in sample.tables if not table.hidden for row in table.rows)
    for role, found in texts.items():
        joined = "\n".join(found)
        joined = joined if role == "script" else joined[:MAX_SCANNED_TEXT]      # scripts have a bound of their own: they run whole
        if role == "words" and not joined.isascii():
            joined = INVISIBLE.sub("", joined)           # what people see and copy
        if joined:
            yield joined.encode("utf-8", "replace"), role


def header_block(data: bytes) -> bytes:
    end = data.find(b"\r\n\r\n", 0, MAX_HEADER)
    return data[:end if end >= 0 else MAX_HEADER]
