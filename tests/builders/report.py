"""Facts of a made-up month, as custody and journal give them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from gateway.reports.sections import Material

ZONE = ZoneInfo("Asia/Taipei")


def held(times: int) -> dict[str, Any]:
    days = {f"2026-10-{d:02d}": {"threat": d % 7, "leak": d * 3 % 5, "uninspectable": d % 2} for d in range(1, 32)}
    return {"messages": 120 * times, "kinds": {"threat": 80 * times, "leak": 40 * times}, "rules": {f"rule-{n}": 50 - n for n in range(20)},
            "statuses": {"held": 3}, "directions": {}, "days": days, "classes": {"tw.national_id": 320, "card": 12},
            "persons": 3000 * times, "over_100": 3, "over_1000": 1}


def material(**changes: Any) -> Material:
    noted = [{"at": "2026-10-03T15:04:05.000+00:00", "actor": "王經理", "action": "release", "id": "x" * 24, "kind": "leak",
              "direction": "outbound", "why": ["fast", "night"]}]
    facts = {"held": held(2), "before": held(1), "senders": {"a@bank.example": {"messages": 5, "persons": 400, "classes": {"card": 5}}},
             "people": {"counts": {"boss": {"approve": 2, "department": 2}, "王經理": {"release": 12, "deny": 1, "fast": 4}},
                        "noted": noted, "released": [{**noted[0], "sender": "clerk@bank.example"}]},
             "senders_before": {}, "house": {"actions": {"login-failed": 7}}}
    weeks = [{"sender": "a@bank.example", "week": n, "messages": 200 if n == 1 else 5} for n in range(4)]
    given = {"facts": facts, "weeks": weeks, "organisation": "bank.example", "since": datetime(2026, 10, 1, tzinfo=ZONE),
             "until": datetime(2026, 11, 1, tzinfo=ZONE), "zone": "Asia/Taipei", "reader": "auditor",
             "made_at": datetime(2026, 11, 2, 3, tzinfo=UTC)}
    return Material(**given | changes)
