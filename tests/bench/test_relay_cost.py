"""What passing a message on costs with the inspection off, beside Postfix's smtpd_proxy_filter in the same run: milliseconds
of CPU a message over all processes of each, rounds taken in turn, printed, nothing asserted about time.

    pytest -m slow -n0 -s tests/bench/test_relay_cost.py
"""

from __future__ import annotations

import os
import signal
import smtplib
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.cli.mailbox import Mailbox
from tests.builders.ports import free_port
from tests.e2e.postfix import Postfix

ROUNDS = 5
CONNECTIONS = 4
SIZES = ((2_000, 200), (20_000, 200), (200_000, 60), (5_000_000, 8))      # octets of a message, messages in a round
HERTZ = os.sysconf("SC_CLK_TCK")


def processor_seconds(root: int) -> float:
    """User and system time of a process, its children that live, and those that it buried."""
    times: dict[int, tuple[int, int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            times[int(entry.name)] = int(fields[1]), sum(map(int, fields[11:15]))
    family = {root}
    while grown := {pid for pid, (parent, _) in times.items() if parent in family} - family:
        family |= grown
    return sum(times[pid][1] for pid in family if pid in times) / HERTZ


def send(port: int, size: int, number: int) -> None:
    line = b"the quick brown fox jumps over the lazy dog, once and then once more\r\n"
    mail = b"From: a@out.example\r\nTo: b@bank.example\r\nSubject: x\r\n\r\n" + line * (size // len(line))

    def one_connection(share: int) -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=120) as client:
            for _ in range(share):
                client.sendmail("a@out.example", ["b@bank.example"], mail)

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for future in [pool.submit(one_connection, number // CONNECTIONS) for _ in range(CONNECTIONS)]:
            future.result()


@pytest.fixture
def peers(tmp_path: Path) -> Iterator[dict[str, tuple[int, int]]]:
    """Name -> (port, process id), both before one mailbox."""
    box, ours, theirs = Mailbox().start(), free_port(), free_port()
    edge = subprocess.Popen([sys.executable, "-m", "tests.builders.edge", "--listen", f"127.0.0.1:{ours}",
                             "--next-hop", f"127.0.0.1:{box.port}", "--directory", str(tmp_path)])
    postfix = Postfix(f"127.0.0.1:{theirs} inet n - n - 20 smtpd -o smtpd_proxy_filter=127.0.0.1:{box.port}\n",
                      "[127.0.0.1]:9").start(theirs)
    try:
        deadline = time.monotonic() + 30
        while socket.socket().connect_ex(("127.0.0.1", ours)) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert postfix.process is not None
        yield {"sekisho": (ours, edge.pid), "postfix": (theirs, postfix.process.pid)}
    finally:
        edge.send_signal(signal.SIGTERM)
        edge.wait(30)
        postfix.stop()
        box.stop()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_passing_on(peers: dict[str, tuple[int, int]], capsys: pytest.CaptureFixture[str]) -> None:
    for port, _ in peers.values():
        send(port, 2_000, CONNECTIONS)                                    # whatever is loaded on first use
    for size, number in SIZES:
        costs: dict[str, list[float]] = {name: [] for name in peers}
        for _ in range(ROUNDS):
            for name, (port, pid) in peers.items():
                before = processor_seconds(pid)
                send(port, size, number)
                costs[name].append((processor_seconds(pid) - before) * 1000 / number)
        medians = {name: statistics.median(found) for name, found in costs.items()}
        with capsys.disabled():
            print(f"\n{size:9,} octets: " + ", ".join(f"{name} {cost:.2f} ms" for name, cost in medians.items())
                  + f", ratio {medians['sekisho'] / max(medians['postfix'], 0.01):.2f}")
