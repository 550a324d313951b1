"""Was it the machine? What the kernel says about a process that did not get its processor, and about the load."""

from __future__ import annotations

import os
from pathlib import Path


def processor_wait(pidfd: int, proc: Path = Path("/proc")) -> float | None:
    """Seconds the process was ready to run and had no processor (schedstat's second field); None where not known."""
    try:
        for line in (proc / f"self/fdinfo/{pidfd}").read_text().splitlines():
            name, _, value = line.partition(":")
            if name == "Pid" and int(value) > 0:
                return int((proc / value.strip() / "schedstat").read_text().split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return None
    return None


def crowded() -> bool:
    """More runnable processes than twice the processors, over the last minute."""
    return os.getloadavg()[0] > 2 * (os.cpu_count() or 1)
