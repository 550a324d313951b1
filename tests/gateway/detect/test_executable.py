"""Programs by structure under any name, by name with any content."""

from __future__ import annotations

import pytest

from gateway.detect.base import Scope
from gateway.detect.executable import BY_TYPE, ExecutableDetector
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Sample
from gateway.model.finding import Severity
from gateway.model.transaction import Direction

SCOPE = Scope(Direction.INBOUND, "", (), ())


def look(type: str, *names: str, data: bytes = b"x") -> list[str]:
    artifact = Artifact(1, 0, ArtifactKind.PART, names, detected_type=type)
    found = list(ExecutableDetector(SCOPE).look(Sample(artifact, data)))
    assert all(f.severity is Severity.HIGH for f in found)
    return [f.code for f in found]


@pytest.mark.parametrize("type", BY_TYPE)
def test_every_type_under_a_harmless_name(type):
    assert look(type, "報價單.pdf") == [BY_TYPE[type][0]]


@pytest.mark.parametrize("name", ["a.exe", "a.SCR", "a.pif", "a.com", "a.cpl", "a.dll", "a.sys", "a.ocx", "a.exe.config.exe", "a.exe.",
                                  "a.exe::$DATA", "x\u202efdp.exe", "a.jar", "a.msi", "a.apk", "a.application", "a.jnlp"])
def test_every_name_with_any_content(name):
    assert "EXECUTABLE-EXTENSION" in look("application/octet-stream", name)


@pytest.mark.parametrize("name", ["Report.app/Contents/Info.plist", "x/A.Workflow/Contents/document.wflow", "p.pkg/Contents/Archive.pax.gz"])
def test_folder_that_opens_as_a_program(name):
    assert look("text/xml", name) == ["EXECUTABLE-EXTENSION"]


@pytest.mark.parametrize(("type", "name"), [
    ("text/xml", "web.app/index.html"), ("text/xml", "src/workflow/Contents/a.xml"), ("application/pdf", "www.example.com"), ("application/pdf", "www.example.com.pdf"), ("image/png", "logo@example.com"),
    ("text/plain", "exe.txt"), ("application/zip", "a.zip"), ("text/plain", ""),
])
def test_no_program(type, name):
    assert look(type, name) == []


def test_java_in_a_zip_under_another_name():
    assert look("application/zip", "a.zip", data=b"PK..META-INF/MANIFEST.MF..") == ["EXECUTABLE-JAVA"]


def test_application_package():
    assert look("application/vnd.openxmlformats", "a.zip", data=b"PK AppxManifest.xml") == ["EXECUTABLE-INSTALLER"]
    assert look("application/vnd.openxmlformats", "a.docx", data=b"PK word/document.xml") == []


def test_apple_configuration_profile():
    assert look("text/xml", "a.mobileconfig") == ["EXECUTABLE-EXTENSION"]


def test_application_packages_with_and_without_content_types():
    data = b"PK\x03\x04" + bytes(100) + b"AppxManifest.xml" + bytes(40)
    for kind in ("application/zip", "application/vnd.openxmlformats"):
        artifact = Artifact(1, 0, ArtifactKind.PART, ("a.dat",), detected_type=kind)
        found = list(ExecutableDetector(Scope(Direction.INBOUND, "", (), ())).look(Sample(artifact, data)))
        assert [f.code for f in found] == ["EXECUTABLE-INSTALLER"]


SIMD = bytes((0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11))


@pytest.mark.parametrize(("module", "kind", "told"), [
    (SIMD, ArtifactKind.OBJECT, False), (SIMD, ArtifactKind.PART, True), (SIMD[:-1], ArtifactKind.OBJECT, True), (SIMD[:8], ArtifactKind.OBJECT, False),
    (SIMD + b"\x0b\7\1\0A\0\x0b\1x", ArtifactKind.OBJECT, True), (SIMD + b"\0\3\1pz", ArtifactKind.OBJECT, True),
    (SIMD[:8] + b"\x0a\x7f" + bytes(127), ArtifactKind.OBJECT, True), (SIMD[:8] + b"\2\7\1\1a\1b\0\0", ArtifactKind.OBJECT, True),
])
def test_modules_that_ask_what_a_browser_can_do(module, kind, told):
    artifact = Artifact(1, 0, kind, (), detected_type="application/wasm")
    assert bool(list(ExecutableDetector(SCOPE).look(Sample(artifact, module)))) is told
