"""Spent is raised by CPU used, not by time gone, and leaves nothing behind."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import threading
import time

import pytest

from gateway.detect.base import Tally
from gateway.extract.allowance import INBOUND, Allowance, Spent
from gateway.extract.registry_plain import LIGHT
from gateway.inspection import watch
from gateway.inspection.judge import SAMPLE, CellJudge
from gateway.inspection.watch import cpu_seconds, pace, watched
from gateway.model.deadline import Limits
from gateway.model.finding import Fault, Finding, IncidentCode, Severity
from tests.gateway.inspection.conftest import ask


def burn(seconds: float) -> None:
    until = cpu_seconds() + seconds
    while cpu_seconds() < until:
        sum(range(1000))


def none() -> float:
    return 0.0


def test_what_uses_more_is_broken_off() -> None:
    began = cpu_seconds()
    with pytest.raises(Spent), watched(Allowance(0.1, INBOUND), none):
        burn(5.0)
    assert cpu_seconds() - began < 1.0


def test_waiting_costs_nothing() -> None:
    with watched(Allowance(0.05, INBOUND), none):
        time.sleep(0.2)


def test_what_is_added_counts_at_once() -> None:
    allowed = Allowance(0.05, INBOUND, 1 << 20)
    with watched(allowed, none):
        allowed.pieces = 10_000
        burn(0.2)


def test_what_programs_used_counts() -> None:
    allowed = Allowance(1.0, INBOUND)
    with pytest.raises(Spent), watched(allowed, none):
        assert 0 <= allowed.own() < 1.0
        allowed.programs = 0.5
        allowed.recount()
        allowed.programs = 9.0
        allowed.recount()


def test_what_a_program_used_too_much_is_not_taken_from_what_is_granted_at_the_end() -> None:
    allowed, put_together = Allowance(1.0, INBOUND), False
    with watched(allowed, none):
        allowed.programs = 9.0
        with pytest.raises(Spent):
            allowed.recount()
        allowed.grant()
        burn(0.15)
        put_together = True
        with pytest.raises(Spent):
            burn(5.0)
    assert put_together


def test_budgets_of_their_own_count_beside_it() -> None:
    with watched(Allowance(0.05, INBOUND), lambda: 5.0):
        burn(0.2)


def test_nothing_may_use_more_than_the_most() -> None:
    with pytest.raises(Spent), watched(Allowance(1.0, INBOUND, most=0.1), lambda: 5.0):
        burn(3.0)


def test_what_swallows_it_is_told_again() -> None:
    swallowed = 0
    with pytest.raises(Spent), watched(Allowance(0.05, INBOUND), none):
        try:
            burn(1.0)
        except BaseException:                             # as a destructor does
            swallowed = 1
        burn(1.0)
    assert swallowed


def test_nothing_is_left_behind() -> None:
    before, limits = signal.getsignal(signal.SIGPROF), resource.getrlimit(resource.RLIMIT_CPU)
    with watched(Allowance(5.0, INBOUND), none):
        assert signal.getitimer(signal.ITIMER_PROF)[0] > 0
    assert signal.getsignal(signal.SIGPROF) == before
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    assert resource.getrlimit(resource.RLIMIT_CPU) == limits


def test_a_thread_is_not_watched() -> None:
    met: list[str] = []

    def work() -> None:
        with watched(Allowance(0.01, INBOUND), none):
            burn(0.1)
        met.append("done")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert met == ["done"]


def test_a_machine_is_never_told_faster_than_the_reference() -> None:
    assert 1.0 <= pace() <= watch.SLOWEST


class Burning:
    """Finds something, and then computes for longer than any mail may."""

    def __init__(self, scope) -> None:
        self.looked = 0

    def look(self, sample):
        self.looked += 1
        yield Finding("TEST-SEEN", "data", Severity.LOW, sample.artifact.id)
        if self.looked > 1:
            burn(30.0)

    def conclude(self, tally: Tally):
        tally.persons = self.looked
        return ()


class Concluding(Burning):
    def look(self, sample):
        return ()

    def conclude(self, tally: Tally):
        burn(30.0)
        return ()


def spent(detector: type) -> tuple[object, float]:
    began = cpu_seconds()
    request = ask(limits=Limits(cpu_small=0.3))
    return CellJudge(LIGHT, [detector]).inspect(SAMPLE, request, None), cpu_seconds() - began


def test_a_message_that_uses_more_is_an_incident_with_what_was_found_so_far() -> None:
    inspection, used = spent(Burning)
    assert used < 2.0
    assert [(i.code, i.fault) for i in inspection.incidents] == [(IncidentCode.TIMEOUT, Fault.MESSAGE)]
    assert "TEST-SEEN" in {f.code for f in inspection.findings} and inspection.persons == 2


def test_putting_it_together_may_not_use_more_either() -> None:
    inspection, used = spent(Concluding)
    assert used < 2.0
    assert IncidentCode.TIMEOUT in {i.code for i in inspection.incidents}


def test_a_machine_that_has_become_slower_since_gives_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "pace", lambda: 3.0)
    with watched(Allowance(0.1, INBOUND), none):
        burn(0.2)
    with pytest.raises(Spent), watched(Allowance(0.1, INBOUND), none):
        burn(5.0)


def test_a_call_of_a_library_that_goes_on_ends_the_child() -> None:
    pid = os.fork()
    if pid == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
        signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
        with watched(Allowance(0.1, INBOUND), none):
            hashlib.pbkdf2_hmac("sha256", b"", b"", 100_000_000)
        os._exit(0)
    _, status, usage = os.wait4(pid, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGVTALRM and usage.ru_utime < 3.0
