"""Names of archive members: raw octets read in every legal way, and entries that want to land outside their folder."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

from gateway.model.content import Observation

CHARSETS = ("utf-8", "cp950", "gb18030", "cp932", "cp949")
"""Code pages that East Asian Windows and macOS write without saying so; cp437 is what the ZIP standard says instead."""

for _charset in (*CHARSETS, "cp437", "latin-1", "utf-16-le", "utf-16-be"):
    codecs.lookup(_charset)              # loaded now: in the cell nothing can be imported any more

_DRIVE = re.compile(r"^[A-Za-z]:")


def readings(raw: bytes, utf8: bool = False, utf16: bool = False) -> tuple[str, ...]:
    """Every candidate, the most likely first. ASCII has one reading."""
    if utf16:
        return (raw.decode("utf-16-le", "replace"),)
    if raw.isascii():
        return (raw.decode("ascii"),)
    found: list[str] = []
    for charset in ("utf-8",) if utf8 and _legal(raw, "utf-8") else CHARSETS:
        if _legal(raw, charset):
            found.append(raw.decode(charset))
    if not utf8 or not found:
        found.append(raw.decode("cp437"))
    return tuple(dict.fromkeys(found))


def _legal(raw: bytes, charset: str) -> bool:
    try:
        raw.decode(charset)
    except UnicodeDecodeError:
        return False
    return True


def escapes(names: Iterable[str]) -> list[Observation]:
    """MEMBER-TRAVERSAL for `..` steps that leave the folder, drive letters, shares and rooted
    paths into the system, MEMBER-ABSOLUTE for other rooted paths."""
    found: dict[str, Observation] = {}
    for name in names:
        code = _escape(name)
        if code:
            found.setdefault(code, Observation(code, name[:200]))
    return list(found.values())


_SYSTEM = re.compile(
    r"[\\/]{1,8}(?:(?:etc|bin|sbin|boot|usr|lib(?:64)?|root|dev|proc|Library|System|Windows|ProgramData|var[\\/]spool)[\\/]|"
    r"(?:home|Users)[\\/][^\\/]{1,64}[\\/](?:\.|AppData[\\/]|Library[\\/]))", re.I)
"""Where systems keep what starts by itself. Archivers write rooted paths only when told to; copies of data may have some."""
_SHARE = re.compile(r"//[\w.-]{2,255}/[^/]")


def _escape(name: str) -> str:
    if _DRIVE.match(name) or name.startswith("\\\\") or _SHARE.match(name) or _SYSTEM.match(name):
        return "MEMBER-TRAVERSAL"
    depth = 0
    for step in re.split(r"[\\/]", name) if ".." in name else ():
        depth += -1 if step.strip(" ") == ".." else 0 if step in ("", ".") else 1
        if depth < 0:
            return "MEMBER-TRAVERSAL"
    return "MEMBER-ABSOLUTE" if name[:1] in ("/", "\\") else ""


def link_escapes(name: str, target: str) -> bool:
    """True where a link in an archive points outside the folder it is unpacked to (CVE-2001-1267 and its heirs)."""
    folder = name.replace("\\", "/").rpartition("/")[0]
    if target[:1] in ("/", "\\") or _DRIVE.match(target):
        return bool(_escape(target))
    return bool(_escape(f"{folder}/{target}" if folder else target))
