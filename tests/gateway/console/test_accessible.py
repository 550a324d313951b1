"""WCAG 2.2 AA, what can be checked on the pages themselves: names, labels, headings, tables, contrast, targets."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from lxml import html

from gateway.console import settings
from tests.builders.console import Site
from tests.builders.custody import Held, leak

STYLE = (Path(settings.__file__).parent / "static" / "console.css").read_text(encoding="utf-8")
TEXT = [("ink", "paper"), ("ink", "card"), ("soft", "card"), ("soft", "paper"), ("act", "card"), ("act", "paper"), ("act-ink", "act"),
        ("bad", "bad-paper"), ("bad", "card"), ("card", "bad"), ("good", "good-paper"), ("warn", "warn-paper"), ("ink", "calm-paper"),
        ("soft", "calm-paper"), ("ink", "bad-paper"), ("ink", "good-paper")]
LINES = [*((f, p) for f in ("one", "two", "three", "four") for p in ("card", "paper")), ("edge", "card"), ("act", "card"), ("act", "paper")]    # plots, borders of fields, focus


@pytest.fixture
def pages(site: Site, held: Held) -> dict[str, html.HtmlElement]:
    site.people("anna", "analyst")
    threat = held()
    held(leak)
    anna = site.browser("anna")
    anna.decide(threat, "request")
    site.keeper.seen = {"headers": [["a", "b"]], "texts": [["c", "d", "e"]], "macros": [["f", "g"]], "artifacts": [["a", "part", "x", "1"]]}
    paths = {name: anna.open(name).content for name in ("/login", "/quarantine", f"/quarantine/{threat}", "/password", "/nothing")}
    paths["preview"] = anna.send(f"/quarantine/{threat}/preview", {"reason": "x"}, "/quarantine").content
    paths["refused"] = anna.decide(threat, "deny", "").content
    return {name: html.fromstring(body) for name, body in paths.items()}


def test_names_labels_and_structure(pages: dict[str, html.HtmlElement]) -> None:
    for name, page in pages.items():
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids)), name
        assert page.get("lang") and page.xpath("string(//title)").strip() and len(page.xpath("//h1")) == 1 and page.xpath("//main"), name
        for field in page.xpath("//input[@type!='hidden' or not(@type)] | //select | //textarea"):
            assert page.xpath("//label[@for=$id]", id=field.get("id")), (name, field.get("name"))
        for reference in page.xpath("//@aria-labelledby | //@aria-describedby"):
            assert reference in ids, (name, reference)
        assert all(t.text_content().strip() for t in page.xpath("//button | //a | //th | //summary")), name
        assert page.xpath("//table[not(.//th[@scope='col'])]") == [], name
        levels = [int(h.tag[1]) for h in page.xpath("//h1 | //h2 | //h3")]
        assert all(b - a <= 1 for a, b in itertools.pairwise(levels)), name


def test_problems_are_told_to_screen_readers(pages: dict[str, html.HtmlElement]) -> None:
    assert pages["refused"].xpath("string(//*[@role='alert'])") == "Please give a reason. It is kept with the decision."


def test_status_is_said_in_words(pages: dict[str, html.HtmlElement]) -> None:
    for name, page in pages.items():
        assert all(b.text_content().strip() for b in page.xpath("//*[contains(@class, 'badge')]")), name


def luminance(colour: str) -> float:
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_contrast(scheme: int) -> None:
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", re.findall(r":root \{(.*?)\}", STYLE, re.S)[scheme]))
    assert len(colours) == 19
    weak = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in TEXT if contrast(colours[pair[0]], colours[pair[1]]) < 4.5}
    weak |= {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in LINES if contrast(colours[pair[0]], colours[pair[1]]) < 3}
    assert weak == {}


def test_focus_and_targets() -> None:
    assert ":focus-visible { outline: 3px" in STYLE and "outline: 0" not in STYLE
    heights = [float(h) * 16 for h in re.findall(r"min-height: ([\d.]+)rem", STYLE)]
    assert heights and min(heights) >= 24
