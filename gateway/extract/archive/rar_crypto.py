"""Keys of encrypted RAR archives: PBKDF2 with a check value in RAR 5, an iterated SHA-1 without one in RAR 4."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from gateway.extract.archive.rar_headers import Lock
from gateway.extract.effort import RAR4, ROUND_RAR5, Effort, longer

MAX_COUNT = 24                           # RAR 5 refuses more than 2^24 rounds
ROUNDS4 = 0x40000
STEP4 = 0x4000
WORK = 200 << 15                         # PBKDF2 rounds for one archive: some seconds
WORK4 = 150                              # key derivations of RAR 4 for one archive


@dataclass(slots=True)
class Keys:
    """Derived keys of one archive, and how much guessing is left."""

    work: int = WORK
    work4: int = WORK4
    known: dict[tuple[str, bytes, int], bytes] = field(default_factory=dict)
    effort: Effort = field(default_factory=Effort)
    answered: dict[tuple[str, bytes, int, bytes], bool] = field(default_factory=dict)

    def right(self, word: str, lock: Lock) -> bool:
        """RAR 5: whether the word fits the check value; True where there is none."""
        if lock.count > MAX_COUNT:
            return False
        place = (word, lock.salt, lock.count, lock.check)
        if place not in self.answered:           # members share their salt: what was asked once is no guess again
            answer = self._asked(word, lock)
            if answer is None:
                return False
            self.answered[place] = answer
        return self.answered[place]

    def _asked(self, word: str, lock: Lock) -> bool | None:
        """None where the guessing is used up."""
        self.work -= 1 << lock.count
        if self.work < 0 or not self.effort.spend((1 << lock.count) * ROUND_RAR5):
            return None
        return not lock.check or check_value(word, lock) == lock.check

    def key5(self, word: str, lock: Lock) -> bytes:
        place = (word, lock.salt, lock.count)
        if place not in self.known:
            self.known[place] = hashlib.pbkdf2_hmac("sha256", word.encode("utf-8", "replace"), lock.salt, 1 << lock.count)
        return self.known[place]

    def key4(self, word: str, lock: Lock) -> bytes | None:
        """RAR 4: key and vector, 32 octets; None where the guessing is used up."""
        place = (word, lock.salt, 0)
        if place not in self.known:
            self.work4 -= 1
            if self.work4 < 0 or not self.effort.spend(RAR4 * longer(word)):
                return None
            self.known[place] = derive4(word, lock.salt)
        return self.known[place]


def check_value(word: str, lock: Lock) -> bytes:
    """32 rounds beyond the key, folded to eight octets."""
    made = hashlib.pbkdf2_hmac("sha256", word.encode("utf-8", "replace"), lock.salt, (1 << lock.count) + 32)
    out = bytearray(8)
    for index, octet in enumerate(made):
        out[index & 7] ^= octet
    return bytes(out)


def derive4(word: str, salt: bytes) -> bytes:
    """AES-128 key (words turned round) and vector, as unrar's SetKey30 makes them."""
    seed = word[:127].encode("utf-16-le", "surrogatepass") + salt
    unit = len(seed) + 3
    block = numpy.zeros((STEP4, unit), dtype=numpy.uint8)
    block[:, :len(seed)] = numpy.frombuffer(seed, dtype=numpy.uint8)
    digest = hashlib.sha1(usedforsecurity=False)
    vector = bytearray()
    for first in range(0, ROUNDS4, STEP4):
        counter = numpy.arange(first, first + STEP4, dtype="<u4").view(numpy.uint8).reshape(STEP4, 4)
        block[:, len(seed):] = counter[:, :3]
        octets = block.tobytes()
        digest.update(octets[:unit])
        vector.append(digest.digest()[19])
        digest.update(octets[unit:])
    key = digest.digest()[:16]
    return b"".join(key[n:n + 4][::-1] for n in range(0, 16, 4)) + bytes(vector)


def decrypt(data: bytes, key: bytes, vector: bytes) -> bytes:
    """AES-CBC over whole blocks."""
    machine = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    return machine.update(data[:len(data) // 16 * 16])
