"""Which part a finding belongs to, and which parts may be left out."""

from __future__ import annotations

import pytest

from quarantine.parts import divisible, label_of, parts, suspect

INSPECTION = {
    "artifacts": [
        {"path": "message", "name": ""}, {"path": "message > 1", "name": ""},
        {"path": "message > 2 a > 7 b.zip", "name": "a > 7 b.zip", "size": 9, "sha256": "ab", "detected_type": "application/zip"},
        {"path": "message > 2 a > 7 b.zip > x.exe", "name": "x.exe"}, {"path": "message > 3.1 note.txt", "name": "note.txt"},
        {"path": "message > preamble"}, "nonsense"],
    "findings": [
        {"code": "EXECUTABLE-PE", "severity": "high", "artifact": "message > 2 a > 7 b.zip > x.exe"},
        {"code": "LINK-X", "severity": "low", "artifact": "message > 3.1 note.txt"}],
    "incidents": [],
}


@pytest.mark.parametrize(("path", "label"), [
    ("message", ""), ("message > 1", "1"), ("message > 1.2 x", "1.2"), ("message > 2 a > 7 b", "2"), ("message > whole", ""),
    ("message > ~p1", ""), ("message > 2x", ""), ("", ""), ("message > 2", "2"), ("message > 1.", "")])
def test_labels(path: str, label: str) -> None:
    assert label_of(path) == label


def test_parts_are_those_of_the_message_itself() -> None:
    found = parts(INSPECTION)
    assert list(found) == ["1", "2", "3.1"]
    assert (found["2"].name, found["2"].size, found["2"].sha256) == ("a > 7 b.zip", 9, "ab")


def test_a_part_is_suspect_for_what_is_in_it_and_not_for_information() -> None:
    assert suspect(INSPECTION) == ("2",)


def test_what_could_not_be_inspected_is_suspect_unless_the_fault_is_ours() -> None:
    incidents = [{"code": "ENCRYPTED", "artifact": "message > 3.1 note.txt"}, {"code": "TIMEOUT", "fault": "gateway", "artifact": "message > 1"}]
    assert suspect(INSPECTION | {"findings": [], "incidents": incidents}) == ("3.1",)


def test_what_concerns_the_message_as_a_whole_has_no_part() -> None:
    assert suspect(INSPECTION | {"findings": [{"code": "SPOOF-X", "severity": "high", "artifact": "message"}]}) == ()
    assert suspect({}) == ()


@pytest.mark.parametrize(("more", "possible"), [([], True), (["message > 1", "message > 3.1 note.txt"], False)])
def test_something_has_to_be_left_of_a_mail_that_is_cut(more: list[str], possible: bool) -> None:
    incidents = [{"code": "ENCRYPTED", "artifact": path} for path in more]
    assert divisible(INSPECTION | {"incidents": incidents}) is possible


def test_a_mail_of_one_part_is_never_cut() -> None:
    alone = {"artifacts": [{"path": "message"}, {"path": "message > 1"}],
             "findings": [{"code": "DATA-CARD", "severity": "medium", "artifact": "message > 1"}]}
    assert suspect(alone) == ("1",) and not divisible(alone) and not divisible({})
