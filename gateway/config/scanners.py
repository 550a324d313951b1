"""Settings of scanners outside of the cell."""

# ruff: noqa: RUF009 (a setting is a dataclass field, made once)

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gateway.config.setting import REQUIRED, setting
from gateway.config.values import ENDPOINT, NAME, PATH, TEXT, Endpoint, Kind, choice, count, duration, listing, size


def _socket(value: object) -> Endpoint | Path:
    text = value if isinstance(value, str) else ""
    return PATH.read(value) if text.startswith("/") else ENDPOINT.read(value)  # type: ignore[no-any-return]


SOCKET = Kind("address:port or absolute path", _socket)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanner:
    """An outside scanner that is asked about every message as a whole, beside our own inspection. There may be many."""

    name: str = setting(NAME, REQUIRED, "Name in findings, events and metrics.")
    kind: str = setting(choice("clamd", "icap"), REQUIRED, "clamd by INSTREAM, or a service that speaks ICAP (RFC 3507).")
    address: Endpoint | Path = setting(SOCKET, REQUIRED, "Where it listens: a TCP port, or a Unix socket's path.")
    service: str = setting(TEXT, "avscan", "Path of the ICAP service; clamd has none.")
    method: str = setting(choice("respmod", "reqmod"), "respmod", "ICAP method with which the service is asked.")
    directions: tuple[str, ...] = setting(listing(choice("inbound", "outbound", "internal"), empty=False),
        ["inbound", "outbound", "internal"], "Mail it is asked about.")
    timeout: float = setting(duration(0.1, 300), "20s", "One verdict, waiting for a connection included.")
    connections: int = setting(count(1, 100), 4, "Connections at a time of one process of ours; they are reused.")
    max_size: int = setting(size(1 << 10, 1 << 30), "25MiB",
        "Larger messages are not sent to it; keep it below clamd's StreamMaxLength.")
    fail: str = setting(choice("defer", "hold", "pass"), "defer",
        "No verdict: defer answers 451 and holds what is too large for it, hold holds, pass lets our own inspection "
        "decide alone and says so in a finding.")
