"""Keys and sealed octets: zstd, then AES-256-GCM in chunks, one data key a message, wrapped by a master key.

The chunked form is the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizar, 2015): the nonce is a counter and a
last-chunk flag, so a removed, repeated, swapped or cut chunk does not open. A data key seals one stream only.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.model.errors import SekishoError
from quarantine.keys import KeyRing

MAGIC = b"SEKISHO1"
CHUNK = 256 << 10                        # octets of compressed data in one chunk
TAG = 16
READ = 1 << 20                           # octets read from the source at a time
LEVEL = 3                                # of zstd


class SealBroken(SekishoError):
    """Sealed octets do not open: damaged, exchanged, or sealed under another key."""


@dataclass(frozen=True, slots=True)
class Plain:
    """What went into a sealed stream."""

    sha256: str
    size: int


def nonce(counter: int, last: bool) -> bytes:
    return counter.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def new_data_key() -> bytes:
    return secrets.token_bytes(32)


class Sealer:
    """Writes one sealed stream to a descriptor, a chunk at a time."""

    def __init__(self, target: int, data_key: bytes, context: bytes, size: int) -> None:
        self.target = target
        self.cipher = AESGCM(data_key)
        self.context = MAGIC + context
        self.compressor = zstandard.ZstdCompressor(level=LEVEL).compressobj(size=size)
        self.waiting = bytearray()
        self.counter = 0
        write_all(target, MAGIC)

    def update(self, plain: bytes) -> None:
        self.waiting += self.compressor.compress(plain)
        while len(self.waiting) > CHUNK:     # strictly more: the last chunk is known only at the end
            self._write(bytes(self.waiting[:CHUNK]), last=False)
            del self.waiting[:CHUNK]

    def finish(self) -> None:
        self.waiting += self.compressor.flush()
        while len(self.waiting) > CHUNK:
            self._write(bytes(self.waiting[:CHUNK]), last=False)
            del self.waiting[:CHUNK]
        self._write(bytes(self.waiting), last=True)

    def _write(self, chunk: bytes, last: bool) -> None:
        write_all(self.target, self.cipher.encrypt(nonce(self.counter, last), chunk, self.context))
        self.counter += 1


def seal_stream(source: int, size: int, target: int, data_key: bytes, context: bytes) -> Plain:
    """Seal `size` octets of `source` (read with pread) into `target`. Memory is bounded by a few chunks."""
    sealer = Sealer(target, data_key, context, size)
    digest = hashlib.sha256()
    offset = 0
    while offset < size:
        piece = os.pread(source, min(READ, size - offset), offset)
        if not piece:
            break                        # shorter than announced: the caller compares size and digest
        digest.update(piece)
        sealer.update(piece)
        offset += len(piece)
    if offset < size:
        raise SealBroken(f"the message ends after {offset} of {size} octets")
    sealer.finish()
    return Plain(digest.hexdigest(), offset)


class _Chunks(io.RawIOBase):
    """The compressed octets of a sealed stream, chunk after chunk, as zstd's reader wants them."""

    def __init__(self, source: BinaryIO, data_key: bytes, context: bytes) -> None:
        self.source, self.cipher, self.context = source, AESGCM(data_key), MAGIC + context
        self.counter, self.ready, self.ended = 0, b"", False
        if source.read(len(MAGIC)) != MAGIC:
            raise SealBroken("not a sealed stream")
        self.following = source.read(CHUNK + TAG)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self.ready and not self.ended:
            self._next()
        wanted = len(self.ready) if size < 0 else size
        piece, self.ready = self.ready[:wanted], self.ready[wanted:]
        return piece

    def _next(self) -> None:
        chunk, self.following = self.following, self.source.read(CHUNK + TAG)
        last = not self.following
        try:
            self.ready = self.cipher.decrypt(nonce(self.counter, last), chunk, self.context)
        except InvalidTag as error:
            raise SealBroken("the sealed stream is damaged or was exchanged") from error
        self.counter += 1
        self.ended = last


def open_stream(source: BinaryIO, data_key: bytes, context: bytes) -> Iterator[bytes]:
    """The plain octets, at most `READ` at a time. Raises SealBroken; nothing of a broken chunk is handed out."""
    reader = zstandard.ZstdDecompressor().stream_reader(_Chunks(source, data_key, context))  # type: ignore[arg-type]
    try:
        while piece := reader.read(READ):
            yield piece
    except zstandard.ZstdError as error:
        raise SealBroken("the sealed stream is damaged") from error


def seal_bytes(data: bytes, data_key: bytes, context: bytes) -> bytes:
    """Seal something small (a row's detail, a notice) under a subkey of its data key."""
    start = secrets.token_bytes(12)
    return start + AESGCM(data_key).encrypt(start, zstandard.compress(data, LEVEL), context)


def open_bytes(sealed: bytes, data_key: bytes, context: bytes, limit: int = 64 << 20) -> bytes:
    try:
        packed = AESGCM(data_key).decrypt(sealed[:12], sealed[12:], context)
        return zstandard.ZstdDecompressor().decompress(packed, max_output_size=limit)
    except (InvalidTag, ValueError, zstandard.ZstdError) as error:
        raise SealBroken("sealed data is damaged or was exchanged") from error


def write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view):]


@dataclass(frozen=True, slots=True)
class MessageKeys:
    """The data key of one message or outbox entry and the contexts it is used in."""

    data_key: bytes
    id: str

    @classmethod
    def new(cls, id: str) -> MessageKeys:
        return cls(new_data_key(), id)

    @classmethod
    def unwrap(cls, ring: KeyRing, wrapped: bytes, id: str) -> MessageKeys:
        return cls(ring.unwrap(wrapped, id.encode()), id)

    def wrap(self, ring: KeyRing) -> bytes:
        return ring.wrap(self.data_key, self.id.encode())

    @property
    def detail_key(self) -> bytes:
        """The stream uses the data key itself with counters as nonces; random nonces need a key of their own."""
        return hashlib.blake2b(b"detail", key=self.data_key, digest_size=32, person=b"sekisho-detail").digest()

    def seal_detail(self, data: bytes) -> bytes:
        return seal_bytes(data, self.detail_key, b"detail:" + self.id.encode())

    def open_detail(self, sealed: bytes) -> bytes:
        return open_bytes(sealed, self.detail_key, b"detail:" + self.id.encode())

    def seal_content(self, source: int, size: int, target: int) -> Plain:
        return seal_stream(source, size, target, self.data_key, b"content:" + self.id.encode())

    def open_content(self, source: BinaryIO) -> Iterator[bytes]:
        return open_stream(source, self.data_key, b"content:" + self.id.encode())
