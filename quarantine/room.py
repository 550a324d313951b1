"""A database that fails because nothing more can be written says "disk I/O error": people are told which trouble it is."""

from __future__ import annotations

import os
from pathlib import Path

SCARCE = 1 << 20                         # octets: what SQLite wants to open a database at all is less, what it wants to write more


def reason(path: Path, error: object) -> str:
    """What went wrong with the file, in one line; of a full disk that it is full."""
    said = " ".join(str(error).split())[:200]
    try:
        room = os.statvfs(path.parent)
    except OSError:
        return said
    return f"{said} (the disk is full: make room)" if room.f_bavail * room.f_frsize < SCARCE else said
