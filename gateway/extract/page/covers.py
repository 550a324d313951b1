"""Whether a frame with another page covers the window, and with it whatever the page itself has to read."""

from __future__ import annotations

import re
from itertools import islice

FRAME = re.compile(r"<(?P<name>iframe|embed|object)\s(?P<said>(?:[^<>\"']|\"[^\"]{0,4000}\"|'[^']{0,4000}'){1,200})", re.I)
FROM_WEB = re.compile(r"(?:src|data)\s{0,8}=\s{0,8}[\"']?\s{0,8}(?:https?:)?//", re.I)
STYLE = re.compile(r"(?<![\w-])style\s{0,8}=\s{0,8}(?:\"([^\"]{1,4000})|'([^']{1,4000})|([^\s>]{1,400}))", re.I)
NAMED = re.compile(r"(?<![\w-])(?:class|id)\s{0,8}=\s{0,8}(?:\"([^\"]{1,400})|'([^']{1,400})|([^\s>]{1,200}))", re.I)
RULE = re.compile(r"([^{}<>;]{1,400})\{([^{}<>]{0,2000})\}")
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
    subjects = _subjects(source)
    return any(_covers(found["name"].lower(), found["said"], subjects) for found in frames)


def _fills(style: str) -> bool:
    return FIXED.search(style) is not None and WIDE.search(style) is not None and HIGH.search(style) is not None


def _subjects(source: str) -> frozenset[str]:
    """Names of elements, classes (with a dot) and ids (with a hash) whose rules fill the window and show what is in it."""
    return frozenset(subject.lower() for selectors, style in (found.groups() for found in islice(RULE.finditer(source), TRIES))
                     if _fills(style) and UNSEEN.search(style) is None for subject in LAST.findall(selectors))


def _covers(name: str, said: str, subjects: frozenset[str]) -> bool:
    style = STYLE.search(said)
    inline = next(filter(None, style.groups()), "") if style else ""
    if UNSEEN.search(inline):
        return False
    called = {f"{sign}{word.lower()}" for found in NAMED.finditer(said)
              for word in next(filter(None, found.groups()), "").split() for sign in ".#"}
    fills = FIXED.search(inline) and WIDE.search(said) and HIGH.search(said)
    return bool(fills) or name in subjects or not called.isdisjoint(subjects)
