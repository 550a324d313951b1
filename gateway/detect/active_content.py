"""What documents fetch, run or hide, as their readers observed it: one table from observation to finding.

HIGH is what no ordinary document does (ATT&CK T1221 template injection, T1559.002 DDE, T1203 exploitation, T1204.002 objects);
MEDIUM is what some ordinary ones do; LOW is told for the record.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gateway.detect.base import Scope, Tally
from gateway.detect.evidence import defanged, masked
from gateway.model.content import Observation, Sample
from gateway.model.finding import Finding, Severity

LOW, MEDIUM, HIGH, CRITICAL = Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL
CATEGORY = "active-content"

TABLE: dict[str, tuple[str, Severity]] = {
    # fetched from elsewhere when the document opens
    "DOC-REMOTE-TEMPLATE": ("ACTIVE-REMOTE-TEMPLATE", HIGH),
    "DOC-REMOTE-OLE": ("ACTIVE-REMOTE-OBJECT", HIGH),
    "DOC-REMOTE-WORKBOOK": ("ACTIVE-REMOTE-WORKBOOK", HIGH),
    "DOC-REMOTE-TOOLBAR": ("ACTIVE-REMOTE-TEMPLATE", HIGH),
    "DOC-REMOTE-SUBDOCUMENT": ("ACTIVE-REMOTE-SUBDOCUMENT", HIGH),
    "DOC-REMOTE-FRAME": ("ACTIVE-REMOTE-FRAME", HIGH),
    "DOC-REMOTE-DATASOURCE": ("ACTIVE-REMOTE-DATA", HIGH),
    "DOC-REMOTE-QUERY": ("ACTIVE-REMOTE-DATA", HIGH),
    "DOC-REMOTE-INCLUDETEXT": ("ACTIVE-REMOTE-SUBDOCUMENT", HIGH),
    "DOC-REMOTE-MACRO": ("ACTIVE-REMOTE-TEMPLATE", HIGH),
    "DOC-REMOTE-CONTROL": ("ACTIVE-REMOTE-OBJECT", HIGH),
    "DOC-REMOTE-CHUNK": ("ACTIVE-REMOTE-SUBDOCUMENT", HIGH),
    "DOC-REMOTE-DOCUMENT": ("ACTIVE-REMOTE-SUBDOCUMENT", HIGH),
    "DOC-REMOTE-TRANSFORM": ("ACTIVE-REMOTE-TEMPLATE", HIGH),
    "DOC-REMOTE-CUSTOMXML": ("ACTIVE-REMOTE-DATA", HIGH),
    "DOC-REMOTE-SLIDE": ("ACTIVE-REMOTE-SUBDOCUMENT", HIGH),
    "DOC-REMOTE-STYLES": ("ACTIVE-REMOTE-TEMPLATE", HIGH),
    "DOC-REMOTE-SETTINGS": ("ACTIVE-REMOTE-TEMPLATE", HIGH),
    "DOC-REMOTE-FONT": ("ACTIVE-REMOTE-OTHER", HIGH),
    "DOC-REMOTE-WEBEXTENSION": ("ACTIVE-WEB-EXTENSION", MEDIUM),
    "DOC-WEB-EXTENSION": ("ACTIVE-WEB-EXTENSION", HIGH),
    "DOC-REMOTE-OTHER": ("ACTIVE-REMOTE-OTHER", HIGH),
    "DOC-EXTERNAL-SHARE": ("ACTIVE-REMOTE-SHARE", HIGH),
    "DOC-CLOUD-WORKBOOK": ("ACTIVE-CLOUD-WORKBOOK", MEDIUM),
    "DOC-LOCAL-WORKBOOK": ("ACTIVE-LOCAL-LINK", LOW),
    "DOC-LOCAL-OLE": ("ACTIVE-LOCAL-LINK", LOW),
    "DOC-EXTERNAL-MEDIA": ("ACTIVE-REMOTE-MEDIA", LOW),
    # runs something
    "DOC-DDE": ("ACTIVE-DDE", HIGH),
    "FORMULA-DDE": ("ACTIVE-DDE", HIGH),
    "FORMULA-CALL": ("ACTIVE-FORMULA-CALL", HIGH),
    "FORMULA-QUERY": ("ACTIVE-QUERY-FILE", HIGH),
    "DOC-RUN-PROGRAM": ("ACTIVE-RUN-PROGRAM", HIGH),
    "DOC-LINK-SCHEME": ("ACTIVE-LINK-SCHEME", HIGH),
    "DOC-LINK-PROGRAM": ("ACTIVE-LINK-PROGRAM", HIGH),
    "DOC-LINK-SHARE": ("ACTIVE-REMOTE-SHARE", HIGH),
    "DOC-VSTO": ("ACTIVE-VSTO", HIGH),
    "DOC-CUSTOM-UI": ("ACTIVE-CUSTOM-UI", HIGH),
    "DOC-CALLS-MACRO": ("ACTIVE-SLIDE-ACTION", HIGH),
    "DOC-ACTION": ("ACTIVE-SLIDE-ACTION", MEDIUM),
    "DOC-MACROBUTTON": ("ACTIVE-MACRO-BUTTON", LOW),
    "ODF-EVENT": ("ACTIVE-DOCUMENT-EVENT", HIGH),
    # objects
    "DOC-ACTIVEX": ("ACTIVE-CONTROL", HIGH),
    "DOC-FORM-CONTROL": ("ACTIVE-FORM-CONTROL", LOW),
    "OLE-EQUATION": ("ACTIVE-EQUATION", HIGH),
    "OLE-LINK": ("ACTIVE-LINKED-OBJECT", HIGH),
    "OLE-SCRIPT": ("ACTIVE-SCRIPT-OBJECT", CRITICAL),
    "WMF-CODE": ("ACTIVE-PICTURE-CODE", CRITICAL),
    "OLE-FLASH": ("ACTIVE-CONTROL", HIGH),
    "OLE-BROWSER": ("ACTIVE-CONTROL", HIGH),
    "OLE-CONTROL": ("ACTIVE-CONTROL", HIGH),
    "OLE-PACKAGE-ACTIVE": ("ACTIVE-PACKAGE", HIGH),
    "OLE-PACKAGE": ("ACTIVE-PACKAGE", MEDIUM),
    "OLE-NATIVE": ("ACTIVE-PACKAGE", MEDIUM),
    "RTF-LINK": ("ACTIVE-LINKED-OBJECT", HIGH),
    "RTF-UPDATE": ("ACTIVE-OBJECT-UPDATE", HIGH),
    "DOC-ODD": ("ACTIVE-OBJECT-DAMAGED", HIGH),
    "RTF-OBJECT-ODD": ("ACTIVE-OBJECT-DAMAGED", HIGH),
    "RTF-OBJECT": ("ACTIVE-EMBEDDED-OBJECT", LOW),
    "ONENOTE-FILE": ("ACTIVE-ONENOTE-FILE", HIGH),
    "ONENOTE-DOCUMENT": ("ACTIVE-ONENOTE-FILE", LOW),
    "LNK-OVERLAY": ("ACTIVE-SHORTCUT-OVERLAY", HIGH),
    "DOC-DEFAULT-PASSWORD": ("ACTIVE-DEFAULT-PASSWORD", HIGH),
    "DOC-PROTECTED-BOOK": ("ACTIVE-DEFAULT-PASSWORD", MEDIUM),          # Excel 97 itself locked protected workbooks so
    # PDF
    "PDF-LAUNCH": ("ACTIVE-PDF-LAUNCH", HIGH),
    "PDF-SCRIPT-ACTS": ("ACTIVE-PDF-SCRIPT", HIGH),
    "PDF-SCRIPT-AUTO": ("ACTIVE-PDF-SCRIPT", HIGH),
    "PDF-SCRIPT-FUNCTIONS": ("ACTIVE-PDF-FORM-SCRIPT", MEDIUM),
    "PDF-SCRIPT": ("ACTIVE-PDF-FORM-SCRIPT", MEDIUM),
    "PDF-SCRIPT-HARMLESS": ("ACTIVE-PDF-FORM-SCRIPT", LOW),
    "PDF-DAMAGED-ACTION": ("ACTIVE-PDF-DAMAGED", HIGH),
    "PDF-SUBMIT-AUTO": ("ACTIVE-PDF-SUBMIT", HIGH),
    "PDF-SUBMIT": ("ACTIVE-PDF-SUBMIT", LOW),
    "PDF-REMOTE-SHARE": ("ACTIVE-REMOTE-SHARE", HIGH),
    "PDF-REMOTE": ("ACTIVE-PDF-REMOTE", MEDIUM),
    "PDF-OPENS-EMBEDDED": ("ACTIVE-PDF-OPENS-EMBEDDED", HIGH),
    "PDF-LINK-AUTO": ("ACTIVE-PDF-AUTO-LINK", HIGH),
    "PDF-RICH-MEDIA": ("ACTIVE-PDF-RICH-MEDIA", MEDIUM),
    "PDF-MEDIA": ("ACTIVE-PDF-RICH-MEDIA", LOW),
    "PDF-XFA": ("ACTIVE-PDF-XFA", LOW),
    "PDF-XFA-ENTITY": ("ACTIVE-PDF-XFA", HIGH),
    "PDF-EMBEDDED": ("ACTIVE-PDF-ATTACHMENT", LOW),
    "PDF-LEADING": ("ACTIVE-PDF-POLYGLOT", MEDIUM),
    "PDF-TRAILING": ("ACTIVE-PDF-POLYGLOT", LOW),
    "PDF-PASSWORD": ("ACTIVE-PASSWORD-FOUND", LOW),
    # links that need a click
    "DOC-LINK": ("LINK-DOCUMENT", LOW),
}
"""Observation code -> finding code and severity."""

OTHER: dict[str, tuple[str, str, Severity]] = {
    "LNK-COMMAND": ("EXECUTABLE-SHORTCUT", "executable", HIGH),
    "MSI-PACKAGE": ("EXECUTABLE-INSTALLER", "executable", HIGH),
}
"""Those of another category: finding code, category, severity."""

DOWNLOAD = re.compile(
    r"(?:https?|ftp)://[^/?#\s]{1,255}/[^?#\s]{0,1000}\.(?:exe|scr|pif|cpl|dll|ms[ip]|msix(?:bundle)?|appx|appinstaller|jse?|vb[se]|ws[fh]|"
    r"hta|bat|cmd|ps1|lnk|url|iso|img|vhdx?|jar|chm|xll|sct|reg|msc|rdp|dmg|pkg|apk)(?:$|[?#])", re.I)
"""A program, script, shell file or disc in the web."""
BOOKS = (b"xl/workbook", b"W\0o\0r\0k\0b\0o\0o\0k\0")
"""Workbooks, whose cells are no text of theirs."""
LITTLE = 300
"""Characters, blanks apart: a document with less to read is its link to a program; manuals and notes that name one have more."""
EVIDENCE = 5                             # details shown of one finding


class ActiveContentDetector:
    """One finding for each kind of thing in an artifact."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def look(self, sample: Sample) -> Iterable[Finding]:
        groups: dict[tuple[str, str, Severity], list[Observation]] = {}
        for observation in sample.observations:
            if observation.code in TABLE:
                code, severity = TABLE[observation.code]
                groups.setdefault((code, CATEGORY, severity), []).append(observation)
            elif observation.code in OTHER:
                groups.setdefault(OTHER[observation.code], []).append(observation)
        for (code, category, severity), seen in groups.items():
            evidence = tuple(dict.fromkeys(_shown(o.detail) for o in seen if o.detail))[:EVIDENCE]
            yield Finding(code, category, severity, sample.artifact.id, evidence, len(seen), rule=seen[0].code)
        urls = [o.detail for o in sample.observed("DOC-LINK") if DOWNLOAD.match(o.detail)]
        if urls and _little(sample):
            evidence = tuple(map(defanged, urls[:EVIDENCE]))
            yield Finding("ACTIVE-LINK-PROGRAM", CATEGORY, HIGH, sample.artifact.id, evidence, len(urls))

    def conclude(self, tally: Tally) -> Iterable[Finding]:
        return ()


def _little(sample: Sample) -> bool:
    """Whether a document has next to nothing to read."""
    if any(mark in sample.data for mark in BOOKS):
        return False
    read = 0
    for text in sample.texts:
        if not text.hidden and text.source != "property":
            read += sum(map(len, text.content[:1 << 16].split()))
    return read < LITTLE


def _shown(detail: str) -> str:
    return defanged(detail) if "://" in detail and " " not in detail.strip() else masked(detail)
