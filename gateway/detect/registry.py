"""Every detector there is. A factory is called once a message with its Scope. One line each."""

from __future__ import annotations

from gateway.detect.base import DetectorFactory

DETECTORS: tuple[DetectorFactory, ...] = (
    # programs, scripts, disguise

    # documents and macros

    # archives, encryption

    # customer data

)
