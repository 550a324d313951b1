"""A zygote's first lines, in a process of their own."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys

ASK = """
import os, sys
told = []
import gateway.inspection.zygote_start as start
class Zygote:
    @staticmethod
    def main():
        import logging, random
        os.register_at_fork(after_in_child=lambda: told.append("told"))
        mine = random.random()
        if os.fork() == 0:
            os._exit(len(told))
        return os.waitstatus_to_exitcode(os.wait()[1])
sys.modules["gateway.inspection.zygote"] = Zygote
sys.exit(start.main())
"""


LOAD = """
import os, sys, time
import gateway.inspection.zygote_start as start
class Zygote:
    @staticmethod
    def main():
        print(os.getpid(), flush=True)
        time.sleep(60)
sys.modules["gateway.inspection.zygote"] = Zygote
start.main()
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, timeout=60)


def test_nobody_is_told_of_a_fork() -> None:
    assert run(ASK).returncode == 0
    assert run(ASK.replace("sys.exit(start.main())", "sys.exit(Zygote.main())")).returncode == 1


def test_nothing_that_asks_is_imported_before() -> None:
    said = run("import sys, gateway.inspection.zygote_start; print(*sorted({'random', 'logging', 'threading'} & set(sys.modules)))")
    assert (said.returncode, said.stdout.strip(), said.stderr) == (0, "", "")


def test_who_dies_takes_it_along_while_it_is_still_loading() -> None:
    """Once it asked for that only when all was imported: the next gateway found it still at it."""
    parent = subprocess.Popen([sys.executable, "-P", "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-P', '-c', {LOAD!r}])"],
                              stdout=subprocess.PIPE)
    assert parent.stdout is not None
    watched = os.pidfd_open(int(parent.stdout.readline()))
    os.kill(parent.pid, signal.SIGKILL)
    assert select.select([watched], [], [], 20)[0]
    os.close(watched)
    parent.stdout.close()
    parent.wait()
