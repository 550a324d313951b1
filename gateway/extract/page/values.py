"""Values that scripts of a page begin with, lists and objects as JSON has them: records. Outbound mail only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

BEGINS = re.compile(r"(?:^|[=(:,;])\s{0,8}(?=\[\s{0,40}[\[{]|\{\s{0,40}\")")
LEAST = 60
"""Characters of such a value; what is shorter holds no records."""
MOST, TRIED, SEARCHED, VAIN = 100, 1_000, 2 << 20, 8 << 20
"""Values of one script, places in which one is looked for, characters that are searched, and read for nothing."""
DECODER = json.JSONDecoder()


def records(script: str) -> Iterator[bytes]:
    """Each value, one after the other; those within others are read with them."""
    found = at = vain = 0
    for _ in range(TRIED):
        match = BEGINS.search(script, at, SEARCHED) if found < MOST and vain < VAIN else None
        if match is None:
            return
        try:
            _, at = DECODER.raw_decode(script, match.end())
        except (ValueError, RecursionError) as error:
            at = match.end() + 1
            vain += getattr(error, "pos", at) - match.end()
            continue
        if at - match.end() >= LEAST:
            found += 1
            yield script[match.end():at].encode("utf-8", "replace")
