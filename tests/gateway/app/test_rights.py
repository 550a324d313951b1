import os
import subprocess
import sys

import pytest

from gateway.app.rights import Taken, drop_to_owner, lock, lock_file, running
from gateway.model.errors import SekishoError


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "run").mkdir()
    return tmp_path


def test_one_gateway_in_a_state_directory(folder):
    held = lock(folder)
    with pytest.raises(Taken, match=f"another gateway runs here .pid {os.getpid()}.; stop it first") as refused:
        lock(folder)
    assert not refused.value.command and isinstance(refused.value, SekishoError)
    os.close(held)
    os.close(lock(folder))


def test_only_a_gateway_that_holds_the_lock_runs(folder):
    assert running(folder) is None                       # never started
    held = lock(folder)
    assert running(folder) == os.getpid()
    os.close(held)
    assert lock_file(folder).read_text() == f"{os.getpid()}\n" and running(folder) is None      # its number is left behind
    held = lock(folder, command=True)
    assert running(folder) is None                       # a command is no gateway: a signal would end it
    os.close(held)


def test_the_lock_ends_with_the_process_however_it_ends(folder):
    code = f"import os, pathlib; from gateway.app.rights import lock; lock(pathlib.Path({str(folder)!r})); os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == -9
    os.close(lock(folder))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another")
def test_root_becomes_the_owner_and_its_files_are_the_owners(folder):
    for path in (folder, folder / "run"):
        os.chown(path, 65534, 65534)
    os.chmod(folder.parent, 0o755)
    child = os.fork()
    if child == 0:
        drop_to_owner(folder)
        ids = (os.getresuid(), os.getresgid(), os.getgroups())
        os._exit(0 if ids == ((65534,) * 3, (65534,) * 3, []) else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_nobody_else_becomes_anybody(folder, monkeypatch):
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("os.setuid", lambda uid: pytest.fail("tried"))
    drop_to_owner(folder)
