"""Text from mail as it is shown: every character that hides, turns or breaks a line is written as its escape."""

from __future__ import annotations

import unicodedata

from gateway.model.filename import BIDI, INVISIBLE

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
MARKS = 2                                # combining marks on one letter; more would paint over other lines


def shown(text: object, limit: int = 400) -> str:
    """One line, at most `limit` characters of the original. Escaping for HTML is the template's."""
    whole = str(text)
    line = _escaped(whole[:limit], keep="")
    return line + "…" if len(whole) > limit else line


def shown_lines(text: object) -> str:
    """The same with line ends and tabs kept."""
    return _escaped(str(text), keep="\n\t")


def _escaped(text: str, keep: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    out, marks = [], 0
    for c in text:
        category = unicodedata.category(c)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        plain = c in keep or (category not in HIDDEN and c not in BIDI and c not in INVISIBLE and marks <= MARKS)
        out.append(c if plain or c == "\u00a0" else escape(c))
    return "".join(out)


def escape(c: str) -> str:
    return f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}"
