"""VBA source as it runs: comments and continuations gone, strings put together, and a hash that survives re-formatting."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

LIMIT = 1 << 20                          # characters of one module that are judged; the rest makes the module suspicious
_CONTINUED = re.compile(r"[ \t]_[ \t]*\r?\n")
_STRING = re.compile(r'"(?:[^"\r\n]|"")*+"?')
_CHR = re.compile(r"chr[bw]?\$?[ \t]*+\([ \t]*+(&h[0-9a-f]{1,4}|[0-9]{1,5})[ \t]*+&?[ \t]*+\)", re.I)
_JOIN = re.compile(r'"[ \t]*[&+][ \t]*"')
_SKIPPED = re.compile(r"[ \t]*+(?:rem(?:[ \t].*)?$|attribute[ \t])", re.I)
_BLANKS = re.compile(r"[ \t]+")


def lines(source: str) -> list[str]:
    """Logical lines without comments, attributes and blanks around; strings joined and Chr() of numbers decoded."""
    text = _CONTINUED.sub(" ", source[:LIMIT])
    found: list[str] = []
    for raw in text.splitlines():
        if _SKIPPED.match(raw):
            continue
        line = uncomment(raw)
        line = (_BLANKS.sub(" ", line) if "  " in line or "\t" in line else line).strip()
        if line:
            found.append(fold(line))
    return found


def uncomment(line: str) -> str:
    """The line up to an apostrophe outside strings."""
    if "'" not in line:
        return line
    at = 0
    while at < len(line):
        if line[at] == "'":
            return line[:at]
        if line[at] == '"':
            found = _STRING.match(line, at)
            at = found.end() if found else at + 1
        else:
            at += 1
    return line


def fold(line: str) -> str:
    """Chr(65) & "b" becomes "Ab"."""
    if "hr" in line or "HR" in line or "hR" in line or "Hr" in line:
        line = _CHR.sub(_character, line)
    return _JOIN.sub("", line) if '"' in line else line


def _character(found: re.Match[str]) -> str:
    text = found.group(1)
    number = int(text[2:], 16) if text[:1] == "&" else int(text)
    character = chr(number) if 32 <= number < 0x10000 and not 0xD800 <= number < 0xE000 else " "
    return '"' + ('""' if character == '"' else character) + '"'


def code_hash(lines: Iterable[str]) -> str:
    """SHA-256 over the logical lines in lower case: the same for another indent, comment, line end or attribute."""
    body = "\n".join(lines).lower().replace(" ", "").replace("\t", "")
    return hashlib.sha256(body.encode("utf-8", "replace")).hexdigest()
