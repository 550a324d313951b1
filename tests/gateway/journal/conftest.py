from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class FixedClock:
    def __init__(self) -> None:
        self.at = NOW
        self.passed = 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.passed


class Noted:
    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.counts: dict[str, float] = {}

    def emit(self, event: str, /, **fields: Any) -> None:
        self.events.append({"event": event, **fields})

    def count(self, name: str, /, amount: float = 1, **labels: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + amount

    def observe(self, name: str, seconds: float, /, **labels: str) -> None: ...

    def gauge(self, name: str, value: float, /, **labels: str) -> None: ...


def entry(id: str, ago: timedelta = timedelta(minutes=5), **changes: Any) -> dict[str, Any]:
    inspection = {
        "sha256": "a" * 64, "direction": "inbound", "disposition": "deliver", "verdict": "clean", "complete": True, "rule": "",
        "findings": [], "incidents": [], "persons": 0, "contacts": 0, "identifiers": {}, "signature_version": "v1", "elapsed_ms": 4.0,
        "cpu_ms": 2.0, "artifacts": [{"path": "message", "kind": "message", "name": "", "declared_type": "message/rfc822",
                                      "detected_type": "message/rfc822", "size": 10, "sha256": "a" * 64}],
        **changes.pop("inspection", {})}
    return {
        "id": id, "received_at": (NOW - ago).isoformat(), "listener": "inbound", "client": "192.0.2.1", "helo": "mx.example",
        "sender": "Ann@Example.com", "recipients": ["bob@bank.example"], "size": 10, "subject": "王小明 A123456789",
        "header_message_id": "<x@example.com>", "reply": "250 2.0.0 Ok", "decisions": [], "inspection": inspection, **changes}
