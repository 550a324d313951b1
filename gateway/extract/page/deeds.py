"""What a played page did, as observations and children: files and pages are judged like any other that mail brings."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gateway.extract.base import Child, Yield
from gateway.extract.identify import identify
from gateway.extract.page.asks import asks_password
from gateway.extract.page.copied import unshown
from gateway.extract.page.played import Play
from gateway.extract.page.shown import MOST_SHOWN, SOME_SHOWN, to_read
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation, Text

if TYPE_CHECKING:
    from gateway.extract.page.html import Page

LABEL = "played"                         # of what a played page made
SAVED = ("saves", "downloads", "leaves", "opens", "clicks")
"""How a file comes to the reader: beside these there are frames, programs of the page, and what it only holds."""
GOES = ("goes", "submits", "frame", "calls")
LEAST = 8                                # octets of a file worth a look; its name may say more
MOST_PAGES = 8


def told(page: Page, source: str, play: Play) -> Iterator[Yield]:
    if play.of("deciphers"):
        yield Observation("HTML-DECIPHERS", play.of("deciphers")[0].detail[:60])
    for act in play.of("file"):
        data, (how, _, name) = act.octets, act.detail.partition(" ")
        if len(data) < LEAST and not name:
            continue
        kind = identify(data)
        if how in SAVED and len(data) >= LEAST:
            yield Observation("HTML-FILE-UNASKED" if act.unasked else "HTML-FILE-MADE", f"{how} {kind}")
        yield Child(data, ArtifactKind.OBJECT, (name,) if name else (), label=LABEL)
    made = [act.detail for act in play.of("page")][:MOST_PAGES]
    for markup in made:
        yield Child(markup.encode("utf-8", "replace"), ArtifactKind.OBJECT, label=LABEL, detected_type="text/html", charset="utf-8")
    if play.markup and (play.asks or to_read(page, source) < SOME_SHOWN):
        data = play.markup.encode("utf-8", "replace")
        yield Child(data, ArtifactKind.OBJECT, label=LABEL, detected_type="text/html", charset="utf-8")
    if (play.asks or any(map(asks_password, (*made, play.markup)))) and not asks_password(source):
        yield Observation("HTML-HIDDEN-FORM", "played")
    for act in play.of(*GOES):
        yield Observation("HTML-LINK", f"script {act.detail[:2048]}")
    shown = f"{html.unescape(''.join(page.visible)[:MOST_SHOWN])} {play.shown}"
    told_to = f"{shown} {html.unescape(''.join(page.hidden)[:MOST_SHOWN])}"
    for act in play.of("copies"):
        if unshown(act.detail, shown, told_to):
            yield Observation("HTML-COPIES-UNSEEN", act.detail[:200])
        if act.detail.strip():
            yield Text(act.detail, "script", "utf-8", hidden=True)
