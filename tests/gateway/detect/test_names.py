"""Blocked groups by all candidate names."""

from __future__ import annotations

from gateway.detect.names import blocked_group
from gateway.model.artifact import Artifact, ArtifactKind


def group(category: str, *names: str, type: str = "text/plain") -> str:
    found = blocked_group(Artifact(1, 0, ArtifactKind.PART, names, detected_type=type), category)
    return found[1].id if found[1] else ""


def test_any_candidate_counts():
    assert group("executable", "a.txt", "b.exe") == "windows-program"
    assert group("script", "a.txt", "b.exe") == ""
    assert group("script", "a.txt", "b.js") == "windows-script"


def test_hosts_are_no_programs():
    assert group("executable", "www.example.com", type="application/pdf") == ""
    assert group("executable", "a.com", type="application/octet-stream") == "windows-program"


def test_data_of_another_program_with_the_same_ending():
    assert group("script", "d.mat", type="application/x-matlab-data") == ""
    assert group("script", "d.mat", type="application/octet-stream") == "windows-script"


def test_source_of_rust_is_no_program():
    assert group("executable", "lib.rs", type="text/plain") == ""
    assert group("executable", "lib.rs", type="application/x-dosexec") == "windows-program"


def test_style_sheets_are_told_by_their_scripts():
    assert group("script", "invoice.xsl", type="text/xml") == group("script", "a.xslt", type="text/xml") == ""
    assert group("script", "a.xsl") == group("script", "a.xslt", type="text/html") == "windows-script"
