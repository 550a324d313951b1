"""A whole gateway as its own processes, with a mailbox behind it: what the end-to-end tests are written with."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from gateway.cli.mailbox import Mailbox
from tests.builders.ports import free_port

SEKISHO = [sys.executable, "-P", "-m", "gateway.cli.main"]
READY_WITHIN = 60.0                      # generous: two busy cores; the goal on an idle machine is 5 s

CONFIG = """
[gateway]
hostname = "mx.bank.example"
our_domains = ["bank.example"]
languages = ["zh-Hant", "ja", "en"]
timezone = "Asia/Taipei"
state_dir = "{state}"
processes = {processes}
console = "{console}"
ops = "127.0.0.1:{ops}"

[[listener]]
name = "inbound"
address = "127.0.0.1:{inbound}"
direction = "inbound"
next_hop = ["127.0.0.1:{mailbox}"]
clients = ["127.0.0.0/8"]
owner = "postmaster@bank.example"
{inbound_extra}

[[listener]]
name = "outbound"
address = "127.0.0.1:{outbound}"
direction = "outbound"
next_hop = ["127.0.0.1:{mailbox}"]
clients = ["127.0.0.0/8"]
owner = "postmaster@bank.example"

[notices]
from = "mail-guard@bank.example"
{extra}
"""


class Gateway:
    """`sekisho serve` in a folder of its own. Stop it by the pid it was started with, never by name."""

    def __init__(self, folder: Path, *, processes: int = 1, console: bool = False, extra: str = "", inbound_extra: str = "",
                 mailbox: Mailbox | None = None) -> None:
        self.folder = folder
        self.mailbox = mailbox
        self.inbound, self.outbound, self.ops = free_port(), free_port(), free_port()
        self.console = free_port() if console else 0
        self.config = folder / "sekisho.toml"
        self.state = folder / "state"
        self.config.write_text(CONFIG.format(
            state=self.state, processes=processes, console=f"127.0.0.1:{self.console}" if console else "", ops=self.ops,
            inbound=self.inbound, outbound=self.outbound, mailbox=mailbox.port if mailbox else free_port(), extra=extra,
            inbound_extra=inbound_extra))
        self.events: list[dict] = []
        self.process: subprocess.Popen[str] | None = None
        self._news = threading.Condition()

    def start(self) -> Gateway:
        self.process = subprocess.Popen([*SEKISHO, "--config", str(self.config), "serve"], stdout=subprocess.PIPE,
                                        stderr=open(self.folder / "stderr.log", "ab"), text=True, cwd="/")
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()
        assert self.wait_event("ready", READY_WITHIN), self.errors()
        return self

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        for line in process.stdout:
            with self._news:
                self.events.append(json.loads(line))
                self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def wait_event(self, name: str, seconds: float = 60.0, **fields: object) -> dict | None:
        def found() -> dict | None:
            return next((e for e in self.events if e["event"] == name and all(e.get(k) == v for k, v in fields.items())), None)

        with self._news:
            self._news.wait_for(lambda: found() is not None or (self.process and self.process.poll() is not None), seconds)
            return found()

    def errors(self) -> str:
        path = self.folder / "stderr.log"
        return (path.read_text() if path.exists() else "")[-4000:] + "\n" + "\n".join(map(str, self.events[-15:]))

    def stop(self, seconds: float = 40.0) -> int:
        if self.process is None or self.process.poll() is not None:
            return self.process.returncode if self.process else 0
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def run(self, *arguments: str, check: bool = True, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run([*SEKISHO, "--config", str(self.config), *arguments], capture_output=True, input=stdin,
                              timeout=90, cwd="/", env={**os.environ, "LC_ALL": "C.UTF-8"})
        if check and done.returncode != 0:
            raise AssertionError(f"sekisho {' '.join(arguments)}: {done.returncode}\n{done.stderr.decode()}\n{self.errors()}")
        return done

    def json(self, *arguments: str, check: bool = True) -> list[dict]:
        return [json.loads(line) for line in self.run(*arguments, "--json", check=check).stdout.splitlines()]

    def send(self, port: int, sender: str, recipients: list[str], content: bytes) -> tuple[int, str]:
        """The reply to the final dot (or to what refused before it)."""
        with smtplib.SMTP("127.0.0.1", port, timeout=60, local_hostname="client.example") as client:
            client.ehlo()
            try:
                client.sendmail(sender, recipients, content, ["BODY=8BITMIME"])
            except smtplib.SMTPResponseException as refusal:
                return refusal.smtp_code, str(refusal.smtp_error)
            except smtplib.SMTPRecipientsRefused as refusal:
                code, text = next(iter(refusal.recipients.values()))
                return code, str(text)
            return 250, ""

    def held(self, **fields: str) -> list[dict]:
        return [m for m in self.json("quarantine", "list") if all(m[k] == v for k, v in fields.items())]

    def wait_status(self, id: str, status: str, seconds: float = 60.0) -> dict:
        end = time.monotonic() + seconds
        while True:
            row = next(m for m in self.json("quarantine", "list") if m["id"] == id)
            if row["status"] == status or time.monotonic() > end:
                return row
            time.sleep(0.3)


@contextlib.contextmanager
def gateway(folder: Path, **options: object) -> Iterator[Gateway]:
    mailbox = Mailbox().start()
    house = Gateway(folder, mailbox=mailbox, **options)  # type: ignore[arg-type]
    try:
        yield house.start()
    finally:
        house.stop()
        mailbox.stop()
