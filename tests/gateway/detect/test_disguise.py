"""Names that lie."""

from __future__ import annotations

import pytest

from gateway.detect.base import Scope
from gateway.detect.disguise import DisguiseDetector
from gateway.extract.names import observe
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Sample
from gateway.model.finding import Severity
from gateway.model.transaction import Direction

SCOPE = Scope(Direction.INBOUND, "", (), ())


def look(name: str, type: str = "text/plain") -> dict[str, Severity]:
    artifact = Artifact(1, 0, ArtifactKind.PART, (name,), detected_type=type)
    return {f.code: f.severity for f in DisguiseDetector(SCOPE).look(Sample(artifact, b"x", observations=observe([name])))}


@pytest.mark.parametrize(("name", "code"), [
    ("a\u202exod.txt", "DISGUISE-BIDI"), ("a.exe\0.txt", "DISGUISE-NUL"), ("a.pdf.exe", "DISGUISE-DOUBLE-EXTENSION"),
    ("a.pdf          .exe", "DISGUISE-BLANKS"), ("a.exe.", "DISGUISE-TRAILING"), ("..\\a.exe", "DISGUISE-PATH"),
    ("a.e\u200bxe", "DISGUISE-INVISIBLE"), ("a.txt.{3050F4D8-98B5-11CF-BB82-00AA00BDCE0B}", "DISGUISE-CLASS"),
])
def test_high(name, code):
    assert look(name)[code] is Severity.HIGH


@pytest.mark.parametrize("name", ["a.tar.gz", "report.v2.pdf", "報價單.pdf", "a b.docx", "archive.exe.txt", "{3050F4D8-98B5-11CF-BB82-00AA00BDCE0B}.pdf"])
def test_ordinary_names(name):
    assert look(name) == {}


def test_oddities_without_a_program_stay_low():
    assert look("a\u200bb.txt") == {"DISGUISE-INVISIBLE": Severity.LOW}


def test_program_under_a_document_name():
    assert look("a.pdf", "application/x-dosexec") == {"DISGUISE-TYPE": Severity.HIGH}
    assert look("a.pdf", "application/x-iso9660-image") == {"DISGUISE-TYPE": Severity.HIGH}
    assert look("a.pdf", "application/zip") == {"DISGUISE-TYPE": Severity.MEDIUM}
    assert look("a.exe", "application/x-dosexec") == {}
    assert look("a.docx", "application/zip") == {}
