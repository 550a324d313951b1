"""OpenPGP (RFC 9580): what is only signed or packed is taken out, what is enciphered is said to be, by other tools too.

A message that was signed but not enciphered hides its content from every other reader: it is compressed by custom.
Signatures are not verified here.
"""

from __future__ import annotations

import binascii
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from gateway.extract.archive.member_names import readings
from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.bounded import Budget, Damaged, LimitReached, bunzip2, inflate
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

ARMOUR = re.compile(rb"^[ \t]{0,8}-----BEGIN PGP (?:MESSAGE(?:, PART [^-\r\n]{1,20})?|SIGNATURE|PUBLIC KEY BLOCK)-----[ \t]*\r?\n"
                    rb"(?:[A-Za-z][^:\r\n]{0,60}:[^\r\n]{0,1000}\r?\n)*+", re.M)
TAG = re.compile(rb"<[^<>]{0,400}>")
BEGIN, END = b"-----BEGIN PGP MESSAGE", b"-----END PGP"
CHECKSUM = re.compile(rb"\n=[A-Za-z0-9+/]{4}\s*$")
SESSION_KEY, SIGNATURE, PASSWORD_KEY, ONE_PASS, COMPRESSED, ENCIPHERED, MARKER, LITERAL = 1, 2, 3, 4, 8, 9, 10, 11
SEALED = frozenset({SESSION_KEY, PASSWORD_KEY, ENCIPHERED, 18, 20})
SEALED_DATA = frozenset({ENCIPHERED, 18, 20})
KEY_VERSIONS = {SESSION_KEY: (2, 3, 6), PASSWORD_KEY: (4, 5, 6)}
"""Packet with a session key -> its versions (RFC 9580, 5.1 and 5.3)."""
ENCIPHERED_FILE = "application/x-enciphered"
BEGINS = frozenset({SIGNATURE, ONE_PASS, COMPRESSED, MARKER, LITERAL})
TEXTS = ("text/plain", "text/html")
BESIDE = ("application/pgp-signature", "application/pgp-keys")
"""Armour named otherwise: programs go by the packets in it."""
UNPACKED_HEADS = (b"\xcb", b"\xac", b"\xad", b"\xae")
"""What a literal packet begins with, whatever form its length has: the file behind it may be all letters."""
DROPPED = frozenset({"gpg", "pgp", "asc", "sig"})
FORMATS = b"btulm1"
MOST = 200                               # packets of one message, and pieces of one packet
MOST_BLOCKS = 100                        # messages in one text
DEPTH = 8


@dataclass(frozen=True, slots=True)
class Packet:
    tag: int
    body: bytes


class PgpExtractor:
    name = "pgp"

    def claims(self, node: Node) -> bool:
        if node.type in TEXTS:
            return BEGIN in node.data or stored(node.data)           # among words, as people paste it
        return node.type in ("application/pgp-encrypted", ENCIPHERED_FILE, *BESIDE) or (
            node.type == "application/octet-stream" and (plausible(node.data) or sealed(node.data)))

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        if node.type == ENCIPHERED_FILE:
            yield Problem(IncidentCode.ENCRYPTED, "enciphered file")
            return
        if node.type in BESIDE:
            blocks = [block for block in unarmoured(node.data) if any(p.tag in (COMPRESSED, LITERAL) for p in packets(block))]
        elif stored(node.data):
            blocks = [node.data]
        elif node.type in TEXTS:
            data = node.data
            if node.type == "text/html":                 # its lines, whatever ends them there
                data = b"\n".join(line.strip() for line in TAG.sub(b"\n", data).splitlines() if line.strip())
            blocks = [block for block in unarmoured(data) if plausible(block) or sealed(block)]
        elif node.type == "application/pgp-encrypted":
            blocks = unarmoured(node.data) or [b""]
        else:
            blocks = [node.data]
        if len(blocks) > MOST_BLOCKS:
            yield Problem(IncidentCode.COUNT, f"more than {MOST_BLOCKS} OpenPGP messages")
        budget = Budget.of(context)
        for block in blocks[:MOST_BLOCKS]:
            yield from _message(block, node, budget)


def _message(octets: bytes, node: Node, budget: Budget) -> Iterator[Yield]:
    found = list(_contents(octets, budget, 0))
    files = [item for item in found if not isinstance(item, Problem)]
    closed = node.type == "application/pgp-encrypted" or sealed(octets)
    if closed and (not files or any(isinstance(item, Problem) for item in found)):
        yield Observation("PGP-ENCRYPTED")
        yield Problem(IncidentCode.ENCRYPTED, "OpenPGP message")
    else:
        yield from (item for item in found if isinstance(item, Problem) and item.code is not IncidentCode.ENCRYPTED)
    for names, data in files:
        yield Observation("PGP-FILE", f"{len(data)} octets")
        yield Child(data, ArtifactKind.OBJECT, (*names, *_outer(node)), label="OpenPGP")


def plausible(data: bytes) -> bool:
    """True where the first octets can be a packet of a message that is not enciphered."""
    if len(data) < 8 or not data[0] & 0x80:
        return False
    first = next(packets(data), None)
    if first is None or first.tag not in BEGINS:
        return False
    if first.tag == COMPRESSED:
        return first.body[0] in (1, 2, 3)
    if first.tag == LITERAL:
        return first.body[0] in FORMATS
    return first.body[0] in (2, 3, 4, 6) or first.body == b"PGP"


