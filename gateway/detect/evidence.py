"""Evidence that is safe to show, store and log: one line, printable, identifiers and addresses masked."""

from __future__ import annotations

import re

DIGITS = re.compile(r"[A-Za-z]{0,3}\d(?:[ \-./()（）－]{0,2}+\d){6,}+[A-Za-z]?")
RUN = re.compile(r"\d(?:[ \-./()（）－]{0,2}\d){6}")
"""Stands in whatever `DIGITS` matches, and begins at digits only."""
ADDRESS = re.compile(r"[^\s@<>\"'，、/]{1,64}@(?=[^\s@<>\"'，、]{1,255})")
SHOWN = 120


def masked(text: str) -> str:
    """At most 120 printable characters; local parts and digit runs as asterisks; odd characters as escapes."""
    line = text[:SHOWN * 2]
    if not line.isprintable():
        line = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in line)
    if "@" in line:
        line = ADDRESS.sub("*@", line)
    if RUN.search(line):
        line = DIGITS.sub(lambda m: re.sub(r"\w", "*", m.group()), line)
    return line[:SHOWN]


def defanged(url: str) -> str:
    """An address that no program makes a link of, without query, fragment and user: hxxps://host[.]example/path."""
    bare = url.strip().partition("?")[0].partition("#")[0]
    scheme, colon, rest = bare.partition("://")
    if not colon:
        return masked(bare.replace(".", "[.]"))
    host, slash, path = rest.partition("/")
    host = host.rpartition("@")[2].replace(".", "[.]")
    scheme = "hxxp" + scheme[4:] if scheme[:4].lower() == "http" else scheme
    return masked(f"{scheme}://{host}{slash}{path}")
