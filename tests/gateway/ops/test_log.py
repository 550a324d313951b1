from __future__ import annotations

import logging
from typing import Any

import pytest

from gateway.ops.log import EventHandler, configure


class Noted:
    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def emit(self, event: str, /, **fields: Any) -> None:
        self.lines.append({"event": event, **fields})


@pytest.fixture
def kept_root():
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level


def test_library_lines_become_events(kept_root) -> None:
    noted = Noted()
    configure(noted)
    logging.getLogger("some.library").warning("careful: %s", "x")
    logging.getLogger("some.library").info("chatter")
    assert noted.lines == [{"event": "log", "logger": "some.library", "level": "warning", "message": "careful: x", "error": ""}]


def test_tracebacks_stay_out(kept_root) -> None:
    noted = Noted()
    configure(noted)
    try:
        raise KeyError("customer")
    except KeyError:
        logging.getLogger("x").exception("failed")
    assert noted.lines[0]["error"] == "KeyError" and "customer" not in str(noted.lines)


def test_a_broken_record_is_named() -> None:
    noted = Noted()
    handler = EventHandler(noted)
    handler.emit(logging.LogRecord("x", logging.ERROR, "f", 1, "%d %d", ("a",), None))
    assert noted.lines[0]["message"] == "a record that cannot be formatted"
