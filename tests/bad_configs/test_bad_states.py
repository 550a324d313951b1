"""Every command on something broken: one line that says what and where, status 2, no traceback, nothing changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from quarantine.database import APPLICATION_ID
from tests.builders.commands import Ran, State, run

# Commands that act on custody; what they are asked for does not matter here.
CUSTODY = (
    "quarantine list", "quarantine show 1", "quarantine export 1 --raw", "quarantine request 1 --reason x",
    "quarantine approve 1 --reason x", "quarantine deny 1 --reason x", "quarantine release 1 --reason x",
    "quarantine return 1 --reason x", "quarantine delete 1 --reason x", "user add x --role admin", "user list",
    "user role admin --role admin", "user disable admin", "user reset-mfa admin", "audit verify", "audit export", "queue list",
    "queue retry", "queue drop 1 --reason x", "keys rotate",
)
# Commands that need a gateway's state directory, but not its database.
STATE = ("edm status", "edm drop x", "fingerprint list", "fingerprint remove x", "signatures reload", "stats", "backup OUT")
# Commands that need a readable configuration only.
CONFIG = ("scan FILE", "policy check", "policy explain FILE", "policy replay", "signatures list", "signatures check", "doctor", "serve",
          "init", "restore FILE")


def snapshot(folder: Path) -> dict[str, bytes]:
    """Everything that counts: not the lock, not SQLite's shared memory, not what reading leaves of the write-ahead log."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*"))
            if p.is_file() and "run" not in p.parts and p.suffix not in (".db-shm", ".db-wal")}


def asked(state: State, command: str) -> Ran:
    file = state.folder / "mail.eml"
    words = [str(state.folder / "out.tar") if w == "OUT" else str(file) if w == "FILE" else w for w in command.split()]
    return state.run(*words)


def refused(state: State, command: str, *said: str) -> None:
    (state.folder / "mail.eml").write_bytes(b"Subject: x\r\n\r\n")
    before = snapshot(state.folder)
    complaint = asked(state, command).complaint
    assert all(text.replace("STATE", str(state.state)) in complaint for text in said), complaint
    assert snapshot(state.folder) == before, command


@pytest.mark.parametrize("command", [*CUSTODY, *STATE, *(c for c in CONFIG if c != "init")])
def test_no_such_configuration(tmp_path: Path, command: str) -> None:
    state = State(tmp_path)
    refused(state, command, str(state.config))


@pytest.mark.parametrize("command", [*CUSTODY, *STATE, *(c for c in CONFIG if c != "policy check")])
@pytest.mark.parametrize(("line", "said"), [("[gateway", ":1"), ('[gateway]\nhostnam = "x"\n', "hostnam")])
def test_a_configuration_with_a_fault(tmp_path: Path, command: str, line: str, said: str) -> None:
    state = State(tmp_path)
    state.config.write_text(line)
    refused(state, command, str(state.config), said)


@pytest.mark.parametrize("command", [*CUSTODY, *STATE])
def test_no_state_directory(state: State, command: str) -> None:
    state.state.rename(state.folder / "elsewhere")
    refused(state, command, "STATE does not exist; make it with: sekisho init")


def write(name: str, octets: bytes) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        path = folder / name
        path.unlink(missing_ok=True)
        path.write_bytes(octets)
        path.chmod(0o400)
    return do


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def shorten(name: str) -> Callable[[Path], None]:
    def do(folder: Path) -> None:
        octets = (folder / name).read_bytes()
        write(name, octets[:-9])(folder)
    return do


KEY, DATABASE = "quarantine.key", "quarantine.db"


@pytest.mark.parametrize("command", CUSTODY)
@pytest.mark.parametrize(("break_", "said"), [
    (remove(KEY), "there is no key file"), (write(KEY, b""), "the key file is empty"), (write(KEY, b"\xff"), "this is no key file"),
    (write(KEY, b"sekisho-key x\n"), "not a line of a key file"), (shorten(KEY), "the key is damaged"),
])
def test_a_broken_key(state: State, command: str, break_: Callable[[Path], None], said: str) -> None:
    break_(state.state)
    # rotating a key that is not there is refused in words of its own
    refused(state, command, f"STATE/{KEY}", "there is no key file" if said.startswith("there") else said)


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE theirs (x)")


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database.execute("CREATE TABLE quarantine_state (id integer PRIMARY KEY, product text, schema integer, created_at text)")
        database.execute("INSERT INTO quarantine_state VALUES (1, 'sekisho', 999, '2026-01-01 00:00:00')")


@pytest.mark.parametrize("command", [c for c in CUSTODY if c != "keys rotate"])
@pytest.mark.parametrize(("make", "said"), [
    (lambda path: path.write_bytes(b"not a database " * 400), "damaged"), (foreign, "belongs to something else"),
    (newer, "was written by a newer version")])
def test_a_broken_database(state: State, command: str, make: Callable[[Path], object], said: str) -> None:
    for path in state.state.glob(f"{DATABASE}*"):
        path.unlink()
    make(state.state / DATABASE)
    refused(state, command, f"STATE/{DATABASE}", said)


def test_a_key_is_not_rotated_over_a_broken_database(state: State) -> None:
    for path in state.state.glob(f"{DATABASE}*"):
        path.unlink()
    (state.state / DATABASE).write_bytes(b"not a database " * 400)
    refused(state, "keys rotate", f"STATE/{DATABASE}", "damaged")


def held_file(state: State) -> Path:
    """The sealed octets of the one held message; the folder's own mark stands beside them."""
    (blob,) = (p for p in (state.state / "blobs").rglob("*") if p.is_file() and not p.name.startswith("."))
    return blob


def test_a_held_message_whose_file_is_gone(state: State) -> None:
    id = state.hold()
    gone = held_file(state)
    other = state.hold()
    gone.unlink()
    ran = state.run("quarantine", "export", id, "--raw")
    assert ran.octets == b"" and "blobs" in ran.complaint, ran
    listed = state.run("quarantine", "list", "--json")
    assert {row["id"] for row in listed.rows} == {id, other}, listed


def test_all_held_files_are_gone(state: State) -> None:
    state.hold()
    held_file(state).unlink()
    assert "put the folder back" in state.run("quarantine", "list").complaint


def test_a_held_message_whose_file_was_changed(state: State) -> None:
    id = state.hold()
    blob = held_file(state)
    octets = bytearray(blob.read_bytes())
    octets[len(octets) // 2] ^= 1
    blob.chmod(0o600)
    blob.write_bytes(octets)
    ran = state.run("quarantine", "export", id, "--raw")
    assert ran.octets == b"" and id in ran.complaint


@pytest.mark.parametrize(("folder", "name", "command"), [
    ("edm", "x.edm", "edm status"), ("fingerprints", "x.prints", "fingerprint list")])
def test_a_broken_index(state: State, folder: str, name: str, command: str) -> None:
    (state.state / folder).mkdir()
    (state.state / folder / name).write_bytes(b"x")
    refused(state, command, f"STATE/{folder}/{name}")


def test_a_configuration_that_is_a_folder(tmp_path: Path) -> None:
    assert str(tmp_path) in run("--config", tmp_path, "stats").complaint
