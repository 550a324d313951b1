"""The filters alone, loaded in a forked process."""

from __future__ import annotations

import os
import signal
import socket

import pytest

from gateway.inspection import libc, seccomp
from tests.gateway.inspection.test_lockdown import in_process, refused


def under(program: bytes, action):
    def run():
        libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1)
        seccomp.load(program)
        return action()
    return in_process(run)


def test_a_child_may_compute_and_answer() -> None:
    assert under(seccomp.child_filter(False), lambda: sum(range(1000)))["value"] == 499500


@pytest.mark.parametrize("action", [
    lambda: open("/etc/passwd"), lambda: os.stat("/etc/passwd"), os.fork, lambda: os.kill(1, 0), lambda: os.mkdir("/tmp/x"),
    lambda: os.memfd_create("x"), lambda: os.sched_setaffinity(0, {0}), lambda: os.nice(1), lambda: os.pipe(),
], ids=["open", "stat", "fork", "kill", "mkdir", "memfd", "affinity", "nice", "pipe"])
def test_a_child_is_told_no(action) -> None:
    assert under(seccomp.child_filter(False), lambda: refused(action)) == {"value": True}


def test_a_deep_child_may_have_a_memfd() -> None:
    assert under(seccomp.child_filter(True), lambda: refused(lambda: os.memfd_create("x"))) == {"value": False}


def test_descriptors_may_be_looked_at() -> None:
    assert under(seccomp.child_filter(False), lambda: refused(lambda: os.fstat(0))) == {"value": False}


@pytest.mark.parametrize("program", [seccomp.child_filter(True), seccomp.zygote_filter()], ids=["child", "zygote"])
def test_sockets_kill(program: bytes) -> None:
    assert under(program, lambda: socket.socket()) == {"died": -signal.SIGSYS}


def test_exec_kills_but_not_in_the_tool_lane() -> None:
    execute = lambda: os.execv("/bin/true", ["true"])  # noqa: E731
    assert under(seccomp.zygote_filter(), execute) == {"died": -signal.SIGSYS}
    assert under(seccomp.tool_filter(), execute) == {"died": 0}


def test_a_zygote_may_fork_but_not_thread() -> None:
    import _thread

    def act() -> list:
        pid = os.fork()
        if pid == 0:
            os._exit(7)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        try:
            _thread.start_new_thread(lambda: None, ())
        except RuntimeError:
            return [status, "no thread"]
        return [status, "thread"]

    assert under(seccomp.zygote_filter(), act)["value"] == [7, "no thread"]


def test_a_tool_has_no_network() -> None:
    assert under(seccomp.tool_filter(), lambda: refused(socket.socket)) == {"value": True}
