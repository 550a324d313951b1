"""A real edge on loopback with fake neighbours: what is held is kept in a list, what is inspected is clean unless told otherwise.

Run as a program it serves until it is stopped:

    python -P -m tests.builders.edge --listen 127.0.0.1:2525 --next-hop 127.0.0.1:2600 --processes 2
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime
import ipaddress
import os
import signal
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gateway.edge.server import EdgeServer
from gateway.edge.settings import AdmissionLimits, Hop, ListenerSettings, Networks, NextHopSettings
from gateway.effects.perform import Hands
from gateway.model.action import Action, Hold, Record, Refuse, Relay
from gateway.model.custody import Admission, Admitted
from gateway.model.deadline import Deadline
from gateway.model.decision import Decision, Disposition, Kind
from gateway.model.errors import CustodyUnavailable
from gateway.model.finding import Inspection, Verdict
from gateway.model.reply import Reply
from gateway.model.transaction import Transaction
from gateway.pipeline import Ports, process
from tests.builders.passthrough import Passthrough

LOOPBACK = Networks.of(("127.0.0.0/8", "::1/128"))


class RealClock:
    def now(self) -> datetime.datetime:
        return datetime.datetime.now(datetime.UTC)

    def monotonic(self) -> float:
        return time.monotonic()


class Recorder:
    """Events and Metrics."""

    def __init__(self) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.ended: list[str] = []           # listeners whose series ended

    def emit(self, event: str, /, **fields: Any) -> None:
        self.events.append((event, fields))

    def named(self, event: str) -> list[dict[str, Any]]:
        return [fields for name, fields in self.events if name == event]

    def count(self, name: str, /, amount: float = 1, **labels: str) -> None: ...
    def observe(self, name: str, seconds: float, /, **labels: str) -> None: ...

    def gauge(self, name: str, value: float | None, /, **labels: str) -> None:
        self.ended += [labels["listener"]] if value is None else []


class Silent(Recorder):
    def emit(self, event: str, /, **fields: Any) -> None: ...


class FakeCustody:
    """Keeps what it is given; `broken` makes it unavailable, `order` tells what happened when."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[Admission, bytes]] = {}
        self.confirmed: list[str] = []
        self.dropped: list[str] = []
        self.order: list[str] = []
        self.broken: set[str] = set()

    async def admit(self, admission: Admission, fd: int, deadline: Deadline) -> Admitted:
        if "admit" in self.broken:
            raise CustodyUnavailable("test")
        self.order.append("admit pending" if admission.pending else "admit held")
        for known, (earlier, _) in self.held.items():
            if earlier.retry_key and earlier.retry_key == admission.retry_key:
                return Admitted(known, duplicate=True)
        self.held[admission.id] = (admission, os.pread(fd, admission.size, 0))
        return Admitted(admission.id)

    async def confirm(self, id: str) -> None:
        if "confirm" in self.broken:
            raise CustodyUnavailable("test")
        self.order.append("confirm")
        self.confirmed.append(id)

    async def drop(self, id: str) -> None:
        if "drop" in self.broken:
            raise CustodyUnavailable("test")
        self.order.append("drop")
        self.dropped.append(id)
        self.held.pop(id, None)


class FakeJournal:
    def __init__(self) -> None:
        self.entries: list[Any] = []

    async def record(self, entry: Any) -> None:
        self.entries.append(entry)


def decide(transaction: Transaction, inspection: Inspection, policy: Any, now: datetime.datetime) -> tuple[Decision, ...]:
    """By the recipient's local part: hold*, quarantine*, reject*; everybody else gets the mail."""
    def disposition(local: str) -> Disposition:
        for word in (Disposition.HOLD, Disposition.QUARANTINE, Disposition.REJECT):
            if local.startswith(word.word):
                return word
        return Disposition.DELIVER
    found = []
    for r in transaction.envelope.recipients:
        d = disposition(r.mailbox.local)
        found.append(Decision(r, d, Verdict.MALICIOUS if d else Verdict.CLEAN, rule=d.word if d else ""))
    return tuple(found)


def settle(transaction: Transaction, inspection: Inspection, decisions: Sequence[Decision], owner: str = "",
           our_domains: Any = ()) -> tuple[Action, ...]:
    if all(d.disposition is Disposition.REJECT for d in decisions):
        return Refuse(Reply(550, "5.7.1", f"Refused by policy: sekisho {transaction.id}")), Record(tuple(decisions))
    held = [d for d in decisions if d.disposition >= Disposition.STRIP]
    passing = tuple(d.recipient for d in decisions if d.disposition < Disposition.STRIP)
    actions: list[Action] = [Hold((d.recipient,), Kind.THREAT, d) for d in held]
    if passing:
        actions.append(Relay(passing))
    return (*actions, Record(tuple(decisions)))


