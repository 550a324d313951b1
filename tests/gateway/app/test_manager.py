import asyncio
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from gateway.app.manager import notify, pulse


@pytest.fixture
def manager(tmp_path, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "s"))
        listening.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "s"))
        yield listening


def test_the_manager_is_told(manager):
    notify(b"READY=1")
    assert manager.recv(100) == b"READY=1"


def test_an_abstract_address(monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0sekisho-test-manager")
        listening.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", "@sekisho-test-manager")
        notify(b"STOPPING=1")
        assert listening.recv(100) == b"STOPPING=1"


@pytest.mark.parametrize("address", [None, "", "/nonexistent/socket"])
def test_without_one_that_listens_nothing_happens(monkeypatch, address):
    if address is None:
        monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    else:
        monkeypatch.setenv("NOTIFY_SOCKET", address)
    notify(b"READY=1")


async def test_twice_in_an_interval(manager, monkeypatch):
    monkeypatch.setenv("WATCHDOG_USEC", "100000")
    waited, sleep = [], asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: waited.append(seconds) or sleep(0))
    beating = asyncio.create_task(pulse())
    while len(waited) < 3:
        await sleep(0)
    beating.cancel()
    assert [manager.recv(100) for _ in range(3)] == [b"WATCHDOG=1"] * 3 and set(waited) == {0.05}


@pytest.mark.parametrize("interval", [None, "", "0", "soon", "-5"])
async def test_no_interval_no_pulse(monkeypatch, interval):
    if interval is None:
        monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    else:
        monkeypatch.setenv("WATCHDOG_USEC", interval)
    await asyncio.wait_for(pulse(), 60)


UNIT = Path(__file__).parents[3] / "deploy" / "systemd" / "sekisho.service"


def settings(text):
    found = {}
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found[name] = f"{found.get(name, '')} {value}".strip()
    return found


def test_the_unit_lets_the_cell_lock_itself_in():
    """Its filter once took two layers away from the service, for want of a group that Debian 12's systemd (252) knows."""
    unit = settings(UNIT.read_text(encoding="utf-8"))
    calls = unit["SystemCallFilter"].split()
    # unshare, prctl; mount, pivot_root, umount2
    assert [c for c in calls if c.startswith(("@", "~"))] == ["@system-service", "@mount", "~@resources"]
    assert {*calls} >= {"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"}
    assert set(unit["RestrictNamespaces"].split()) >= {"user", "net", "ipc", "mnt", "pid"}


def test_low_ports_are_a_matter_of_their_own():
    """Their right does not reach beyond a user namespace, so both change together."""
    unit, more = settings(UNIT.read_text()), settings(UNIT.with_name("low-ports.conf").read_text())
    assert (unit["CapabilityBoundingSet"], unit["PrivateUsers"]) == ("", "yes") and "AmbientCapabilities" not in unit
    assert more == {"AmbientCapabilities": "CAP_NET_BIND_SERVICE", "CapabilityBoundingSet": "CAP_NET_BIND_SERVICE", "PrivateUsers": "no"}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_what_the_unit_leaves_open():
    """By systemd's own count, where 10 is a service without any protection; what remains the cell needs for its own layers."""
    done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", str(UNIT)],
                          capture_output=True, text=True, check=False)
    if "offline" in done.stderr:
        pytest.skip("this one is too old to read a file")
    assert done.returncode == 0, done.stdout
