"""Whose fault a death is."""

from __future__ import annotations

import signal

import pytest

from gateway.inspection.death import Exit, Overrun, cause, failed
from gateway.model.finding import IncidentCode


@pytest.mark.parametrize(("status", "code", "detail", "again"), [
    (signal.SIGSEGV, IncidentCode.CRASH, "segmentation fault", True),
    (signal.SIGSEGV | 0x80, IncidentCode.CRASH, "segmentation fault", True),    # with a core
    (signal.SIGKILL, IncidentCode.CRASH, "killed", True),
    (signal.SIGSYS, IncidentCode.CRASH, "forbidden system call", True),
    (signal.SIGXCPU, IncidentCode.TIMEOUT, "CPU budget used up", False),
    (signal.SIGVTALRM, IncidentCode.TIMEOUT, "CPU budget used up", False),
    (signal.SIGXFSZ, IncidentCode.SIZE, "wrote more than allowed", False),
    (signal.SIGTRAP, IncidentCode.CRASH, "ended by signal 5", True),
    (70 << 8, IncidentCode.CRASH, "ended with status 70", True),
    (0, IncidentCode.CRASH, "ended with status 0", True),
])
def test_cause(status: int, code: IncidentCode, detail: str, again: bool) -> None:
    found = cause(Exit(status, 0.0, 0))
    assert (found.code, found.detail, found.again) == (code, detail, again)


@pytest.mark.parametrize(("name", "code"), [("MemoryError", IncidentCode.SIZE), ("RecursionError", IncidentCode.DEPTH),
                                            ("TooMuch", IncidentCode.COUNT), ("KeyError", IncidentCode.CRASH)])
def test_failed(name: str, code: IncidentCode) -> None:
    assert failed(name).code is code


def test_a_name_that_is_none_is_not_repeated() -> None:
    assert failed("card 4111 1111").detail == "unknown exception"


@pytest.mark.parametrize(("wall", "cpu", "waited", "crowded", "ours"), [
    (60, 59.0, 0.0, False, False),       # it computed all the time
    (60, 0.1, 0.0, True, False),         # it slept, though processors were free for it
    (60, 5.0, 40.0, True, True),         # it wanted to run and could not
    (60, 31.0, 29.0, True, False),       # it had its half
    (60, 1.0, None, True, True),         # nobody knows how long it waited, the machine was crowded
    (60, 1.0, None, False, False),
    (20, 19.0, 0.0, False, True),        # most of its time went before it began
])
def test_overrun(wall: float, cpu: float, waited: float | None, crowded: bool, ours: bool) -> None:
    assert Overrun(wall, 60, cpu, waited, crowded).ours() is ours
