"""`sekisho demo`: a gateway with a mailbox behind it on loopback, sample mails through real SMTP, and what became of each."""

from __future__ import annotations

import json
import re
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from gateway.cli.common import json_option, pad, printable, put_done
from gateway.cli.mailbox import Mailbox, Received
from gateway.cli.samples import OUR, Sample, samples
from gateway.model.errors import SekishoError
from gateway.ops.clock import SystemClock

CLOCK = SystemClock()
READY, ARRIVAL = 90.0, 30.0              # seconds for the start, and for a mail that is on its way
HANDED = re.compile(r"(https?://\S+/m/\S+)|^[- \t]*([0-9]{4} ?[0-9]{4})[ \t\r]*$", re.MULTILINE)     # a link to a page, a code
CONFIG = """# The demo's configuration: everything on loopback, nothing outside this folder.
[gateway]
hostname = "mx.{our}"
our_domains = ["{our}"]
languages = ["zh-Hant", "ja", "en"]
timezone = "Asia/Taipei"
state_dir = "{folder}/state"
processes = 1
console = "127.0.0.1:{console}"
ops = "127.0.0.1:{ops}"

[[listener]]
name = "inbound"
address = "127.0.0.1:{inbound}"
direction = "inbound"
next_hop = ["127.0.0.1:{mailbox}"]

[[listener]]
name = "outbound"
address = "127.0.0.1:{outbound}"
direction = "outbound"
next_hop = ["127.0.0.1:{mailbox}"]

[quarantine]
min_free = "16MiB"

[notices]
from = "mail-guard@{our}"
contact = "ext. 1234"
"""


class Demo:
    """One gateway in a folder of its own."""

    def __init__(self, folder: Path, mailbox: Mailbox, as_json: bool = False) -> None:
        self.folder = folder
        self.mailbox = mailbox
        self.as_json = as_json
        self.ports = dict(zip(("inbound", "outbound", "console", "ops"), free_ports(4), strict=True))
        self.config = folder / "sekisho.toml"
        self.config.write_text(CONFIG.format(folder=folder, our=OUR, mailbox=mailbox.port, **self.ports))
        self.process: subprocess.Popen[str] | None = None

    def tell(self, text: str, **facts: Any) -> None:
        """A line for people; for programs only what has facts."""
        if facts or not self.as_json:
            put_done(self.as_json, text, **facts)

    def run(self, *arguments: str) -> str:
        done = subprocess.run([sys.executable, "-P", "-m", "gateway.cli.main", "--config", str(self.config), *arguments],
                              capture_output=True, text=True, check=False, timeout=120)
        if done.returncode == 2 or (done.returncode and not done.stdout):
            raise SekishoError(f"{arguments[0]}: {done.stderr.strip()}")
        return done.stdout

    def rows(self, *arguments: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run(*arguments, "--json").splitlines()]

    def start(self) -> None:
        log = (self.folder / "gateway.log").open("ab")
        self.process = subprocess.Popen([sys.executable, "-P", "-m", "gateway.cli.main", "--config", str(self.config), "serve"],
                                        stdout=subprocess.PIPE, stderr=log, text=True)
        log.close()
        deadline = CLOCK.monotonic() + READY
        assert self.process.stdout is not None
        for line in self.process.stdout:
            (self.folder / "events.jsonl").open("a").write(line)
            if json.loads(line)["event"] == "ready":
                return
            if CLOCK.monotonic() > deadline:
                break
        raise SekishoError(f"the demo's gateway did not become ready; see {self.folder}/gateway.log")

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.communicate(timeout=60)

    def send(self, sample: Sample) -> str:
        with smtplib.SMTP("127.0.0.1", self.ports[sample.direction], timeout=60, local_hostname="client.example") as client:
            client.ehlo()
            client.mail(sample.sender, ["BODY=8BITMIME"])
            for recipient in sample.recipients:
                client.rcpt(recipient)
            code, text = client.data(sample.content)
            return f"{code} {text.decode()}"


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@contextmanager
def running(as_json: bool) -> Iterator[Demo]:
    with tempfile.TemporaryDirectory(prefix="sekisho-demo-") as folder:
        mailbox = Mailbox().start()
        demo = Demo(Path(folder), mailbox, as_json)
        try:
            yield demo
        finally:
            demo.stop()
            mailbox.stop()


@click.command()
@click.option("--once", is_flag=True, help="End by itself; status 0 where every mail had the outcome it must have.")
@click.option("--mails", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
              help="Only write the sample mails there as .eml files, to try other commands with.")
@json_option
def demo(once: bool, mails: Path | None, as_json: bool) -> int:
    """Show what the gateway does, with sample mails on this machine alone."""
    if mails is not None:
        write_samples(mails, as_json)
        return 0
    with running(as_json) as house:
        password = first_login(house)
        house.tell("starting a gateway with a mailbox behind it …")
        house.start()
        good = show_outcomes(house) & show_notices(house) & show_release(house)
        address = f"http://127.0.0.1:{house.ports['console']}"
        house.tell(f"\nconsole   {address}   user admin   one-time password {password}",
                   console=address, user="admin", password=password, config=str(house.config), good=good)
        if once:
            house.tell("all as it must be" if good else "SOMETHING IS NOT AS IT MUST BE")
            return int(not good)
        house.tell(f"SMTP      inbound 127.0.0.1:{house.ports['inbound']}   outbound 127.0.0.1:{house.ports['outbound']}")
        house.tell(f"commands  sekisho --config {house.config} quarantine list")
        house.tell("mail that comes into the mailbox is shown here; Ctrl-C ends the demo and removes everything")
        threading.Thread(target=follow, args=(house,), daemon=True).start()
        wait(house)
    return 0


