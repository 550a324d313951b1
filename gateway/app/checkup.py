"""What `sekisho doctor` looks at. Every check yields lines; none changes anything, none raises for what it finds."""

from __future__ import annotations

import asyncio
import ctypes
import os
import shutil
import socket
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import gateway
from gateway.app import installed
from gateway.app.custody import blob_store, database_url, index_name, refuse_lost_index, secret_of
from gateway.app.offline import Silent
from gateway.app.rights import running
from gateway.app.scanners import scanner
from gateway.auth.signer import MailSigner, read_keys
from gateway.config import Config, Endpoint
from gateway.config.pemfiles import CERTIFICATE_SOON, certificate_end, certificate_problem
from gateway.inspection.lockdown import Layer
from gateway.inspection.scanners.base import ScannerFailed
from gateway.inspection.tools import TOOLS, Programs
from gateway.lanes import Lanes
from gateway.model.deadline import Clock
from gateway.model.errors import SekishoError
from gateway.policy import doubts, load_policy
from gateway.reference import Reference
from gateway.reports.document import FONTS
from quarantine import keys

GOOD, NOTE, RED = "ok", "note", "RED"
HOP_PATIENCE = 5.0                       # seconds for a connection and its greeting
SLACK = timedelta(minutes=2)             # clocks may differ by so much before a file seems to be from tomorrow
FEW_INODES = 10_000
UNSYNCHRONISED = 5                       # TIME_ERROR of adjtimex(2)


@dataclass(frozen=True, slots=True)
class Line:
    area: str
    status: str
    what: str
    detail: str = ""


def judged(good: bool, area: str, what: str, detail: str = "", otherwise: str = RED) -> Line:
    return Line(area, GOOD if good else otherwise, what, detail)


def libraries() -> Iterator[Line]:
    yield judged(sys.version_info >= (3, 11), "libraries", "Python", sys.version.split()[0])
    for name, version in installed.libraries():
        yield judged(bool(version), "libraries", name, version or "is not installed")
    for name, file in installed.shared_objects():
        yield judged(bool(file), "libraries", name, file or "is not installed")
    found = Programs.find().paths
    font = next((str(path) for path in FONTS if path.is_file()), "")
    yield judged(bool(font), "programs", "font of reports", font or "fonts-noto-cjk is not installed: no report as PDF", NOTE)
    for name in TOOLS:
        yield judged(name in found, "programs", name, found.get(name, "is not installed: what needs it is not seen"), NOTE)


def files() -> Iterator[Line]:
    wrong = installed.altered()
    if wrong is None:
        yield Line("files", NOTE, "installed files", "a checkout, which has no record to compare with")
    else:
        yield judged(not wrong, "files", "installed files", f"changed: {', '.join(wrong[:5])}" if wrong else "as in the wheel")


def policy(config: Config) -> Iterator[Line]:
    try:
        yield Line("policy", GOOD, "rules", f"{len(load_policy(config).rules)} in force")
    except SekishoError as wrong:
        yield Line("policy", RED, "rules", str(wrong))
    for warning in doubts(config):
        yield Line("policy", NOTE, "configuration", warning)


def log_in(config: Config) -> Iterator[Line]:
    """How people log in to the console."""
    console, far = config.console, urlsplit(config.gateway.console_url).hostname not in ("127.0.0.1", "::1", "localhost", None)
    if config.gateway.console is None:
        return
    asked = bool(console.second_factor) or bool(config.oidc.issuer)
    detail = f"second factor for: {', '.join(console.second_factor)}" if console.second_factor else "by those who set one up only"
    if far and not asked:
        detail = 'a stolen password is enough; write second_factor = ["supervisor", "analyst", "admin"] in [console]'
    yield judged(asked or not far, "console", "log-in", detail, NOTE)
    for wanted, module, extra in ((config.oidc.issuer, "authlib", "oidc"), (config.ldap.servers, "ldap3", "ldap")):
        if wanted:
            there = find_spec(module) is not None
            yield judged(there, "console", f"[console.{extra}]", "" if there else f'needs: pip install "sekisho[{extra}]"')


async def cell(config: Config, clock: Clock) -> list[Line]:
    """Starts the lanes as `serve` does, in a folder of their own, and tells which layers hold in each."""
    folder = Path(tempfile.mkdtemp(prefix="sekisho-doctor-"))
    lanes = Lanes(config, folder, clock, Silent())
    try:
        await lanes.start()
    except SekishoError as failure:
        return [Line("cell", RED, "lanes", str(failure))]
    else:
        return [layers_of(name, zygote.layers) for name, zygote in lanes.zygotes.items()] + [
            Line("cell", GOOD, "signatures", f"version {lanes.signature_version[:16]}")]
    finally:
        await lanes.stop()
        shutil.rmtree(folder, ignore_errors=True)


