"""Passports by the machine readable zone of their data page (ICAO 9303-4), as it was read of a picture: strokes, blanks and letters
get into its numbers, and its fillers are read as anything. The check digit of the number tells what was printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from gateway.identifiers import cn, jp, travel, tw

ZONE = re.compile(r"([0-9A-Z][0-9A-Z|/!.,]{8,11})([JIl1]PN|CH[NM]|TW[NM])([0-9A-Z|/!.,]{6,8}[MFXP<く][0-9OIlSB|/!.,]{6,8})")
"""Number and its check digit, who issued it, birth, sex, expiry: blanks are taken out before. P: an F without its foot."""
PASSPORTS = {"P": ("旅券番号", 2, 2, jp.passport), "H": ("护照号码", 1, 2, cn.passport), "W": ("護照號碼", 0, 0, tw.passport)}
"""By the second letter of the country, which is misread in none: label, how many letters a number begins with, where its digits
begin, what one is."""
TO_DIGIT = str.maketrans("OQDIlSBZGA", "0001158264")
TO_LETTER = str.maketrans("0152867", "OISZBGT")
FIELD = 10
"""Characters of the number with its check digit."""
MOST_LINES = 400
"""Lines of a picture that are looked at."""


def beside(readings: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Language and text of each reading of one picture, then the numbers of the passports in them, each under its label."""
    found: dict[str, None] = {}
    for language, text in readings:
        if "PN" in text or "CH" in text or "TW" in text:
            found |= dict.fromkeys(_numbers(text))
        yield language, text
    if found:
        yield "zone", "\n".join(found)


def _numbers(text: str) -> Iterator[str]:
    for line in text.split("\n")[:MOST_LINES]:
        match = ZONE.search(line.replace(" ", ""))
        if match is None:
            continue
        label, letters, digits, true = PASSPORTS[match[2][1]]
        may_be = (field for field in _may_be(match[1], letters, digits) if travel.checked(field) and true(field[:-1]))
        if field := next(may_be, ""):
            yield f"{label}: {field[:-1]}"


def _may_be(read: str, letters: int, digits: int) -> Iterator[str]:
    """What the field may be: as it was read, else with letters and digits where such stand, else without a stroke more."""
    if len(read) == FIELD:
        yield read
    for begin in range(len(read) - FIELD + 1):
        yield _typed(read[begin:begin + FIELD], letters, digits)
    if len(read) > FIELD:
        end = read[-FIELD - 1:]
        yield from (_typed(end[:at] + end[at + 1:], letters, digits) for at in range(len(end)))


def _typed(value: str, letters: int, digits: int) -> str:
    return value[:letters].translate(TO_LETTER) + value[letters:digits] + value[digits:].translate(TO_DIGIT)
