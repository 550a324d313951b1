"""A PostgreSQL server of our own on loopback, and databases in it: started for the tests that ask, stopped by its pid."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.builders.custody import START, FakeAnswers, FakeClock, House
from tests.builders.ports import free_port

from quarantine import database, keys  # isort: skip - Django is configured by the line above
from quarantine.blobs import FileBlobs
from quarantine.claim import claim
from quarantine.service import QuarantineService
from quarantine.settings import use_database

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]
NUMBERS = count(1)


def account() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as the user that its package made."""
    return pwd.getpwnam("postgres").pw_name if os.geteuid() == 0 else None


@dataclass
class Server:
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    extra: list[str] = field(default_factory=list)

    def start(self, *more: str) -> Server:
        self.process = subprocess.Popen(
            [BINARIES[0] / "postgres", "-D", self.folder / "data", "-p", str(self.port), "-h", "127.0.0.1", "-k", "", *more],
            user=account(), stdout=subprocess.DEVNULL, stderr=open(self.folder / "log", "ab"), cwd="/")
        end = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=2).close()
                return self
            except psycopg.OperationalError:
                assert self.process.poll() is None and time.monotonic() < end, (self.folder / "log").read_text()[-2000:]
                time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT: connections are cut, data is written. SIGQUIT: as a crash."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(30)

    def url(self, name: str, more: str = "") -> str:
        return f"postgresql://sekisho@127.0.0.1:{self.port}/{name}{more}"

    def run(self, sql: str, name: str = "postgres") -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            found = connection.execute(sql)
            return found.fetchall() if found.description else []

    def new_database(self, options: str = "ENCODING 'UTF8'") -> str:
        name = f"custody{next(NUMBERS)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE template0 {options}")
        return name


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    assert BINARIES, "these tests need Debian's package postgresql (deploy/install ci)"
    folder = Path(tempfile.mkdtemp(prefix="sekisho-postgresql-"))
    try:
        if account():
            shutil.chown(folder, account())
        subprocess.run([BINARIES[0] / "initdb", "-D", folder / "data", "-U", "sekisho", "--auth=trust", "--encoding=UTF8", "--locale=C"],
                       user=account(), check=True, capture_output=True, cwd="/")
        running = Server(folder, free_port()).start()
        try:
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def server_house(server: Server, tmp_path: Path, unblocked: None) -> Iterator[House]:
    """Custody in a database of its own on the server, with the claim on it."""
    if server.process is None or server.process.poll() is not None:
        server.start()
    use_database(server.url(server.new_database()))
    database.open_database(START)
    clock, answers = FakeClock(), FakeAnswers()
    ring = keys.create_key_file(tmp_path / "quarantine.key", START)
    service = QuarantineService(ring, FileBlobs(tmp_path / "blobs", reserve=0), clock, answers=answers, claim=claim())
    yield House(tmp_path, service, clock, answers)
    service.claim.release()
    use_database("sqlite:////nonexistent/nowhere.db")
