"""The clock of a message's own CPU, in the child: it breaks off what costs more than `Allowance` gives.

The kernel counts (setitimer(2), ITIMER_PROF) and signals; the handler raises Spent where the interpreter stands. What a library
does in one call cannot be broken off: NATIVE of it later the kernel ends the child (ITIMER_VIRTUAL, whose signal nobody handles),
which is a time-out as well. RLIMIT_CPU counts whole seconds, and what the kernel does for the child too: it stands behind that.
What programs in the tool lane use (`Allowance.programs`) is taken away from what is left, but not from the grace at the end.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
import re
import resource
import signal
import threading
import zlib
from collections.abc import Callable, Iterator

from gateway.extract.allowance import Allowance, Spent
from gateway.inspection.lockdown import limit

NATIVE, LEAST_NATIVE, MOST_NATIVE = 0.25, 0.4, 4.0
"""Part of what a message may use, and seconds at the least and at the most, for which one call of a library may go on when all is
used up."""
AGAIN = 0.1
"""Seconds after which Spent is raised once more: the interpreter drops what is raised within a destructor."""
REFERENCE = 0.006
"""Seconds of `_exercise` on the server of allowance.Rates."""
SLOWEST = 4.0
_LETTERS = re.compile(r"[a-z]+\d")


def cpu_seconds() -> float:
    """CPU of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


@contextlib.contextmanager
def watched(allowance: Allowance, beside: Callable[[], float]) -> Iterator[None]:
    """Within it Spent is raised when the CPU used since is more than the allowance and what `beside` says (budgets of their own).

    Does nothing where the allowance has no end, and in threads: signals reach the main one only.
    """
    if math.isinf(allowance.small) or threading.current_thread() is not threading.main_thread():
        yield
        return
    began, over, late = cpu_seconds(), False, 0.0
    most, hard = resource.getrlimit(resource.RLIMIT_CPU)

    def ends() -> float:
        return began + min(allowance.seconds() - allowance.programs + beside(), allowance.most + allowance.granted) + late

    def look(*_: object) -> None:
        nonlocal late
        if over:
            return
        used = cpu_seconds()
        if (left := ends() - used) <= 0 and not allowance.granted:
            allowance.pace = max(allowance.pace, pace())          # what else runs here may have made it slower since
            left = ends() - used
        again = max(left, AGAIN)
        native = again + min(MOST_NATIVE * allowance.pace, max(LEAST_NATIVE, NATIVE * allowance.seconds()))
        signal.setitimer(signal.ITIMER_PROF, again)
        if most != resource.RLIM_INFINITY:
            signal.setitimer(signal.ITIMER_VIRTUAL, native)
            limit(resource.RLIMIT_CPU, (min(most, math.ceil(used + native) + 1), hard))
        if left <= 0:
            late -= left                 # what a library or a program used beyond it is not taken from what is granted
            raise Spent

    before = signal.signal(signal.SIGPROF, look)
    allowance.own, allowance.recount = lambda: cpu_seconds() - began - beside(), look
    try:
        look()
        yield
    finally:
        over = True
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGPROF, before)
        limit(resource.RLIMIT_CPU, (most, hard))


def pace() -> float:
    """How many times as slow as the server of allowance.Rates this machine is; 1 where it is faster. The best of some tries:
    what else runs here makes any one slower."""
    best = math.inf
    for _ in range(5):
        began = cpu_seconds()
        _exercise()
        best = min(best, cpu_seconds() - began)
    return min(SLOWEST, max(1.0, best / REFERENCE))


def _exercise() -> None:
    """A little of what readers do: characters, patterns, deflate, hashes."""
    text = "".join(chr(97 + number % 26) + str(number % 7) for number in range(20_000))
    found = len(_LETTERS.findall(text))
    packed = zlib.compress(text.encode() * 4, 6)
    hashlib.sha256(zlib.decompress(packed) + bytes(found)).digest()
