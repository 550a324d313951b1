"""The letter of a number as people say it on the telephone: `A for Apple, 123 456 789`, `Bravo 223456789`."""

from __future__ import annotations

import re

WORDS = (
    "Alfa", "Alpha", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliet", "Kilo", "Lima", "Mike",
    "November", "Oscar", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Uniform", "Victor", "Whiskey", "Xray", "X-ray", "Yankee",
    "Zulu")
"""The alphabet of telephony (ICAO annex 10, volume II), as written."""
SAID = re.compile(
    r"(?<![A-Za-z])(?:([A-Z])(?: (?:for|as in|like) [A-Za-z][a-z\-]{1,12}| ?\([A-Z][a-z\-]{1,12}\))|(" + "|".join(WORDS) + r")t?)"
    r"[ ,:.\-]{1,3}(?=[1289](?:[ \-]?[0-9]){8}(?![0-9]))")
"""Before the nine digits of a Taiwanese number."""
HINTS = (" for ", " as in ", " like ", "(", *WORDS)
LONGEST = 20_000
"""Characters of a text that somebody types."""


def spoken(text: str) -> str:
    """The text with such letters as letters."""
    if len(text) > LONGEST or not any(hint in text for hint in HINTS):
        return text
    return SAID.sub(lambda match: match[1] or match[2][0], text)
