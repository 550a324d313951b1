"""What the supervisor measures now and then: free space, and how long certificates still hold."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable

from cryptography import x509

from gateway.config import Config
from gateway.model.deadline import Clock
from gateway.model.ports import Metrics

EVERY = 10.0                             # seconds


async def watch(config: Callable[[], Config], metrics: Metrics, clock: Clock) -> None:
    """Measures until it is cancelled, by the configuration in force."""
    while True:
        measure(config(), metrics, clock)
        await asyncio.sleep(EVERY)


def measure(config: Config, metrics: Metrics, clock: Clock) -> None:
    """What cannot be read has no value: its series ends, and that is an alarm's business."""
    try:
        room = os.statvfs(config.gateway.state_dir)
        metrics.gauge("sekisho_disk_free_bytes", room.f_bavail * room.f_frsize)
    except OSError:
        return
    for listener in config.listeners:
        if listener.tls_cert is not None:
            try:
                certificate = x509.load_pem_x509_certificate(listener.tls_cert.read_bytes())
            except (OSError, ValueError):
                continue
            left = (certificate.not_valid_after_utc - clock.now()).total_seconds()
            metrics.gauge("sekisho_certificate_seconds", left, listener=listener.name)
