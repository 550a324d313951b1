"""The customer table as an index: look up whether a token of a mail is a field of a customer, and of which row.

One file: magic, length of the header, header (JSON), arrays from the next multiple of 4096 on, little-endian.
  directory  uint32[2^bits + 1]   first key of each bucket (the top `bits` bits of the hash)
  rest       uint32[keys]         next 32 bits of the hash, sorted within the bucket
  rows       uint32[keys]         row of the key
  columns    uint8[keys]          column of the key; PAIR for name with birth date
  fields     uint32[rows * n]     32-bit hashes of the columns that are no keys, 0 where empty
Hashes are BLAKE2b keyed (RFC 7693); the key is another file, so the index alone reveals nothing of guessable numbers.
A false hit by the hashes needs 56 equal bits and 32 more: below 1e-12 a pair of tokens. Unrelated people whose fields are
truly equal are more frequent: the header's `chances` say how much (gateway.reference.edm_chance).
"""

from __future__ import annotations

import json
import mmap
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import prod
from pathlib import Path

import numpy as np

from gateway.model.errors import ConfigError
from gateway.reference.values import PAIR

MAGIC = b"SEKIEDM2"
EARLIER = b"SEKIEDM1"
"""Without chances: any two fields make a record, as when it was made."""
ALIGN = 4096
NOTHING = bytes(8)
"""Stands for the hash of what is no value."""
MOST_SAME = 1000
"""Rows that may share a value; a value of more rows is no key."""


class Hasher:
    """Keyed BLAKE2b-64; copying the keyed state is twice as fast as starting anew."""

    def __init__(self, key: bytes) -> None:
        self._state = blake2b(digest_size=8, key=key)

    def __call__(self, text: str) -> int:
        state = self._state.copy()
        state.update(text.encode("utf-8", "surrogatepass"))
        return int.from_bytes(state.digest(), "big")

    def digests(self, texts: Iterable[str], least: int = 1) -> bytes:
        """The hashes of many texts, eight octets each, big-endian; NOTHING for texts of fewer characters than `least`."""
        copy = self._state.copy
        found = []
        for text in texts:
            if len(text) < least:
                found.append(NOTHING)
            else:
                state = copy()
                state.update(text.encode("utf-8", "surrogatepass"))
                found.append(state.digest())
        return b"".join(found)


@dataclass(frozen=True, slots=True)
class Hit:
    token: int                           # which of the hashes asked for
    row: int
    column: int


class Index:
    """One mapped index. `fd` may be an inherited descriptor: nothing is opened later."""

    def __init__(self, fd: int, key: bytes, source: str = "edm index") -> None:
        self._map = mmap.mmap(fd, 0, prot=mmap.PROT_READ)
        if self._map[:8] not in (MAGIC, EARLIER):
            raise ConfigError("not an index of this version; import the table again", source)
        length = struct.unpack_from("<I", self._map, 8)[0]
        self.header = json.loads(self._map[12:12 + length])
        if self.header["key_check"] != f"{Hasher(key)('sekisho'):016x}":
            raise ConfigError("the index was made with another key; import the table again", source)
        self.name: str = self.header["name"]
        self.rows: int = self.header["rows"]
        self.columns: list[str] = self.header["columns"]
        self.hash = Hasher(key)
        self.standard: bool = self.header.get("standard", False)
        """Names, places and words are those of gateway.reference.variants.standard; earlier versions took them as written."""
        self._chances: list[float] = self.header.get("chances", [0.0] * len(self.columns))
        self._bits: int = self.header["bits"]
        at = -(-(12 + length) // ALIGN) * ALIGN
        keys = self.header["keys"]
        self._directory, at = self._array(np.uint32, (1 << self._bits) + 1, at)
        self._rest, at = self._array(np.uint32, keys, at)
        self._rows, at = self._array(np.uint32, keys, at)
        self._columns, at = self._array(np.uint8, keys, at)
        self._others = [i for i, key_ in enumerate(self.header["searchable"]) if not key_]
        fields, at = self._array(np.uint32, self.rows * len(self._others), at)
        self._fields = fields.reshape(self.rows, len(self._others))

    def _array(self, kind: type, count: int, at: int) -> tuple[np.ndarray, int]:
        size = count * np.dtype(kind).itemsize
        if at + size > len(self._map):
            raise ConfigError("the index is cut short; import the table again", self.header["name"])
        return np.frombuffer(self._map, kind, count, at), -(-(at + size) // ALIGN) * ALIGN

    def find(self, wanted: Sequence[int]) -> list[Hit]:
        """All rows that have one of these values in a key column. Some 2 million values a second."""
        hashes = np.array(wanted, np.uint64)
        bucket = (hashes >> np.uint64(64 - self._bits)).astype(np.int64)
        rest = ((hashes >> np.uint64(32 - self._bits)) & np.uint64(0xFFFFFFFF)).astype(np.uint32)
        low = self._directory[bucket].astype(np.int64)
        high = self._directory[bucket + 1].astype(np.int64)
        hits: list[Hit] = []
        open_ = np.nonzero(low < high)[0]
        while len(open_):
            same = open_[self._rest[low[open_]] == rest[open_]]
            hits += [Hit(int(t), int(self._rows[low[t]]), int(self._columns[low[t]])) for t in same]
            low[open_] += 1
            open_ = open_[low[open_] < high[open_]]
        return hits

    def fields(self, row: int) -> Mapping[int, int]:
        """The 32-bit hashes of a row's other fields, and the column of each."""
        return {int(v): column for v, column in zip(self._fields[row], self._others, strict=True) if v}

    def both(self, column: int) -> tuple[int, ...]:
        """The column itself; of PAIR, those of name and birth date."""
        kinds = self.header["kinds"]
        return (kinds.index("name"), kinds.index("birthdate")) if column == PAIR else (column,)

    def chance(self, columns: Iterable[int]) -> float:
        """Rows with which somebody unrelated agrees in all these columns, as expected."""
        return self.rows * self.agree(columns)

    def agree(self, columns: Iterable[int]) -> float:
        """The chance that somebody unrelated agrees with one row in all these columns."""
        return prod(self._chances[c] for c in columns)


def key_file(path: Path) -> bytes:
    """The 32 octets of the key file. Raises ConfigError where there is none."""
    try:
        key = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"key of the customer index: {error.strerror}", str(path)) from error
    if len(key) != 32:
        raise ConfigError("key of the customer index must be 32 octets", str(path))
    return key
