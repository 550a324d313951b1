"""Patterns that look at mail: what they repeat without end costs them no memory.

The engine remembers each round of a repeated group, some hundred octets, in case it must go back: a line of forty megabytes
of digits then takes gigabytes. A possessive repeat forgets them.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import gateway
from gateway.detect.sieve import Sieve

ROOMS = ("gateway.extract.", "gateway.detect.", "gateway.identifiers.")
MOST = 5_000
"""Rounds that may be remembered: a megabyte."""
ONE = (codes.LITERAL, codes.NOT_LITERAL, codes.IN, codes.ANY, codes.CATEGORY)


def patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Those that stand in modules, by themselves or in tuples and tables."""
    for module in pkgutil.walk_packages(gateway.__path__, "gateway."):
        for name, value in vars(importlib.import_module(module.name)).items() if module.name.startswith(ROOMS) else ():
            value = value.forms if isinstance(value, Sieve) else value
            values = value if isinstance(value, (tuple, list)) else value.values() if isinstance(value, dict) else (value,)
            yield from ((f"{module.name}.{name}", one) for one in values if isinstance(one, re.Pattern))


def remembered(parsed: Any) -> bool:
    """Whether a group of more than one character is repeated without end, and not possessively."""
    for operation, value in parsed:
        if operation in (codes.MAX_REPEAT, codes.MIN_REPEAT):
            inner = value[2]
            while len(inner) == 1 and inner[0][0] is codes.SUBPATTERN:
                inner = inner[0][1][3]
            if int(value[1]) > MOST and not (len(inner) == 1 and inner[0][0] in ONE):
                return True
        groups = {codes.SUBPATTERN: lambda v: [v[3]], codes.BRANCH: lambda v: v[1], codes.ASSERT: lambda v: [v[1]],
                  codes.ASSERT_NOT: lambda v: [v[1]], codes.POSSESSIVE_REPEAT: lambda v: [v[2]], codes.MAX_REPEAT: lambda v: [v[2]],
                  codes.MIN_REPEAT: lambda v: [v[2]]}
        if any(map(remembered, groups[operation](value) if operation in groups else ())):
            return True
    return False


def test_no_pattern_remembers_without_end() -> None:
    found = list(patterns())
    assert len(found) > 500                                # they are found at all
    bad = [name for name, pattern in found if remembered(parser.parse(pattern.pattern, pattern.flags))]
    assert not bad, "write (...)++ or a bound:\n" + "\n".join(bad)


def test_what_counts_as_remembered() -> None:
    assert remembered(parser.parse("(?:ab)+")) and remembered(parser.parse("x(?:(?:a|bc){2,})y"))
    assert not any(remembered(parser.parse(p)) for p in ("(?:ab)++", "[ab]+", "(a)*", "(?:ab){1,40}"))