def stored(data: bytes) -> bool:
    """True for one literal packet that ends where the octets end: a file that is neither packed nor signed may look like text."""
    if data[:1] not in UNPACKED_HEADS or not plausible(data) or not _whole(data):
        return False
    body = next(packets(data)).body
    return 6 + body[1] < len(body)


def sealed(data: bytes) -> bool:
    """True for a message in octets that is enciphered: session keys in versions that exist, then enciphered data."""
    if len(data) < 24 or not data[0] & 0x80:
        return False
    keys = 0
    for packet in packets(data):
        if packet.tag in SEALED_DATA:
            return (keys > 0 or _whole(data)) if packet.tag == ENCIPHERED else packet.body[0] in (1, 2)
        if packet.body[0] not in KEY_VERSIONS.get(packet.tag, ()):
            return False
        keys += 1
    return keys == MOST                                 # keys for more readers than are looked at


def _whole(data: bytes) -> bool:
    """True where the first packet says its length and ends where the file ends: its tag alone, with no version behind it, is what
    one in fifty files of random octets begins with."""
    if data[0] & 0x40:
        return _new(data, 1)[1] == len(data)
    return data[0] & 3 != 3 and _old(data, 1, data[0] & 3)[1] == len(data)


def packets(data: bytes) -> Iterator[Packet]:
    """Packets in order; nothing more where the lengths make no sense (RFC 9580 section 4.2)."""
    at = 0
    for _ in range(MOST):
        if at + 2 > len(data) or not data[at] & 0x80:
            return
        new = data[at] & 0x40
        tag = data[at] & 0x3F if new else data[at] >> 2 & 0x0F
        body, at = _new(data, at + 1) if new else _old(data, at + 1, data[at] & 3)
        if not body:
            return
        yield Packet(tag, body)
        if at > len(data):
            return


def _old(data: bytes, at: int, kind: int) -> tuple[bytes, int]:
    if kind == 3:
        return data[at:], len(data)
    size = 1 << kind
    end = at + size + int.from_bytes(data[at:at + size], "big")
    return data[at + size:end], end


def _new(data: bytes, at: int) -> tuple[bytes, int]:
    pieces: list[bytes] = []
    for _ in range(MOST):
        first = data[at] if at < len(data) else 0
        if first < 192:
            at, length = at + 1, first
        elif first < 224:
            at, length = at + 2, (first - 192 << 8) + int.from_bytes(data[at + 1:at + 2], "big") + 192
        elif first == 255:
            at, length = at + 5, int.from_bytes(data[at + 1:at + 5], "big")
        else:
            at, length = at + 1, 1 << (first & 0x1F)
        pieces.append(data[at:at + length])
        at += length
        if first < 224 or first == 255:
            break
    return b"".join(pieces), at


def _contents(data: bytes, budget: Budget, depth: int) -> Iterator[Problem | tuple[tuple[str, ...], bytes]]:
    """Names and octets of the literal packets, and what stopped the reading."""
    if depth > DEPTH:
        yield Problem(IncidentCode.DEPTH, "OpenPGP packets in packets")
        return
    for packet in packets(data):
        if packet.tag == LITERAL and packet.body[:1] in (b"b", b"t", b"u", b"l", b"m", b"1") and len(packet.body) > 6:
            start = 2 + packet.body[1]
            yield readings(packet.body[2:start]) if start > 2 else (), packet.body[start + 4:]
        elif packet.tag == COMPRESSED:
            yield from _unpacked(packet.body, budget, depth)
        elif packet.tag in SEALED:
            yield Problem(IncidentCode.ENCRYPTED, "OpenPGP message")
            return


def _unpacked(body: bytes, budget: Budget, depth: int) -> Iterator[Problem | tuple[tuple[str, ...], bytes]]:
    """A compressed packet: not at all, deflate, zlib, bzip2."""
    try:
        if body[0] == 3:
            made, _ = bunzip2(budget, body[1:])
        else:
            made, _ = inflate(budget, body[1:], zlib.MAX_WBITS if body[0] == 2 else -zlib.MAX_WBITS) if body[0] else (body[1:], b"")
    except LimitReached as limit:
        yield from _contents(limit.head, budget, depth + 1)
        yield limit.problem
        return
    except Damaged as damage:
        found = list(_contents(damage.head, budget, depth + 1))
        yield from found
        if found:
            yield Problem(IncidentCode.MALFORMED, "OpenPGP: compressed data that end early")
        return
    yield from _contents(made, budget, depth + 1)


def unarmoured(data: bytes) -> list[bytes]:
    """The octets of each message (RFC 9580 section 6.2); of one more than MOST_BLOCKS at most."""
    begins = [match.span() for match in islice(ARMOUR.finditer(data), MOST_BLOCKS + 1)]
    found: list[bytes] = []
    for number, (_, begin) in enumerate(begins):
        following = begins[number + 1][0] if number + 1 < len(begins) else len(data)
        end = data.find(END, begin, following)
        body = CHECKSUM.sub(b"", data[begin:end if end > 0 else following].rstrip())
        with suppress(binascii.Error):
            found.append(binascii.a2b_base64(body))
    return found


def _outer(node: Node) -> tuple[str, ...]:
    """The names of the message without its ending, as programs name what they take out."""
    parts = (name.rpartition(".") for name in node.artifact.names)
    return tuple(stem for stem, _, ending in parts if ending.lower() in DROPPED and "." in stem)


PGP = PgpExtractor()
