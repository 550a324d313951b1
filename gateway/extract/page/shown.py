"""How much a page has to read, and where its parts stand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateway.extract.page.unseen import unseen

if TYPE_CHECKING:
    from gateway.extract.page.html import Page

LEAST_SHOWN = 120
"""Characters, blanks apart: a page with less to read is a door."""
SOME_SHOWN = 600
"""A notice beside a way out, on a page that is hardly more than that."""
LONGEST_WORD = 20
WORD = re.compile(r"\S+")
MOST_SHOWN = 1 << 18                     # characters in which words are looked for
EDGES = {name: (re.compile(f"<{name}", re.I), re.compile(f"</{name}", re.I)) for name in ("script", "style", "noscript", "title")}
SMALL = 16 << 10
"""Characters of a page around which nearly nothing else stands than what it writes."""
SMALL_SHARE = 4
ANY_TAG = re.compile(r"<[^<>]{0,2000}>")


def parts(source: str, name: str) -> tuple[str, list[str]]:
    """(the page without such elements, what stands in them); the last one may be left open."""
    opening, closing = EDGES[name]
    outside: list[str] = []
    inside: list[str] = []
    at = 0
    while (start := opening.search(source, at)) is not None:
        end = closing.search(source, start.end())
        outside.append(source[at:start.start()])
        at = end.start() if end else len(source)
        inside.append(source[start.end():at])
    return "".join((*outside, source[at:])), inside


def to_read(page: Page, source: str) -> int:
    """Characters of words to read, counted until there are enough: the title is none, nor are numbers and long runs of signs,
    nor what is not seen. White words on a page of some length may stand on dark ground."""
    hidden = said(ANY_TAG.sub(" ", " ".join(unseen(source))), SOME_SHOWN * 8) if len(source) < SMALL else 0
    hidden += len("".join(parts(source, "title")[1]))
    return said("".join(page.visible)[:MOST_SHOWN], SOME_SHOWN + hidden) - hidden


def said(text: str, enough: int) -> int:
    """Characters of words in a text, counted until there are enough."""
    shown = 0
    for found in WORD.finditer(text):
        word = found[0]
        if not word.isascii():
            shown += 2 * sum(map(str.isalpha, word))     # each character of Chinese says as much as two letters
        elif len(word) <= LONGEST_WORD and any(map(str.isalpha, word)):
            shown += len(word)
        if shown > enough:
            break
    return shown
