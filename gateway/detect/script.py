"""Scripts, shell files and shortcuts, by name and by how their content begins (ATT&CK T1059, T1204.002, T1218)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gateway.detect.base import Scope, Tally
from gateway.detect.code_forms import (
    CODE_READ,
    COMMENTED,
    DENSE_READ,
    NEVER_TEXT,
    NOT_TEXT,
    dense,
    hides,
    shortened,
    statements,
    uncommented,
)
from gateway.detect.evidence import masked
from gateway.detect.names import blocked_group
from gateway.detect.quoting import SOURCES, is_json, is_table, mostly_prose, opening, quotes
from gateway.detect.script_forms import (
    BINARY,
    BY_TYPE,
    DECLARED,
    HEADS,
    MARKDOWN,
    MARKUPS,
    NOTES,
    PLAIN_NAMES,
    REMARK,
    RUNNING,
    TEXTUAL,
)
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Sample
from gateway.model.filename import basename, extensions
from gateway.model.finding import Finding, Severity

ESCAPED = re.compile(r"\\x([0-7][0-9a-fA-F])")
BEGINNING = 32
"""Octets of a file that are text where a script or shell file begins."""
SHORTEST = 12
ENCODED = b"#@~^"
"""What encoded scripts begin with; control characters stand behind it."""
BLANKS = 1 << 22
"""Octets in which the first character is looked for: interpreters read on."""
CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\r\x0c")
PAGE_SCRIPTS = frozenset({"text/javascript", "application/javascript", "application/x-javascript", "application/ecmascript"})
"""Labels of what pages carry as scripts in addresses. They are judged with their page, which has libraries so."""
RUN_BY_PAGES = "Windows script code"
"""All that scripts of pages and forms, and a page without a name, are asked for: other code stands there to be read."""
RUN_IN_PAGES = (RUN_BY_PAGES, "server page", "PHP code")
"""What a page with a name is asked for: programs for anything else stop at its first tag."""
BUILT = ("code in blocks",)
"""What stands in source code as well, by whatever name."""
_VALUE = r"\"[^\"<>\r\n$`&|%]{0,200}\""
PAGE = re.compile(rf"\s{{0,40}}<(?:!doctype\s{{1,4}}html(?:\s{{1,8}}public(?:\s{{1,8}}{_VALUE}){{1,2}})?|"
                  rf"html(?:\s{{1,8}}[\w:-]{{1,40}}={_VALUE}){{0,20}})[ \t]{{0,4}}>[ \t]{{0,4}}[\r\n<]", re.I)
"""How a page begins whose first tag is an error to shells and interpreters."""
FORM_SCRIPT = "text/x-pdf-script"
"""Judged with its document: forms define functions for their fields."""
FENCED = re.compile(r"(?ms)^(```|~~~).*?^\1")
UUENCODED = re.compile(r"\s{0,20}begin [0-7]{3,4} \S[^\r\n]{0,255}\r?\n(?:[!-`][ -`]{1,63}\r?\n){3}")
"""A file in the coding that came before MIME: what it holds is judged by itself."""
CUT = re.compile(r"'\s{0,4}\+\s{0,4}'|\"\s{0,4}\+\s{0,4}\"")


class ScriptDetector:
    """By type, then by name, then by content. A mail's own body text is no file and is not judged by content."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def look(self, sample: Sample) -> Iterable[Finding]:
        artifact = sample.artifact
        if artifact.detected_type in BY_TYPE:
            code, what = BY_TYPE[artifact.detected_type]
            yield Finding(code, "script", Severity.HIGH, artifact.id, (what,))
        extension, group = blocked_group(artifact, "script")
        if group:
            yield Finding(group.code, "script", Severity.HIGH, artifact.id, (f".{extension}", masked(artifact.name)), rule=group.id)
        elif artifact.declared_type in DECLARED and not extensions(artifact.names):
            evidence = (artifact.declared_type, f".{DECLARED[artifact.declared_type]} by its media type")
            yield Finding("SCRIPT-EXTENSION", "script", Severity.HIGH, artifact.id, evidence, rule="declared-type")
        if not is_file(sample):
            return
        for code, what, test in BINARY:
            if test(sample.data):
                yield Finding(code, "script", Severity.HIGH, artifact.id, (what,))
        if artifact.detected_type.startswith(TEXTUAL) or begins_as_text(sample):
            yield from self.content(sample)

    def content(self, sample: Sample) -> Iterable[Finding]:
        written = beginning(sample)
        head = plain(written)
        endings = extensions(sample.artifact.names)
        renamed = bool(endings & PLAIN_NAMES)
        notes = None if endings & MARKDOWN else NOTES.match(head)
        behind = notes.end() if notes else 0
        for code, what, text_ok, pattern in HEADS:
            if pattern.match(head) or (behind and pattern.match(head, behind)):
                severity = Severity.MEDIUM if text_ok and renamed else Severity.HIGH
                yield Finding(code, "script", severity, sample.artifact.id, (what,))
                return
        if "<" in head[:256]:
            head = marked_up(sample) if "<!--" in head else head
            for code, what, markup in MARKUPS:
                if markup.search(head):
                    yield Finding(code, "script", Severity.HIGH, sample.artifact.id, (what,))
                    return
        for code, what, word, line in RUNNING:
            if word in head and line.search(head):
                yield Finding(code, "script", Severity.HIGH, sample.artifact.id, (what,))
                return
        if endings <= NOT_TEXT:
            yield from self.code(sample)
        elif renamed and hides(uncommented(shown(written, endings))[:DENSE_READ]) and not mostly_prose(written[:DENSE_READ]):
            evidence = ("code that hides what it does",)
            yield Finding("SCRIPT-HOST", "script", Severity.HIGH, sample.artifact.id, evidence)
        elif not endings & (PLAIN_NAMES | SOURCES) and sample.artifact.detected_type == "text/plain":
            yield from self.begun(sample, written)

    def begun(self, sample: Sample, written: str) -> Iterable[Finding]:
        """A script under a name that tells nothing: its first lines are code already."""
        said = uncommented(written)
        first = opening(said)
        for code, what in statements(plain(first), lambda what: what not in BUILT):
            if not (is_table(first) or mostly_prose(said) or is_json(written)):
                yield Finding(code, "script", Severity.HIGH, sample.artifact.id, (what,))
            return

    def code(self, sample: Sample) -> Iterable[Finding]:
        """Code under the name of a picture or a document, or without an extension: waiting to be renamed or called."""
        whole = beginning(sample, CODE_READ)
        if len(sample.data) > CODE_READ and len(said := shortened(uncommented(text := beginning(sample, COMMENTED)))) < len(text):
            whole += "\n" + said[:CODE_READ]
        kept, whole = whole, plain(whole)
        own = sample.artifact.label in PAGE_SCRIPTS or sample.artifact.detected_type == FORM_SCRIPT
        page = sample.artifact.detected_type == "text/html" and (not sample.artifact.names or PAGE.match(kept) is not None)
        asked = (RUN_BY_PAGES,) if own or not sample.artifact.names else RUN_IN_PAGES
        for code, what in statements(whole, lambda what: what in asked or not (own or page)):
            if not is_quoted(sample, kept):
                yield Finding(code, "script", Severity.HIGH, sample.artifact.id, (what,))
            return
        endings = extensions(sample.artifact.names)
        if endings and endings <= NEVER_TEXT and sample.artifact.detected_type == "text/plain" and not (
                UUENCODED.match(whole)) and dense(whole):
            evidence = ("code under the name of a picture or document",)
            yield Finding("SCRIPT-HOST", "script", Severity.HIGH, sample.artifact.id, evidence)

    def conclude(self, tally: Tally) -> Iterable[Finding]:
        return ()