@dataclass
class House:
    """The neighbours of one edge."""

    custody: FakeCustody = field(default_factory=FakeCustody)
    journal: FakeJournal = field(default_factory=FakeJournal)
    recorder: Recorder = field(default_factory=Recorder)
    inspector: Any = field(default_factory=Passthrough)
    clock: Any = field(default_factory=RealClock)
    extra: dict[str, Any] = field(default_factory=dict)
    hostname: str = "mx.bank.test"

    def ports(self) -> Ports:
        hands = Hands(self.custody, self.recorder, self.recorder,
                      lambda t, i, rs: t.message.sha256 + ",".join(sorted(r.mailbox.key for r in rs)),
                      lambda *_: None, self.hostname)
        known: dict[str, Any] = {
            "inspector": self.inspector, "voucher": None, "custody": self.custody, "journal": self.journal,
            "events": self.recorder, "metrics": self.recorder, "clock": self.clock, "decide": decide, "settle": settle,
            "policy": None, "hands": hands}
        return Ports(**{**known, **self.extra})

    def process(self) -> Any:
        return partial(process, ports=self.ports())


def listener(port: int, **changes: Any) -> ListenerSettings:
    """Inbound for corp.test, next hop on 127.0.0.1:`port`, any free port of loopback."""
    next_hop = NextHopSettings((Hop("127.0.0.1", port),))
    basis = ListenerSettings("inbound", Hop("127.0.0.1", 0), "inbound", next_hop, LOOPBACK, LOOPBACK, "mx.bank.test",
                             frozenset({"corp.test"}))
    return replace(basis, **changes)


@contextlib.asynccontextmanager
async def edge(*listeners: ListenerSettings, house: House | None = None,
               limits: AdmissionLimits | None = None) -> AsyncIterator[EdgeServer]:
    house = house or House()
    with TemporaryDirectory() as directory:
        server = EdgeServer(listeners, house.process(), spool=Path(directory), clock=house.clock, events=house.recorder,
                            metrics=house.recorder, limits=limits)
        await server.start()
        try:
            yield server
        finally:
            await server.drain(2)


def certificate(directory: Path) -> tuple[Path, Path]:
    """A self-signed certificate and its key for mx.bank.test."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mx.bank.test")])
    now = datetime.datetime.now(datetime.UTC)
    built = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
             .add_extension(x509.SubjectAlternativeName([x509.DNSName("mx.bank.test"),
                                                         x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
             .serial_number(1).not_valid_before(now - datetime.timedelta(days=1))
             .not_valid_after(now + datetime.timedelta(days=30)).sign(key, hashes.SHA256()))
    cert_file, key_file = directory / "tls.pem", directory / "tls.key"
    cert_file.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                           serialization.NoEncryption()))
    return cert_file, key_file


async def serve(arguments: argparse.Namespace) -> None:
    host, _, port = arguments.listen.rpartition(":")
    hop_host, _, hop_port = arguments.next_hop.rpartition(":")
    directory = Path(arguments.directory)
    cert, key = certificate(directory) if arguments.tls != "none" else (None, None)
    settings = listener(0, address=Hop(host, int(port)), next_hop=NextHopSettings((Hop(hop_host, int(hop_port)),)),
                        our_domains=frozenset(arguments.domain), tls=arguments.tls, tls_cert=cert, tls_key=key)
    house = House(recorder=Silent())
    house.journal.record = _nothing      # type: ignore[method-assign]
    server = EdgeServer([settings], house.process(), spool=directory, clock=house.clock, events=house.recorder,
                        metrics=house.recorder, reuse_port=True)
    await server.start()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    await stop.wait()
    await server.drain(30)


async def _nothing(entry: Any) -> None:
    """A journal that keeps nothing: the process may live long."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listen", default="127.0.0.1:2525")
    parser.add_argument("--next-hop", default="127.0.0.1:2600")
    parser.add_argument("--domain", action="append", default=[])
    parser.add_argument("--tls", default="none")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--directory", default="/tmp")
    arguments = parser.parse_args()
    arguments.domain = arguments.domain or ["corp.test", "bank.example"]
    children: list[int] = []
    for _ in range(arguments.processes - 1):
        pid = os.fork()
        if not pid:
            children = []
            break
        children.append(pid)
    asyncio.run(serve(arguments))
    for pid in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
            os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
