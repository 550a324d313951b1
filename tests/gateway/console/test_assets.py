"""Static files: ours or of a package, named by their content, and nothing in them asks another host."""

from __future__ import annotations

import re

import pytest

from gateway.console.assets import ASSETS
from tests.builders.console import Browser, Site


@pytest.mark.parametrize("plain", ASSETS)
def test_each_is_served_under_its_digest(site: Site, plain: str) -> None:
    asset = ASSETS[plain]
    answer = Browser().open(asset.url)
    assert answer.status_code == 200 and answer.content == asset.content and answer["Content-Type"] == asset.kind
    assert "immutable" in answer["Cache-Control"] and re.fullmatch(r"[a-z]+-[0-9a-f]{12}\.[a-z]+", asset.name)


def test_a_page_of_an_older_version_gets_those_of_today(site: Site) -> None:
    for path in ("/static/console-000000000000.css", "/static/console.css"):
        answer = Browser().open(path)
        assert answer.content == ASSETS["console.css"].content and answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["nothing.css", "..%2fsettings.py", "console-x.py", "-.css", "."])
def test_nothing_else_is_served(site: Site, name: str) -> None:
    assert Browser().open(f"/static/{name}").status_code == 404


def test_nothing_asks_another_host() -> None:
    style = ASSETS["console.css"].content.decode()
    assert "url(" not in style and "@import" not in style
    for name in ("console.js", "console.css"):
        assert "//" not in re.sub(r"(?m)^\s*// .*$", "", ASSETS[name].content.decode()), name
