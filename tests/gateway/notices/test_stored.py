"""Reasons from the stored inspection: the gravest first, each once, never evidence; samples only of what was masked."""

from __future__ import annotations

from gateway.notices.stored import part_reasons, samples, stored_reasons

INSPECTION = {
    "artifacts": [{"path": "message", "kind": "message"}, {"path": "message > 2 a.zip", "kind": "part", "name": "a.zip"},
                  {"path": "message > 2 a.zip > b.exe", "kind": "member", "name": "b.exe"},
                  {"path": "message > 3 c.xlsx", "kind": "part", "name": "c.xlsx"},
                  {"path": "message > 3 c.xlsx > S1", "kind": "sheet", "name": "S1"}],
    "findings": [{"code": "MACRO-AUTOEXEC", "severity": "medium", "artifact": "message > 3 c.xlsx > S1", "evidence": ["x"]},
                 {"code": "EXECUTABLE-PE", "severity": "high", "artifact": "message > 2 a.zip > b.exe"},
                 {"code": "EXECUTABLE-PE", "severity": "high", "artifact": "message > 2 a.zip > b.exe"},
                 {"code": "DATA-TW", "severity": "high", "artifact": "message > 3 c.xlsx", "evidence": ["A1******89", "A1******89"]},
                 {"code": "LINK-X", "severity": "low", "artifact": "message"}],
    "incidents": [{"code": "ENCRYPTED", "artifact": "message > 2 a.zip"}, {"code": "TIMEOUT", "fault": "gateway", "artifact": "message"}],
}


def test_a_threat_is_told_by_what_was_found_in_which_file() -> None:
    told = stored_reasons({"kind": "threat"}, INSPECTION, "en")
    assert told == ["b[.]exe is a program.",
                    "c[.]xlsx contains a macro: a program that can start when the document is opened.",
                    "a[.]zip is protected by a password and could not be opened for inspection."]


def test_a_leak_is_told_by_classes_and_counts() -> None:
    told = stored_reasons({"kind": "leak", "persons": 4, "identifiers": {"tw.national_id": 3, "card": 0}}, INSPECTION, "zh-Hant")
    assert len(told) == 2 and "3" in told[1] and "4" in told[1] and "A1" not in "".join(told)


def test_one_part_and_what_is_in_it() -> None:
    assert part_reasons(INSPECTION, "2", "en")[0].startswith("b[.]exe") and len(part_reasons(INSPECTION, "2", "en")) == 2
    assert part_reasons(INSPECTION, "1", "en") == [] and part_reasons({}, "2", "en") == []


def test_samples_are_the_evidence_of_data_and_of_nothing_else() -> None:
    assert samples(INSPECTION, "en") == ["A1******89"]


def test_samples_say_where_in_the_readers_language() -> None:
    found = [{"code": "DATA-CARD", "evidence": ["*******325 (list (1).csv, line 12, offset 30)", "*** (body, line x, offset 1)"]},
             {"code": "FINGERPRINT-a", "evidence": ["41 % of the document, longest passage 806 characters"]}]
    told = {language: samples({"findings": found}, language) for language in ("en", "zh-Hant", "zh-Hans", "ja")}
    assert told["en"] == ["*******325 (line 12)", "*** (body, line x, offset 1)", "41 % of the document, longest passage 806 characters"]
    assert told["zh-Hant"][0] == "*******325（第 12 行）" and told["zh-Hans"][2] == "该文件的 41 %，最长的连续段落有 806 字"
    assert told["ja"][0] == "*******325（12行目）"


def test_many_are_counted() -> None:
    many = {"artifacts": [{"path": f"message > {n} f{n}.exe", "kind": "part", "name": f"f{n}.exe"} for n in range(20)],
            "findings": [{"code": "EXECUTABLE-PE", "severity": "high", "artifact": f"message > {n} f{n}.exe"} for n in range(20)]}
    assert len(stored_reasons({"kind": "threat"}, many, "en")) == 9 and stored_reasons({"kind": "threat"}, many, "en")[-1] == "and 12 more"


def test_numbers_are_told_as_when_the_mail_was_held() -> None:
    held = {"kind": "leak", "persons": 6, "identifiers": {"name": 6, "phone": 6, "tw.national_id": 6}}
    assert stored_reasons(held, {"contacts": 6}, "en") == [
        "Found: Taiwan national ID numbers 6, names 6, telephone numbers 6, 6 people, 6 contact records."]
