"""How one setting is declared: a dataclass field that carries its kind, default and one line of explanation."""

from __future__ import annotations

import dataclasses
from typing import Any

from gateway.config.values import Kind

REQUIRED = object()
"""The default of what must be given."""


def setting(kind: Kind, default: Any, doc: str, filled: str = "") -> Any:
    """One setting. `filled` tells what stands in for an empty value."""
    return dataclasses.field(metadata={"kind": kind, "default": default, "doc": doc, "filled": filled})
