"""Unpacking that stops in time: a budget per container, and decompressors that never make more than they were allowed."""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

import zstandard

from gateway.extract.base import Context, Problem
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode

T = TypeVar("T")
STEP = 1 << 18                           # octets made by one call of a decompressor
FEED = 1 << 16                           # packed octets given to it at a time
ZSTD = b"\x28\xb5\x2f\xfd"
SKIPPED = 72                             # octets of a skippable frame that holds more than sizes of the next ones
ZSTD_FRAMES = 1_000                      # of one file; programs that pack in parallel make one a megabyte
LARGE, LARGE_RATIO = 128 << 20, 20
"""Octets of one member or of all in one container, and how many times the packed ones, from which on they are a bomb below the
ratio of small ones: logs and tables of that size shrink to a tenth or a twentieth, and texts of half the size are not judged."""
KEPT = 1 << 20                           # octets of a member that broke a limit which are still shown to the detectors


class LimitReached(Exception):
    """A member would be larger than allowed. Carries what was unpacked so far."""

    def __init__(self, code: IncidentCode, detail: str, head: bytes = b"") -> None:
        super().__init__(detail)
        self.code = code
        self.head = head

    @property
    def problem(self) -> Problem:
        return Problem(self.code, str(self))


def counted(found: Iterable[T], most: int, what: str) -> Iterator[T]:
    """Each of what was found; raises LimitReached where there is more: what is not looked at is not clean."""
    for count, one in enumerate(found):
        if count >= most:
            raise LimitReached(IncidentCode.COUNT, f"more than {most} {what}")
        yield one


class Damaged(Exception):
    """Packed data that cannot be unpacked to its end. Carries what was unpacked so far."""

    def __init__(self, detail: str, head: bytes = b"") -> None:
        super().__init__(detail)
        self.head = head


SWOLLEN = f"{LARGE >> 20} MiB and more than {LARGE_RATIO} to 1"


def swollen(octets: int, packed: int) -> bool:
    """Whether so many octets are too many for what they were packed in, although each part of them may be in proportion."""
    return octets > LARGE and octets > LARGE_RATIO * max(1, packed)


class Made(io.BytesIO):
    """What is being unpacked. Handing it out at the end copies nothing, as it would of a bytearray."""

    def head(self) -> bytes:
        """Its first KEPT octets."""
        return self.getvalue()[:KEPT]


@dataclass(slots=True)
class Budget:
    """What one container may unpack to. All its members share it."""

    limits: Limits
    size: int                            # octets it may make altogether
    made: int = 0                        # octets made so far by finished members

    @classmethod
    def of(cls, context: Context) -> Budget:
        """All that the message has left; ratios are judged member by member while they grow."""
        return cls(context.limits, max(0, context.limits.expanded - context.expanded))

    def check(self, made: bytes | bytearray, consumed: int) -> None:
        """Raises LimitReached when a member of so many octets, made of `consumed` packed ones, is too much."""
        self.announced(len(made), consumed, made)

    def announced(self, octets: int, consumed: int, made: bytes | bytearray | Callable[[], bytes]) -> None:
        """The same of a member that is going to have so many, of which some are `made`."""
        if self.made + octets > self.size:
            raise LimitReached(IncidentCode.SIZE, f"unpacks to more than {self.size} octets", _head(made))
        self.proportion(octets, consumed, made)

    def proportion(self, octets: int, consumed: int, made: bytes | bytearray | Callable[[], bytes] = b"") -> None:
        """Raises LimitReached when `consumed` packed octets, of one member or of several that follow one another, make too many."""
        if swollen(octets, consumed):
            raise LimitReached(IncidentCode.RATIO, SWOLLEN, _head(made))
        if octets > self.limits.ratio_floor and octets > self.limits.ratio * max(1, consumed):
            raise LimitReached(IncidentCode.RATIO, f"more than {self.limits.ratio} to 1", _head(made))

    def spend(self, octets: int) -> None:
        self.made += octets


def _head(made: bytes | bytearray | Callable[[], bytes]) -> bytes:
    return made() if callable(made) else bytes(made[:KEPT])


