"""Master keys: a file with one key a line, the last being the one in use; subkeys by HKDF, each for one purpose.

Line: `sekisho-key-1 <id> <when made> <32 octets in base64>`. The file belongs to the gateway's user, mode 0400.
Old keys stay in the file as long as a backup sealed under them is worth reading; `forget_keys` takes them out.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import stat
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.model.errors import SekishoError

FORMAT = "sekisho-key-1"
WRAPPED = b"\x01"                        # version octet of a wrapped key: version, key id (8), nonce (12), key (32), tag (16)
PURPOSES = ("wrap", "audit-code", "audit-sign", "mark", "django", "link", "pair", "words")


class KeyProblem(SekishoError):
    """The key file cannot be used, or a key that something was sealed under is not in it."""


@dataclass(frozen=True, slots=True)
class MasterKey:
    id: str                              # 16 hexadecimal digits, derived from the key: two files cannot disagree
    made_at: str
    secret: bytes

    @property
    def line(self) -> str:
        return f"{FORMAT} {self.id} {self.made_at} {base64.b64encode(self.secret).decode()}\n"


def key_id(secret: bytes) -> str:
    return hashlib.sha256(b"sekisho key id" + secret).hexdigest()[:16]


def new_key(now: datetime) -> MasterKey:
    secret = secrets.token_bytes(32)
    return MasterKey(key_id(secret), now.strftime("%Y-%m-%dT%H:%M:%SZ"), secret)


class KeyRing:
    """The keys of one file. Immutable; rotation loads a new ring."""

    def __init__(self, keys: tuple[MasterKey, ...]) -> None:
        self.keys = {key.id: key for key in keys}
        self.current = keys[-1]

    def __contains__(self, id: str) -> bool:
        return id in self.keys

    def key(self, id: str) -> MasterKey:
        try:
            return self.keys[id]
        except KeyError:
            raise KeyProblem(f"key {id} is not in the key file: put the line of that key back into it") from None

    def subkey(self, purpose: str, id: str | None = None) -> bytes:
        """32 octets for one purpose, from the current key or the one named."""
        if purpose not in PURPOSES:
            raise ValueError(purpose)
        return _derive(self.key(id or self.current.id).secret, purpose)

    def wrap(self, data_key: bytes, context: bytes) -> bytes:
        """The data key under the current master key; opens only with the same context (the message's id)."""
        start = secrets.token_bytes(12)
        head = WRAPPED + bytes.fromhex(self.current.id)
        return head + start + AESGCM(self.subkey("wrap")).encrypt(start, data_key, head + context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        if wrapped[:1] != WRAPPED or len(wrapped) != 69:
            raise KeyProblem("a wrapped key has an unknown form")
        head, start, sealed = wrapped[:9], wrapped[9:21], wrapped[21:]
        try:
            return AESGCM(self.subkey("wrap", wrapped_under(wrapped))).decrypt(start, sealed, head + context)
        except InvalidTag:
            raise KeyProblem("a wrapped key is damaged or belongs to another message") from None

    def code(self, purpose: str, data: bytes, id: str | None = None) -> str:
        """HMAC-SHA-256 in hexadecimal."""
        return hmac.new(self.subkey(purpose, id), data, "sha256").hexdigest()


def wrapped_under(wrapped: bytes) -> str:
    return wrapped[1:9].hex()


@lru_cache(maxsize=256)
def _derive(secret: bytes, purpose: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, b"sekisho", purpose.encode()).derive(secret)


def load(path: Path) -> KeyRing:
    """The ring of a key file. Raises KeyProblem with one line that says what is wrong and where."""
    try:
        status = path.stat()
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        raise KeyProblem(f"{path}: there is no key file; put your copy back, without it held mail cannot be read") from None
    except UnicodeDecodeError:
        raise KeyProblem(f"{path}: this is no key file") from None
    except OSError as error:
        raise KeyProblem(f"{path}: the key file cannot be read: {error.strerror}") from None
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise KeyProblem(f"{path}: others may read the key file; chmod 0400 it")
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("#")]
    if not lines:
        raise KeyProblem(f"{path}: the key file is empty; restore yours")
    return KeyRing(tuple(_parse(line, f"{path}:{n}") for n, line in lines))


def _parse(line: str, where: str) -> MasterKey:
    words = line.split()
    if len(words) != 4 or words[0] != FORMAT:
        raise KeyProblem(f"{where}: not a line of a key file")
    try:
        secret = base64.b64decode(words[3], validate=True)
    except (binascii.Error, ValueError):
        raise KeyProblem(f"{where}: the key is damaged") from None
    # The last letter has two bits that decode to nothing: written back, a changed one shows.
    if len(secret) != 32 or key_id(secret) != words[1] or base64.b64encode(secret).decode() != words[3]:
        raise KeyProblem(f"{where}: the key is damaged")
    return MasterKey(words[1], words[2], secret)


def create_key_file(path: Path, now: datetime) -> KeyRing:
    """A new file with one key; an existing one is never touched."""
    key = new_key(now)
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o400)
    except OSError as error:
        raise KeyProblem(f"{path}: the key file cannot be made: {error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write("# Keys of sekisho's quarantine. Without them held mail cannot be read; keep a copy elsewhere.\n" + key.line)
        file.flush()
        os.fsync(file.fileno())
    sync_directory(path.parent)
    return load(path)


def add_key(path: Path, now: datetime) -> KeyRing:
    """Append a fresh key, which is used from the next load on; the exchange of the file is atomic."""
    load(path)
    return _rewrite(path, path.read_text(encoding="ascii").rstrip("\n") + "\n" + new_key(now).line)


def forget_keys(path: Path, in_use: frozenset[str]) -> tuple[str, ...]:
    """Take every key out of the file that is neither current nor `in_use`; returns their ids."""
    ring = load(path)
    gone = tuple(id for id in ring.keys if id not in in_use and id != ring.current.id)
    kept = [line for line in path.read_text(encoding="ascii").splitlines() if line.startswith("#") or line.split()[1] not in gone]
    _rewrite(path, "\n".join(kept) + "\n")
    return gone


def _rewrite(path: Path, text: str) -> KeyRing:
    owner = path.stat()
    aside = path.with_name(path.name + ".new")
    try:
        aside.unlink(missing_ok=True)
        descriptor = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o400)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
            os.fsync(file.fileno())
        os.replace(aside, path)
    except OSError as error:
        raise KeyProblem(f"{path}: the key file cannot be written: {error.strerror}") from None
    sync_directory(path.parent)
    return load(path)


def sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
