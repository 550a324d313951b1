"""Words of a page that nobody sees though its markup shows them: in the colour of the ground, off the edge, too small (T1027).

They fill pages that lead away, so that these seem to have something to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

STYLE = (
    r"(?<![\w-])color\s{0,4}:\s{0,4}(?:#f[c-f]f[c-f]f[c-f](?![0-9a-f])|#fff(?![0-9a-f])|white(?!\w)|transparent|"
    r"rgba?\(\s{0,4}25[0-5]\s{0,4},\s{0,4}25[0-5]\s{0,4},\s{0,4}25[0-5]|rgba\([^()]{0,40},\s{0,4}0?\.?0{1,4}\s{0,4}\))",
    r"font-size\s{0,4}:\s{0,4}(?:[01](?:\.\d{1,3})?|\.\d{1,3})(?:px|pt)|"
    r"(?:left|right|top|text-indent|margin-left)\s{0,4}:\s{0,4}-\d{3,6}(?:px|em|pt|vw)?|"
    r"(?<![\w-])(?:height|width)\s{0,4}:\s{0,4}[01](?:px)?\s{0,4};[^<>{}]{0,200}overflow\s{0,4}:\s{0,4}hidden|"
    r"overflow\s{0,4}:\s{0,4}hidden[^<>{}]{0,200}(?<![\w-])(?:height|width)\s{0,4}:\s{0,4}[01](?:px)?\s{0,4}(?:[;\"'}]|$)|"
    r"clip\s{0,4}:\s{0,4}rect\(\s{0,4}[01]|clip-path\s{0,4}:\s{0,4}inset\(\s{0,4}(?:50|100)%|scale\(\s{0,4}0?\.?0{1,3}\d?\s{0,4}\)|"
    r"opacity\s{0,4}:\s{0,4}(?:0?\.0\d{0,3})|z-index\s{0,4}:\s{0,4}-\d{1,6}",
)
GROUND = re.compile(STYLE[0], re.I)
PLACED = re.compile(STYLE[1], re.I)
RULE = re.compile(r"[.#]([\w-]{1,40})\s{0,8}\{([^{}<]{1,400})\}")
OPENING = re.compile(r"<([a-z][a-z0-9]{0,15})\s([^<>]{1,800})>", re.I)
NAMED = re.compile(r"(?:class|id)\s{0,4}=\s{0,4}[\"']?([\w \t-]{1,200})", re.I)
HIDDEN = re.compile(r"(?:^|[\s\"'])hidden(?:$|[\s/=])", re.I)
MOST_RULES = 400
MOST_TAGS = 4000
"""Elements with attributes that are looked at."""
MOST_TEXT = 20_000
"""Characters behind an opening tag in which its end is looked for."""


def unseen(source: str) -> Iterator[str]:
    """The markup within each element whose words are not seen. White is the colour of the ground where a page sets none."""
    dark = "background" in source or "bgcolor" in source
    names = {rule[1] for rule in islice(RULE.finditer(source), MOST_RULES) if _hides(rule[2], dark)}
    behind = 0
    for tag in islice(OPENING.finditer(source), MOST_TAGS):
        if tag.start() < behind:
            continue
        attributes = tag[2]
        if HIDDEN.search(attributes) or _hides(attributes, dark) or (names and _named(attributes, names)):
            end = source.find(f"</{tag[1]}", tag.end(), tag.end() + MOST_TEXT)
            behind = end if end >= 0 else min(len(source), tag.end() + MOST_TEXT)
            yield source[tag.end():behind]


QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
FLAG = re.compile(r"(?:^|\s)hidden(?:[\s/=]|$)", re.I)


def flagged(attributes: str) -> bool:
    """Whether an element says by itself that it is not shown (HTML 6.1); a class or value of that name says nothing."""
    return "hidden" in attributes.lower() and FLAG.search(QUOTED.sub("", attributes)) is not None


def _hides(style: str, dark: bool) -> bool:
    return PLACED.search(style) is not None or (not dark and GROUND.search(style) is not None)


def _named(attributes: str, names: set[str]) -> bool:
    return any(not names.isdisjoint(found[1].split()) for found in NAMED.finditer(attributes))
