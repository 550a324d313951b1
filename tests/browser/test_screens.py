"""Every screen in a real browser: WCAG 2.2 AA by axe-core, light and dark, phone and desktop; no script or style but our files."""

from __future__ import annotations

import pytest

from gateway.console import dashboard
from tests.builders.chromium import DESKTOP, PHONE, Windows
from tests.builders.console import PASSWORD
from tests.builders.shown_mail import fill

pytestmark = pytest.mark.slow
PLACES = ("/", "/quarantine", "/quarantine?status=waiting&kind=threat&rule=block-macros", "/policy", "/exceptions", "/signatures", "/health", "/outbox?all=yes",
          "/nothing")


@pytest.fixture
def ids(windows: Windows) -> list[str]:
    dashboard._counted.clear()
    for name, role in (("anna", "analyst"), ("admin", "admin"), ("staff", "recipient"), ("boss", "supervisor"), ("auditor", "auditor"), ("clerk", "sender")):
        windows.site.people(name, role)
    return fill(windows.site.house.service, windows.site.house.directory, "anna", "staff")


@pytest.mark.parametrize(("size", "dark"), [(DESKTOP, False), (DESKTOP, True), (PHONE, False), (PHONE, True)], ids=["desktop", "desktop dark", "phone", "phone dark"])
def test_nothing_hinders_anybody(windows: Windows, ids: list[str], size: dict[str, int], dark: bool) -> None:
    window = windows.window(size, dark)
    window.open("/login")
    found = {"/login": window.violations()}
    window.login("anna")
    for path in (*PLACES, *(f"/quarantine/{id}" for id in ids[:4]), "/password"):
        window.open(path)
        window.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found[path] = window.violations()
        assert window.too_wide() <= 0, path
    window.open(f"/quarantine/{ids[2]}")
    window.page.click("text=Fetch a copy")
    window.page.fill("#reason3", "for the lab")
    window.page.fill("#password3", PASSWORD)
    window.page.click("text=Make the copy")
    found["copy"] = window.violations()
    window.open("/quarantine?kind=threat")
    window.page.check("#all")
    window.page.select_option("#many-verb", "deny")
    window.page.fill("#many-reason", "one campaign")
    window.page.click(".decide-many button")
    found["batch"] = window.violations()
    assert {path: what for path, what in found.items() if what} == {}
    assert [text for text in window.complaints if "404" not in text] == []


def test_an_admins_pages(windows: Windows, ids: list[str]) -> None:
    window = windows.window()
    window.login("admin")
    found = {}
    for path in ("/", "/policy", "/exceptions", "/outbox", f"/quarantine/{ids[0]}"):
        window.open(path)
        window.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found[path] = window.violations()
    window.open("/policy")
    window.page.fill("#change", '[[rule]]\nid = "x"\nwhen = { finding = ["LINK-*"] }\nthen = "quarantine"\n')
    window.page.click("text=Try it")
    window.page.wait_for_selector("#outcome")
    found["tried"] = window.violations()
    assert {path: what for path, what in found.items() if what} == {} and window.complaints == []
