"""Whether a frame with another page covers the window, and with it whatever the page itself has to read."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

SAID = r"(?P<said>(?:[^<>\"']++|\"[^\"]{0,4000}+\"|'[^']{0,4000}+'){1,200}+)"
"""The attributes of a tag; a sign that ends it may stand in quotes."""
FRAME = re.compile(rf"<(?P<name>iframe|embed|object)\s{SAID}", re.I)
BOX = re.compile(rf"<(?P<name>div|section|main|article|aside|center|dialog|p|span)\s{SAID}>\s{{0,40}}"
                 r"(?=<(?:iframe|embed|object)\s)", re.I)
"""An element with such a frame first."""
FROM_WEB = re.compile(r"(?:src|data)\s{0,8}=\s{0,8}[\"']?\s{0,8}(?:https?:)?//", re.I)
STYLE = re.compile(r"(?<![\w-])style\s{0,8}=\s{0,8}(?:\"([^\"]{1,4000})|'([^']{1,4000})|([^\s>]{1,400}))", re.I)
NAMED = re.compile(r"(?<![\w-])(?:class|id)\s{0,8}=\s{0,8}(?:\"([^\"]{1,400})|'([^']{1,400})|([^\s>]{1,200}))", re.I)
RULE = re.compile(r"([^{}<>;]{1,400})\{([^{}<>]{0,2000})\}")
SPREAD = re.compile(r"(?<![\w-])inset\s{0,8}:\s{0,8}0(?![\d.])", re.I)
EDGES = tuple(re.compile(rf"(?<![\w-]){edge}\s{{0,8}}:\s{{0,8}}0(?![\d.])", re.I) for edge in ("top", "right", "bottom", "left"))
FIXED = re.compile(r"position\s{0,8}:\s{0,8}fixed", re.I)
WIDE = re.compile(r"(?<![\w-])width\s{0,8}[:=]\s{0,8}[\"']?100\s{0,4}(?:%|[sld]?vw)", re.I)
HIGH = re.compile(r"(?<![\w-])height\s{0,8}[:=]\s{0,8}[\"']?100\s{0,4}(?:%|[sld]?vh)", re.I)
UNSEEN = re.compile(r"display\s{0,8}:\s{0,8}none|visibility\s{0,8}:\s{0,8}hidden|opacity\s{0,8}:\s{0,8}0(?![.\d])|"
                    r"pointer-events\s{0,8}:\s{0,8}none|z-index\s{0,8}:\s{0,8}-", re.I)
"""Frames that pages keep for a dialogue that nobody has asked for yet."""
LAST = re.compile(r"([.#]?[\w-]{1,80})\s{0,8}(?:,|$)")
"""What a selector is about: the word it ends with."""
TRIES = 2000                             # frames and rules that are looked at


def covered(source: str) -> bool:
    """Whether such a frame has an address of the web, and its style, inline or by a rule, fixes it over the whole window."""
    if "fixed" not in source and "FIXED" not in source:
        return False
    frames = [found for found in islice(FRAME.finditer(source), TRIES) if FROM_WEB.search(found["said"])]
    if not frames:
        return False
    rules = [found.groups() for found in islice(RULE.finditer(source), TRIES)]
    filling = _subjects(rules, fills)
    if any(_covers(found, filling) for found in frames):
        return True
    spread = _subjects(rules, spreads)
    boxes = {found.end(): found for found in islice(BOX.finditer(source), TRIES)}
    return any((box := boxes.get(found.start())) is not None and _covers(box, spread, spreads)
               and WIDE.search(found["said"]) and HIGH.search(found["said"]) for found in frames)


def fills(style: str) -> bool:
    """Whether a frame with such a style has the size of the window and its place."""
    return FIXED.search(style) is not None and WIDE.search(style) is not None and HIGH.search(style) is not None


def spreads(style: str) -> bool:
    """The same of a box, which is stretched to its edges."""
    return fills(style) or (FIXED.search(style) is not None
                            and (SPREAD.search(style) is not None or all(edge.search(style) for edge in EDGES)))


def _subjects(rules: list[tuple[str, str]], test: Callable[[str], bool]) -> frozenset[str]:
    """Names of elements, classes (with a dot) and ids (with a hash) whose rules pass a test and show what is in them."""
    return frozenset(subject.lower() for selectors, style in rules if test(style) and UNSEEN.search(style) is None
                     for subject in LAST.findall(selectors))


def _covers(tag: re.Match[str], subjects: frozenset[str], test: Callable[[str], bool] = fills) -> bool:
    name, said = tag["name"].lower(), tag["said"]
    style = STYLE.search(said)
    inline = next(filter(None, style.groups()), "") if style else ""
    if UNSEEN.search(inline):
        return False
    called = {f"{sign}{word.lower()}" for found in NAMED.finditer(said)
              for word in next(filter(None, found.groups()), "").split() for sign in ".#"}
    wide = FIXED.search(inline) and WIDE.search(said) and HIGH.search(said)       # its size may stand in attributes
    return bool(wide) or test(inline) or name in subjects or not called.isdisjoint(subjects)
