"""Encrypted ZIP entries: wrong passwords are ruled out cheaply here, libarchive decrypts with the ones that are left.

ZipCrypto has one check octet (APPNOTE 6.1.6), WinZip AES two (winzip.com/aes_info.htm); the entry's checksum or
authentication code decides.
"""

from __future__ import annotations

import hmac
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import pbkdf2_hmac

from gateway.extract.archive.libarchive_reader import members
from gateway.extract.archive.zip_structure import ENCRYPTED, STREAMED, STRONG, Header, extra_field
from gateway.extract.bounded import Budget, Damaged
from gateway.extract.effort import ZIP_AES, ZIPCRYPTO, Effort
from gateway.extract.passwords import encodings

AES_METHOD = 99
ZIPCRYPTO_CHECKS = 8000                  # octet strings tried in one archive: about 30 microseconds each
AES_CHECKS = 800                         # about 1.5 milliseconds each
FULL_TRIES = 40                          # candidates that pass the check of one entry and are tried in full


def _table() -> tuple[int, ...]:
    """CRC-32 of single octets, reflected polynomial."""
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0xEDB88320 if value & 1 else 0)
        table.append(value)
    return tuple(table)


_CRC32 = _table()


@dataclass(slots=True)
class Locksmith:
    """Opens the entries of one archive; remembers what fitted, for as long as the archive is in hand."""

    words: Iterable[str]
    fitting: list[bytes] = field(default_factory=list)
    checks: dict[bool, int] = field(default_factory=lambda: {True: AES_CHECKS, False: ZIPCRYPTO_CHECKS})
    tried: dict[bytes, None] = field(default_factory=dict)
    effort: Effort = field(default_factory=Effort)
    fits: Callable[[str], None] = lambda word: None
    known: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.words = iter(self.words)                     # asked for one by one: most of them cost more than they are worth

    def open(self, entry: Header, data: bytes, budget: Budget, unpack: Callable[[bytes], bytes]) -> bytes | None:
        """The entry's content, or None where no candidate fits.

        `unpack` turns decrypted octets into content and raises Damaged where they are none. Raises LimitReached.
        """
        aes = entry.method == AES_METHOD
        if entry.flags & STRONG or (aes and not aes_strength(entry)):
            return None
        full = FULL_TRIES
        for password in self._passwords():
            if password not in self.fitting:         # what fitted is no guess: an archive may have thousands of entries
                if self.checks[aes] <= 0 or full <= 0 or not self.effort.spend(ZIP_AES if aes else ZIPCRYPTO):
                    return None
                self.checks[aes] -= 1
            if not plausible(entry, data, password):
                continue
            full -= 1
            try:
                packed = decrypt(entry, data, password, budget)
                content = None if packed is None else unpack(packed)
            except Damaged:
                continue
            if content is not None:
                if password not in self.fitting:
                    self.fitting.insert(0, password)
                    self.fits(next(word for word in self.known if password in encodings(word)))
                return content
        return None

    def _passwords(self) -> Iterator[bytes]:
        """What fitted, what was tried on entries before, and then word by word what is left of them."""
        yield from list(self.fitting)
        yield from self.tried
        for word in self.words:
            self.known.append(word)
            fresh = [octets for octets in encodings(word) if octets not in self.tried]
            self.tried.update(dict.fromkeys(fresh))
            yield from fresh


def plausible(entry: Header, data: bytes, password: bytes) -> bool:
    """False where the password cannot be right. `data` are the entry's packed octets."""
    if entry.method != AES_METHOD:
        return len(data) >= 12 and check_octet(data, password) in _expected(entry)
    salt = 4 + 4 * aes_strength(entry)
    if len(data) < salt + 12:
        return False
    return _aes_keys(data, password, salt)[-2:] == data[salt:salt + 2]


def _aes_keys(data: bytes, password: bytes, salt: int) -> bytes:
    """Cipher key, authentication key (each twice the salt's length) and two verification octets."""
    return pbkdf2_hmac("sha1", password, data[:salt], 1000, salt * 4 + 2)


def authentic(entry: Header, data: bytes, password: bytes) -> bool:
    """Whether the authentication code at the end fits: HMAC-SHA1 over the encrypted octets, cut to ten."""
    salt = 4 + 4 * aes_strength(entry)
    key = _aes_keys(data, password, salt)[salt * 2:salt * 4]
    return hmac.compare_digest(hmac.digest(key, data[salt + 2:-10], "sha1")[:10], data[-10:])


def _expected(entry: Header) -> tuple[int, ...]:
    crc = entry.crc >> 24
    return (entry.time >> 8, crc) if entry.flags & STREAMED else (crc,)


def check_octet(data: bytes, password: bytes) -> int:
    """The last of the twelve decrypted header octets of ZipCrypto."""
    key0, key1, key2 = 0x12345678, 0x23456789, 0x34567890
    table = _CRC32
    plain = 0
    for position, octet in enumerate(password + data[:12]):
        plain = octet
        if position >= len(password):
            mask = key2 | 2
            plain = octet ^ (((mask * (mask ^ 1)) >> 8) & 255)
        key0 = (key0 >> 8) ^ table[(key0 ^ plain) & 255]
        key1 = ((key1 + (key0 & 255)) * 134775813 + 1) & 0xFFFFFFFF
        key2 = (key2 >> 8) ^ table[(key2 ^ (key1 >> 24)) & 255]
    return plain


def aes_strength(entry: Header) -> int:
    """1, 2 or 3 for AES-128, -192, -256; 0 where the extra field is missing or odd."""
    extra = extra_field(entry.extra, 0x9901)
    return extra[4] if len(extra) >= 7 and extra[4] in (1, 2, 3) else 0


def decrypt(entry: Header, data: bytes, password: bytes, budget: Budget) -> bytes | None:
    """The entry's packed octets in clear, None where libarchive finds the password wrong.

    The entry is handed over as a stored one in an archive of its own, because libarchive decrypts every entry but unpacks
    few methods behind encryption. A wrong checksum is expected then; WinZip AES has an authentication code of its own.
    """
    before = budget.made
    aes = entry.method == AES_METHOD
    size = len(data) - (16 + 4 * aes_strength(entry) if aes else 12)
    if aes and not authentic(entry, data, password):
        return None
    try:
        for member in members(_stored(entry, data, password), ("zip",), budget, password=password):
            if len(member.data) >= size:
                return member.data[:size]
    except Damaged:
        return None
    finally:
        budget.made = before
    return None


def _stored(entry: Header, data: bytes, password: bytes) -> bytes:
    """A ZIP file whose one entry is stored, encrypted and called m."""
    if entry.method == AES_METHOD:
        salt = 4 + 4 * aes_strength(entry)
        method, crc, size = AES_METHOD, 0, len(data) - salt - 12
        extra = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", aes_strength(entry), 0)
    else:
        method, crc, size, extra = 0, check_octet(data, password) << 24, len(data) - 12, b""
    fields = struct.pack("<HHHHLLLHH", ENCRYPTED, method, 0, 0x21, crc, len(data), size, 1, len(extra))
    local = b"PK\x03\x04\x33\x00" + fields + b"m" + extra
    central = b"PK\x01\x02\x33\x00\x33\x00" + fields + struct.pack("<HHHLL", 0, 0, 0, 0, 0) + b"m" + extra
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 1, 1, len(central), len(local) + len(data), 0)
    return local + data + central + end
