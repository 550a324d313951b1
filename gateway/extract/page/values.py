"""Values that scripts of a page begin with, lists and objects as JSON has them: records. Outbound mail only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice

BEGINS = re.compile(r"(?:^|[=(:,;])\s{0,8}(?=\[\s{0,40}[\[{]|\{\s{0,40}\")")
LEAST = 60
"""Characters of such a value; what is shorter holds no records."""
MOST, TRIED, SEARCHED = 20, 20, 2 << 20
"""Values of one script, places in which one is looked for, and characters that are searched."""
DECODER = json.JSONDecoder()


def records(script: str) -> Iterator[bytes]:
    """Each value, one after the other; those within others are read with them."""
    found = done = 0
    for match in islice(BEGINS.finditer(script, 0, SEARCHED), TRIED):
        if match.end() < done or found >= MOST:
            continue
        try:
            _, end = DECODER.raw_decode(script, match.end())
        except (ValueError, RecursionError):
            continue
        if end - match.end() >= LEAST:
            found += 1
            yield script[match.end():end].encode("utf-8", "replace")
        done = end
