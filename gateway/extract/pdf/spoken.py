"""What marked content of a page stands for, in its own words (ISO 32000-2, 14.9.4): PDFium tells the shapes alone.

Word processors write it for single letters and hyphens, others for words that are drawn as outlines.
"""

from __future__ import annotations

import re
from itertools import islice

import pikepdf

KEY = b"/ActualText"
SAID = re.compile(rb"/ActualText\s{0,9}(\((?:[^()\\]|\\[\s\S]){0,4000}\)|<[0-9A-Fa-f\s]{0,16000}>)")
MOST = 20_000
"""Pieces of one page."""
WORD = 3
"""Characters from which on a piece is a line of its own; shorter ones are letters of one word."""


def text(body: bytes) -> str:
    """The words of the content of a page, a line a piece; "" where it has none."""
    if KEY not in body:
        return ""
    found: list[str] = []
    for match in islice(SAID.finditer(body), MOST):
        try:
            said = str(pikepdf.Object.parse(match[1]))
        except (pikepdf.PdfError, ValueError):
            continue
        found.append(f"{said}\n" if len(said) >= WORD else said)
    return "".join(found).strip()
