"""How much CPU a message may use: what honest mail of its size and of as many pieces does, with room to spare.

A small mail costs a tenth of SMALL. What is large, or has many files or pages, costs its readers and detectors more, and may:
each octet as it came, each octet that was unpacked of it, each piece adds to what is allowed. A bomb, a storm or a loop is
small and costs what only large mail may; it ends here, whatever it is made of.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

EACH = 0.002
"""Seconds for an artifact or a text of its own (a page, a sheet, a slide): a page of a web site or of a contract costs as much."""
LOOK = 2.0
"""Seconds for a megapixel of a picture with letters: it is searched for lines, shades, boxes and noise, and made ready to be read
once or more. A page with stamps over its numbers takes half of that; how many are read at all has bounds of its own."""
READ, READING = 12.0, 40.0
"""Seconds that a picture with letters adds for Tesseract, and up to which they do: a scanned page of 70 lines needs three or four,
one that lies askew or is written in ideographs is read several times, and eight such pages are read of a file."""
INSIDE = 20
"""Octets unpacked of one as it came that add to what is allowed: logs and tables shrink to a tenth or a twentieth."""
MEGABYTE = 1 << 20
GRACE = 0.3
"""Seconds for putting together what was found, once all is used up."""


class Spent(BaseException):
    """All is used up. Raised between any two instructions; no Exception, so that no reader takes it for a fault of its input."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Seconds for a megabyte, on a 2-core server of 2023: twice what the dearest honest mail needs."""

    wire: float                          # of the message as it came
    inside: float                        # of what was unpacked or read out of it


INBOUND = Rates(0.3, 0.1)
OUTBOUND = Rates(0.8, 0.3)


@dataclass(slots=True)
class Allowance:
    """Of one message. The walk adds what it finds; who holds the clock asks for `seconds`."""

    small: float = math.inf              # seconds that every message may use
    rates: Rates = OUTBOUND
    size: int = 0                        # octets of the message as it came
    pace: float = 1.0                    # how many times as slow as the server of `Rates` this one is
    inside: int = 0
    pieces: int = 0
    looks: float = 0.0                   # megapixels of pictures that are read
    read: int = 0                        # pictures that are given to Tesseract
    granted: float = 0.0
    most: float = math.inf               # seconds that none may use in the child itself, whatever its size
    programs: float = 0.0                # seconds that 7-Zip and Tesseract used for it so far
    own: Callable[[], float] = lambda: 0.0
    # ^ seconds that the child used, but for budgets of their own
    recount: Callable[[], object] = lambda: None
    # ^ to be called when a program has used some

    def add(self, octets: int) -> None:
        """A piece of so many octets or characters was found."""
        self.inside += octets
        self.pieces += 1

    def look(self, pixels: int) -> None:
        """A picture of so many is read."""
        self.looks += pixels / 1e6

    def grant(self) -> None:
        """All is used up, and what was found is put together."""
        self.granted += GRACE

    def seconds(self) -> float:
        """All that it may use, in the child and in programs."""
        inside = min(self.inside, INSIDE * self.size)
        large = (self.rates.wire * self.size + self.rates.inside * inside) / MEGABYTE
        child = min(self.most, self.pace * (self.small + large + EACH * self.pieces + LOOK * self.looks))
        reading = min(self.pace * READING, child + self.pace * READ * self.read)
        return max(child, reading) + self.pace * self.granted

    def left(self) -> float:
        """Seconds that a program may use now."""
        return self.seconds() - self.programs - self.own()
