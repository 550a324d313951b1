"""One extractor over one node: whatever it raises becomes a Problem of the message's fault at the end of its yields."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from gateway.extract.base import Context, Extractor, NeedsDeepLane, Node, Problem, Yield
from gateway.extract.bounded import LimitReached
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

CLAIMED = Observation("CLAIMED")         # the first item of an extractor that claims a node; never filed

MALFORMED = (ValueError, LookupError, EOFError, struct.error, zlib.error, ArithmeticError, AttributeError, TypeError)
"""What parsers raise over bad input; anything else counts as a crash."""

PANIC = "pyo3_runtime"
"""Module of what a library in Rust raises where it panics, mostly over an index out of range: no Exception, and none exports it."""


def guarded(extractor: Extractor, node: Node, context: Context) -> Iterator[Yield]:
    """CLAIMED and the yields of an extractor that claims the node; its exception as a Problem at the end."""
    try:
        if extractor.claims(node):
            yield CLAIMED
            yield from extractor.extract(node, context)
    except NeedsDeepLane:
        raise
    except LimitReached as limit:
        yield limit.problem
    except MemoryError:
        yield Problem(IncidentCode.SIZE, f"{extractor.name}: out of memory")
    except MALFORMED as error:
        yield Problem(IncidentCode.MALFORMED, f"{extractor.name}: {type(error).__name__}")
    except Exception as error:  # noqa: BLE001 - the named border: the walk's call of one extractor
        yield Problem(IncidentCode.CRASH, f"{extractor.name}: {type(error).__name__}")
    except BaseException as error:
        if type(error).__module__ != PANIC:
            raise
        yield Problem(IncidentCode.MALFORMED, f"{extractor.name}: {type(error).__name__}")
