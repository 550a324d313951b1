"""The command as an administrator runs it, in this process: a state directory that `init` made, status, output, errors."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.db import connections

from gateway.app.custody import open_service
from gateway.cli.main import main
from gateway.config import load
from gateway.model.custody import Admission
from gateway.ops.clock import SystemClock
from quarantine.settings import use_database
from tests.builders.custody import admission, memory, octets

CONFIG = """[gateway]
hostname = "mx.bank.example"
our_domains = ["bank.example"]
state_dir = "{folder}/state"
console = ""
ops = ""

[[listener]]
name = "inbound"
address = "127.0.0.1:{port}"
direction = "inbound"
next_hop = ["127.0.0.1:{hop}"]

[quarantine]
min_free = "1MiB"
"""


@dataclass(frozen=True)
class Ran:
    status: int
    octets: bytes
    errors: str

    @property
    def out(self) -> str:
        return self.octets.decode()

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def complaint(self) -> str:
        """The one line of an operating error."""
        assert self.status == 2 and self.errors.count("\n") == 1 and self.errors.startswith("sekisho: "), self
        assert "Traceback" not in self.errors and "internal fault" not in self.errors, self.errors
        return self.errors.removeprefix("sekisho: ").rstrip("\n")


def run(*arguments: str | Path, stdin: bytes = b"") -> Ran:
    """`sekisho ARGUMENTS` through the real entry, with streams of its own."""
    streams = {name: io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for name in ("stdout", "stderr")}
    given = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    with mock.patch.multiple(sys, argv=["sekisho", *map(str, arguments)], stdin=given, **streams), pytest.raises(SystemExit) as ended:
        main()
    out, errors = (streams[name].buffer.getvalue() for name in ("stdout", "stderr"))
    return Ran(int(ended.value.code or 0), out, errors.decode())


def into_full(*arguments: str | Path) -> Ran:
    """The same as a process of its own, whose output meets a full disk."""
    with open("/dev/full", "wb") as full:
        done = subprocess.run([sys.executable, "-P", "-m", "gateway.cli.main", *map(str, arguments)], stdout=full,
                              stderr=subprocess.PIPE, text=True, timeout=60)
    return Ran(done.returncode, b"", done.stderr)


@dataclass(frozen=True)
class State:
    """A folder with configuration and state directory."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "sekisho.toml"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    def run(self, *arguments: str | Path, stdin: bytes = b"") -> Ran:
        return run("--config", self.config, *arguments, stdin=stdin)

    def hold(self, make: Callable[..., Admission] = admission, data: bytes | None = None, **changes: Any) -> str:
        """One message into custody, as the edge would put it there."""
        content = octets() if data is None else data
        service = open_service(load(self.config), SystemClock())
        fd = memory(content)
        try:
            return service.admit_now(make(content, **changes), fd).id
        finally:
            os.close(fd)


def write_config(folder: Path, port: int = 10025, hop: int = 9, more: str = "") -> None:
    (folder / "sekisho.toml").write_text(CONFIG.format(folder=folder, port=port, hop=hop) + more)


@pytest.fixture(scope="session")
def initialised(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Path:
    folder = tmp_path_factory.mktemp("initialised")
    write_config(folder)
    with django_db_blocker.unblock():
        made = run("--config", folder / "sekisho.toml", "init")
        connections.close_all()
    assert made.status == 0, made
    return folder


@pytest.fixture
def state(tmp_path: Path, initialised: Path, django_db_blocker: Any) -> Iterator[State]:
    """A state directory of its own for every test, as `init` leaves it."""
    shutil.copytree(initialised / "state", tmp_path / "state")
    write_config(tmp_path)
    with django_db_blocker.unblock():
        yield State(tmp_path)
        use_database("sqlite:////nonexistent/nowhere.db")
