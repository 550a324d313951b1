"""What the supervisor measures now and then: free space, and how long the certificates that are served still hold."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from datetime import datetime, timedelta

from gateway.config import Config
from gateway.config.pemfiles import CERTIFICATE_SOON, certificate_end
from gateway.model.deadline import Clock
from gateway.model.ports import Events, Metrics

EVERY = 10.0                             # seconds


class Gauges:
    """`config` gives the configuration in force. A certificate that ends soon is told in the log too, once a day."""

    def __init__(self, config: Callable[[], Config], metrics: Metrics, events: Events, clock: Clock) -> None:
        self.config, self.metrics, self.events, self.clock = config, metrics, events, clock
        self._read: Config | None = None         # whose certificates these are
        self._ends: dict[str, datetime] = {}     # listener -> as it was read then: a renewed file is served after a reload
        self._told: dict[str, tuple[datetime, int]] = {}     # listener -> the end and the days left of which it was told

    async def run(self) -> None:
        """Measures until it is cancelled."""
        while True:
            self.measure()
            await asyncio.sleep(EVERY)

    def measure(self) -> None:
        """What cannot be read has no value: its series ends, and that is an alarm's business."""
        config = self.config()
        try:
            room = os.statvfs(config.gateway.state_dir)
            self.metrics.gauge("sekisho_disk_free_bytes", room.f_bavail * room.f_frsize)
        except OSError:
            pass
        if self._read is not config:
            before, self._read, self._ends = self._ends, config, ends(config)
            for name in before.keys() - self._ends:
                self.metrics.gauge("sekisho_certificate_seconds", None, listener=name)
        for name, end in self._ends.items():
            left = end - self.clock.now()
            self.metrics.gauge("sekisho_certificate_seconds", left.total_seconds(), listener=name)
            if left <= CERTIFICATE_SOON and self._told.get(name) != (end, left.days):
                self._told[name] = end, left.days
                self.events.emit("incident", part="certificate", fault="gateway", listener=name, reason=(
                    f"the certificate {'ends' if left > timedelta(0) else 'ended'} on {end:%Y-%m-%d}: renew it, then reload"))


def ends(config: Config) -> dict[str, datetime]:
    """When the certificate of each listener ends, as far as it can be read."""
    found: dict[str, datetime] = {}
    for listener in config.listeners:
        if listener.tls_cert is not None:
            try:
                found[listener.name] = certificate_end(listener.tls_cert)
            except (OSError, ValueError):
                continue
    return found
