"""Pictures of the main pages for docs/, in four languages: `make screenshots`.

They are made of the same pages and mail as the browser's tests; nothing in them is anybody's.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.console import dashboard
from tests.builders.chromium import DESKTOP, PHONE, Page, Windows
from tests.builders.shown_mail import fill

DOCS = Path(__file__).parents[2] / "docs" / "screenshots"
LANGUAGES = {"zh-hant": "zh-Hant", "zh-hans": "zh-Hans", "ja": "ja", "en": "en"}
QUALITY = 72


@pytest.mark.soak
def test_take_them(windows: Windows) -> None:
    site = windows.site
    for name, role in (("陳雅婷", "analyst"), ("admin", "admin"), ("staff", "recipient")):
        site.people(name, role, mailbox=name != "陳雅婷")
    ids = fill(site.house.service, site.house.directory, "陳雅婷", "staff")
    for code, tag in LANGUAGES.items():
        dashboard._counted.clear()
        desk = windows.window(DESKTOP)
        desk.login("陳雅婷")
        desk.language(code)
        for page, path in (("overview", "/"), ("list", "/quarantine"), ("mail", f"/quarantine/{ids[0]}"), ("policy", "/policy"), ("health", "/health")):
            desk.open(path)
            take(desk, f"{page}-{tag}")
        hand = windows.window(PHONE, dark=True)
        hand.login("陳雅婷")
        hand.language(code)
        hand.open(f"/quarantine/{ids[1]}")
        take(hand, f"phone-{tag}")


def take(window: Page, name: str) -> None:
    DOCS.mkdir(exist_ok=True)
    window.page.screenshot(path=DOCS / f"{name}.jpg", type="jpeg", quality=QUALITY, full_page=False)
