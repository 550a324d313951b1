"""Judging files without a running gateway: what `scan` and `policy` share. Needs no root and changes nothing."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import hashlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.utils import getaddresses
from pathlib import Path

from gateway.config import Config
from gateway.edge.commands import Refused, parse_rcpt
from gateway.inspection.pool import CellPool
from gateway.lanes import Lanes
from gateway.model.address import Mailbox
from gateway.model.artifact import Artifact, ArtifactKind, ArtifactTree
from gateway.model.deadline import Clock, Deadline
from gateway.model.decision import Decision
from gateway.model.errors import ConfigError, InspectionUnavailable, SekishoError
from gateway.model.finding import Fault, Incident, IncidentCode, Inspection
from gateway.model.ids import new_message_id
from gateway.model.ports import InspectionRequest
from gateway.model.transaction import Direction, Envelope, Message, Recipient, Session, Transaction
from gateway.ops.clock import SystemClock
from gateway.policy import Policy, decide, load_policy

MOST = 512 << 20                         # octets of a file that is read whole: messages and documents are smaller
HEADER_BYTES = 256 << 10                 # read for an envelope that was not given
_FIELD = re.compile(rb"^(return-path|from|to|cc):((?:[^\r\n]|\r?\n[ \t])*)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says of the messages; None and () where it says nothing."""

    direction: Direction | None = None
    sender: str | None = None
    recipients: tuple[str, ...] = ()

    @classmethod
    def of(cls, direction: str | None, sender: str | None, recipients: Sequence[str]) -> Asked:
        """From options as they were typed; raises SekishoError for an address that no SMTP client could give us."""
        return cls(Direction(direction) if direction else None,
                   None if sender is None else bare(sender) and typed("--mail-from", bare(sender)),
                   tuple(typed("--rcpt-to", bare(one)) for one in recipients))


def bare(address: str) -> str:
    return address[1:-1] if address.startswith("<") and address.endswith(">") else address


def typed(option: str, address: str) -> str:
    try:
        found = parse_rcpt(f"TO:<{address}>", False, True).mailbox.text
    except Refused:
        found = ""
    if found != address or not (found.isprintable() and ("@" in found or option != "--mail-from")):
        raise SekishoError(f'{option}: "{address[:100]}" is no mail address, such as "chen@partner.example"')
    return address


@dataclass(frozen=True, slots=True)
class Judged:
    path: str
    transaction: Transaction
    inspection: Inspection
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """A message that could not be had; the reason names it."""

    reason: str


class Silent:
    """Events and metrics of a command: nobody listens."""

    def emit(self, event: str, /, **fields: object) -> None: ...
    def count(self, name: str, /, amount: float = 1, **labels: str) -> None: ...
    def observe(self, name: str, seconds: float, /, **labels: str) -> None: ...
    def gauge(self, name: str, value: float, /, **labels: str) -> None: ...


class Judge:
    """A cell of its own, the policy, and files one by one."""

    def __init__(self, config: Config, pool: CellPool, clock: Clock) -> None:
        self.config = config
        self.pool = pool
        self.clock = clock
        self.policy: Policy = load_policy(config)

    async def judge(self, path: str, octets: bytes, asked: Asked) -> Judged:
        octets = as_wire(octets)
        with memfd(octets) as fd:
            transaction = self._transaction(fd, octets, asked)
            envelope = transaction.envelope
            request = InspectionRequest(
                id=transaction.id, direction=transaction.direction, reverse_path=str(envelope.reverse_path or ""),
                recipients=tuple(str(r.mailbox) for r in envelope.recipients), our_domains=self.config.gateway.our_domains,
                limits=self.config.limits.for_inspection(), passwords=passwords(self.config),
                partner_domains=self.config.auth.partner_domains, protected_names=self.config.auth.protected_names)
            inspection = await self._inspect(fd, len(octets), request, transaction.deadline)
        return Judged(path, transaction, inspection, decide(transaction, inspection, self.policy, self.clock.now()))

    async def _inspect(self, fd: int, size: int, request: InspectionRequest, deadline: Deadline) -> Inspection:
        """Our own fault is said of that one file, as the gateway would put it off; the others are judged."""
        try:
            return await self.pool.inspect(fd, size, request, deadline)
        except InspectionUnavailable as fault:
            tree = ArtifactTree((Artifact(0, None, ArtifactKind.MESSAGE, size=size),))
            return Inspection(tree, incidents=(Incident(IncidentCode.TIMEOUT, 0, Fault.GATEWAY, str(fault)),))

    def _transaction(self, fd: int, octets: bytes, asked: Asked) -> Transaction:
        now = self.clock.now()
        fields = addresses(octets)
        first = (fields.get("return-path") or fields.get("from") or [""])[0]
        sender = asked.sender if asked.sender is not None else first
        texts = asked.recipients or tuple(dict.fromkeys([*fields.get("to", ()), *fields.get("cc", ())])) or ("nobody@localhost",)
        envelope = Envelope(Mailbox.parse(sender) if sender else None, tuple(Recipient(Mailbox.parse(t)) for t in texts))
        return Transaction(
            id=new_message_id(now), session=Session("scan", "", ""), envelope=envelope,
            message=Message(fd, len(octets), hashlib.sha256(octets).hexdigest(), now),
            direction=asked.direction or self._direction(envelope),
            deadline=Deadline.after(self.clock, self.config.limits.inspection + 30))

    def _direction(self, envelope: Envelope) -> Direction:
        ours = set(self.config.gateway.our_domains)
        from_us = envelope.reverse_path is not None and envelope.reverse_path.domain in ours
        to_us = all(r.mailbox.domain in ours for r in envelope.recipients)
        return Direction.INTERNAL if from_us and to_us else Direction.OUTBOUND if from_us else Direction.INBOUND


