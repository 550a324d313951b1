"""Why: which rule decided, which others matched, what the next one would have said. For people and for stored mail."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.model.decision import Decision, Disposition
from gateway.policy.decide import decide
from gateway.policy.rule import Policy
from gateway.policy.stored import restore


def explain(decision: Decision, policy: Policy | None = None) -> tuple[dict[str, Any], ...]:
    """One mapping a rule: the deciding one first, then the others that matched, strongest first, then the missed ones.

    Keys: rule, matched, decided, disposition, why, reason, where. The second of the matched is the next that would
    have spoken.
    """
    ranked = sorted(decision.trace, key=lambda h: (not h.matched, h.rule != decision.rule, -h.disposition, h.rule))
    rows = []
    for hit in ranked:
        rule = policy.rule(hit.rule) if policy is not None else None
        rows.append({
            "rule": hit.rule, "matched": hit.matched, "decided": hit.matched and hit.rule == decision.rule,
            "disposition": hit.disposition.word, "why": hit.why,
            "reason": rule.reason if rule else "", "where": rule.where if rule else "",
        })
    return tuple(rows)


def next_disposition(decision: Decision) -> Disposition:
    """What would have happened without the deciding rule."""
    others = [h.disposition for h in decision.trace if h.matched and h.rule != decision.rule]
    return max(others, default=Disposition.DELIVER)


def read_aloud(decisions: Sequence[Decision], policy: Policy | None = None) -> Iterator[str]:
    """The trace in lines of text; recipients that were judged alike share one paragraph."""
    groups: dict[Decision, list[str]] = {}
    for decision in decisions:
        alike = dataclasses.replace(decision, recipient=decisions[0].recipient)
        groups.setdefault(alike, []).append(decision.recipient.mailbox.text)
    for decision, recipients in groups.items():
        shown = ", ".join(recipients[:3]) + (f" and {len(recipients) - 3} more" if recipients[3:] else "")
        yield f"{shown}: {decision.disposition.word}, {decision.verdict.word}, policy {decision.policy_version}"
        rows = explain(decision, policy)
        for row in rows:
            if row["decided"]:
                yield f"  decided by {row['rule']} ({row['disposition']}): {row['why']}"
        if not decision.rule:
            yield "  no rule stopped it"
        for row in rows:
            if row["matched"] and not row["decided"]:
                yield f"  also matched {row['rule']} ({row['disposition']}): {row['why']}"
        if decision.rule:
            yield f"  without {decision.rule}: {next_disposition(decision).word}"
        for row in rows:
            if not row["matched"]:
                yield f"  not {row['rule']} ({row['disposition']}): {row['why']}"


class PolicyExplain:
    """The model's port `Explain`: a stored inspection by today's policy."""

    def __init__(self, policy: Callable[[], Policy], now: Callable[[], datetime]) -> None:
        self._policy = policy
        self._now = now

    def explain(self, inspection: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """The rows of `explain` for the strongest decision. `inspection` is a stored entry: see `stored.restore`."""
        policy = self._policy()
        decisions = decide(*restore(inspection), policy, self._now())
        strongest = max(decisions, key=lambda d: (d.disposition, d.verdict))
        return explain(strongest, policy)
