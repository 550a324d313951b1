"""What elements without content show: what a field of a form is filled with, what stands in the place of a picture."""

from __future__ import annotations

import re

INPUT = re.compile(r"(?<![\w-])value\s*=\s*[\"']([^\"'<>]{1,400})[\"']", re.I)
FIELD_NAME = re.compile(r"(?<![\w-])name\s*=\s*[\"']([A-Za-z_][\w.-]{1,40})[\"']", re.I)
INSTEAD = re.compile(r"(?<![\w-])alt\s*=\s*[\"']([^\"'<>]{1,400})[\"']", re.I)
"""What programs for mail show until somebody lets them load a picture."""


def shown(name: str, attributes: str) -> str:
    """The text of such an element with the room around it, "" where it has none. One letter may be one of a word in pictures."""
    if name == "img":
        said = INSTEAD.search(attributes)
        return "" if said is None else said[1] if len(said[1]) == 1 else f" {said[1]} "
    filled = INPUT.search(attributes)
    named = FIELD_NAME.search(attributes) if filled is not None else None
    return f"\t{f'{named[1]}: ' if named else ''}{filled[1]}\t" if filled is not None else ""
