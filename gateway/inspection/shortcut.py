"""Mail that the plain lane need not begin with: it would be taken apart up to its first attachment, and then once more.

A guess from the beginning of the octets, made in the child. A wrong one costs time and nothing else: the deep lane does all
that the plain one does.
"""

from __future__ import annotations

import os
import re

HEAD = 64 << 10                          # octets that are looked at
LARGE = 2 << 20                          # octets of a mail that holds files for certain
DEEP = re.compile(
    rb"\ncontent-type:[ \t]*(?:image/|audio/|video/|application/(?!pgp-|(?:x-)?pkcs7-|json|xml[;\s]))", re.IGNORECASE)
"""A field that declares what only the deep lane reads."""


def needs_deep(fd: int, size: int) -> bool:
    """True where the plain lane would only find out that it cannot. Leaves the descriptor open, its position as it was."""
    return size > LARGE or DEEP.search(os.pread(fd, min(size, HEAD), 0)) is not None
