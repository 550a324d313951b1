"""Cards and certificates name at their top what their number is: 運転免許証 over a bare 番号. In the text of a picture the title is
put before that number, as the label it is.
"""

from __future__ import annotations

import re

from gateway.identifiers.normalise import view
from gateway.identifiers.registry import IDENTIFYING
from gateway.identifiers.terms import Labels

TITLE = 40
"""Characters of a title at the most."""
BELOW = 9
"""Lines below a title in which the number of its card may stand."""
NUMBER = re.compile(r"(?<![0-9A-Za-z])[A-Z]{0,2}[0-9][0-9 \-]{6,22}(?:[0-9X]|[0-9][A-Z]{2})(?![0-9A-Za-z])")
DATED = re.compile(r"[0-9]{2,4}[ \-]{1,2}[0-9]{1,2}[ \-]{1,2}[0-9]{1,2}")
DOCUMENT = re.compile(r"[證証证卡ド券照書书](?:\s*[A-Za-z ]+)?$|(?:card|licen[cs]e|passport)$", re.IGNORECASE)
"""How names of documents end; those of their numbers end otherwise."""
BETWEEN = re.compile(r" {2,}")


def titled(text: str, labels: Labels) -> str:
    """The text with the title of a card before its number, where that has no label of its own."""
    lines, title, since = [], "", 0
    for line in text.split("\n"):
        since += bool(line.strip())
        if heading := _title(line, labels):
            title, since = heading, 0
        if title and since <= BELOW:
            named = _labelled(line, title, labels)
            title, line = "" if named != line else title, named
        lines.append(line)
    return "\n".join(lines)


def _title(line: str, labels: Labels) -> str:
    """The piece of a line, between wide gaps, that names a document; '' in the heading of a table."""
    pieces = [piece for piece in BETWEEN.split(line.strip()) if not any(map(str.isdigit, piece))]
    titles = {piece for piece in pieces
              if len(piece) <= TITLE and DOCUMENT.search(piece) and not labels.heading(view(piece).text).isdisjoint(IDENTIFYING)}
    others = any(labels.heading(view(piece).text) for piece in pieces if piece not in titles)
    return titles.pop() if len(titles) == 1 and not others else ""


def _labelled(line: str, title: str, labels: Labels) -> str:
    def named(match: re.Match[str]) -> str:
        if labels.before(view(line[:match.start()]).text) or DATED.fullmatch(match[0]):
            return match[0]
        return f"{title}: {match[0]}"

    return NUMBER.sub(named, line)
