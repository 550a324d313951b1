from __future__ import annotations

import pytest

from gateway.detect.active_content import OTHER, TABLE, ActiveContentDetector
from gateway.detect.base import Scope, Tally
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation, Sample, Text
from gateway.model.finding import Finding, Severity
from gateway.model.transaction import Direction

SCOPE = Scope(Direction.INBOUND, "a@b.example", ("c@bank.example",), ("bank.example",))


def look(*seen: Observation) -> list[Finding]:
    return list(ActiveContentDetector(SCOPE).look(Sample(Artifact(3, 0, ArtifactKind.PART), b"", observations=list(seen))))


@pytest.mark.parametrize("code", sorted(TABLE))
def test_every_observation_has_its_finding(code: str) -> None:
    finding = look(Observation(code, "x"))[0]
    assert (finding.code, finding.severity) == TABLE[code]
    assert finding.code.startswith(("ACTIVE-", "LINK-")) and finding.category == "active-content" and finding.artifact == 3


def test_other_categories() -> None:
    assert [(f.code, f.category) for f in look(Observation("LNK-COMMAND", "cmd"))] == [OTHER["LNK-COMMAND"][:2]]


def test_one_finding_a_kind_with_masked_evidence() -> None:
    found = look(Observation("DOC-LINK", "https://h.example/a?id=A123456789"), Observation("DOC-LINK", "https://h.example/b"), Observation("PDF-XFA"))
    assert [(f.code, f.count) for f in found] == [("LINK-DOCUMENT", 2), ("ACTIVE-PDF-XFA", 1)]
    assert found[0].evidence == ("hxxps://h[.]example/a", "hxxps://h[.]example/b")


def test_unknown_observations_are_not_ours() -> None:
    assert look(Observation("NAME-BIDI", "x")) == []
    assert list(ActiveContentDetector(SCOPE).conclude(Tally())) == []


def test_what_ordinary_documents_have_never_blocks() -> None:
    ordinary = ("DOC-LINK", "DOC-EXTERNAL-MEDIA", "DOC-LOCAL-OLE", "DOC-LOCAL-WORKBOOK", "DOC-FORM-CONTROL", "DOC-MACROBUTTON", "RTF-OBJECT",
                "PDF-SCRIPT-HARMLESS", "PDF-SUBMIT", "PDF-XFA", "PDF-EMBEDDED", "PDF-TRAILING")
    assert all(TABLE[code][1] is Severity.LOW for code in ordinary)


@pytest.mark.parametrize(("url", "texts", "data", "told"), [
    ("https://h.example/a/setup.exe?x=1", ["Protected document. Click to open."], b"", True),
    ("http://h.example/scan.js", [], b"", True),
    ("http://h.example/", ["Protected document. Click to open."], b"", False),
    ("https://h.example/terms.pdf", [], b"", False),
    ("https://h.example/catalogue/www.tool.exe/about", [], b"", False),
    ("https://h.example/a/setup.exe", ["The second release of the tool mends what customers told. " * 8], b"", False),
    ("https://h.example/a/setup.exe", ["Tools"], b"PK xl/workbook.xml", False)])
def test_a_document_that_is_its_link_to_a_program(url: str, texts: list[str], data: bytes, told: bool) -> None:
    shown = [Text(text, "page 1") for text in texts]
    sample = Sample(Artifact(3, 0, ArtifactKind.PART), data, [*shown, Text("x" * 999, "property")], observations=[Observation("DOC-LINK", url)])
    found = [f.code for f in ActiveContentDetector(SCOPE).look(sample)]
    assert found == ["LINK-DOCUMENT"] + ["ACTIVE-LINK-PROGRAM"] * told


def test_what_calls_a_macro_is_told_as_documents_with_macros_are() -> None:
    assert [f.severity for f in look(Observation("DOC-CALLS-MACRO"), Observation("DOC-CUSTOM-UI"), Observation("DOC-REMOTE-FONT"))] == [Severity.HIGH] * 3
    assert look(Observation("DOC-ACTION", "ppaction://ole?verb=0"))[0].severity is Severity.MEDIUM
