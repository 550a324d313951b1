"""The commands. Ctrl-C while Python still loads them is no fault either: one line, and the signal's own exit status."""

from __future__ import annotations

import sys
from types import TracebackType


def last_word(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    """What nobody caught. Once `main` runs, it catches everything."""
    if issubclass(kind, KeyboardInterrupt):
        print("sekisho: interrupted", file=sys.stderr)
    else:
        sys.__excepthook__(kind, fault, trace)


sys.excepthook = last_word
