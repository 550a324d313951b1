"""Why, in plain words: the right sentences, the right file, counts and never the data."""

from __future__ import annotations

import pytest

from gateway.model.artifact import Artifact, ArtifactKind, ArtifactTree
from gateway.model.decision import Decision, Disposition, Kind
from gateway.model.finding import Fault, Inspection, Severity, Verdict
from gateway.notices.reasons import MAX_REASONS, file_name, reasons
from tests.builders.mailfacts import finding, incident, inspection, transaction, tree

DECISION = Decision(transaction().envelope.recipients[0], Disposition.QUARANTINE, Verdict.MALICIOUS, "big-mail")


def told(seen: Inspection, kind: Kind = Kind.THREAT) -> list[str]:
    return reasons(seen, DECISION, kind, "en")


def test_the_gravest_first_and_each_once() -> None:
    seen = inspection(finding("MACRO-A", Severity.MEDIUM, 1), finding("EXECUTABLE-PE", Severity.HIGH, 2),
                      finding("EXECUTABLE-X", Severity.HIGH, 2), nodes=tree("a.xlsm", "b.exe"))
    assert told(seen) == [
        "b[.]exe is a program.",
        "a[.]xlsm contains a macro: a program that can start when the document is opened.",
    ]


def test_information_is_not_told_and_our_faults_are_not_the_readers() -> None:
    seen = inspection(finding("LINK-X", Severity.LOW), finding("MACRO-X", Severity.LOW), incident("CRASH", Fault.GATEWAY))
    assert told(seen) == ["The mail itself contains a macro: a program that can start when the document is opened."]


def test_leaks_are_told_by_class_and_count() -> None:
    seen = inspection(finding("DATA-ID", evidence=["A12345****"]), finding("MACRO-X"), persons=12, contacts=3,
                      identifiers={"tw.national_id": 12, "card": 1, "new.kind": 2, "iban": 0})
    assert told(seen, Kind.LEAK) == [
        "The mail seems to contain personal data of customers.",
        "Found: Taiwan national ID numbers 12, new.kind 2, credit card numbers 1, 12 people, 3 contact records.",
    ]
    assert "personal data" not in " ".join(told(seen))


def test_a_rule_of_the_envelope_is_named() -> None:
    assert told(inspection()) == ["A rule of the organisation applies: big-mail."]


def test_a_long_list_is_counted() -> None:
    seen = inspection(*(finding("EXECUTABLE-PE", artifact=n) for n in range(1, 13)), nodes=tree(*(f"{n}.exe" for n in range(12))))
    assert len(told(seen)) == MAX_REASONS + 1 and told(seen)[-1] == "and 4 more"


@pytest.mark.parametrize(("artifact", "name"), [(0, "The mail itself"), (1, "a[.]zip"), (2, "b[.]docm"), (3, "b[.]docm"),
                                                (99, "The mail itself")])
def test_the_file_a_person_would_recognise(artifact: int, name: str) -> None:
    nodes = ArtifactTree((
        Artifact(0, None, ArtifactKind.MESSAGE), Artifact(1, 0, ArtifactKind.ARCHIVE, ("a.zip",)),
        Artifact(2, 1, ArtifactKind.MEMBER, ("b.docm",)), Artifact(3, 2, ArtifactKind.MACRO, ("Module1",))))
    assert file_name(nodes, artifact, "en") == name
