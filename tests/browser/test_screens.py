"""Every screen in a real browser: WCAG 2.2 AA by axe-core, light and dark, telephone and desk; nothing cut off, nothing foreign, nothing active."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.test.signals import template_rendered

from gateway.console import settings
from tests.builders.chromium import DESKTOP, PHONE, Page, Windows
from tests.builders.screens import SCREENS, Screen, Stage, stage

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
COLOURS = ("color-contrast", "link-in-text-block", "target-size")      # differ between light and dark, narrow and wide
RUNS = {"desk": (DESKTOP, False, "zh-hant", ()), "telephone": (PHONE, False, "zh-hans", COLOURS),
        "desk dark": (DESKTOP, True, "en", COLOURS), "telephone dark": (PHONE, True, "ja", ())}
FIRST = tuple(reversed({screen.names: screen for screen in reversed(SCREENS)}.values()))      # each address once
NARROW = {"width": 320, "height": 640}   # WCAG 1.4.10: 1280 pixels at 400 %
PARTS = {"accounts/fields.html", "accounts/proof.html", "console/personal/facts.html", "console/results.html"}
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }");
  document.adoptedStyleSheets = [sheet];
}"""
# Text that stands out of its box, or is hidden by the edge of one, and is not to be had by scrolling.
CUT = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.data.trim() || parent.closest(".hidden, .skip, svg, textarea, option, datalist, noscript") || !parent.checkVisibility()) continue;
    if ([parent, parent.closest("thead")].some((one) => one && getComputedStyle(one).clipPath !== "none")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const right = Math.max(...[...range.getClientRects()].map((one) => one.right));
    for (let box = parent; box !== document.documentElement; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.display === "inline") continue;
      if (["auto", "scroll"].includes(style.overflowX)) break;
      if (right > box.getBoundingClientRect().right + 1) { found.push(box.tagName + ": " + node.data.trim().slice(0, 60)); break; }
    }
  }
  return found;
}"""
# Lists of mail whose last column is to be had by scrolling sideways only.
WIDER = """() => [...document.querySelectorAll(".scroll:has(> .mails)")].map((one) => one.scrollWidth - one.clientWidth).filter((n) => n > 1)"""
# English sentences on a page of another language: three words in a row that are ours. What mail says has its own places.
FOREIGN = """() => {
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (parent.closest("code, samp, pre, script, textarea, datalist, noscript, .subject, .address, .file, .name, .heads")) continue;
    if (parent.closest("[lang]") !== document.documentElement) continue;
    const said = node.data.match(/[A-Za-z]{2,}(?:[ ,]+[A-Za-z]{2,}){2,}/);
    if (said) found.add(said[0]);
  }
  return [...found];
}"""


@pytest.fixture
def rendered() -> Iterator[set[str]]:
    """Names of the templates that were used meanwhile."""
    found: set[str] = set()

    def seen(template: object, **_: object) -> None:
        found.add(str(getattr(template, "name", "")))

    template_rendered.connect(seen)
    yield found
    template_rendered.disconnect(seen)


@pytest.mark.parametrize("run", RUNS)
def test_nothing_hinders_anybody(windows: Windows, rendered: set[str], run: str) -> None:
    size, dark, language, rules = RUNS[run]
    found: dict[str, list[str]] = {}
    with stage(windows, size, dark, language) as here:
        for screen in FIRST if rules else SCREENS:
            window = here.window(screen.who)
            window.complaints.clear()
            screen.go(here, window)
            faults = [*looked_at(here, screen, window), *window.violations(rules), *(narrow(window) if size == PHONE else cut(window))]
            if faults:
                found[screen.title] = faults
            if size == PHONE:
                window.page.set_viewport_size(size)
    assert found == {}
    if rules:
        return
    files = {str(path.relative_to(settings.HERE / "templates")) for path in (settings.HERE / "templates").rglob("*.html")}
    assert files - rendered - PARTS == set(), "templates that no screen shows"


def looked_at(here: Stage, screen: Screen, window: Page) -> Iterator[str]:
    """Whether it is the page that was meant, in the language that was meant, and nothing of the mail is more than text."""
    page = window.page
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    if window.status != screen.status:
        yield f"status {window.status} instead of {screen.status}"
    if page.evaluate("document.documentElement.lang").lower() != here.language:
        yield "another language"
    if here.language != "en":
        yield from (f"foreign: {said}" for said in page.evaluate(FOREIGN))
    if page.evaluate("window.pwned !== undefined") or {urlsplit(address).hostname for address in window.asked} - {"localhost", "127.0.0.1"}:
        yield "something of the mail became active"
    yield from (text for text in window.complaints if not text.startswith("Failed to load resource: the server responded with a status of"))


def narrow(window: Page) -> Iterator[str]:
    """At 320 pixels, and with the text spaced out (WCAG 1.4.10, 1.4.12)."""
    yield from cut(window)
    window.page.set_viewport_size(NARROW)
    yield from (f"at 320 pixels: {fault}" for fault in cut(window))
    window.page.evaluate(SPACED)
    yield from (f"spaced out: {fault}" for fault in cut(window))


def cut(window: Page) -> Iterator[str]:
    if (wide := window.too_wide()) > 0:
        yield f"{wide} pixels too wide"
    yield from (f"cut off: {text}" for text in window.page.evaluate(CUT))
    yield from (f"a list is {wide} pixels wider than its place" for wide in window.page.evaluate(WIDER))
