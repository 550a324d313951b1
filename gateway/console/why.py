"""Which rule decided about a held mail and which others matched: its stored inspection judged by the policy in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.console.state import console
from gateway.policy import decide, explain, load_policy, restore


def rules(held: Mapping[str, Any], inspection: Mapping[str, Any]) -> dict[str, Any]:
    """`rows` as `policy.explain` makes them, the matched ones only; how many did not match; and whether the policy has changed
    since, so that today's would decide otherwise. Empty where the inspection is destroyed or cannot be read any more."""
    if not inspection:
        return {}
    session = held.get("session") or {}
    entry = {"id": held["id"], "listener": held.get("listener", ""), "client": session.get("client", ""), "sender": held["sender"],
             "recipients": held["recipients"], "size": held["size"], "auth": inspection.get("auth") or (),
             "inspection": {**inspection, "direction": held["direction"]}}
    policy = load_policy(console().config)
    try:
        decisions = decide(*restore(entry), policy, console().clock.now())
    except (KeyError, ValueError, TypeError, AttributeError):
        return {}
    strongest = max(decisions, key=lambda d: (d.disposition, d.verdict))
    rows = explain(strongest, policy)
    return {"rows": [row for row in rows if row["matched"]], "others": sum(not row["matched"] for row in rows),
            "changed": strongest.rule != held["reason"], "now": strongest.rule, "disposition": strongest.disposition.word}