def layers_of(lane: str, layers: Sequence[Layer]) -> Line:
    """No namespace need hold in a container; without Landlock and seccomp a hostile parser is not shut in at all."""
    holding = [x.name + (f" ({x.detail})" if x.detail else "") for x in layers if x.holds]
    lacking = [f"{x.name} ({x.detail})" for x in layers if not x.holds]
    detail = f"holds: {' '.join(holding)}" + (f"; lacks: {', '.join(lacking)}" if lacking else "")
    names = {x.name for x in layers if x.holds}
    shut_in = names >= {"seccomp", "no-new-privs"} and names & {"landlock", "empty-root"}
    return Line("cell", GOOD if shut_in else RED, f"{lane} lane", detail)


def state(config: Config) -> Iterator[Line]:
    folder = config.gateway.state_dir
    try:
        mode = folder.stat().st_mode
    except OSError as failure:
        yield Line("state", RED, str(folder), f"{failure.strerror}; sekisho init makes it")
        return
    yield judged(not stat.S_IMODE(mode) & 0o077, "state", str(folder), f"mode {stat.S_IMODE(mode):04o}"
                 + ("; others may look into it: chmod 0700" if stat.S_IMODE(mode) & 0o077 else ""))
    yield judged(os.access(folder, os.W_OK | os.X_OK), "state", "writable", f"by uid {os.geteuid()}")
    yield from disk(folder, config.quarantine.min_free)
    yield from secrets_of(config)
    yield from database(config)
    if config.quarantine.blobs == "file":
        blobs = folder / "blobs"
        usable = os.path.isdir(blobs) and os.access(blobs, os.R_OK | os.W_OK | os.X_OK)
        yield judged(usable, "state", str(blobs), "can be read and written" if usable else "is no folder that this user may use")
    else:
        yield from store(config)
    try:
        reference = Reference.load(folder)
        documents = len(reference.documents.names) if reference.documents else 0
        yield Line("state", GOOD, "registered", f"{len(reference.tables)} tables, {documents} documents")
    except (SekishoError, OSError) as wrong:
        yield Line("state", RED, "registered", str(wrong))
    try:
        pid = running(folder)
    except OSError as wrong:
        yield Line("state", RED, "gateway", f"{wrong.strerror}: run as the owner of {folder} or as root")
        return
    yield Line("state", GOOD if pid else NOTE, "gateway", f"runs (pid {pid})" if pid else "does not run")


def disk(folder: Path, least: int) -> Iterator[Line]:
    room = os.statvfs(folder)
    free = room.f_bavail * room.f_frsize
    yield judged(free >= least, "state", "disk", f"{free >> 20} MiB free" + (
        f"; below min_free ({least >> 20} MiB) no mail is taken into custody" if free < least else ""))
    if room.f_files:
        yield judged(room.f_favail >= FEW_INODES, "state", "inodes", f"{room.f_favail} free")


def secrets_of(config: Config) -> Iterator[Line]:
    path = config.quarantine.key_file
    try:
        ring = keys.load(path)
        yield Line("keys", GOOD, str(path), f"{len(ring.keys)} keys, {ring.current.id} in use")
    except SekishoError as wrong:
        yield Line("keys", RED, str(path), str(wrong).removeprefix(f"{path}: "))
    secret = config.gateway.state_dir / "console.secret"
    try:
        if secret.exists():
            secret_of(secret)
    except SekishoError as wrong:
        yield Line("keys", RED, str(secret), str(wrong).removeprefix(f"{secret}: "))
    except OSError as wrong:
        yield Line("keys", RED, str(secret), str(wrong.strerror))


def database(config: Config) -> Iterator[Line]:
    """Looked at only: nothing is migrated, nothing is written."""
    from django.db import DatabaseError, connection

    from quarantine.settings import configure

    path, name = config.gateway.state_dir / "quarantine.db", index_name(config)
    try:
        configure(database_url(config), "doctor")
        from quarantine.binding import refuse_other_keys  # Django's models can be imported only now
        from quarantine.database import look, readable, tables

        if refuse_lost_index(config) and config.quarantine.database == "sqlite" and not path.exists():
            yield Line("state", RED, name, "does not exist; sekisho init makes it")
            return
        with readable() as called:
            look(called)
            found = len(tables())
            if found and config.quarantine.key_file.exists():
                refuse_other_keys(keys.load(config.quarantine.key_file), config.quarantine.key_file)
        connection.close()
        yield judged(found > 0, "state", name, "the index can be read" if found else "is empty; sekisho init fills it")
    except (SekishoError, DatabaseError, OSError) as wrong:
        yield Line("state", RED, name, str(wrong).removeprefix(f"{name}: "))


def store(config: Config) -> Iterator[Line]:
    """The object store of held mail: asked for one small object."""
    where = config.quarantine.blobs
    try:
        known = blob_store(config).mark()
        yield Line("state", GOOD, where, "can be read" if known else "can be read, and holds no mail of ours yet")
    except SekishoError as wrong:
        yield Line("state", RED, where, str(wrong).removeprefix(f"{where}: "))


