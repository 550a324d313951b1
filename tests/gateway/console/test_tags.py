from __future__ import annotations

from django.utils import translation

from gateway.console.tags import asset, days_left, moment, safe_lines, safe_text, say, when
from tests.builders.console import Site


def test_times_stand_in_the_houses_zone(site: Site) -> None:
    for language, text in (("en", "2026-11-21 22:05 (UTC+8)"), ("zh-hant", "2026/11/21 22:05 (UTC+8)"), ("ja", "2026年11月21日 22時05分 (UTC+8)")):
        with translation.override(language):
            assert when("2026-11-21T14:05:00+00:00") == text
    assert when("2026-11-21T14:05:00") == "2026-11-21T14:05:00" and when("\u202e") == "\\u202e"


def test_text(site: Site) -> None:
    assert safe_text("a\nb") == "a\\u000ab" and safe_lines("a\nb") == "a\nb"
    with translation.override("en"):
        assert say("held", "status") == "held" and say("x\u202e", "status") == "x\\u202e"


def test_addresses_of_static_files(site: Site) -> None:
    assert asset("console.css").startswith("/static/console-") and asset("htmx.js").endswith(".js")


def test_times_in_a_list(site: Site) -> None:
    with translation.override("ja"):
        assert moment("2026-11-21T14:05:00+00:00") == "2026年11月21日 22時05分" and moment("x") == "x"
    assert days_left("2026-11-25T01:00:00+00:00") == 4 and days_left("2020-01-01T00:00:00+00:00") == 0 == days_left("x") == days_left("2030-01-01")
