"""Large pages that are played without their mass."""

from __future__ import annotations

import pytest

from gateway.extract.page.thin import LONGEST, thinned
from tests.builders.growth import linear

SCRIPT = "<script>go('<!-- x -->')</script>"


@pytest.mark.parametrize(("source", "thin"), [
    (f"<p>a</p>{SCRIPT}{' ' * 5000}<b id=c>d</b>", f"<p>a</p>{SCRIPT} <b id=c>d</b>"), (f"<!-- <script>no()</script> -->{SCRIPT}", SCRIPT),
    (f"{SCRIPT}<!-- open", SCRIPT), ("<script>open()", "<script>open()"), ("<p>" + "x" * (LONGEST + 9) + "</p>", "<p>" + "x" * LONGEST + "</p>"),
    (f'<img src="{"x" * LONGEST}y">{SCRIPT}', f'<img src="{"x" * LONGEST}">{SCRIPT}'), ("<SCRIPT src=a></SCRIPT ><i>", "<SCRIPT src=a></SCRIPT ><i>"),
])
def test_mass_goes_and_scripts_stay(source: str, thin: str) -> None:
    assert thinned(source, 1 << 20) == thin


def test_markup_gives_way_to_scripts() -> None:
    assert thinned("<p>" + SCRIPT + "<p>abc</p>", len(SCRIPT) + 5) == "<p>" + SCRIPT + "<p"
    assert thinned(SCRIPT, 20) == ""
    long = "x" * LONGEST
    assert thinned(f"<script>a='{long}y';b()</script>", LONGEST + 25) == f"<script>a='{long[1:]}';b()</script>"


@pytest.mark.parametrize("unit", ["<!-- ", "<script>", "<script></script>", "'", " <"])
def test_cost(unit: str) -> None:
    assert linear(lambda text: thinned(text, 1 << 24), lambda count: unit * count, 50_000)
