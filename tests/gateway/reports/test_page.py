from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from gateway.reports import page
from gateway.reports.sections import Chart, compose
from tests.builders.report import material

HOSTILE = "<script>alert(1)</script>\"'&"


@pytest.mark.parametrize("language", ["zh-Hant", "zh-Hans", "ja", "en"])
def test_a_whole_page_without_script_style_or_anything_from_elsewhere(language: str) -> None:
    made = page.document(compose(material(), language))
    assert f'<html lang="{language}">' in made and made.count("<h2") == 11 and made.count("<svg role") == 4
    body = made.partition("<body>")[2]
    assert not re.search(r"<script|style=|javascript:|\son[a-z]+=|(?:src|href)=\"(?!#)", body)
    ElementTree.fromstring(page.fragment(compose(material(), language)).join(("<div>", "</div>")))


def test_hostile_names_are_text() -> None:
    facts = dict(material().facts)
    facts["people"] = {"counts": {HOSTILE: {"release": 3}}, "noted": [], "released": []}
    facts["held"] = facts["held"] | {"rules": {HOSTILE: 5}, "classes": {HOSTILE: 1}}
    made = page.document(compose(material(facts=facts, organisation=HOSTILE, reader=HOSTILE), "en"))
    assert "<script" not in made and made.count("&lt;script&gt;") >= 6


def test_plots_keep_within_their_frame() -> None:
    lying = page.chart(Chart(("a" * 80, "b"), {"n": (5.0, 0.0)}, lying=True), "t")
    assert "a" * 33 + "…" in lying and 'width="0.0"' in lying
    standing = page.chart(Chart(tuple(f"2026-10-{d:02d}" for d in range(1, 32)), {"x": (3.0,) * 31, "y": (1.0,) * 31}), "t")
    assert len(re.findall("<rect x", standing)) == 62 and standing.count("<li>") == 2
    for x, wide in re.findall(r'<rect x="([\d.]+)"[^>]* width="([\d.]+)"', standing):
        assert float(x) + float(wide) <= page.WIDTH
    assert page.chart(Chart(("a",), {"n": (0.0,)}), "t")


@pytest.mark.parametrize(("value", "text"), [(1234, "1,234"), (2.5, "2.5"), (3.0, "3")])
def test_numbers(value: float, text: str) -> None:
    assert page.number(value) == text


def test_no_character_turns_or_hides_a_line() -> None:
    assert page.plain("a\u202eb\nc\u200bd") == "a\ufffdb\ufffdc\ufffdd"
    assert "\u202e" not in page.document(compose(material(reader="x\u202etxt.exe"), "en"))
