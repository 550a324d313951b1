"""Cards and certificates name at their top what their number is: 運転免許証 over a bare 番号. In the text of a picture the title is
put before that number, as the label it is.
"""

from __future__ import annotations

import re

from gateway.identifiers.registry import IDENTIFYING
from gateway.identifiers.terms import Labels

TITLE = 24
"""Characters of a title at the most."""
BELOW = 9
"""Lines below a title in which the number of its card may stand."""
NUMBER = re.compile(r"(?<![0-9A-Za-z])[A-Z]{0,2}[0-9][0-9 \-]{6,22}[0-9X](?![0-9A-Za-z])")
DATED = re.compile(r"[0-9]{2,4}[ \-]{1,2}[0-9]{1,2}[ \-]{1,2}[0-9]{1,2}")
BETWEEN = re.compile(r" {2,}")


def titled(text: str, labels: Labels) -> str:
    """The text with the title of a card before the numbers that have no label of their own."""
    lines, title, since = [], "", 0
    for line in text.split("\n"):
        since += bool(line.strip())
        if heading := _title(line, labels):
            title, since = heading, 0
        elif title and since <= BELOW:
            line = _labelled(line, title, labels)
        lines.append(line)
    return "\n".join(lines)


def _title(line: str, labels: Labels) -> str:
    """The first piece of a line that names a document and nothing else."""
    if any(map(str.isdigit, line)):
        return ""
    for piece in BETWEEN.split(line.strip()):
        if len(piece) <= TITLE and not labels.heading(piece).isdisjoint(IDENTIFYING):
            return piece
    return ""


def _labelled(line: str, title: str, labels: Labels) -> str:
    def named(match: re.Match[str]) -> str:
        if labels.before(line[:match.start()]) or DATED.fullmatch(match[0]):
            return match[0]
        return f"{title}: {match[0]}"

    return NUMBER.sub(named, line)
