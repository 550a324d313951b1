"""Why a child ended, and whose fault that is: one table, no I/O."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass

from gateway.model.finding import IncidentCode


@dataclass(frozen=True, slots=True)
class Exit:
    """What the zygote saw when it buried a child."""

    status: int                          # as wait(2) gives it
    cpu: float                           # seconds, over its whole life
    peak: int                            # octets of resident memory


@dataclass(frozen=True, slots=True)
class Cause:
    """What a death says of the message. `again`: a fresh child gets the message once more before this is believed."""

    code: IncidentCode
    detail: str
    again: bool


SIGNALS = {
    signal.SIGXCPU: Cause(IncidentCode.TIMEOUT, "CPU budget used up", False),
    signal.SIGVTALRM: Cause(IncidentCode.TIMEOUT, "CPU budget used up", False),
    signal.SIGXFSZ: Cause(IncidentCode.SIZE, "wrote more than allowed", False),
    signal.SIGSYS: Cause(IncidentCode.CRASH, "forbidden system call", True),
    signal.SIGSEGV: Cause(IncidentCode.CRASH, "segmentation fault", True),
    signal.SIGBUS: Cause(IncidentCode.CRASH, "bus error", True),
    signal.SIGABRT: Cause(IncidentCode.CRASH, "aborted", True),
    signal.SIGILL: Cause(IncidentCode.CRASH, "illegal instruction", True),
    signal.SIGFPE: Cause(IncidentCode.CRASH, "arithmetic fault", True),
    signal.SIGKILL: Cause(IncidentCode.CRASH, "killed", True),
}
SQUEEZED = "AddressSpace"                # a child's word for: the limits we run under leave no room for our own
EXCEPTIONS = {
    "MemoryError": Cause(IncidentCode.SIZE, "memory limit reached", False),
    "RecursionError": Cause(IncidentCode.DEPTH, "nested too deeply", False),
    "TooMuch": Cause(IncidentCode.COUNT, "more than any honest message has", False),
}
"""Exceptions that came out of the judge whole; any other is a CRASH of its name."""


def cause(exit: Exit) -> Cause:
    """By the signal that ended it; an ordinary exit without an answer is a crash too."""
    code = os.waitstatus_to_exitcode(exit.status)
    if code < 0:
        return SIGNALS.get(signal.Signals(-code), Cause(IncidentCode.CRASH, f"ended by signal {-code}", True))
    return Cause(IncidentCode.CRASH, f"ended with status {code}", True)


def failed(name: str) -> Cause:
    """The child's border caught an exception of this type."""
    return EXCEPTIONS.get(name, Cause(IncidentCode.CRASH, name if name.isidentifier() else "unknown exception", True))


@dataclass(frozen=True, slots=True)
class Overrun:
    """A child that was stopped by the clock."""

    wall: float                          # seconds since it got the message
    allowed: float                       # seconds it could have had, had none been lost in waiting
    cpu: float                           # seconds it used for this message
    waited: float | None                 # seconds it was ready to run and had no processor; None: not known
    crowded: bool                        # more work than processors, by the load average

    def starved(self) -> bool:
        """The clock ran out through our load, not through the message."""
        if self.cpu >= self.wall / 2:
            return False
        return self.crowded if self.waited is None else self.waited >= self.wall / 4

    def ours(self) -> bool:
        return self.starved() or self.wall < self.allowed / 2
