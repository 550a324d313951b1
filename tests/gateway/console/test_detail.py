from __future__ import annotations

from gateway.console.detail import DEEPEST, NODES, data, decisions, session_facts, tree

INSPECTION = {
    "artifacts": [
        {"path": "message", "kind": "message", "detected_type": "message/rfc822", "size": 900},
        {"path": "message > 1", "kind": "part", "declared_type": "text/plain", "detected_type": "text/plain", "size": 5},
        {"path": "message > 2 a.zip", "kind": "archive", "name": "a.zip", "declared_type": "image/png", "detected_type": "application/zip", "size": 700},
        {"path": "message > 2 a.zip > b.exe", "kind": "member", "detected_type": "application/x-dosexec", "size": 600, "sha256": "ab"}],
    "findings": [
        {"code": "DISGUISE-TYPE", "severity": "medium", "artifact": "message > 2 a.zip", "evidence": ["x"], "count": 1},
        {"code": "EXECUTABLE-PE", "severity": "high", "artifact": "message > 2 a.zip > b.exe", "evidence": list("abcdefgh"), "count": 2},
        {"code": "SPOOF-FROM", "severity": "high", "artifact": "nowhere", "evidence": []}],
    "incidents": [{"code": "ENCRYPTED", "artifact": "message > 2 a.zip", "fault": "message", "detail": ""}],
}


def test_findings_stand_at_their_part() -> None:
    nodes, hidden = tree(INSPECTION, "en")
    assert [(n.level, n.name, n.part) for n in nodes] == [
        (0, "The mail itself", "message"), (1, "1", "part"), (1, "2 a.zip", "archive"), (2, "b.exe", "member")]
    assert [[s.code for s in n.seen] for n in nodes] == [["SPOOF-FROM"], [], ["DISGUISE-TYPE", "ENCRYPTED"], ["EXECUTABLE-PE"]]
    program = nodes[3].seen[0]
    assert program.sentence == "b.exe is a program." and program.evidence == tuple("abcde") and program.count == 2
    assert nodes[2].seen[0].sentence == "a.zip is not what its name or type says."
    assert nodes[1].declared == "" and nodes[2].declared == "image/png" and hidden == 0


def test_sentences_are_in_the_readers_language() -> None:
    nodes, _ = tree(INSPECTION, "ja")
    assert nodes[3].seen[0].sentence == "b.exe は実行プログラムです。"


def test_many_parts_keep_those_with_findings() -> None:
    rows = [{"path": "message", "kind": "message"}, *({"path": f"message > {n}", "kind": "part"} for n in range(500))]
    nodes, hidden = tree({"artifacts": rows, "findings": [{"code": "EXECUTABLE-PE", "severity": "high", "artifact": "message > 499"}]}, "en")
    assert len(nodes) == NODES and hidden == 501 - NODES and nodes[-1].name == "499" and nodes[0].level == 0


def test_depth_and_rubbish() -> None:
    deep = {"path": " > ".join(["message", *"abcdefghijkl"]), "kind": "member"}
    assert tree({"artifacts": [{"path": "message"}, deep]}, "en")[0][1].level == DEEPEST
    assert tree({}, "en")[0][0].name == "The mail itself"
    assert tree({"artifacts": ["x"], "findings": [3], "incidents": None}, "en")[1] == 0


def test_data_by_number() -> None:
    held = {"identifiers": {"card": 3, "tw.national_id": 12, "jp.my_number": 0, "novel": 1}}
    assert data(held, "en") == [("Taiwan national ID numbers", 12), ("credit card numbers", 3), ("novel", 1)]


def test_one_button_where_two_would_do_the_same() -> None:
    possible = ["request", "approve", "release", "deny", "delete", "preview", "export"]
    assert decisions(possible, 1) == ["release", "request", "deny"]
    assert decisions(possible, 2) == ["approve", "request", "deny"]
    assert decisions(["release", "delete"], 2) == ["release"]     # an uncertain delivery is tried again
    assert decisions([], 1) == []
    both = ["deny", "return"]
    assert decisions(both, 1) == both and decisions(both, 1, inbound=True) == ["deny"]   # nothing goes back to who is outside


def test_session_facts() -> None:
    assert session_facts({})["helo"] == "" and session_facts({"session": {"helo": "x", "tls": None}})["helo"] == "x"


def test_where_data_stands_is_said_in_the_readers_language() -> None:
    found = INSPECTION | {"findings": [{"code": code, "severity": "medium", "artifact": "message", "evidence": ["***325 (body, line 2, offset 9)"]}
                                       for code in ("DATA-CARD", "DISGUISE-TYPE")]}
    (root, *_), _ = tree(found, "zh-Hant")
    assert [s.evidence for s in root.seen] == [("***325（第 2 行）",), ("***325 (body, line 2, offset 9)",)]
