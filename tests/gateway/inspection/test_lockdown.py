"""The layers, each asserted in a process that wears them: as root's zygote, and as a plain user's."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from gateway.inspection import libc, lockdown
from gateway.inspection.launch import CellError
from gateway.inspection.lockdown import LAYERS, Layer, Lockdown, User, drop_target
from tests.builders.zygotes import start_zygote
from tests.gateway.inspection.conftest import CLOCK, Cell, evidence, judge, settings


def in_process(action) -> dict:
    """What `action` returned in a forked process."""
    ready, told = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            answer = {"value": action()}
        except BaseException as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        os.write(told, json.dumps(answer).encode())
        os._exit(0)
    os.close(told)
    with os.fdopen(ready, "rb") as file:
        heard = file.read()
    status = os.waitpid(pid, 0)[1]
    return json.loads(heard) if heard else {"died": os.waitstatus_to_exitcode(status)}


def plain_user() -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)
        libc.prctl(libc.PR_SET_DUMPABLE, 1)


def refused(action) -> bool:
    try:
        action()
    except (OSError, ValueError):
        return True
    return False


def test_every_layer_of_a_plain_user() -> None:
    def wear() -> list:
        plain_user()
        down = Lockdown(None, "plain")
        down.namespaces()
        down.rest()
        return [(layer.name, layer.holds, layer.detail) for layer in down.layers]

    layers = in_process(wear)["value"]
    assert [name for name, _, _ in layers] == list(LAYERS)
    assert all(holds for _, holds, _ in layers), layers


def test_every_layer_of_the_zygotes(cell: Cell) -> None:
    for zygote in cell.zygotes.values():
        assert [layer.name for layer in zygote.layers] == list(LAYERS)
        assert all(layer.holds for layer in zygote.layers), zygote.layers


@pytest.mark.parametrize("act", ["open key", "open source", "open write", "list", "environ", "fork", "thread", "kill parent",
                                 "kill everyone", "late import", "unlimit", "clone3", "landlock"])
async def test_a_child_is_refused(cell: Cell, act: str) -> None:
    pool = cell.pool(1)
    assert evidence(await judge(pool, b"act:" + act.encode())).startswith("refused")
    await pool.close()


async def test_what_the_kernel_says_of_a_child(cell: Cell) -> None:
    pool = cell.pool(1)
    said = eval(evidence(await judge(pool, b"layers")))
    assert said["user"] != 0
    assert said["nprocs"] == (0, 0) and said["core"] == (0, 0) and said["files"] == lockdown.OPEN_FILES
    info = dict(line.split(":\t") for line in Path(f"/proc/self/fdinfo/{pool.idle[0].pidfd}").read_text().splitlines())
    status = dict(line.split(":", 1) for line in Path(f"/proc/{info['Pid']}/status").read_text().splitlines())
    assert status["NoNewPrivs"].strip() == "1"
    assert status["Seccomp"].strip() == "2" and status["Seccomp_filters"].strip() == "2"
    assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0
    assert int(status["NSpid"].split()[-1]) == said["pid"] < 1000
    for space in ("net", "ipc", "pid", "mnt"):
        assert os.readlink(f"/proc/{info['Pid']}/ns/{space}") != os.readlink(f"/proc/self/ns/{space}")
    root = f"/proc/{info['Pid']}/root"
    assert os.listdir(root) == []
    assert Path(f"/proc/{info['Pid']}/environ").read_bytes().count(b"=") <= 12
    await pool.close()


def test_nothing_secret_in_arguments_or_environment(cell: Cell) -> None:
    pid = cell.zygotes["plain"].process.pid
    assert Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[1:4] == [b"-P", b"-m", b"gateway.inspection.zygote_start"]
    names = {v.partition(b"=")[0] for v in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0") if v}
    names = {name for name in names if not name.startswith(b"glibc.malloc.")}   # glibc splits its tunables where they stand
    assert names == {b"PATH", b"LANG", b"OPENBLAS_NUM_THREADS", b"OMP_NUM_THREADS", b"PYTHONDONTWRITEBYTECODE", b"MALLOC_ARENA_MAX",
                     b"GLIBC_TUNABLES"}


def test_a_required_layer_that_does_not_hold_stops_it(tmp_path: Path) -> None:
    with pytest.raises(CellError, match="lacks required layers: moat"):
        start_zygote("plain", tmp_path / "z.sock", settings(tmp_path, require=("seccomp", "moat")), CLOCK)


def test_missing_layers_are_named() -> None:
    down = Lockdown(None, "plain")
    down.layers = [Layer("seccomp", True), Layer("landlock", False, "the kernel has no Landlock")]
    assert down.missing(["seccomp", "landlock", "user"]) == ["landlock", "user"]


def test_root_becomes_the_owner_or_nobody(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    mine = tmp_path.stat().st_uid
    assert drop_target(tmp_path) == (User(65534, 65534) if mine == 0 else User(mine, tmp_path.stat().st_gid))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert drop_target(tmp_path) is None
