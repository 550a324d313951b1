"""Evidence that is safe to show, store and log: one line, printable, identifiers and addresses masked."""

from __future__ import annotations

import re

DIGITS = re.compile(r"[A-Za-z]{0,3}\d(?:[ \-./()（）－]{0,2}\d){6,}[A-Za-z]?")
ADDRESS = re.compile(r"[^\s@<>\"'，、/]{1,64}@(?=[^\s@<>\"'，、]{1,255})")
SHOWN = 120


def masked(text: str) -> str:
    """At most 120 printable characters; local parts and digit runs as asterisks; odd characters as escapes."""
    line = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:SHOWN * 2])
    line = ADDRESS.sub("*@", line)
    return DIGITS.sub(lambda m: re.sub(r"\w", "*", m.group()), line)[:SHOWN]


def defanged(url: str) -> str:
    """An address that no program makes a link of, without query, fragment and user: hxxps://host[.]example/path."""
    bare = re.split(r"[?#]", url.strip(), maxsplit=1)[0]
    scheme, colon, rest = bare.partition("://")
    if not colon:
        return masked(bare.replace(".", "[.]"))
    host, slash, path = rest.partition("/")
    host = host.rpartition("@")[2].replace(".", "[.]")
    return masked(f"{re.sub('^http', 'hxxp', scheme, flags=re.I)}://{host}{slash}{path}")
