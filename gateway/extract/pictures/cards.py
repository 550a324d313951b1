"""Cards and certificates name at their top what their number is: 運転免許証 over a bare 番号. In the text of a picture the title is
put before that number, as the label it is. Cards of banks name theirs by the month below it until which they are valid.
"""

from __future__ import annotations

import re

from gateway.identifiers import payment
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
FACE = re.compile(r"(?<![0-9A-Za-z:])[0-9]{4}(?: {1,3}[0-9]{4}){3}(?![ \-]?[0-9A-Za-z])|"
                  r"(?<![0-9A-Za-z:])[0-9]{4} {1,3}[0-9]{6} {1,3}[0-9]{5}(?![0-9])")
"""The number of a card as it stands on one."""
VALID = re.compile(r"(?:THRU|VALID|GOOD|EXP|END|MONTH|期限|有效|有効)[^\n]{0,24}?"
                   r"(?<![0-9])(?:0[1-9]|1[0-2]) ?/ ?(?:20)?[0-9]{2}(?![0-9/])", re.IGNORECASE)
"""The month until which a card is valid, as it stands on one."""
BENEATH = 3
"""Lines below the number of a card in which that month stands."""
RESIDENCE = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}[0-9]{8}[A-Z]{2}(?![0-9A-Za-z])")


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


def faced(text: str) -> str:
    """The text with a label before the number of each card of a bank that stands in it as on the card itself."""
    lines = [line for line in text.split("\n") if line.strip()]
    dated = [VALID.search(line) is not None for line in lines]
    if not any(dated):
        return text

    def named(match: re.Match[str]) -> str:
        return f"Card number: {match[0]}" if payment.card(match[0].replace(" ", "")) else match[0]

    return "\n".join(FACE.sub(named, line) if any(dated[at:at + 1 + BENEATH]) else line for at, line in enumerate(lines))


def residence(text: str, labels: Labels) -> str:
    """The numbers of residence cards of a text that has their label, each under it: their shape is like no other, and the columns
    of a picture are not always told apart. '' where there are none."""
    numbers = dict.fromkeys(RESIDENCE.findall(text))
    named = numbers and any("jp.residence_card" in labels.heading(view(line).text[:TITLE]) for line in text.split("\n"))
    return "\n".join(f"在留カード番号: {number}" for number in numbers) if named else ""


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
