"""Words of a page that nobody sees."""

from __future__ import annotations

import pytest

from gateway.extract.page.unseen import flagged, unseen

WORDS = "words that nobody reads"


@pytest.mark.parametrize("markup", [
    "<p style='color:#fff'>{}</p>", "<p style=\"Color : White;\">{}</p>", "<b style='color:rgba(0,0,0,0)'>{}</b>", "<p hidden>{}</p>",
    "<p style='font-size:1px'>{}</p>", "<div style='position:absolute;left:-9999px'>{}</div>", "<p style='text-indent:-5000px'>{}</p>",
    "<div style='height:0;width:9px;overflow:hidden'>{}</div>", "<div style='overflow:hidden;height:0'>{}</div>",
    "<style>.k{{color:#FEFEFE}}</style><p class='a k'>{}</p>", "<style>#q {{ clip:rect(0 0 0 0) }}</style><p id=q>{}</p>",
    "<p style='transform:scale(0)'>{}</p>", "<p style='opacity:.01'>{}</p>",
])
def test_not_seen(markup):
    assert list(unseen(markup.format(WORDS))) == [WORDS]


@pytest.mark.parametrize("markup", [
    "<p>{}</p>", "<td style='background-color:#c00;color:#fff'>{}</td>", "<table bgcolor=#000><tr><td style='color:white'>{}</td></table>",
    "<p style='color:#f00'>{}</p>", "<p style='border-color:#fff'>{}</p>", "<p style='font-size:10px'>{}</p>", "<p class=hidden-xs>{}</p>",
    "<div style='height:100px;overflow:hidden'>{}</div>", "<style>.k{{color:#fff}}</style><p class=kk>{}</p>",
])
def test_seen(markup):
    assert list(unseen(markup.format(WORDS))) == []


@pytest.mark.parametrize("piece", ["<p style='color:#fff'>", "<p hidden ", "<p ", ".a{color:#fff}", "overflow:hidden", "<a b=c>"])
def test_linear(piece):
    assert sum(map(len, unseen(piece * 40_000))) >= 0


@pytest.mark.parametrize(("attributes", "is_so"), [
    (" hidden", True), (" class='a' hidden=''", True), (" HIDDEN id=x", True), (" class=\"hidden md:block\"", False), (" aria-hidden='true'", False), ("", False)])
def test_elements_that_say_so_themselves(attributes, is_so):
    assert flagged(attributes) is is_so
