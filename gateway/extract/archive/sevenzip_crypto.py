"""7zAES: key derivation, and taking the AES layer off an archive so that any reader of plain 7z can go on.

AES-256-CBC; the key is SHA-256 over salt, password (UTF-16LE) and a 64-bit counter, 2^power times
(7-Zip's CPP/7zip/Crypto/7zAes.cpp).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from gateway.extract.archive.sevenzip_header import AES, Coder, Folder, Streams, write
from gateway.extract.effort import ROUND_7Z, Effort, longer

MAX_POWER = 24                           # 7-Zip itself refuses more
WORK = 160 << 19                         # rounds of all candidates of one archive: some seconds
CHUNK = 1 << 14


@dataclass(slots=True)
class Work:
    """Rounds that are left for guessing."""

    left: int = WORK
    effort: Effort = field(default_factory=Effort)

    def spend(self, power: int, word: str = "") -> bool:
        self.left -= 1 << power
        return self.left >= 0 and self.effort.spend((1 << power) * ROUND_7Z * longer(word))


@dataclass(frozen=True, slots=True)
class Parameters:
    power: int
    salt: bytes
    vector: bytes


def parameters(properties: bytes) -> Parameters | None:
    """Properties of the AES coder; None where they make no sense."""
    if not properties:
        return None
    first = properties[0]
    power, salt, vector = first & 0x3F, first >> 7, first >> 6 & 1
    body = 1
    if first & 0xC0:
        if len(properties) < 2:
            return None
        salt += properties[1] >> 4
        vector += properties[1] & 15
        body = 2
    if len(properties) < body + salt + vector or (power > MAX_POWER and power != 0x3F):
        return None
    return Parameters(power, properties[body:body + salt], properties[body + salt:body + salt + vector].ljust(16, b"\0"))


def derive(word: str, known: Parameters) -> bytes:
    password = word.encode("utf-16-le", "surrogatepass")
    if known.power == 0x3F:
        return (known.salt + password).ljust(32, b"\0")[:32]
    seed = known.salt + password
    rounds = 1 << known.power
    step = min(rounds, CHUNK)
    block = numpy.zeros((step, len(seed) + 8), dtype=numpy.uint8)
    block[:, :len(seed)] = numpy.frombuffer(seed, dtype=numpy.uint8)
    digest = hashlib.sha256()
    for first in range(0, rounds, step):
        counter = numpy.arange(first, first + step, dtype="<u8")
        block[:, len(seed):] = counter.view(numpy.uint8).reshape(step, 8)
        digest.update(block.tobytes())
    return digest.digest()


def decrypt(data: bytes, key: bytes, vector: bytes) -> bytes:
    machine = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    return machine.update(data[:len(data) // 16 * 16])


def likely(folder: Folder, streams: list[bytes], key: bytes, known: Parameters) -> bool:
    """Whether the padding is zeros and the first octet may begin the compressed data; cheap."""
    index, coder_size = _aes_input(folder)
    data = streams[index]
    tail = len(data) - coder_size
    if len(data) < 16 or not 0 <= tail < 16:
        return False
    if tail:
        last = decrypt(data[-16:], key, data[-32:-16] if len(data) >= 32 else known.vector)
        if last[16 - tail:].strip(b"\0"):
            return False
    first = decrypt(data[:16], key, known.vector)[0]
    method = _fed_by_aes(folder)
    return (first == 0) if method == b"\x03\x01\x01" else (first == 1 or first >= 0xE0) if method == b"\x21" else True


def _position(folder: Folder) -> tuple[int, int, int]:
    """Index of the first AES coder, its input and its output."""
    inputs = outputs = 0
    for index, coder in enumerate(folder.coders):
        if coder.method == AES:
            return index, inputs, outputs
        inputs += coder.inputs
        outputs += coder.outputs
    raise ValueError("no AES coder")


def _aes_input(folder: Folder) -> tuple[int, int]:
    _, into, out = _position(folder)
    return folder.packed.index(into), folder.sizes[out]


def _fed_by_aes(folder: Folder) -> bytes:
    """Method of the coder that reads what AES yields."""
    _, _, out = _position(folder)
    reader = next((i for i, o in folder.binds if o == out), None)
    inputs = 0
    for coder in folder.coders:
        if reader is not None and inputs <= reader < inputs + coder.inputs:
            return coder.method
        inputs += coder.inputs
    return b""


def without_aes(folder: Folder, packed: list[bytes], key: bytes) -> tuple[Folder, list[bytes]]:
    """The folder with all AES coders taken out, its packed streams decrypted."""
    while folder.encrypted:
        index, into, out = _position(folder)
        known = parameters(folder.coders[index].properties)
        slot = folder.packed.index(into)
        if known is None:
            raise ValueError("AES parameters")
        packed = list(packed)
        packed[slot] = decrypt(packed[slot], key, known.vector)[:folder.sizes[out]]
        if len(folder.coders) == 1:
            return replace(folder, coders=(Coder(b"\0"),)), packed
        folder = _removed(folder, index, into, out)
    return folder, packed


def _removed(folder: Folder, index: int, into: int, out: int) -> Folder:
    reader = next(i for i, o in folder.binds if o == out)

    def lower(value: int, gone: int) -> int:
        return value - 1 if value > gone else value

    return replace(
        folder,
        coders=folder.coders[:index] + folder.coders[index + 1:],
        binds=tuple((lower(i, into), lower(o, out)) for i, o in folder.binds if o != out),
        packed=tuple(lower(reader if p == into else p, into) for p in folder.packed),
        sizes=folder.sizes[:out] + folder.sizes[out + 1:])


def packed_streams(data: bytes, streams: Streams) -> list[list[bytes]]:
    """The packed octets of each folder."""
    at = 32 + streams.pack_at
    sizes = iter(streams.pack_sizes)
    found: list[list[bytes]] = []
    for folder in streams.folders:
        blobs = []
        for _ in folder.packed:
            size = next(sizes, 0)
            blobs.append(data[at:at + size])
            at += size
        found.append(blobs)
    return found


def keys(folder: Folder, packed: list[bytes], words: Iterator[str] | list[str], work: Work) -> Iterator[tuple[str, bytes]]:
    """Words that may open the folder, with their keys, until the work is used up."""
    known = parameters(folder.coders[_position(folder)[0]].properties)
    if known is None:
        return
    for word in words:
        if not work.spend(known.power if known.power != 0x3F else 0, word):
            return
        key = derive(word, known)
        if likely(folder, packed, key, known):
            yield word, key


def one_folder(folder: Folder, packed: list[bytes], key: bytes) -> bytes:
    """An unencrypted archive of this folder alone, its content as one nameless member."""
    plain, blobs = without_aes(folder, packed, key)
    files = b"\x01\x11\x05\x00" + "m\0".encode("utf-16-le") + b"\0"
    return write(Streams(0, [], [plain]), blobs, files)
