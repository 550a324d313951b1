"""When a page was shown comes back as it was sent, or not at all."""

from __future__ import annotations

from gateway.console import seen
from tests.builders.console import Site
from tests.builders.custody import START


def test_it_comes_back(site: Site) -> None:
    assert seen.read(seen.stamped(START)) == START.isoformat()


def test_what_is_forged_or_missing_is_no_time(site: Site) -> None:
    good = seen.stamped(START)
    for bad in ("", "x", good[:-1] + ("a" if good[-1] != "a" else "b"), START.isoformat(), "é" * 600):
        assert seen.read(bad) == ""
