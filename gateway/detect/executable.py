"""Programs, by structure first and by name second (ATT&CK T1204.002)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gateway.detect.base import Scope, Tally
from gateway.detect.evidence import masked
from gateway.detect.names import blocked_group
from gateway.detect.veiled import veiled
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Sample
from gateway.model.finding import Finding, Severity

BY_TYPE: dict[str, tuple[str, str]] = {
    "application/x-dosexec": ("EXECUTABLE-PE", "Windows or DOS program"),
    "application/x-executable": ("EXECUTABLE-ELF", "Linux program or library"),
    "application/x-mach-binary": ("EXECUTABLE-MACHO", "macOS program or library"),
    "application/java-vm": ("EXECUTABLE-JAVA", "Java class"),
    "application/x-dex": ("EXECUTABLE-DEX", "Android program"),
    "application/x-bytecode": ("EXECUTABLE-BYTECODE", "compiled code or script"),
    "application/wasm": ("EXECUTABLE-WASM", "WebAssembly module"),
    "application/x-msi": ("EXECUTABLE-INSTALLER", "Windows Installer package"),
    "application/x-rpm": ("EXECUTABLE-INSTALLER", "RPM package"),
    "application/x-xar": ("EXECUTABLE-INSTALLER", "macOS installer"),
    "application/x-shockwave-flash": ("EXECUTABLE-FLASH", "Flash movie"),
    "application/x-installshield": ("EXECUTABLE-INSTALLER", "InstallShield cabinet"),
    "application/x-registry-hive": ("EXECUTABLE-HIVE", "Windows registry hive"),
}
UNKNOWN = frozenset({"application/octet-stream", "text/plain"})
"""What octets are called that begin like nothing else: those of an enciphered program may all be letters."""
JAVA_MARKS = (b"META-INF/MANIFEST.MF", b"classes.dex", b"AndroidManifest.xml")
BUNDLE = re.compile(r"[^/]\.(app|m?pkg|plugin|appex|xpc|wdgt|workflow|action|scptd|kext|prefpane|saver|qlgenerator|mdimporter|"
                    r"component|osax)/Contents/", re.I)
"""A folder that macOS shows as one file and opens as a program (Apple Bundle Programming Guide)."""
TAIL = 256 << 10                         # octets in which the directory of a package is looked for
APPX_MARK = b"AppxManifest.xml"
DEB_MARK = b"debian-binary"
WASM = "application/wasm"
PROBE = 128
"""Octets of a module with which libraries ask what a browser can do."""
CODE_SECTIONS = frozenset((1, 3, 7, 10))
"""Types, functions, exports and code (WebAssembly Core 2.0, 5.5): such a module holds no data and calls nothing of its page."""


class ExecutableDetector:
    """One finding a node for its structure, one for its name."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def look(self, sample: Sample) -> Iterable[Finding]:
        artifact = sample.artifact
        kind = artifact.detected_type
        asks = kind == WASM and artifact.kind is ArtifactKind.OBJECT and probes(sample.data)
        if kind in BY_TYPE and not asks:
            code, what = BY_TYPE[kind]
            yield Finding(code, "executable", Severity.HIGH, artifact.id, (what,))
        elif kind == "application/x-archive" and DEB_MARK in sample.data[:100]:
            yield Finding("EXECUTABLE-INSTALLER", "executable", Severity.HIGH, artifact.id, ("Debian package",))
        elif kind in ("application/vnd.openxmlformats", "application/zip") and APPX_MARK in sample.data[-TAIL:]:
            yield Finding("EXECUTABLE-INSTALLER", "executable", Severity.HIGH, artifact.id, ("Windows application package",))
        elif kind == "application/zip" and any(m in sample.data for m in JAVA_MARKS):
            yield Finding("EXECUTABLE-JAVA", "executable", Severity.HIGH, artifact.id, ("Java or Android archive",))
        elif kind in UNKNOWN and (how := veiled(sample.data)):
            yield Finding("EXECUTABLE-PE", "executable", Severity.HIGH, artifact.id, (how,))
        folder = next((f for name in artifact.names if "/" in name and (f := BUNDLE.search(name))), None)
        if folder:
            evidence = (f".{folder[1].lower()}", "macOS bundle")
            yield Finding("EXECUTABLE-EXTENSION", "executable", Severity.HIGH, artifact.id, evidence)
        extension, group = blocked_group(artifact, "executable")
        if group:
            evidence = (f".{extension}", masked(artifact.name))
            yield Finding(group.code, "executable", Severity.HIGH, artifact.id, evidence, rule=group.id)

    def conclude(self, tally: Tally) -> Iterable[Finding]:
        return ()


def probes(module: bytes) -> bool:
    """Whether a module of a page is too small for anything but a question to the browser."""
    at = 8
    while at + 2 <= len(module) <= PROBE:
        if module[at] not in CODE_SECTIONS or module[at + 1] >= 0x80:
            return False
        at += 2 + module[at + 1]
    return at == len(module)