def shown(text: str, endings: frozenset[str]) -> str:
    """A text without what stands between fences, where its name says that those are there to be read."""
    return FENCED.sub("", text[:DENSE_READ]) if endings & MARKDOWN else text


def begins_as_text(sample: Sample) -> bool:
    """Text with octets of no text behind it: interpreters and the desktop read from the beginning."""
    if sample.artifact.detected_type != "application/octet-stream":
        return False
    if sample.data.startswith(ENCODED):
        return True
    head = sample.data[:BEGINNING]
    if head.count(0) * 3 > len(head):
        head = head.replace(b"\0", b"")                  # UTF-16
    return len(head) > SHORTEST and len(head.translate(None, CONTROLS)) == len(head)


def is_file(sample: Sample) -> bool:
    """True for attachments, members and embedded files; false for the words of a mail itself, and for the macros of a document,
    which the macro detector judges."""
    artifact = sample.artifact
    if artifact.kind is ArtifactKind.MACRO:
        return False
    if artifact.names or artifact.kind in (ArtifactKind.MEMBER, ArtifactKind.OBJECT):
        return True
    return artifact.kind is ArtifactKind.PART and artifact.declared_type.startswith(("application/", "image/", "audio/", "video/"))


def is_quoted(sample: Sample, text: str) -> bool:
    """Whether what code a file holds is there to be read: the file is JSON, or its name has no extension, no code stands in its
    first lines, and it is mostly prose or directs a build. Anything else with code in it waits to be renamed or called."""
    artifact = sample.artifact
    if is_json(text if len(sample.data) <= CODE_READ else beginning(sample, COMMENTED)):
        return True
    if not artifact.names or extensions(artifact.names):
        return False
    said = uncommented(text)
    first = plain(opening(said))
    return quotes(basename(artifact.name), said) and not any(statements(first))


def marked_up(sample: Sample) -> str:
    """The first characters of markup without its remarks. Behind the last end of one none is looked for: a million beginnings
    would be read to the end of the text each."""
    text = beginning(sample, BLANKS)
    end = text.rfind("-->") + 3
    return plain((REMARK.sub("", text[:end]) + text[end:] if end > 2 else text)[:8192])


def plain(code: str) -> str:
    """Code without what its interpreter drops: escapes of single characters, carets, back-ticks, empty remarks, cuts in strings."""
    if "\\x" in code:
        code = ESCAPED.sub(lambda m: chr(int(m[1], 16)), code)
    if code.count("^") + code.count("`") > 3:
        code = code.replace("^", "").replace("`", "")
    if "/**/" in code:
        code = code.replace("/**/", "")
    return CUT.sub("", code) if "+" in code else code


def beginning(sample: Sample, size: int = 8192) -> str:
    """The first characters without a byte order mark, UTF-16 undone where it is some."""
    head = sample.data[:size]
    if head[:BEGINNING].isspace():
        head = sample.data[:BLANKS].lstrip()[:size]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") and b"\0" in head:
        return head.decode("utf-16", "replace").lstrip("\ufeff").replace("\0", "")     # PowerShell reads UTF-32 as well
    if head.count(0) * 3 > len(head):
        head = head.replace(b"\0", b"")
    head = head.removeprefix(b"\xff\xfe")                # before single octets, which editors show as other letters
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
