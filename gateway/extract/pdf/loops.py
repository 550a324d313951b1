"""Outlines of a PDF that lead back to themselves, or on for longer than any table of contents (ISO 32000-2, 12.3.3), and pages
with more notes than anybody reads (12.5)."""

from __future__ import annotations

from itertools import islice

import pikepdf

ENTRIES = 50_000                         # of one outline; a manual of 3000 pages has 8000
NOTES = 30_000                           # annotations of all pages; a form of a hundred pages has 10,000 fields


def crowded(document: pikepdf.Pdf) -> str:
    """More annotations than any document has, "" otherwise."""
    found = 0
    for page in islice(document.pages, NOTES):
        notes = page.obj.get("/Annots")
        found += len(notes) if isinstance(notes, pikepdf.Array) else 0
        if found > NOTES:
            return f"more than {NOTES} annotations"
    return ""


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
