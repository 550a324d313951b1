"""A journal with past mail, for pages that show what came."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.journal import store
from gateway.journal.entry import row
from gateway.model.ids import new_message_id


def entry(at: datetime, direction: str = "inbound", disposition: str = "deliver", rule: str = "", **inspection: Any) -> dict[str, Any]:
    return {"id": new_message_id(at), "received_at": at.isoformat(), "listener": direction, "client": "192.0.2.1", "sender": "a@else.example",
            "recipients": ["staff@bank.example"], "size": 1000, "reply": "250 2.0.0 Ok", "header_message_id": "<x@y>", "auth": [], "decisions": [],
            "inspection": {"sha256": "0" * 64, "direction": direction, "disposition": disposition, "verdict": "clean", "complete": True, "rule": rule,
                           "findings": [], "incidents": [], "artifacts": [], "elapsed_ms": 1.0} | inspection}


def write(folder: Path, entries: list[dict[str, Any]]) -> None:
    connection = store.open_writer(folder / "journal.db", False)
    store.write(connection, [row(one) for one in entries])
    connection.close()
