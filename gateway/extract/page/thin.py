"""A large page without what its scripts do not need, so that it can be played: mere mass hides none.

Comments go, long stretches of text and of octets in attributes are cut, and where that is not
enough long literals of scripts, and the markup after so much of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 1 << 15
"""Characters of a text or value of markup that are left."""
STRETCH = re.compile(rf"[^<>\"']{{{LONGEST},}}+")
BLANKS = re.compile(r"\s{200,}+")
TOKEN = re.compile(r"<(?:!--|script(?=[\s>/]))", re.I)
END = re.compile(r"</script(?=[\s>/])[^<>]{0,400}>?", re.I)
LITERAL = re.compile("|".join(f"{sign}[^{sign}\\\\]{{{LONGEST},}}+" for sign in "\"'`") + rf"|/\*[^*]{{{LONGEST},}}+")
"""A long literal or remark of a script."""


def thinned(source: str, most: int) -> str:
    """At most so many characters; '' where the scripts alone have more."""
    pieces = list(_pieces(source))
    room = most - _scripts(pieces)
    if room < 0:
        pieces = [(LITERAL.sub(_beginning, text) if script else text, script) for text, script in pieces]
        room = most - _scripts(pieces)
    if room < 0:
        return ""
    kept: list[str] = []
    for text, script in pieces:
        kept.append(text if script else text[:room])
        room -= 0 if script else len(kept[-1])
    return "".join(kept)


def _scripts(pieces: list[tuple[str, bool]]) -> int:
    return sum(len(text) for text, script in pieces if script)


def _beginning(run: re.Match[str]) -> str:
    return run[0][:LONGEST]


def _pieces(source: str) -> Iterator[tuple[str, bool]]:
    """Markup, False, and scripts, True."""
    at = done = 0
    while (token := TOKEN.search(source, at)) is not None:
        yield _cut(source[done:token.start()]), False
        if token[0] == "<!--":
            close = source.find("-->", token.end())
            at = done = close + 3 if close >= 0 else len(source)
        else:
            end = END.search(source, token.end())
            at = done = end.end() if end is not None else len(source)
            yield source[token.start():done], True
    yield _cut(source[done:]), False


def _cut(markup: str) -> str:
    return STRETCH.sub(_beginning, BLANKS.sub(" ", markup))
