"""Parts of Pages, Numbers and Keynote (.iwa): blocks of Snappy without its checksums, and in them the strings of protobuf messages.

Each block has a zero, three octets of length and a Snappy stream ([Snappy format description]): the size, then literals and
copies of what came before. Strings are told from other fields by being text: their tag, their length, that many octets of UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.extract.base import Context, Node, Problem, Yield
from gateway.extract.bounded import counted
from gateway.extract.office.targets import judge
from gateway.model.content import Text
from gateway.model.finding import IncidentCode

NAME = ".iwa"
SHORTEST = 2
"""Octets of a string that is kept."""
CONTROL = re.compile("[\\x00-\\x08\\x0e-\\x1f\\x7f]")
LENGTH_DELIMITED = 2
STRINGS = 200_000
LINK = re.compile(rb"(?:smb|afp|nfs|cifs|file)://[\x21-\x7e]{3,300}", re.I)
"""A link to a share or a file: what is new in a block stands there as it is."""


class Broken(ValueError):
    """Not Snappy."""


class IworkExtractor:
    name = "iwork"

    def claims(self, node: Node) -> bool:
        return node.data[:1] == b"\0" and any(name.lower().endswith(NAME) for name in node.artifact.names)

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        for found in counted(LINK.finditer(node.data), STRINGS, "links"):
            seen = judge("hyperlink", found[0].decode("ascii"))
            if seen is not None and seen.code != "DOC-LINK":
                yield seen
        if not context.outbound:
            return
        try:
            body = unpacked(node.data, context.allowance(len(node.data)))
        except Broken:
            yield Problem(IncidentCode.MALFORMED, "iWork part that is no Snappy stream")
            return
        text = "\n".join(dict.fromkeys(strings(body)))
        if text:
            yield Text(text, "body")


def unpacked(data: bytes, room: int) -> bytes:
    """All blocks, `room` octets at the most. Raises Broken."""
    made = bytearray()
    at = 0
    while at + 4 <= len(data) and len(made) < room:
        if data[at]:
            raise Broken
        size = int.from_bytes(data[at + 1:at + 4], "little")
        made += _block(data[at + 4:at + 4 + size], room - len(made))
        at += 4 + size
    return bytes(made)


def _block(data: bytes, room: int) -> bytearray:
    size, at = _number(data, 0)
    if size > room:
        raise Broken
    made = bytearray()
    while at < len(data) and len(made) < size:
        tag = data[at]
        at += 1
        if tag & 3 == 0:
            length = tag >> 2
            more = max(0, length - 59)
            length = (int.from_bytes(data[at:at + more], "little") if more else length) + 1
            made += data[at + more:at + more + length]
            at += more + length
            continue
        width = (1, 2, 4)[(tag & 3) - 1]
        back = int.from_bytes(data[at:at + width], "little") + ((tag >> 5) << 8 if width == 1 else 0)
        length = (tag >> 2 & 7) + 4 if width == 1 else (tag >> 2) + 1
        at += width
        if not 0 < back <= len(made):
            raise Broken
        start = len(made) - back
        piece = bytes(made[start:start + length])
        made += (piece * (length // len(piece) + 1))[:length]
    return made


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A varint of protobuf and where it ends. Raises Broken."""
    value = 0
    for place in range(5):
        if at + place >= len(data):
            raise Broken
        value |= (data[at + place] & 0x7F) << 7 * place
        if data[at + place] < 0x80:
            return value, at + place + 1
    raise Broken


def strings(body: bytes) -> Iterator[str]:
    """Fields that hold text, messages within messages searched through: a length that fits text is taken for one."""
    at = count = 0
    while at + 2 < len(body) and count < STRINGS:
        if body[at] & 7 == LENGTH_DELIMITED and body[at] > 7:
            try:
                size, start = _number(body, at + 1)
            except Broken:
                at += 1
                continue
            text = _text(body[start:start + size]) if SHORTEST <= size <= len(body) - start else ""
            if text:
                count += 1
                yield text
                at = start + size
                continue
        at += 1


def _text(raw: bytes) -> str:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return ""
    return "" if CONTROL.search(text) else text


IWORK = IworkExtractor()
