"""Nothing acknowledged is lost, altered or refused for a fault of ours, whatever is done to the processes and the disk.

The audit (a stranger to our code) numbers messages, does the harm, retries as a real server does, and accounts for each one.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.harness import SEKISHO, Gateway, free_port

AUDIT = Path(__file__).parents[3] / "shared" / "tools" / "ack_audit.py"
# Messages of the short and the long form, and the blows that must fall meanwhile. On a quick machine the mail is gone too soon:
# then the audit is done again with more of it.
SHORT, HARMS = (100, 400, 1600), 4
LONG_FORM, LONG_HARMS = (500, 2000, 8000), 20


def brisk(seconds: float) -> list[str]:
    return ["--workers", "1", "--every", str(seconds)]


FAULTS = {                               # fault -> further arguments of the short audit
    "none": [], "kill9": brisk(0.3), "kill9-child": [*brisk(0.6), "--size", "60000"], "term": brisk(0.3), "stop": brisk(0.12), "sink-down": brisk(0.12),
    "sink-flap": brisk(0.15), "fsize": [], "nofile": [], "mem": [], "disk-full": [*brisk(0.12), "--size", "60000"],
}
# Of the long audits. A start takes seconds: blows that end processes fall less often, or no mail would ever pass between two of them.
LONG = {fault: ["--workers", "2", "--every", "1" if "kill9" in fault or fault == "term" else "0.15"] for fault in FAULTS}
LONG["disk-full"] += ["--size", "60000"]     # small mail is through before the disk was full twenty times
STATES = ("none", "fsize", "nofile", "mem")  # a limit in force all the time, not a blow

pytestmark = pytest.mark.skipif(not AUDIT.exists(), reason="the audit tool lies beside the checkout, and is not there")


@pytest.fixture
def small_disk(tmp_path: Path):
    """A file system of 24 MiB, so that filling it is quick and harms nobody else."""
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=0755", "tmpfs", str(disk)], check=True)
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def audit(folder: Path, fault: str, messages: int, more: list[str]) -> dict:
    house = Gateway(folder)
    sink = free_port()
    text = house.config.read_text()
    house.config.write_text(text.replace(text.split('next_hop = ["')[1].split('"')[0], f"127.0.0.1:{sink}"))
    command = " ".join([*SEKISHO, "--config", str(house.config)])
    listing = f"""{command} quarantine list --json | {sys.executable} -c '
import json, sys
for line in sys.stdin: print(json.loads(line)["header_message_id"])'"""
    out = folder / "audit.json"
    try:
        done = subprocess.run(
            [sys.executable, str(AUDIT), "--target", f"127.0.0.1:{house.inbound}", "--sink", f"127.0.0.1:{sink}", "--fault", fault,
             "--messages", str(messages), "--rcpt-domain", "bank.example", "--cmd", f"exec {command} serve >>{folder}/out.log 2>&1",
             "--quarantine-cmd", listing, "--settle", "20", "--json", str(out), *more],
            capture_output=True, text=True, timeout=220 if messages in SHORT else 900, cwd="/")
    finally:
        end(house)                           # an audit that was cut off leaves its gateway running
    assert out.exists(), done.stdout[-2000:] + done.stderr[-2000:]
    return json.loads(out.read_text())


def end(house: Gateway) -> None:
    """Kills what may be left of this very gateway: the processes that were started with its configuration."""
    for folder in Path("/proc").glob("[0-9]*"):
        words = command_line(folder.name)
        if "gateway.cli.main" in words and f"{house.config} serve" in words:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(folder.name), signal.SIGKILL)


def command_line(pid: str) -> str:
    try:
        return Path("/proc", pid, "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def judge(result: dict, fault: str, harms: int) -> None:
    assert result["lost"] == result["altered"] == result["refused_5xx"] == 0, result
    assert result["acked"] == result["messages"], result
    assert result["duplicates"] <= result["faults"], result     # RFC 1047: at most one a blow
    assert fault in STATES or result["faults"] >= harms, result


def battered(folder: Path, fault: str, more: list[str], form: tuple[int, ...] = SHORT, harms: int = HARMS) -> None:
    for messages in form:
        (folder / str(messages)).mkdir()
        result = audit(folder / str(messages), fault, messages, more)
        if fault in STATES or result["faults"] >= harms:
            break
    judge(result, fault, harms)


BLOWS = [f for f in FAULTS if f != "disk-full"]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system needs root")


@pytest.mark.timeout(480)
@pytest.mark.parametrize("fault", BLOWS)
def test_short_audit(tmp_path: Path, fault: str):
    battered(tmp_path, fault, FAULTS[fault])


@pytest.mark.timeout(240)
@needs_root
def test_short_audit_with_a_full_disk(small_disk: Path):
    battered(small_disk, "disk-full", [*FAULTS["disk-full"], "--disk", str(small_disk)])


@pytest.mark.soak
@pytest.mark.timeout(2000)
@pytest.mark.parametrize("fault", BLOWS)
def test_long_audit(tmp_path: Path, fault: str):
    battered(tmp_path, fault, LONG[fault], LONG_FORM, LONG_HARMS)


@pytest.mark.soak
@pytest.mark.timeout(2000)
@needs_root
def test_long_audit_with_a_full_disk(small_disk: Path):
    battered(small_disk, "disk-full", [*LONG["disk-full"], "--disk", str(small_disk)], LONG_FORM, LONG_HARMS)
