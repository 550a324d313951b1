"""Makes text from mail safe to show: nothing clickable, nothing that turns the line round, no customer data."""

from __future__ import annotations

import re
import unicodedata
import zoneinfo
from datetime import datetime

MAX_SHOWN = 80                           # characters of a subject, name or address
_SCHEME = re.compile(r"(?i)(h)tt(ps?)(?=:)")
_DIGITS = re.compile(r"\d(?:[ .\-_]?\d){4,}")   # five or more digits, separated or not, could be somebody's number


def defanged(text: str, limit: int = MAX_SHOWN) -> str:
    """One line of printable characters, dots broken, long numbers masked, cut to `limit` characters."""
    line = " ".join("".join(c if _shown(c) else " " for c in text).split())
    line = _DIGITS.sub(_masked, line)
    if len(line) > limit:
        line = line[:limit - 1] + "…"
    return _SCHEME.sub(r"\1xx\2", line).replace("://", "[:]//").replace(".", "[.]")


def _shown(character: str) -> bool:
    """Control, format (bidi, zero width), surrogate and private characters are not shown."""
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _masked(match: re.Match[str]) -> str:
    """All digits but the last two as asterisks."""
    left = sum(c.isdigit() for c in match[0]) - 2
    out = []
    for character in match[0]:
        hide = character.isdigit() and left > 0
        left -= character.isdigit()
        out.append("*" if hide else character)
    return "".join(out)


def shown_time(at: datetime, timezone: str, language: str) -> str:
    """Local time with its zone, as it is written in that language."""
    local = at.astimezone(zoneinfo.ZoneInfo(timezone))
    zone = _zone(local, language)
    if language == "ja":
        return f"{local.year}年{local.month}月{local.day}日 {local:%H}時{local:%M}分 ({zone})"
    day = f"{local:%Y/%m/%d}" if language == "zh-Hant" else f"{local:%Y-%m-%d}"
    return f"{day} {local:%H:%M} ({zone})"


def _zone(local: datetime, language: str) -> str:
    name = local.tzname() or ""
    if name == "UTC" or (name == "JST" and language in ("ja", "en")):
        return name
    offset = local.utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset else 0
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
