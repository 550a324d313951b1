"""Whether a page asks for a password: by a field for one, a field that a script makes one, or one that looks like it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice

PASSWORD = re.compile(r"type\s{0,8}=\s{0,8}[\"']?\s{0,8}password|"
                      r"autocomplete\s{0,8}=\s{0,8}[\"']?\s{0,8}(?:one-time-code|cc-number|cc-csc|(?:current|new)-password)|"
                      r"(?<![\w-])name\s{0,8}=\s{0,8}[\"']?(?:otp|cvv2?|cvc2?|passwd|password|pwd)[\"'\s/>]", re.I)
"""A field for one, or for what is as good: what fills it in by itself, or its name, says so (HTML 4.10.18.7)."""
WORDS = ("password", "one-time-code", "cc-number", "cc-csc", "otp", "cvv", "cvc", "passwd", "pwd")
SET = re.compile(
    r"\.type\s{0,4}=\s{0,4}[\"'`]password|(?<!\w)type[\"']?\s{0,4}:\s{0,4}[\"'`]password[\"'`]|"
    r"\.setAttribute\s{0,4}\(\s{0,4}[\"']type[\"']\s{0,4},\s{0,4}[\"']password", re.I)
"""A script that makes a field one for passwords."""
DOTTED = re.compile(r"-webkit-text-security\s{0,8}:\s{0,8}(?:disc|circle|square)", re.I)
"""A style that shows what is typed as one does."""
FIELD = re.compile(r"<(?:input|textarea)[\s/>]|\scontenteditable[\s=>]|[(,]\s{0,4}[\"'`]input[\"'`]", re.I)
WIDEST_INPUT = 400
"""Characters of a field's tag in front of its type."""
TRIES = 2000                             # places that are looked at
REACH, LONGEST = 64, 16                  # characters of a match before its word, and of the word with what ends it
CARRIED = re.compile(r"(?<=base64,)[A-Za-z0-9+/=]{2000,}+")
"""What a picture or file in the page itself is made of."""


def without_files(markup: str) -> str:
    """Markup without the octets of what it carries, in which any short word stands by chance."""
    return CARRIED.sub("", markup) if "base64," in markup else markup


def asks_password(markup: str) -> bool:
    """Whether markup has such a field. Looked for from the word backwards: pages may be nothing but fields."""
    markup = without_files(markup)
    lower = markup.encode("ascii", "replace").lower().decode("ascii")         # a character each
    if "text-security" in lower and DOTTED.search(markup) and FIELD.search(markup):
        return True
    places = list(islice(_places(lower), TRIES + 1))
    if not places:
        return False
    for found in islice(_near(PASSWORD, markup, places), TRIES):
        start = markup.rfind("<", max(0, found.start() - WIDEST_INPUT), found.start())
        if start >= 0 and markup[start + 1:start + 6].lower() == "input":
            return True
    return any(_near(SET, markup, places)) and FIELD.search(markup) is not None


def _places(lower: str) -> Iterator[int]:
    """Where one of the words stands."""
    for word in WORDS:
        at = lower.find(word)
        while at >= 0:
            yield at
            at = lower.find(word, at + 1)


def _near(pattern: re.Pattern[str], markup: str, places: list[int]) -> Iterator[re.Match[str]]:
    """Matches around the words that each has; over a whole page only where these are too many."""
    if len(places) > TRIES:
        return pattern.finditer(markup)
    return chain.from_iterable(pattern.finditer(markup, max(0, at - REACH), at + LONGEST) for at in places)