def write_samples(folder: Path, as_json: bool = False) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for sample in samples():
            path = folder / f"{sample.name}.eml"
            path.write_bytes(sample.content)
            put_done(as_json, f"{path}: {sample.title}", path=str(path), title=sample.title, direction=sample.direction)
    except OSError as failure:
        raise SekishoError(f"{folder}: the sample mails cannot be written: {failure.strerror}") from failure


def first_login(house: Demo) -> str:
    """Sets the state up and returns the first administrator's password; adds the two people of the release."""
    said = house.run("init")
    house.run("user", "add", "wang", "--role", "sender,recipient", "--mailbox", f"wang@{OUR}")
    house.run("user", "add", "lin", "--role", "supervisor")
    return said.partition("shown this once: ")[2].split("\n")[0]


def show_outcomes(house: Demo) -> bool:
    good = True
    house.tell("")
    for sample in samples():
        answer = house.send(sample)
        marker = message_id(sample)
        arrived = house.mailbox.wait_for(marker, ARRIVAL if sample.expected == "delivered" else 0.2)
        held = next((m for m in house.rows("quarantine", "list") if m["header_message_id"].startswith(f"<{sample.name}@")), None)
        outcome = "delivered" if arrived else "held" if held else "LOST"
        right = outcome == sample.expected and (not arrived or arrived.content.endswith(sample.content))
        good &= right
        shown = click.style(f"{outcome:10}", fg="green" if right else "red", bold=True)
        house.tell(f"{pad(sample.title, 48)}{sample.direction:9} {shown}{answer[:3]}", mail=sample.title,
                   direction=sample.direction, outcome=outcome, reply=answer, rule=held["reason"] if held else "", good=right)
        if held:
            house.tell(f"    rule {held['reason']}: {why(house, held['id'])}")
        elif arrived:
            house.tell("    octet for octet, with our header lines on top")
    return good


def message_id(sample: Sample) -> bytes:
    """By which a sample is known when it arrives; notices only refer to it."""
    return f"Message-ID: <{sample.name}@".encode()


def why(house: Demo, id: str) -> str:
    inspection = house.rows("quarantine", "show", id)[0]["inspection"]
    seen = [f"{f['code']} in {f['artifact']}" for f in sorted(inspection["findings"], key=severity, reverse=True)]
    seen = [f"{i['code']} {i['artifact']}" for i in inspection["incidents"]] + seen
    persons = f"{inspection['persons']} persons; " if inspection["persons"] else ""
    return printable(persons + "; ".join(seen[:2]))


def severity(finding: dict[str, Any]) -> int:
    return ("low", "medium", "high", "critical").index(finding["severity"])


def show_notices(house: Demo) -> bool:
    """Who was told, in which words: the subject lines of what arrived with a null sender."""
    house.mailbox.wait_for(b"Auto-Submitted: auto-generated", ARRIVAL)
    deadline = CLOCK.monotonic() + ARRIVAL
    wanted = sum(s.expected == "held" for s in samples())
    while len(told := [m for m in house.mailbox.received if not m.reverse_path]) < wanted and CLOCK.monotonic() < deadline:
        time.sleep(0.2)
    house.tell("")
    for mail in told:
        house.tell(f"notice to {letter(mail)}", notice=letter(mail).partition("\n")[0])
    return len(told) >= wanted and all(r.endswith(f"@{OUR}") for m in told for r in m.recipients)


def letter(mail: Received) -> str:
    """Whom a mail of the gateway is for and what it is called; below it the link it brings, or the code."""
    from email import message_from_bytes
    from email.policy import default

    message = message_from_bytes(mail.content, policy=default)
    body = message.get_body(("plain",))
    found = HANDED.search(body.get_content()) if body is not None else None
    return printable(f"{mail.recipients[0]}: {message['Subject']}") + (f"\n    {found[1] or found[2]}" if found else "")


def follow(house: Demo) -> None:
    """Every mail that comes into the mailbox from now on, as it comes: answers, codes, what was released."""
    shown = len(house.mailbox.received)
    while True:
        for mail in house.mailbox.after(shown):
            house.tell(f"mail to {letter(mail)}", mail=letter(mail).partition("\n")[0])
            shown += 1


def show_release(house: Demo) -> bool:
    """The sender asks, the supervisor approves, and the partner gets the very octets."""
    sample = next(s for s in samples() if s.name == "demo-customers")
    held = next((m for m in house.rows("quarantine", "list") if m["header_message_id"].startswith(f"<{sample.name}@")), None)
    house.tell("")
    if held is None:
        return False
    house.run("quarantine", "request", held["id"], "--as", "wang", "--reason", "contract 12 asks for it")
    house.tell("wang asks for a release of the customer list; lin, the supervisor, approves")
    house.run("quarantine", "approve", held["id"], "--as", "lin", "--reason", "contract 12")
    arrived = house.mailbox.wait_for(message_id(sample), ARRIVAL)
    good = arrived is not None and arrived.content.endswith(sample.content) and arrived.recipients == sample.recipients
    text = "released: the partner has the original, octet for octet" if good else "THE RELEASE DID NOT ARRIVE AS IT WAS SENT"
    house.tell(click.style(text, fg="green" if good else "red", bold=True), released=held["id"], good=good)
    return good


def wait(house: Demo) -> None:
    """Until Ctrl-C; events go to a file meanwhile, so that the pipe never fills."""
    assert house.process is not None and house.process.stdout is not None
    try:
        with (house.folder / "events.jsonl").open("a") as log:
            for line in house.process.stdout:
                log.write(line)
                log.flush()
    except KeyboardInterrupt:
        click.echo()
