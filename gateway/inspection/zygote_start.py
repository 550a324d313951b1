"""The first lines of a zygote: `python -P -m gateway.inspection.zygote_start --control FD`.

Libraries ask to be told of forks: logging and threading to put their locks right, random to take a fresh seed. A zygote has one
thread, and its children one message: there is nothing to put right, and being told costs each child 0.7 ms and 200 page faults.
What asked once cannot be taken off the list, so this stands before all other imports.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> int:
    os.register_at_fork = _nothing
    # Whoever started us may die while we load: a gateway that is started again shall not find our like still loading.
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    gc.disable()                             # until all is loaded (`zygote.main`): what is loaded stays
    status: int = importlib.import_module("gateway.inspection.zygote").main()
    return status


def _nothing(**_: object) -> None:
    return None


if __name__ == "__main__":
    sys.exit(main())
