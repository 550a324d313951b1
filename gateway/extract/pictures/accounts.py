"""Accounts on forms of banks of Japan: the number stands in a comb under 預金種目, and its label between two lines is misread, or
the number itself in one of the readings.
"""

from __future__ import annotations

import re

FORM = re.compile("預金種[目別類]|[口日]座名義|(?:預金)?[口日]座振[替込]|振込先|届出印|普通預金|総合[口日]座")
"""What such a form says beside the number."""
FEWEST = 2
"""Different ones of these."""
LABELLED = re.compile("[口日曰回]座番[号呈]?[^0-9\n]{0,12}[0-9]{7}")
SEVEN = re.compile(r"(?<![0-9A-Za-z\-])(?<![0-9] )[0-9](?:[0-9]{6}|(?: [0-9]){6})(?![0-9A-Za-z\-])(?! [0-9])")
"""An account of Japan has seven digits; a postal code has a hyphen in it."""
LABEL = "口座番号"


def is_form(named: str) -> bool:
    """Whether a Japanese reading is of such a form."""
    return len({match[0][-2:] for match in FORM.finditer(named)}) >= FEWEST


def numbered(text: str) -> str:
    """The lines of a reading that have such a number."""
    return "\n".join(line for line in text.split("\n") if SEVEN.search(line))


def named(text: str, other: str) -> str:
    """The account of a form under its label, where that was misread: of the Japanese reading, else of the `other` ones; '' where
    none tells one number."""
    if not is_form(text) or LABELLED.search(text):
        return ""
    for reading in (text, other):
        numbers = {number.replace(" ", "") for number in SEVEN.findall(reading)}
        if numbers:
            return f"{LABEL}: {numbers.pop()}" if len(numbers) == 1 else ""
    return ""