class Decompressor(Protocol):
    eof: bool
    needs_input: bool
    unused_data: bytes

    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def pump(budget: Budget, data: bytes, decompressor: Decompressor) -> tuple[bytes, bytes]:
    """Runs a bz2 or lzma decompressor object; returns (unpacked, octets after its end)."""
    made = Made()
    at = 0
    try:
        while not decompressor.eof:
            feed = b""
            if decompressor.needs_input:
                feed = data[at:at + FEED]
                at += len(feed)
                if not feed:
                    break
            made.write(decompressor.decompress(feed, STEP))
            budget.announced(made.tell(), at, made.head)
    except (lzma.LZMAError, OSError, EOFError, ValueError) as error:
        raise Damaged(type(error).__name__, made.getvalue()) from error
    budget.spend(made.tell())
    if not decompressor.eof:
        raise Damaged("data end early", made.getvalue())
    return made.getvalue(), decompressor.unused_data + data[at:]


def inflate(budget: Budget, data: bytes, window_bits: int = -15) -> tuple[bytes, bytes]:
    """Deflate (raw by default); returns (unpacked, octets after its end)."""
    machine = zlib.decompressobj(window_bits)
    made = Made()
    at = 0
    try:
        while not machine.eof and (at < len(data) or machine.unconsumed_tail):
            feed = machine.unconsumed_tail
            if not feed:
                feed = data[at:at + FEED]
                at += len(feed)
            made.write(machine.decompress(feed, STEP))
            budget.announced(made.tell(), at, made.head)
        made.write(machine.flush(STEP) if not machine.eof else b"")
    except zlib.error as error:
        raise Damaged("deflate", made.getvalue()) from error
    budget.spend(made.tell())
    if not machine.eof:
        raise Damaged("data end early", made.getvalue())
    return made.getvalue(), machine.unused_data + data[at:]


def bunzip2(budget: Budget, data: bytes) -> tuple[bytes, bytes]:
    return pump(budget, data, bz2.BZ2Decompressor())


def unlzma(budget: Budget, data: bytes, format: int = lzma.FORMAT_AUTO) -> tuple[bytes, bytes]:
    """xz or lzma-alone; memory for the dictionary is bounded."""
    try:
        machine = lzma.LZMADecompressor(format, 256 << 20)
    except (lzma.LZMAError, ValueError) as error:
        raise Damaged("lzma parameters") from error
    return pump(budget, data, machine)


def unzstd(budget: Budget, data: bytes) -> tuple[bytes, bytes]:
    """All zstd frames after one another; returns (unpacked, octets after the last frame). What skippable frames carry stands there
    too, where it is more than programs that pack in parallel write."""
    made, skipped = Made(), bytearray()
    rest = data
    frames = 0
    while rest[:4] == ZSTD or (rest[1:4] == b"\x2a\x4d\x18" and 0x50 <= rest[0] <= 0x5F):
        frames += 1
        if frames > ZSTD_FRAMES:
            raise LimitReached(IncidentCode.COUNT, f"more than {ZSTD_FRAMES} frames", made.head())
        if rest[:4] != ZSTD:
            end = 8 + int.from_bytes(rest[4:8], "little")
            skipped += rest[8:end] if end > SKIPPED else b""
            rest = rest[end:]
            continue
        machine = zstandard.ZstdDecompressor(max_window_size=128 << 20).decompressobj()
        at = 0
        try:
            while at < len(rest) and not machine.eof:
                made.write(machine.decompress(rest[at:at + 1024]))
                at += len(rest[at:at + 1024])
                budget.announced(made.tell(), len(data) - len(rest) + at, made.head)
        except zstandard.ZstdError as error:
            raise Damaged("zstd", made.getvalue()) from error
        if not machine.eof:
            raise Damaged("data end early", made.getvalue())
        rest = machine.unused_data + rest[at:]
    budget.spend(made.tell())
    return made.getvalue(), bytes(skipped) + rest if skipped else rest


Unpacker = Callable[[Budget, bytes], tuple[bytes, bytes]]
