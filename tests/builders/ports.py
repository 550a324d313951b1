"""Ports for servers that are started a moment later."""

from __future__ import annotations

import os
import random
import socket

_FIRST, _LAST = 10_240, 32_000           # below those that systems give to outgoing connections
_given: set[int] = set()
_dice = random.Random(os.urandom(8))     # workers of one run choose apart


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on, that no outgoing connection will take, and that was not given before."""
    for _ in range(1000):
        port = _dice.randrange(_FIRST, _LAST)
        if port in _given:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        return port
    raise AssertionError("no port is free")
