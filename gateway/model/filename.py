"""File names as hostile readers may see them: every candidate, cleaned as file systems clean it, and what is odd about it.

A name from mail is never used as a path. `extensions` answers what double-clicking might start, on any system.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Explicit directional formatting (Unicode annex 9): turns `exe.fdp` round to show `pdf.exe`. CVE-2021-42574 family."""

INVISIBLE = frozenset(
    "\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\u00ad"
    "\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0")
"""Characters that show nothing; Windows keeps them in names, people do not see them."""

VARIANTS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
"""Variation selectors: they choose how a character is drawn, so names with emoji have them; by themselves they show nothing."""

LOOKALIKES = str.maketrans("асԁеһіјкмопрԛѕтυѵԝхуαβεικνορτχωⅼ", "acdehijkmonpqstuvwxyabeikvoptxwl")
"""Letters of Cyrillic and Greek that are drawn like Latin ones: no system runs such an ending, no honest file has it."""
FULL_STOP = "\u3002"
"""How people of East Asia type a full stop; in the half-width form NFKC makes it this one."""

BLANK_RUN = re.compile(r"[ \t\u00a0\u2000-\u200a\u3000\u2800]{6,}")
SEPARATORS = re.compile(r"[\\/]")
MAX_NAME = 1024
"""Characters of a name that are looked at. NTFS and ext4 end at 255."""
LAST = 256
"""Characters at the end of a longer name that are looked at too: clients cut such names in the middle."""
ESCAPE = re.compile(r"\x1b[ -/]{1,3}[0-~]")
"""Shift sequences of ISO 2022, which show nothing where a name is not decoded by its charset."""


def visible(name: str) -> str:
    """NFKC without control, bidi and invisible characters."""
    if name.isascii() and name.isprintable():
        return name
    folded = unicodedata.normalize("NFKC", ESCAPE.sub("", name))
    shown = "".join(c for c in folded if c not in INVISIBLE and c not in VARIANTS and unicodedata.category(c) not in ("Cf", "Cc"))
    return shown.replace(FULL_STOP, ".")


def basename(name: str) -> str:
    """The last component by either separator, as unpackers drop one at the end; a name of separators only is empty."""
    name = name.rstrip("\\/")
    return name[max(name.rfind("\\"), name.rfind("/")) + 1:]


def spellings(name: str) -> Iterator[str]:
    """Every plain name some reader makes of one candidate: cut at NUL, alternate streams split, ends trimmed."""
    for cut in (*name[:MAX_NAME].split("\0"), *((name[-LAST:],) if len(name) > MAX_NAME else ())):
        whole = visible(cut)
        last = basename(whole)
        streams = last.split(":") if ":" in last else [last]
        for text in (last, *streams, *((unquote(last),) if "%" in last else ())):     # browsers undo percent codes
            trimmed = text.strip().strip("\"'<>?*|,;").rstrip(". \t\u00a0\u3000")
            if trimmed:
                yield trimmed


def extension(name: str) -> str:
    """Lower-case last extension without the dot, "" where there is none; `name` is one of `spellings`."""
    _stem, dot, ext = name.rpartition(".")
    return ext.strip().lower() if dot and len(ext) <= 24 else ""


def extensions(names: Iterable[str]) -> frozenset[str]:
    """All last extensions that any candidate name may have for some reader."""
    found = {e for n in names for s in spellings(n) if (e := extension(s))}
    folded = {re.sub(r"\s+", "", e) for e in found if not e.isalnum()}                      # a name folded in its extension
    return frozenset(found | folded | {e.translate(LOOKALIKES) for e in found if not e.isascii()})
