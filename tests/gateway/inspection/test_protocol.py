"""The schema at the border: what an honest child says survives, what a hostile one says does not."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.inspection import protocol
from gateway.inspection.wire import ProtocolError
from gateway.model.artifact import Artifact, ArtifactKind, ArtifactTree
from gateway.model.deadline import Limits
from gateway.model.finding import Fault, Finding, Incident, IncidentCode, Inspection, Severity, Summary
from gateway.model.ports import InspectionRequest
from gateway.model.transaction import Direction

LIMITS = Limits()
ROOT = Artifact(0, None, ArtifactKind.MESSAGE, declared_type="message/rfc822", sha256="0" * 64, size=9)
FULL = Inspection(
    ArtifactTree((ROOT, Artifact(1, 0, ArtifactKind.PART, ("報表.zip", "x"), "application/zip", "application/zip", "a" * 64, 5, 1, "2",
                                 ("NAME-BIDI",)))),
    (Finding("MACRO-AUTOEXEC", "macro", Severity.HIGH, 1, ("AutoOpen",), 2, 90, "rule-1"),),
    (Incident(IncidentCode.ENCRYPTED, 1, Fault.MESSAGE, "no password"),),
    {"tw.national_id": 12}, 3, 4,
    Summary("主旨", "a@b", "<x@y>", "today", "b" * 64, ("報表.zip",), ("from", "to"), {"sha256/relaxed/-": "abc="}),
    "v1", {"walk": 0.25}, 1.5, announced=("Sakura-2026", "春暖花開"))


def test_an_inspection_survives() -> None:
    assert protocol.decode_inspection(protocol.encode_inspection(FULL), LIMITS) == FULL


def test_a_request_survives() -> None:
    request = InspectionRequest("id", Direction.OUTBOUND, "ä@b", ("c@d",) * 3, ("d",), Limits(depth=3, seconds=1.5), ("祕密",))
    assert protocol.decode_request(protocol.encode_request(request, 77)) == (request, 77)


def test_what_is_too_long_is_clipped_by_an_honest_child() -> None:
    long = replace(FULL, tree=ArtifactTree((replace(ROOT, names=("n" * 5000,) * 100, label="l" * 999),)),
                   findings=(Finding("A-B", "macro", Severity.LOW, 0, ("e" * 9999,) * 99),) * 9999, incidents=())
    decoded = protocol.decode_inspection(protocol.encode_inspection(long), LIMITS)
    assert len(decoded.findings) == protocol.FINDINGS
    assert len(decoded.tree.artifacts[0].names[0]) == protocol.NAME


def test_lone_surrogates_do_not_reach_the_house() -> None:
    odd = replace(FULL, summary=Summary(subject="a\ud800b"), findings=(), incidents=())
    assert protocol.decode_inspection(protocol.encode_inspection(odd), LIMITS).summary.subject == "a\ufffdb"


@pytest.mark.parametrize(("code", "arrives"), [
    ("EDM-customers", "EDM-customers"), ("FINGERPRINT-契約書 (v2).docx", "FINGERPRINT-契約書 (v2).docx"), ("LABEL-a/b\n", "LABEL-a_b_"),
    ("FINGERPRINT-" + "x" * 999, "FINGERPRINT-" + "x" * 160), ("edm-x", "EDM-x"), ("EDM-", "EDM-_"), ("", "OTHER-FINDING"), ("機密", "OTHER-FINDING"),
])
def test_an_administrators_own_names_arrive(code: str, arrives: str) -> None:
    named = replace(FULL, findings=(Finding(code, "data", Severity.LOW, 0),))
    assert protocol.decode_inspection(protocol.encode_inspection(named), LIMITS).findings[0].code == arrives


def spoil(path: tuple, value: object) -> bytes:
    message = json.loads(protocol.encode_inspection(FULL))
    place = message
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return json.dumps(message).encode()


@pytest.mark.parametrize(("path", "value"), [
    ((0,), []),                                  # no root
    ((0, 0, 0), 0),                              # the root has a parent
    ((0, 1, 0), 1), ((0, 1, 0), None), ((0, 1, 0), -1), ((0, 1, 0), True), ((0, 1, 0), 0.0),
    ((0, 1, 1), "virus"), ((0, 1, 1), []),
    ((0, 1, 2), "name"), ((0, 1, 2), [1]), ((0, 1, 2), ["x" * 1025]), ((0, 1, 2), ["x"] * 33),
    ((0, 1, 5), "A" * 64), ((0, 1, 5), "a" * 63), ((0, 1, 5), "a" * 64 + "\n"),
    ((0, 1, 6), -1), ((0, 1, 6), 1.5), ((0, 1, 6), 2**41), ((0, 1, 7), 99),
    ((1, 0, 0), "macro"), ((1, 0, 0), "A\nB"), ((1, 0, 1), "Macro"), ((1, 0, 2), 9), ((1, 0, 2), True), ((1, 0, 3), 2),
    ((1, 0, 3), -1), ((1, 0, 4), ["x" * 513]), ((1, 0, 6), 101), ((1, 0), ["MACRO-X"]),
    ((2, 0, 0), "NOTHING"), ((2, 0, 2), "yours"), ((2, 0, 1), 7),
    ((3,), []), ((3, "x" * 300), 1), ((3, "card"), -1), ((3, "card"), "1"), ((4,), "3"), ((5,), None),
    ((6,), []), ((6, 0), 5), ((6, 4), "x"), ((6, 7), []),
    ((7,), 1), ((8, "walk"), -0.5), ((8, "walk"), "x"), ((9,), "fast"), ((9,), 10**400),
    ((10,), "word"), ((10,), ["x" * 129]), ((10,), ["x"] * 13),
])
def test_a_spoiled_answer_is_refused(path: tuple, value: object) -> None:
    with pytest.raises(ProtocolError):
        protocol.decode_inspection(spoil(path, value), LIMITS)


@pytest.mark.parametrize("octets", [
    b"", b"{}", b"[]", b"null", b"[" * 100_000, b"[[],[],[],{},0,0,[],\"\",{},NaN]", b"[1,2,3", "[\"é\"]".encode(),
    b"1" * 5000, b"\xff\xfe",
])
def test_no_json_no_answer(octets: bytes) -> None:
    with pytest.raises(ProtocolError):
        protocol.decode_inspection(octets, LIMITS)


def test_more_artifacts_than_the_limit_are_refused() -> None:
    many = replace(FULL, tree=ArtifactTree((ROOT, *tuple(replace(ROOT, id=n, parent=0) for n in range(1, 40)))), findings=(),
                   incidents=())
    data = protocol.encode_inspection(many)
    protocol.decode_inspection(data, Limits(artifacts=40))
    with pytest.raises(ProtocolError):
        protocol.decode_inspection(data, Limits(artifacts=10))


@settings(max_examples=200, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=10) | st.dictionaries(st.text(max_size=3), inner, max_size=3)))
def test_arbitrary_json_never_raises_anything_else(value: object) -> None:
    with pytest.raises(ProtocolError):
        protocol.decode_inspection(json.dumps(value).encode(), LIMITS)


def test_a_preview_survives_and_is_bounded() -> None:
    preview = {"headers": [("Subject", "x")] * 600, "texts": [("p", "body", "字" * 300_000)] * 9, "macros": [("p", "Sub x")],
               "artifacts": []}
    decoded = protocol.decode_preview(protocol.encode_preview(preview))
    assert len(decoded["headers"]) == 500
    assert 0 < len(decoded["texts"]) <= 8
    assert decoded["headers"][0] == ("Subject", "x")


@pytest.mark.parametrize("sections", [
    {}, {"headers": [], "texts": [], "macros": [], "artifacts": []}, {"spans": [], "headers": [], "texts": [], "macros": []}, {"spans": [], "headers": [], "texts": [], "macros": [], "artifacts": [], "script": []},
    {"spans": [], "headers": [["a"]], "texts": [], "macros": [], "artifacts": []}, {"spans": [], "headers": [["a", 1]], "texts": [], "macros": [], "artifacts": []},
    {"spans": [], "headers": [], "texts": [["a", "b", "c" * 300_000]], "macros": [], "artifacts": []},
])
def test_a_spoiled_preview_is_refused(sections: object) -> None:
    with pytest.raises(ProtocolError):
        protocol.decode_preview(protocol.dumps(sections))
