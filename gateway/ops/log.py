"""Libraries' own log lines, as events: one stream, one shape."""

from __future__ import annotations

import logging

from gateway.model.ports import Events

QUIET = ("asyncio", "mail.log", "dkimpy", "pikepdf", "oletools")
"""Loggers whose lines below WARNING may quote mail."""


class EventHandler(logging.Handler):
    """Passes log records on as `log` events. A record that cannot be formatted is named, not raised."""

    def __init__(self, events: Events, level: int = logging.WARNING) -> None:
        super().__init__(level)
        self.events = events

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
        except (TypeError, ValueError):
            text = "a record that cannot be formatted"
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        self.events.emit("log", logger=record.name, level=record.levelname.lower(), message=text, error=error)


def configure(events: Events, level: int = logging.WARNING) -> None:
    """Sends all of `logging` to the events; tracebacks stay out, they quote what was in hand."""
    root = logging.getLogger()
    for handler in tuple(root.handlers):
        root.removeHandler(handler)
    root.addHandler(EventHandler(events, level))
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
