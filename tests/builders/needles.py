"""Looks for values in octets, in whatever form a program may have written them: charsets, escapes, hex, base64, plain digests."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from urllib.parse import quote

import numpy as np

from gateway.identifiers.normalise import compact

CHARSETS = ("utf-8", "utf-16-le", "utf-16-be", "cp950", "big5hkscs", "gb18030", "cp932", "euc_jp", "utf-7")
LEAST = 6
"""Octets of a form; a shorter one would be found by chance in any encrypted file."""
DIGEST = 8
"""Octets of a digest by which it is known, shortened or not."""


def forms(value: str) -> Iterator[tuple[bytes, str]]:
    """Octets, and what they are."""
    for text in {value, value.upper(), value.lower(), compact(value), compact(value).lstrip("0")}:
        for charset in CHARSETS:
            try:
                octets = text.encode(charset)
            except UnicodeEncodeError:
                continue
            yield octets, charset
            yield octets[::-1], f"{charset} backwards"
        octets = text.encode()
        yield json.dumps(text)[1:-1].encode(), "json"
        yield quote(text).encode(), "url"
        yield octets.hex().encode(), "hex"
        yield octets.hex().upper().encode(), "HEX"
        yield from _base64(octets)
        yield from _digests(octets)
        yield from _numbers(text)


def _base64(octets: bytes) -> Iterator[tuple[bytes, str]]:
    for shift in range(3):
        coded = base64.b64encode(bytes(shift) + octets + bytes(-(shift + len(octets)) % 3))
        inner = coded[-(-shift * 8 // 6):-3] if (shift + len(octets)) % 3 else coded[-(-shift * 8 // 6):]
        yield inner, "base64"
        yield inner.translate(bytes.maketrans(b"+/", b"-_")), "base64url"


def _digests(octets: bytes) -> Iterator[tuple[bytes, str]]:
    made = {name: hashlib.new(name, octets, usedforsecurity=False).digest() for name in ("md5", "sha1", "sha256", "sha512", "sha3_256")}
    made |= {f"blake2b-{size}": hashlib.blake2b(octets, digest_size=size).digest() for size in (8, 16, 32, 64)}
    for name, digest in made.items():
        yield digest[:DIGEST], name
        yield digest[:DIGEST][::-1], f"{name} little-endian"
        yield digest[:DIGEST].hex().encode(), f"{name} in hex"
        yield base64.b64encode(digest)[:DIGEST], f"{name} in base64"


def _numbers(text: str) -> Iterator[tuple[bytes, str]]:
    if text.isdigit() and 1 << 40 < int(text) < 1 << 63:
        yield int(text).to_bytes(8, "little"), "number, little-endian"
        yield int(text).to_bytes(8, "big"), "number, big-endian"


class Needles:
    """Finds any of many values at the speed of numpy: the first three octets choose the places that are looked at."""

    def __init__(self, values: Iterable[str]) -> None:
        self.forms: dict[bytes, tuple[str, str]] = {}
        for value in values:
            for octets, how in forms(value):
                if len(octets) >= LEAST and len(set(octets)) > 2:
                    self.forms.setdefault(octets, (value, how))
        self.lengths: dict[bytes, set[int]] = {}
        for octets in self.forms:
            self.lengths.setdefault(octets[:LEAST], set()).add(len(octets))
        self.begins = np.zeros(1 << 24, bool)
        self.begins[[int.from_bytes(octets[:3], "big") for octets in self.lengths]] = True

    def found(self, data: bytes) -> set[tuple[str, str]]:
        """Values in the octets, and how they are written there. What zlib packed is looked into."""
        hits = self._plain(data)
        for unpacked in _unpacked(data):
            hits |= {(value, f"packed {how}") for value, how in self._plain(unpacked)}
        return hits

    def _plain(self, data: bytes) -> set[tuple[str, str]]:
        octets = np.frombuffer(data, np.uint8).astype(np.uint32)
        if len(octets) < LEAST:
            return set()
        keys = (octets[:-2] << 16) | (octets[1:-1] << 8) | octets[2:]
        return {self.forms[piece] for at in np.nonzero(self.begins[keys])[0].tolist()
                for size in self.lengths.get(data[at:at + LEAST], ()) if (piece := data[at:at + size]) in self.forms}


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Zlib and gzip streams, wherever they begin."""
    for mark in (b"\x78\x01", b"\x78\x9c", b"\x78\xda", b"\x1f\x8b\x08"):
        at = data.find(mark)
        while at >= 0:
            with contextlib.suppress(zlib.error):
                yield zlib.decompressobj(47).decompress(data[at:], 1 << 22)
            at = data.find(mark, at + 1)
