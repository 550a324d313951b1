"""Senders who behave otherwise than before: pure arithmetic over counts, each rule with its numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

LEAST_MESSAGES = 20                      # a week's outbound mail below this is never a jump
LEAST_PERSONS = 20                       # people in held mail below this neither
TIMES = 3.0                              # so many times what was usual
LEAST_VALUES = 3                         # of a class that was never seen of this sender


@dataclass(frozen=True, slots=True)
class Jump:
    sender: str
    what: str                            # volume, persons, class
    now: float
    usual: float
    detail: str = ""                     # the class


def volume(weeks: Iterable[Mapping[str, Any]]) -> list[Jump]:
    """A sender's week with at least TIMES the median of the other weeks of the journal."""
    counts: dict[str, dict[int, int]] = defaultdict(dict)
    for row in weeks:
        counts[row["sender"]][row["week"]] = row["messages"]
    last = max((week for one in counts.values() for week in one), default=0)
    found = []
    for sender, by_week in counts.items():
        if last < 1:
            continue                     # one week has nothing to be compared with
        week, most = max(by_week.items(), key=lambda item: item[1])
        usual = median(by_week.get(n, 0) for n in range(last + 1) if n != week)
        if most >= LEAST_MESSAGES and most >= TIMES * max(1.0, usual):
            found.append(Jump(sender, "volume", most, usual))
    return sorted(found, key=lambda jump: -jump.now)


def classes(now: Mapping[str, Mapping[str, Any]], before: Mapping[str, Mapping[str, Any]]) -> list[Jump]:
    """Senders whose held mail has many more people than the period before, or a class that it never had."""
    found = []
    for sender, facts in now.items():
        earlier = before.get(sender, {"persons": 0, "classes": {}})
        if facts["persons"] >= LEAST_PERSONS and facts["persons"] >= TIMES * max(1, earlier["persons"]):
            found.append(Jump(sender, "persons", facts["persons"], earlier["persons"]))
        found += [Jump(sender, "class", count, 0, name) for name, count in sorted(facts["classes"].items())
                  if count >= LEAST_VALUES and name not in earlier["classes"]]
    return sorted(found, key=lambda jump: (-jump.now, jump.sender))
