"""Names that show something else than they are, and content under a name of another kind (ATT&CK T1036.002, .007, .008)."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.detect.base import Scope, Tally
from gateway.detect.evidence import masked
from gateway.model.content import Sample
from gateway.model.filename import extensions, spellings
from gateway.model.finding import Finding, Severity
from signatures.filetypes import blocked_extensions

DOCUMENT_LIKE = frozenset({
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "rtf", "txt", "csv", "odt", "ods", "odp", "jpg", "jpeg",
    "png", "gif", "bmp", "tif", "tiff", "webp", "svg", "htm", "html", "xml", "zip", "rar", "7z", "mp3", "mp4", "wav",
    "avi", "mov", "one", "eml", "msg", "ics", "hwp", "jtd", "xdw", "wps", "et", "dps",
})
"""Extensions that people click without a thought."""

ACTIVE_TYPES = frozenset({
    "application/x-dosexec", "application/x-executable", "application/x-mach-binary", "application/java-vm", "application/x-dex",
    "application/x-msi", "application/x-ms-shortcut", "application/vnd.ms-htmlhelp", "application/x-iso9660-image",
    "application/x-vhd", "application/x-vhdx",
})
"""Types that never stand under a document's name by mistake."""

ARCHIVES = frozenset({
    "application/zip", "application/vnd.rar", "application/x-7z-compressed", "application/vnd.ms-cab-compressed",
    "application/x-ace", "application/x-arj", "application/x-lzh", "application/gzip", "application/x-tar",
})
NOT_ARCHIVES = frozenset({
    "pdf", "doc", "xls", "ppt", "rtf", "txt", "csv", "jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp",
    "mp3", "mp4", "wav", "avi", "mov",
})


class DisguiseDetector:
    """Judges names and how they fit the content."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def look(self, sample: Sample) -> Iterable[Finding]:
        artifact = sample.artifact
        endings = extensions(artifact.names)
        risky = bool(endings & blocked_extensions().keys())
        for observation in sample.observations:
            judged = JUDGED.get(observation.code)
            if judged:
                code, always, with_program = judged
                yield Finding(code, "disguise", with_program if risky else always, artifact.id, (masked(observation.detail),))
        if risky and any(_doubled(name) for name in artifact.names):
            yield Finding("DISGUISE-DOUBLE-EXTENSION", "disguise", Severity.HIGH, artifact.id, (masked(artifact.name),))
        shown = endings & DOCUMENT_LIKE
        if artifact.detected_type in ACTIVE_TYPES and shown and not (risky and len(endings) == 1):
            yield self.mismatch(sample, shown, Severity.HIGH)
        elif artifact.detected_type in ARCHIVES and endings and endings <= NOT_ARCHIVES:
            yield self.mismatch(sample, shown or endings, Severity.MEDIUM)

    def mismatch(self, sample: Sample, shown: frozenset[str], severity: Severity) -> Finding:
        return Finding("DISGUISE-TYPE", "disguise", severity, sample.artifact.id,
                       (f"{sample.artifact.detected_type} as .{min(shown)}",))

    def conclude(self, tally: Tally) -> Iterable[Finding]:
        return ()


JUDGED: dict[str, tuple[str, Severity, Severity]] = {
    # observation: code, severity, severity where the name ends like a program too
    "NAME-BIDI": ("DISGUISE-BIDI", Severity.HIGH, Severity.HIGH),
    "NAME-NUL": ("DISGUISE-NUL", Severity.HIGH, Severity.HIGH),
    "NAME-CONTROL": ("DISGUISE-CONTROL", Severity.MEDIUM, Severity.HIGH),
    "NAME-INVISIBLE": ("DISGUISE-INVISIBLE", Severity.LOW, Severity.HIGH),
    "NAME-BLANKS": ("DISGUISE-BLANKS", Severity.LOW, Severity.HIGH),
    "NAME-TRAILING": ("DISGUISE-TRAILING", Severity.LOW, Severity.HIGH),
    "NAME-PATH": ("DISGUISE-PATH", Severity.LOW, Severity.HIGH),
    "NAME-CLASS": ("DISGUISE-CLASS", Severity.HIGH, Severity.HIGH),
    "NAME-LONG": ("DISGUISE-LONG", Severity.LOW, Severity.MEDIUM),
}


def _doubled(name: str) -> bool:
    """report.pdf.exe: the last extension is a program's, the one before a document's."""
    for text in spellings(name):
        parts = [p.strip().lower() for p in text.rsplit(".", 2)]
        if len(parts) == 3 and parts[2] in blocked_extensions() and parts[1] in DOCUMENT_LIKE:
            return True
    return False
