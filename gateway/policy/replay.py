"""What a changed policy would have done to past mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gateway.policy.decide import decide
from gateway.policy.rule import Policy
from gateway.policy.stored import restore

EXAMPLES = 5                             # kept for each change


@dataclass(slots=True)
class Replay:
    """Counts and examples. A change is (direction, disposition then, disposition now)."""

    total: int = 0
    unreadable: int = 0                  # entries that are no inspection: counted, never passed over in silence
    changes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)       # deciding rule now -> messages
    examples: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)   # ids or paths

    @property
    def changed(self) -> int:
        return self.changes.total()


def replay(entries: Iterable[Mapping[str, Any]], policy: Policy, now: datetime) -> Replay:
    """Judges stored entries (see `stored.restore`) anew; the strongest decision speaks for a message."""
    result = Replay()
    for entry in entries:
        result.total += 1
        try:
            transaction, inspection = restore(entry)
        except (KeyError, ValueError, TypeError, AttributeError):
            result.unreadable += 1
            continue
        decision = max(decide(transaction, inspection, policy, now), key=lambda d: (d.disposition, d.verdict))
        if decision.rule:
            result.rules[decision.rule] += 1
        body = entry.get("inspection") if isinstance(entry.get("inspection"), Mapping) else entry
        before = str(body.get("disposition", "deliver")) if body is not None else "deliver"
        if before != decision.disposition.word:
            change = (transaction.direction.value, before, decision.disposition.word)
            result.changes[change] += 1
            shown = result.examples.setdefault(change, [])
            if len(shown) < EXAMPLES:
                shown.append(str(entry.get("id") or entry.get("path") or transaction.message.sha256))
    return result
