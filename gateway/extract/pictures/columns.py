"""The pieces of lines of a recognised page: marks that Tesseract sees in the room between cells are room again, and cards that
stand side by side are told one after the other.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby

STRAY = re.compile(r"(?<=[\u3041-\u30fa\u3400-\u9fff0-9A-Za-z]) ?[“”‘’「」。，、,_一ー·]{1,3} (?=[0-9A-Z\u3400-\u9fff])|"
                   r"(?<=[\u3400-\u9fff]) {0,3}[“”‘’「」]{1,3} ?(?=[0-9])|(?<=[0-9]) {0,3}[“”‘’「」]{1,3} ?(?=[\u3400-\u9fff])|"
                   r"(?<=\S) {1,3}[“”‘’「」『』。、_·~]{1,2}(?=[A-Z]{0,2}[0-9]{5}|[0-9]{4} [0-9]{4})|"
                   r"(?<=\S) {1,3}[.,'](?=[0-9]{9})")
"""A mark with room on the one side of it or both: in a language without spaces none has. And one before a number behind a blank; no
fraction has nine digits."""
FORM = re.compile(r"^([^\s0-9][^0-9\n]{0,20}?) {8,}(?=\S(?:[^\s]| (?! )){0,80}$)", re.M)
"""A line of two pieces, the first without digits."""
BLANK = re.compile(r"\n\s*\n")
BAR = re.compile(r"(?<![0-9][A-Z]) ?[|｜] ?(?![1289][0-9]{8}(?![0-9]))")
"""A line between cells, where it is no I of a Taiwanese number."""
BETWEEN = re.compile(r" {5,}")
"""Room between cards; between cells of a table there is less, or it varies."""
LEAST = 6
"""Lines of cards at the least."""
MOST_PIECES = 6
TELEPHONE = re.compile(r"[+0(]?[0-9][0-9 ()\-]{6,18}[0-9]")
DOWNWARDS = 12
ALIKE = 0.6
"""Of all lines, those that have as many pieces as there are cards side by side, and all of one kind."""
PAIR = re.compile(r"(?<![0-9])[^0-9\s][^0-9\n]{0,40}?[0-9][0-9 ()+\-]{5,18}[0-9](?![0-9])")
NUMBER, LATIN = re.compile(r"[0-9][0-9 ()+\-]{5,}"), re.compile(r"[ -~]+")


def parted(text: str) -> str:
    """The text with room instead of the marks that stand for it, and without blank lines: they part the lines of a card or a table
    as well as paragraphs."""
    return STRAY.sub("  ", BAR.sub("  ", BLANK.sub("\n", text)))


def downwards(text: str) -> bool:
    """Whether a list was read column by column: so many telephone numbers stand below each other with nothing beside them."""
    alone = [TELEPHONE.fullmatch(line) is not None for line in map(_bare, text.split("\n")) if line]
    return any(such and sum(1 for _ in run) >= DOWNWARDS for such, run in groupby(alone))


def _bare(line: str) -> str:
    """Without what is left of the lines of a table at its ends."""
    return line.strip(" |_[]")


def closed(text: str) -> str:
    """The text with what stands far from its label on the other side of a form close to it."""
    return FORM.sub(r"\1    ", text)


def beside(text: str) -> str:
    """The cards of a page, or the halves of a list in two columns, one below the other; '' where it is no such page."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return _cards([[piece for piece in BETWEEN.split(line) if piece] for line in lines]) or _halves(lines)


def _cards(lines: list[list[str]]) -> str:
    """Of a page on which each line has the same of several cards: their names, or their numbers."""
    several = Counter(len(line) for line in lines if 1 < len(line) <= MOST_PIECES and len(set(map(_kind, line))) == 1)
    if not several:
        return ""
    wide, count = several.most_common(1)[0]
    if count < LEAST or count < ALIKE * len(lines) or len({_kind(line[0]) for line in lines if len(line) == wide}) < 2:
        return ""
    return "\n".join(line[at] for at in range(wide) for line in lines if len(line) > at)


def _halves(lines: list[str]) -> str:
    """Of a list each line of which has a word and a number several times."""
    found = [PAIR.findall(line) for line in lines]
    if sum(len(pairs) > 1 for pairs in found) < max(LEAST, ALIKE * len(lines)):
        return ""
    wide = max(map(len, found))
    return "\n".join(pairs[at] for at in range(wide) for pairs in found if len(pairs) > at)


def _kind(piece: str) -> str:
    """Number, Latin letters or other ones."""
    if NUMBER.fullmatch(piece):
        return "number"
    return "latin" if LATIN.fullmatch(piece) else "other"