def passwords(config: Config) -> tuple[str, ...]:
    """The configured candidates for encrypted parts. Raises ConfigError where their file cannot be read."""
    path = config.inspection.passwords_file
    if path is None:
        return ()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as failure:
        raise ConfigError(f"{path}: {failure.strerror}", "inspection.passwords_file") from failure
    except UnicodeDecodeError as failure:
        raise ConfigError(f"{path}: is not UTF-8 text", "inspection.passwords_file") from failure
    return tuple(line for line in lines if line and not line.startswith("#"))


@contextlib.asynccontextmanager
async def judge(config: Config, jobs: int) -> AsyncIterator[Judge]:
    """Starts a cell in a private folder and ends it. One process less than `jobs` may be alive for spare children."""
    clock = SystemClock()
    folder = Path(tempfile.mkdtemp(prefix="sekisho-scan-"))
    config = reachable(config, folder)
    lanes = Lanes(config, folder, clock, Silent())
    try:
        await lanes.start()
        pool = CellPool(lanes.addresses, clock, Silent(), Silent(), workers=jobs)
        try:
            yield Judge(config, pool, clock)
        finally:
            await pool.close()
    finally:
        await lanes.stop()
        shutil.rmtree(folder, ignore_errors=True)


def reachable(config: Config, folder: Path) -> Config:
    """With `folder` in the place of a state directory that this user may not read: tables, documents and outside rules lie there.

    It is said: what was not compared must not look as if it had been.
    """
    state = config.gateway.state_dir
    if os.access(state, os.R_OK | os.X_OK):
        return config
    try:
        state.stat()
    except (FileNotFoundError, NotADirectoryError):
        return config
    except OSError:
        pass                                 # it may be there, out of our reach
    sys.stderr.write(f"sekisho: {state} may not be read by this user: judged without the tables, documents and outside rules "
                     "in it\n")
    return dataclasses.replace(config, gateway=dataclasses.replace(config.gateway, state_dir=folder))


async def judge_all(judge: Judge, paths: Iterable[str], asked: Asked, jobs: int) -> AsyncIterator[Judged | Unread]:
    """In the order of the paths, `jobs` at a time; memory is bounded by `jobs` messages. One that cannot be read stops no other."""
    waiting: list[asyncio.Task[Judged | Unread]] = []

    async def one(path: str) -> Judged | Unread:
        try:
            octets = read(path)
        except SekishoError as failure:
            return Unread(str(failure))
        return await judge.judge(path, octets, asked)

    try:
        for path in paths:
            waiting.append(asyncio.create_task(one(path)))
            if len(waiting) > 2 * jobs:
                yield await waiting.pop(0)
        while waiting:
            yield await waiting.pop(0)
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


def messages(paths: Iterable[str]) -> Iterator[str]:
    """Files as they are named; the .eml files of folders, recursively and in order; `-` is standard input."""
    for path in paths:
        if path == "-" or not Path(path).is_dir():
            yield path
        else:
            yield from sorted(_inside(path))


def _inside(folder: str) -> Iterator[str]:
    """Windows writes .EML as well. A folder that cannot be read is said: what is skipped in silence looks judged."""
    def refuse(failure: OSError) -> None:
        raise SekishoError(f"{failure.filename}: {failure.strerror}")

    for where, _, names in os.walk(folder, onerror=refuse):
        for path in (Path(where, name) for name in names if name.lower().endswith(".eml")):
            if path.is_file():
                yield str(path)


def read(path: str, most: int = MOST) -> bytes:
    """A file, or standard input for `-`; a device may be endless. Raises SekishoError, also for more than `most` octets."""
    if path == "-" and sys.stdin is None:
        raise SekishoError("-: standard input is closed")
    try:
        with contextlib.nullcontext(sys.stdin.buffer) if path == "-" else open(path, "rb") as file:
            large = path != "-" and os.fstat(file.fileno()).st_size > most
            octets = b"" if large else file.read(most + 1)
    except OSError as failure:
        raise SekishoError(f"{path}: {failure.strerror}") from failure
    if large or len(octets) > most:
        raise SekishoError(f"{path}: is larger than {most >> 20} MiB")
    return octets


def as_wire(octets: bytes) -> bytes:
    """Files of mail stores end their lines with LF alone; on the wire it was CRLF. What has any CRLF is taken as it is."""
    return octets if b"\r\n" in octets else octets.replace(b"\n", b"\r\n")


def addresses(octets: bytes) -> dict[str, list[str]]:
    """Addresses of the fields an envelope is guessed from. A guess only: policy judges what the cell reads."""
    head = octets[:HEADER_BYTES].partition(b"\r\n\r\n")[0]
    found: dict[str, list[str]] = {}
    for name, value in _FIELD.findall(head):
        text = " ".join(value.decode("utf-8", "replace").split())[:10_000]
        found.setdefault(name.decode().lower(), []).extend(_guessed(text))
    return found


def _guessed(text: str) -> list[str]:
    try:
        return [address for _, address in getaddresses([text]) if "@" in address]
    except RecursionError:                                # comments in comments, by the thousand
        return []


@contextlib.contextmanager
def memfd(octets: bytes) -> Iterator[int]:
    fd = os.memfd_create("message", os.MFD_CLOEXEC)
    try:
        view = memoryview(octets)
        while view:
            view = view[os.write(fd, view):]
        yield fd
    finally:
        os.close(fd)
