"""S/MIME (RFC 8551) and CMS (RFC 5652): what is signed is taken out, what is enciphered is said to be.

Only the outer structure is read; signatures are not verified here. BER with indefinite lengths is read as well as DER,
since streaming signers write it.
"""

from __future__ import annotations

import binascii
import re
import zlib
from collections.abc import Iterator

from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

OID_PREFIX = bytes.fromhex("2a864886f70d0107")
SIGNED, ENVELOPED, ENCRYPTED_DATA = OID_PREFIX + b"\x02", OID_PREFIX + b"\x03", OID_PREFIX + b"\x06"
AUTH_ENVELOPED = bytes.fromhex("2a864886f70d010910") + b"\x01\x17"
COMPRESSED = bytes.fromhex("2a864886f70d010910") + b"\x01\x09"
SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature"})
MAX_NESTING = 12
PEM = re.compile(rb"-----BEGIN (?:PKCS7|CMS)-----([A-Za-z0-9+/=\s]{1,})-----END")


class SmimeExtractor:
    name = "smime"

    def claims(self, node: Node) -> bool:
        return node.type == "application/pkcs7-mime" or (
            node.type == "application/x-pem" and PEM.search(node.data[:200] + b"-----END") is not None)

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        data = node.data
        if node.type == "application/x-pem":
            match = PEM.search(data)
            data = binascii.a2b_base64(match[1]) if match else b""
        if node.artifact.declared_type in SIGNATURES:
            yield from _signature(data, context)
        else:
            yield from _content_info(data, context)


def _signature(data: bytes, context: Context) -> Iterator[Yield]:
    """A detached signature: no program takes content out of it, so one that cannot be read hides nothing."""
    try:
        yield from _content_info(data, context)
    except (ValueError, IndexError):
        yield Observation("SMIME-OTHER", "damaged signature")


def _content_info(data: bytes, context: Context) -> Iterator[Yield]:
    """ContentInfo ::= SEQUENCE { contentType OID, content [0] EXPLICIT ANY }."""
    outer = _children(data, *_header(data, 0)[1:])
    oid = data[outer[0][1]:outer[0][2]] if outer and outer[0][0] == 0x06 else b""
    if oid in (ENVELOPED, AUTH_ENVELOPED, ENCRYPTED_DATA):
        yield Observation("SMIME-ENCRYPTED")
        yield Problem(IncidentCode.ENCRYPTED, "S/MIME message")
        return
    if oid not in (SIGNED, COMPRESSED) or len(outer) < 2:
        yield Observation("SMIME-OTHER", oid.hex())
        return
    body = _children(data, *_only(data, outer[1]))
    content = next(filter(None, (_encapsulated(data, c) for c in body if c[0] == 0x30)), b"")
    if not content:
        yield Observation("SMIME-SIGNATURE")
        return
    if oid == COMPRESSED:
        content = zlib.decompressobj().decompress(content, context.allowance(len(data)))
    yield Observation("SMIME-OPAQUE")
    yield Child(content, ArtifactKind.OBJECT, label="signed", detected_type="message/rfc822" if b":" in content[:200] else "")


def _encapsulated(data: bytes, inner: tuple[int, int, int]) -> bytes:
    """EncapsulatedContentInfo's octets; nothing where the SEQUENCE is another one (an algorithm's)."""
    fields = _children(data, inner[1], inner[2])
    if len(fields) < 2 or fields[0][0] != 0x06 or fields[1][0] != 0xA0:
        return b""
    return b"".join(_octets(data, fields[1], 0))


def _octets(data: bytes, node: tuple[int, int, int], depth: int) -> Iterator[bytes]:
    """Content of an OCTET STRING, in one piece or constructed of pieces."""
    if node[0] == 0x04:
        yield data[node[1]:node[2]]
    elif depth < MAX_NESTING and node[0] & 0x20:
        for child in _children(data, node[1], node[2]):
            yield from _octets(data, child, depth + 1)


def _only(data: bytes, node: tuple[int, int, int]) -> tuple[int, int]:
    """The span inside the one SEQUENCE that an explicit tag holds."""
    children = _children(data, node[1], node[2])
    if not children:
        raise ValueError("empty explicit tag")
    return children[0][1], children[0][2]


def _header(data: bytes, at: int) -> tuple[int, int, int]:
    """(tag, start, end) of the element at an offset; an indefinite length ends at its end-of-contents octets."""
    tag, length = data[at], data[at + 1]
    at += 2
    if length == 0x80:
        return tag, at, _indefinite_end(data, at, 0)
    if length > 0x80:
        size = length & 0x7F
        if size > 4:
            raise ValueError("length of more than four octets")
        length = int.from_bytes(data[at:at + size], "big")
        at += size
    return tag, at, min(at + length, len(data))


def _indefinite_end(data: bytes, at: int, depth: int) -> int:
    if depth > MAX_NESTING:
        raise ValueError("nested too deep")
    while data[at:at + 2] != b"\0\0":
        if at + 2 > len(data):
            return len(data)
        indefinite = data[at + 1] == 0x80
        at = _indefinite_end(data, at + 2, depth + 1) + 2 if indefinite else _header(data, at)[2]
    return at


def _children(data: bytes, start: int, end: int) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    at = start
    while at + 2 <= end and len(found) < 10_000 and data[at:at + 2] != b"\0\0":
        node = _header(data, at)
        found.append(node)
        at = node[2] + (2 if data[at + 1] == 0x80 else 0)
    return found


SMIME = SmimeExtractor()
