"""Further readings of a picture, where the first two tell that something is left: numbers of persons neither has right, few lines
of what may be a card, a part of the page that stands on its head.
"""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageFilter

from gateway.extract.pictures import accounts, agreed, cards, drawn, sense

Reader = Callable[[Image.Image, str], str]
"""The English text of a fitted picture, as a tool of that name reads it."""
TIMES = (0.7, 1.4)
"""Sizes of type tried then: what is misread at one size is often read at another."""
MOST_PIXELS = 8_000_000
"""Of a picture that is read larger."""
LIST = 8
"""Numbers of a page from which on they may be a table between ruled lines."""
RIGHT, ODD, LONG = 2, 6, 3
"""Numbers of persons, words that mix letters and digits as misread ones do, and their characters, from which on a part of the page
may stand on its head."""


def compared(prepared: Image.Image, text: str, named: str, read: Reader) -> tuple[str, str, str]:
    """Both readings of a fitted picture, English and in the language of its labels, their numbers put right by each other and by
    further ones, and what only these have."""
    text, named = agreed.agreed(agreed.repaired(text), named)
    if cards.FACED.search(named) and not cards.FACED.search(text):                  # it took columns for lines
        return *agreed.agreed(read(prepared, "tesseract-rows"), named), ""
    if not _left(text, named) and not _bare(text, named):
        return text, named, ""
    more, form = "", accounts.is_form(named)
    for changed in (prepared.filter(ImageFilter.MinFilter(3)), *TIMES):
        other = agreed.repaired(read(_sized(prepared, changed) if isinstance(changed, float) else changed, "tesseract-block"))
        (text, other), (named, other) = agreed.agreed(text, other), agreed.agreed(named, other)
        more = "\n".join(filter(None, (more, agreed.told(other, text, named, more))))
        if form and not accounts.numbered(f"{text}\n{named}\n{more}"):
            more = accounts.numbered(other)
        if not _left(f"{text}\n{more}", named, disputed=True):
            break
    return text, named, more


def unruled(fitted: Image.Image, text: str, letters: int, read: Reader, tool: str) -> tuple[Image.Image, str]:
    """A fitted picture and its text, both without lines of tables where it is more legible so, and no number is lost: else the
    lines part the cells. `letters`: of lettering.threes."""
    plain = None if sense.fluent(text) and len(sense.NUMBERS.findall(text)) < LIST else drawn.unruled(fitted)
    if plain is None and sense.lost(text, letters):
        plain = drawn.unruled(fitted, drawn.PALE)
    if plain is not None:
        other = read(plain, tool)
        if sense.legible(other) > sense.legible(text) and agreed.known(other) >= agreed.known(text):
            return plain, other
    return fitted, text


def upended(text: str) -> bool:
    """Whether a part of the page may stand on its head."""
    odd = sum(len(word) >= LONG and sense.MIXED.fullmatch(word) is None for word in sense.WORDS.findall(text))
    return odd >= ODD and agreed.known(text) >= RIGHT


def numbered(text: str) -> bool:
    """Whether it has numbers, or the month until which a card is valid: then that has one."""
    return sense.NUMBERS.search(text) is not None or cards.VALID.search(text) is not None


def _left(text: str, named: str, disputed: bool = False) -> bool:
    """Whether numbers of persons are on a picture that neither reading has right. `disputed`: that only one of them has."""
    return agreed.doubtful(text, named, disputed) and (sense.labelled(named) or cards.FACED.search(text) is not None)


def _bare(text: str, named: str) -> bool:
    """Whether none was read from the few lines of what may be a card."""
    few = len(text.split("\n")) <= cards.LINES and numbered(text + named)
    return few and not agreed.known(text) and not agreed.known(named)


def _sized(picture: Image.Image, times: float) -> Image.Image:
    if times > 1 and picture.width * picture.height > MOST_PIXELS:
        return picture
    return picture.resize((max(1, round(picture.width * times)), max(1, round(picture.height * times))), Image.Resampling.LANCZOS)
