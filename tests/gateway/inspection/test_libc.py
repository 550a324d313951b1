from __future__ import annotations

import os
import signal

import pytest

from gateway.inspection import libc
from tests.gateway.inspection.test_lockdown import in_process, plain_user


def test_errors_are_raised() -> None:
    with pytest.raises(OSError, match="Invalid argument"):
        libc.prctl(9999)


def test_death_signal() -> None:
    def orphan() -> int:
        ready, told = os.pipe()
        if os.fork() == 0:
            libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)
            os.write(told, str(os.getpid()).encode())
            signal.pause()
        return int(os.read(ready, 20))

    pid = in_process(orphan)["value"]
    for _ in range(100):
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().split(") ")[1][0] == "Z":
                    break
        except FileNotFoundError:
            break
        os.sched_yield()
        import time
        time.sleep(0.02)
    else:
        raise AssertionError("the orphan lives")


def test_a_plain_user_may_not_mount() -> None:
    def act() -> None:
        plain_user()
        libc.mount("none", "/tmp", "tmpfs", 0)

    assert "Operation not permitted" in in_process(act)["error"]


def test_capabilities_go() -> None:
    def act() -> str:
        libc.drop_capabilities()
        with open("/proc/self/status") as file:
            return next(line for line in file if line.startswith("CapEff"))

    assert int(in_process(act)["value"].split()[1], 16) == 0


def test_unshare_and_pivot_need_their_rights() -> None:
    def act() -> None:
        plain_user()
        libc.unshare(libc.CLONE_NEWNET)

    assert "Operation not permitted" in in_process(act)["error"]
    assert "error" in in_process(lambda: libc.pivot_root("/nonexistent", "/nonexistent"))
    assert "error" in in_process(lambda: libc.detach("/nonexistent"))
