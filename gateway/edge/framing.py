"""Where a command line, a DATA section and a BDAT chunk end. Pure: octets in, octets out.

One rule everywhere (RFC 5321 sections 2.3.8 and 4.1.1.4): a line ends with CR LF, a message ends with CR LF `.` CR LF, and
nothing else ever does. The lenient readings of other servers are what SMTP smuggling lives on (CVE-2023-51764, -51765,
-51766, CVE-2024-27305).
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

END = b"\r\n.\r\n"
MAX_LINE = 4096                          # octets of a command line: RFC 5321 has 512, extensions and ORCPT of 500 add to it
_ANY_END = re.compile(rb"\r\n|\r|\n")
_DOT_LINE = re.compile(rb"\r\n\.")      # twice as fast as bytes.find


class BadLine(Exception):
    """A command line that ends the session: bare CR or LF, NUL, or longer than MAX_LINE."""


def take_line(buffer: bytearray) -> bytes | None:
    """Removes and returns one command line without its CR LF; None where it is not complete. Raises BadLine."""
    end = buffer.find(b"\n", 0, MAX_LINE)
    if end < 0:
        if len(buffer) >= MAX_LINE:
            raise BadLine("too long")
        return None
    line = bytes(buffer[:end + 1])
    if not line.endswith(b"\r\n") or line.count(b"\r") != 1:
        raise BadLine("bare CR or LF")
    if b"\0" in line:
        raise BadLine("NUL")
    del buffer[:end + 1]
    return line[:-2]


@dataclass(frozen=True, slots=True)
class Piece:
    """What one step of a framer found out."""

    content: bytes                       # octets of the message, dots unstuffed
    ended: bool = False
    rest: bytes = b""                    # octets after the end: the next commands


class DataFramer:
    """The content of a DATA section, fed in chunks of any size.

    `stray` counts bare CR and bare LF seen in the content, `dots` is whether a line began with a dot. With `normalise` stray
    ones become CR LF, and since the content is stuffed again on its way out, a lone dot between them stays content for
    every reader behind us.
    """

    __slots__ = ("_held", "_skip", "dots", "normalise", "stray")

    def __init__(self, normalise: bool = False) -> None:
        self.normalise = normalise
        self.stray = 0
        self.dots = False
        self._held = b"\r\n"             # a virtual line end before the first line makes its dot like any other
        self._skip = 2                   # and is not part of the content

    def feed(self, chunk: bytes) -> Piece:
        data = self._held + chunk
        dot = dot_line(data)
        end = data.find(END, dot) if dot >= 0 else -1
        if end >= 0:
            return Piece(self._content(data[:end + 2], dot < end), True, data[end + len(END):])
        keep = _held_back(data)
        self._held = data[len(data) - keep:]
        return Piece(self._content(data[:len(data) - keep] if keep else data, dot >= 0))

    def _content(self, data: bytes, dots: bool) -> bytes:
        if dots:
            self.dots = True
            data = data.replace(b"\r\n.", b"\r\n")
        if self._skip and data:
            data, self._skip = data[self._skip:], 0
        strays = count_stray(data)
        if strays:
            self.stray += strays
            if self.normalise:
                return _ANY_END.sub(b"\r\n", data)
        return data


class ChunkFramer:
    """The content of BDAT chunks (RFC 3030): counted, so only its line ends are looked at."""

    __slots__ = ("_held", "_line_open", "normalise", "stray")

    def __init__(self, normalise: bool = False) -> None:
        self.normalise = normalise
        self.stray = 0
        self._held = b""                 # a CR whose LF may be in the next piece
        self._line_open = False

    def feed(self, chunk: bytes) -> bytes:
        data = self._held + chunk
        self._held = b"\r" if data.endswith(b"\r") else b""
        return self._content(data[:-1] if self._held else data)

    def close(self) -> bytes:
        """What is left after the last chunk. A last line without CR LF gets it, as RFC 5321 section 4.1.1.4 wants of a
        client before its dot; DKIM counts both forms as the same body (RFC 6376 section 3.4.3)."""
        data = self._content(self._held)
        self._held = b""
        return data + b"\r\n" if self._line_open else data

    def _content(self, data: bytes) -> bytes:
        strays = count_stray(data)
        if strays:
            self.stray += strays
            if self.normalise:
                data = _ANY_END.sub(b"\r\n", data)
        if data:
            self._line_open = not data.endswith(b"\r\n")
        return data


def dot_line(data: bytes) -> int:
    """Where the first CR LF `.` is, -1 where there is none. Base64 has no dot: the search for one is 20 times as fast."""
    found = _DOT_LINE.search(data) if b"." in data else None
    return found.start() if found is not None else -1


def count_stray(data: bytes) -> int:
    """Bare CR and bare LF in octets that were not cut between a CR and its LF.

    The decoder of universal newlines tells in one pass, a quarter of the cost of counting, which line ends there are.
    """
    seen = io.IncrementalNewlineDecoder(None, False)
    seen.decode(data.decode("latin-1"), True)
    if seen.newlines in (None, "\r\n"):
        return 0
    pairs = data.count(b"\r\n")
    return data.count(b"\r") + data.count(b"\n") - 2 * pairs


def _held_back(data: bytes) -> int:
    """Length of the longest suffix that may be the beginning of END."""
    for length in (4, 3, 2, 1):
        if data.endswith(END[:length]):
            return length
    return 0
