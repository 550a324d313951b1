"""Numbers written into a comb: the short lines between its characters are read as commas, dots and strokes."""

from __future__ import annotations

import re

from gateway.extract.pictures import agreed

MARK = ",.;:/|!)’'‘`"
RUN = re.compile(rf"(?<![0-9A-Za-z])[A-Z]?[{MARK} ]{{0,3}}[0-9](?:[{MARK} ]{{0,3}}[0-9]){{7,17}}(?:[{MARK} ]{{0,2}}X)?"
                 r"(?![0-9A-Za-z])")
SINGLE = re.compile(rf"[0-9] ?[{MARK}] ?[0-9] ?[{MARK}] ?[0-9](?![0-9])")
"""A digit between two marks: none of an amount or a date."""
MARKS = re.compile(rf"[{MARK}]")
TOGETHER = re.compile("[0-9]{3}")
SHARE, FEW = 2, 3
"""One of so many gaps at the least has a mark, and digits stand one by one; else few marks will do if the check digit is right."""


def joined(text: str) -> str:
    """The text with such numbers without their marks."""
    return RUN.sub(_number, text) if SINGLE.search(text) else text


def _number(match: re.Match[str]) -> str:
    value = "".join(character for character in match[0] if character.isalnum())
    marks = len(MARKS.findall(match[0]))
    combed = (marks * SHARE >= len(value) - 1 and not TOGETHER.search(match[0])) or (marks >= FEW and agreed.whole(value))
    return value if combed and SINGLE.search(match[0]) else match[0]
