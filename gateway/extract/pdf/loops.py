"""Outlines of a PDF that lead back to themselves, or on for longer than any table of contents (ISO 32000-2, 12.3.3)."""

from __future__ import annotations

import pikepdf

ENTRIES = 50_000                         # of one outline; a manual of 3000 pages has 8000


def outline(document: pikepdf.Pdf) -> str:
    """What is wrong with it, "" for an ordinary one or none."""
    root = document.Root.get("/Outlines")
    waiting = [root.get("/First")] if isinstance(root, pikepdf.Dictionary) else []
    seen: set[tuple[int, int]] = set()
    while waiting:
        entry = waiting.pop()
        if not isinstance(entry, pikepdf.Dictionary) or not entry.is_indirect:
            continue
        if entry.objgen in seen:
            return "an outline that leads back to itself"
        seen.add(entry.objgen)
        if len(seen) > ENTRIES:
            return f"more than {ENTRIES} entries of an outline"
        waiting += [entry.get("/Next"), entry.get("/First")]
    return ""
