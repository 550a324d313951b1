"""Markup as its reader means it, before it is read: entities that it declares put in, text that is set backwards turned round."""

from __future__ import annotations

import html
import re
from itertools import islice

DECLARED_ENTITY = re.compile(
    r"<!ENTITY\s{1,40}([\w.:-]{1,60})\s{1,40}(?:\"([^\"<&%]{1,4000})\"|'([^'<&%]{1,4000})')\s{0,40}>")
DECLARATIONS = 1 << 16
"""Characters of a document in which entities are declared."""
MOST_ENTITIES = 40
LARGEST_EXPANDED = 1 << 20
"""Characters that one entity may add."""
BACKWARDS = re.compile(r"direction\s{0,4}:\s{0,4}rtl", re.I)
OVERRIDE = re.compile(r"unicode-bidi\s{0,4}:\s{0,4}(?:isolate-)?(?:bidi-)?override", re.I)
TURNED = re.compile(r"<([a-z][a-z0-9]{0,15})(?=\s)([^<>]{1,400})>", re.I)
RULE = re.compile(r"\.([\w-]{1,40})\s{0,8}\{([^{}<]{1,400})\}")
NAMED = re.compile(r"class\s{0,4}=\s{0,4}[\"']?([\w \t-]{1,200})", re.I)
RIGHT_TO_LEFT = re.compile(r"dir\s{0,4}=\s{0,4}[\"']?rtl", re.I)
ANY_TAG = re.compile(r"<[^<>]{0,400}>")
MOST_RULES, MOST_TURNED, LONGEST_TURNED = 400, 20_000, 400
"""Rules of styles, elements set backwards, and characters of such an element that are looked at."""


def expanded(source: str) -> str:
    """Markup with the entities that it declares for plain text put in (XML 1.0, 4.4.2). Those that bring markup are told anyway."""
    if "<!ENTITY" not in source:
        return source
    for found in islice(DECLARED_ENTITY.finditer(source, 0, DECLARATIONS), MOST_ENTITIES):
        name, value = f"&{found[1]};", found[2] or found[3]
        if source.count(name) * len(value) < LARGEST_EXPANDED:
            source = source.replace(name, value)
    return source


def mirrored(source: str) -> str:
    """Markup in which the text of elements that override the direction of their letters (`bdo`, CSS Writing Modes 3 section 2.2)
    stands as it is seen, without the tags in it."""
    lowered = source.encode("ascii", "replace").lower().decode("ascii")           # a character each
    if "rtl" not in lowered or ("<bdo" not in lowered and "override" not in lowered):
        return source
    named = {rule[1] for rule in islice(RULE.finditer(source), MOST_RULES) if _overrides(rule[2])}
    pieces: list[str] = []
    done = 0
    for tag in islice(TURNED.finditer(source), MOST_TURNED):
        if tag.start() < done or not _backwards(tag[1].lower(), tag[2], named):
            continue
        end = lowered.find(f"</{tag[1].lower()}", tag.end(), tag.end() + LONGEST_TURNED)
        if end >= 0:
            text = html.unescape(ANY_TAG.sub("", source[tag.end():end]))
            pieces += (source[done:tag.end()], html.escape(text[::-1]))
            done = end
    return "".join((*pieces, source[done:]))


def _overrides(style: str) -> bool:
    return BACKWARDS.search(style) is not None and OVERRIDE.search(style) is not None


def _backwards(name: str, attributes: str, named: set[str]) -> bool:
    if RIGHT_TO_LEFT.search(attributes) and (name == "bdo" or OVERRIDE.search(attributes)):
        return True
    return _overrides(attributes) or (bool(named) and any(not named.isdisjoint(m[1].split()) for m in NAMED.finditer(attributes)))