def next_hops(config: Config) -> Iterator[Line]:
    hops = {(f"listener {x.name}", hop) for x in config.listeners for hop in x.next_hop}
    hops |= {("notices", hop) for hop in config.notices.next_hop}
    for name, hop in sorted(hops, key=str):
        detail = greeting(hop)
        yield judged(detail.startswith("220"), "next hop", f"{name}: {hop}", detail)


def greeting(hop: Endpoint) -> str:
    """The first line of an SMTP server, or why there is none."""
    try:
        with socket.create_connection((hop.host, hop.port), HOP_PATIENCE) as connection:
            line = connection.makefile("rb").readline(2048)
    except OSError as failure:
        return f"cannot be reached: {failure.strerror or failure}"
    return line.decode("ascii", "replace").strip()[:80] or "says nothing"


async def scanners(config: Config, clock: Clock) -> list[Line]:
    """Whether each outside scanner says its version; without one mail is put off, held, or passes on our own word."""
    lines = []
    for one in config.scanners:
        asked = scanner(one, clock)
        try:
            async with asyncio.timeout(min(one.timeout, HOP_PATIENCE)):
                lines.append(Line("scanner", GOOD, f"{one.name}: {one.address}", await asked.version()))
        except (ScannerFailed, TimeoutError) as failure:
            why = str(failure).removeprefix(f"{one.address}: ") or "no answer in time"
            status = NOTE if one.fail == "pass" else RED
            lines.append(Line("scanner", status, f"{one.name}: {one.address}", f"{why}; fail = {one.fail}"))
        finally:
            asked.close()
    return lines


def certificates(config: Config, now: datetime) -> Iterator[Line]:
    for listener in config.listeners:
        if listener.tls_cert is None:
            continue
        try:
            left = certificate_end(listener.tls_cert) - now
        except (OSError, ValueError) as wrong:
            yield Line("tls", RED, str(listener.tls_cert), f"cannot be used: {wrong}")
            continue
        _, problem = certificate_problem(listener.tls_cert, listener.tls_key) if listener.tls_key else ("", "has no key")
        if problem:
            yield Line("tls", RED, str(listener.tls_key or listener.tls_cert), problem)
            continue
        yield Line("tls", RED if left < timedelta(0) else GOOD if left > CERTIFICATE_SOON else NOTE, str(listener.tls_cert),
                   f"{left.days} days left" if left > timedelta(0) else "has expired")


def signing(config: Config, now: datetime) -> Iterator[Line]:
    """Which of our keys sign today, and whether somebody takes over from them."""
    try:
        keys = read_keys(config.dkim)
    except SekishoError as wrong:
        yield Line("dkim", RED, "keys", str(wrong))
        return
    for domain in sorted({one.key.domain for one in keys}):
        today, soon = (MailSigner(keys, lambda at=at: at).keys_for(domain) for at in (now, now + CERTIFICATE_SOON))
        names = ", ".join(f"{k.selector} ({k.algorithm})" for k in today if k.domain == domain)
        if not names:
            yield Line("dkim", RED, domain, "no key is in force today: its mail leaves unsigned")
        elif len(soon) < len(today):
            yield Line("dkim", NOTE, domain, f"{names}; within {CERTIFICATE_SOON.days} days one ends, and none takes over")
        else:
            yield Line("dkim", GOOD, domain, names)


def clock(config: Config, now: datetime) -> Iterator[Line]:
    newest = newest_file([Path(gateway.__file__), *config.gateway.state_dir.glob("*.db*")])
    yield judged(now + SLACK >= newest, "clock", "time", now.isoformat(timespec="seconds")
                 + (f", but files are from {newest.isoformat(timespec='seconds')}" if now + SLACK < newest else ""))
    yield judged(synchronised(), "clock", "synchronised", "" if synchronised() else "by no time service, says the kernel", NOTE)
    zone = ZoneInfo(config.gateway.timezone)
    yield Line("clock", GOOD, "time zone", f"{config.gateway.timezone}, now {now.astimezone(zone):%H:%M %Z}")


def newest_file(paths: Sequence[Path]) -> datetime:
    times = [path.stat().st_mtime for path in paths if path.exists()]
    return datetime.fromtimestamp(max(times, default=0), UTC)


def synchronised() -> bool:
    """adjtimex(2) with nothing to set answers whether a time service steers the clock."""
    nothing = (ctypes.c_char * 512)()
    return ctypes.CDLL(None).adjtimex(ctypes.byref(nothing)) not in (-1, UNSYNCHRONISED)


def everything(config: Config, clock_: Clock) -> Iterator[Line]:
    """All checks, in the order of a start."""
    yield from libraries()
    yield from files()
    yield from policy(config)
    yield from log_in(config)
    yield from clock(config, clock_.now())
    yield from state(config)
    yield from asyncio.run(cell(config, clock_))
    yield from certificates(config, clock_.now())
    yield from signing(config, clock_.now())
    yield from next_hops(config)
    yield from asyncio.run(scanners(config, clock_))
