from __future__ import annotations

import pytest

from gateway.reports import sections, words
from gateway.reports.sections import compose, controls, lines
from tests.builders.report import held, material


def section(key: str, language: str = "en", **changes: object) -> sections.Section:
    return next(s for s in compose(material(**changes), language).sections if s.key == key)


def test_the_head_says_whose_when_and_for_whom() -> None:
    report = compose(material(scoped=True), "zh-Hant")
    assert report.title == "郵件防護報告"
    assert report.lines == ("bank.example", "2026-10-01 至 2026-10-31（Asia/Taipei）", "製作於 2026-11-02 11:00，閱讀者 auditor",
                            "僅統計閱讀者權限範圍內的郵件。")
    assert len(compose(material(), "en").lines) == 3


def test_figures() -> None:
    assert {r[0]: r[1:] for r in section("summary").rows} == {
        "Messages held": (240, 120), "Persons in held mail": (6000, 3000), "Mails with more than 100 persons": (3, 3),
        "Mails with more than 1,000 persons": (1, 1), "Releases and approvals": (14, ""), "Decisions worth a second look": (1, "")}
    assert section("blocked").rows == (("Threat", 160, 80), ("Leak of data", 80, 40), ("Not inspectable", 0, 0))


def test_who_releases_most_stands_first() -> None:
    found = section("decisions")
    assert found.columns == ("Person", "Released", "Approved", "Denied", "Returned", "Deleted", "Previewed", "Exported",
                             "Faster than 5 s", "At night", "At the weekend", "Own department")
    assert found.rows[0] == ("王經理", 12, 0, 1, 0, 0, 0, 0, 4, 0, 0, 0) and found.rows[1][0] == "boss"
    assert found.chart is not None and found.chart.labels == ("王經理", "boss")


def test_odd_decisions_with_local_time_and_reason() -> None:
    assert section("odd", "ja").rows == (("2026-10-03 23:04:05", "王經理", "配信", "x" * 24, "5 秒未満, 夜間"),)


def test_who_released_what() -> None:
    assert section("released", "zh-Hans").rows == (("2026-10-03 23:04:05", "王經理", "x" * 24, "数据泄露", "clerk@bank.example"),)


def test_senders_who_changed() -> None:
    assert [r[1:] for r in section("jumps").rows] == [
        ("Messages sent in a week", 200, 5), ("Persons in held mail", 400, 0), ("New data class: card", 5, 0)]


def test_rules_and_classes_are_ranked() -> None:
    assert section("rules").rows[0] == ("rule-0", 50) and len(section("rules").rows) == 20
    assert section("rules").chart is not None and len(section("rules").chart.labels) == sections.TOP
    assert section("classes").rows == (("tw.national_id", 320), ("card", 12))


def test_nothing_happened() -> None:
    nothing = {"messages": 0, "kinds": {}, "rules": {}, "days": {}, "classes": {}, "persons": 0, "over_100": 0, "over_1000": 0}
    facts = {"held": nothing, "before": nothing, "people": {"counts": {}, "noted": [], "released": []}, "senders": {}, "senders_before": {}, "house": {}}
    for key in ("days", "rules", "classes", "decisions", "released", "odd", "jumps", "house"):
        found = section(key, facts=facts, weeks=())
        assert found.rows == () and found.chart is None


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans", "ja", "en"])
def test_controls_show_where_to_look_with_their_sources(language: str) -> None:
    rows = section("controls", language).rows
    titles = {s.title for s in compose(material(), language).sections}
    assert len(rows) == len(controls()) >= 15
    for norm, title, shown, source in rows:
        assert norm and title and source and all(title in titles for title in str(shown).split(" · "))
    norms = " ".join(str(r[0]) for r in rows)
    assert all(word in norms for word in ("ISO/IEC 27001:2022 A.8.12", "TW PDPA", "CN PIPL", "JP APPI"))
    assert all({"en", "zh-Hant", "zh-Hans", "ja"} <= set(c) and set(c["shows"]) <= set(words.SECTIONS) for c in controls())


def test_everything_reaches_a_spreadsheet() -> None:
    report = compose(material(), "en")
    rows = list(lines(report))
    assert rows[0] == ("Report on mail protection",) and ("rule-19", 31) in rows
    assert sum(r == () for r in rows) == len(report.sections)
    assert held(1)["days"] and ("2026-10-31", 3, 3, 1) in rows
