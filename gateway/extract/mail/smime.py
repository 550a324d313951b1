"""S/MIME (RFC 8551) and CMS (RFC 5652): what is signed is taken out, what is enciphered is said to be.

Only the outer structure is read; signatures are not verified here. BER with indefinite lengths is read as well as DER,
since streaming signers write it.
"""

from __future__ import annotations

import binascii
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from gateway.extract.base import Child, Context, Node, Problem, Yield
from gateway.extract.looks import text_like
from gateway.model.artifact import ArtifactKind
from gateway.model.content import Observation
from gateway.model.finding import IncidentCode

OID_PREFIX = bytes.fromhex("2a864886f70d0107")
SIGNED, ENVELOPED, ENCRYPTED_DATA = OID_PREFIX + b"\x02", OID_PREFIX + b"\x03", OID_PREFIX + b"\x06"
AUTH_ENVELOPED = bytes.fromhex("2a864886f70d010910") + b"\x01\x17"
COMPRESSED = bytes.fromhex("2a864886f70d010910") + b"\x01\x09"
SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature"})
MESSAGES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
MAX_NESTING = 12
ELEMENTS = 200_000
"""Of one message. A signer that streams writes a piece each 1,000 octets, and each is looked at a few times."""
Element = tuple[int, int, int]
"""Tag, and where the content begins and ends."""
UNKNOWN = frozenset({"application/asn1", "application/octet-stream"})
"""Types of what is not known to be such a message: whoever says that it is one is believed."""
WRAPPED = (".p7m", ".p7s", ".p7z")
FIELD = re.compile(rb"(?:[ \t]*\r?\n){0,4}[A-Za-z][A-Za-z0-9_-]{1,99}[ \t]{0,9}:")
"""A field as mail programs write them: a tag of a page may have a colon within it."""
PEM = re.compile(rb"-----BEGIN (?:PKCS7|CMS)-----([A-Za-z0-9+/=\s]{1,})-----END")


class SmimeExtractor:
    name = "smime"

    def claims(self, node: Node) -> bool:
        return node.type == "application/pkcs7-mime" or (
            node.type == "application/x-pem" and PEM.search(node.data[:200] + b"-----END") is not None) or (
            node.type in UNKNOWN and _said(node))

    def extract(self, node: Node, context: Context) -> Iterator[Yield]:
        data = node.data
        if node.type == "application/octet-stream":
            yield Problem(IncidentCode.MALFORMED, "S/MIME message that does not begin as one")
            return
        if node.type == "application/x-pem":
            match = PEM.search(data)
            data = binascii.a2b_base64(match[1]) if match else b""
        contents: list[bytes] = []
        said = node.artifact.declared_type in MESSAGES
        for item in _signature(data, context) if node.artifact.declared_type in SIGNATURES else _content_info(data, context):
            contents += [item.data] if isinstance(item, Child) else []
            if said and isinstance(item, Observation) and item.code == "SMIME-OTHER":
                yield Problem(IncidentCode.UNSUPPORTED, "S/MIME message of another kind")
            yield replace(item, names=_inner(node.artifact.names)) if isinstance(item, Child) and not item.detected_type else item
        yield from _pdf(data, contents)


def _said(node: Node) -> bool:
    """Declared or named as a message, whatever it is: mail programs try to read it as one."""
    return node.artifact.declared_type in MESSAGES or any(name[-4:].lower() in (".p7m", ".p7z") for name in node.artifact.names)


def _inner(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of a file that was signed: programs that check it leave it beside the envelope (`order.xml.p7m`)."""
    return tuple(name[:-4] for name in names if name[-4:].lower() in WRAPPED and "." in name[1:-4])


def _pdf(data: bytes, contents: list[bytes]) -> Iterator[Yield]:
    """A PDF that begins where readers look for it and is not what was signed: they open it, whatever stands in front."""
    at = data.find(b"%PDF-", 0, 1024 + 5)
    if at >= 0 and not any(content.startswith(data[at:at + 32]) for content in contents):
        yield Child(data[at:], ArtifactKind.OBJECT, label=f"at {at}", detected_type="application/pdf")


def _signature(data: bytes, context: Context) -> Iterator[Yield]:
    """A detached signature: no program takes content out of it, so one that cannot be read hides nothing."""
    try:
        yield from _content_info(data, context)
    except (ValueError, IndexError):
        yield Observation("SMIME-OTHER", "damaged signature")


def _content_info(data: bytes, context: Context) -> Iterator[Yield]:
    """ContentInfo ::= SEQUENCE { contentType OID, content [0] EXPLICIT ANY }."""
    reader = _Reader(data)
    outer = reader.children(*reader.header(0, len(data))[1:])
    oid = data[outer[0][1]:outer[0][2]] if outer and outer[0][0] == 0x06 else b""
    if oid in (ENVELOPED, AUTH_ENVELOPED, ENCRYPTED_DATA):
        yield Observation("SMIME-ENCRYPTED")
        yield Problem(IncidentCode.ENCRYPTED, "S/MIME message")
        return
    if oid not in (SIGNED, COMPRESSED) or len(outer) < 2:
        yield Observation("SMIME-OTHER", oid.hex())
        return
    body = reader.children(*reader.only(outer[1]))
    content = next(filter(None, (reader.encapsulated(c) for c in body if c[0] == 0x30)), b"")
    if not content:
        if not any(reader.typed(c) for c in body):
            raise ValueError("a signature over nothing")
        yield Observation("SMIME-SIGNATURE")
        return
    if oid == COMPRESSED:
        content, problem = _inflated(content, context.allowance(len(data)))
        if problem:
            yield problem
    yield Observation("SMIME-OPAQUE")
    mail = FIELD.match(content) is not None and text_like(content[:64])
    yield Child(content, ArtifactKind.OBJECT, label="signed", detected_type="message/rfc822" if mail else "")


def _inflated(packed: bytes, allowance: int) -> tuple[bytes, Problem | None]:
    machine = zlib.decompressobj()
    content = machine.decompress(packed, max(1, allowance))
    if not machine.eof:
        code = IncidentCode.RATIO if machine.unconsumed_tail or len(content) >= allowance else IncidentCode.MALFORMED
        return content, Problem(code, "compressed S/MIME message")
    return content, None


@dataclass(slots=True)
class _Reader:
    """BER elements of a message, ELEMENTS of them at most. Raises ValueError beyond, and where they cannot be followed."""

    data: bytes
    left: int = ELEMENTS

    def count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise ValueError(f"more than {ELEMENTS} elements")

    def header(self, at: int, stop: int) -> Element:
        """The element at an offset, which ends with what it stands in; an indefinite length ends at its end-of-contents octets."""
        self.count()
        tag, length = self.data[at], self.data[at + 1]
        at += 2
        if length == 0x80:
            return tag, at, self.indefinite_end(at, stop, 0)
        if length > 0x80:
            size = length & 0x7F
            if size > 4:
                raise ValueError("length of more than four octets")
            length = int.from_bytes(self.data[at:at + size], "big")
            at += size
        if at + length > stop:
            raise ValueError("an element ends behind what it stands in")
        return tag, at, at + length

    def indefinite_end(self, at: int, stop: int, depth: int) -> int:
        if depth > MAX_NESTING:
            raise ValueError("nested too deep")
        while self.data[at:at + 2] != b"\0\0":
            self.count()
            if at + 2 > stop:
                return stop
            indefinite = self.data[at + 1] == 0x80
            at = self.indefinite_end(at + 2, stop, depth + 1) + 2 if indefinite else self.header(at, stop)[2]
        return at

    def children(self, start: int, end: int) -> list[Element]:
        found: list[Element] = []
        at = start
        while at + 2 <= end and self.data[at:at + 2] != b"\0\0":
            node = self.header(at, end)
            found.append(node)
            at = node[2] + (2 if self.data[at + 1] == 0x80 else 0)
        return found

    def only(self, node: Element) -> tuple[int, int]:
        """The span inside the one SEQUENCE that an explicit tag holds."""
        children = self.children(node[1], node[2])
        if not children:
            raise ValueError("empty explicit tag")
        return children[0][1], children[0][2]

    def encapsulated(self, inner: Element) -> bytes:
        """EncapsulatedContentInfo's octets; nothing where the SEQUENCE is another one (an algorithm's)."""
        fields = self.children(inner[1], inner[2])
        if len(fields) < 2 or fields[0][0] != 0x06 or fields[1][0] != 0xA0:
            return b""
        return b"".join(self.octets(fields[1], 0))

    def typed(self, inner: Element) -> bool:
        """Whether this is an EncapsulatedContentInfo: certificates alone and detached signatures have one, too, without octets."""
        fields = self.children(inner[1], inner[2]) if inner[0] == 0x30 else []
        return bool(fields) and fields[0][0] == 0x06

    def octets(self, node: Element, depth: int) -> Iterator[bytes]:
        """Content of an OCTET STRING, in one piece or constructed of pieces."""
        if node[0] == 0x04:
            yield self.data[node[1]:node[2]]
        elif node[0] & 0x20:
            if depth >= MAX_NESTING:
                raise ValueError("nested too deep")
            for child in self.children(node[1], node[2]):
                yield from self.octets(child, depth + 1)


SMIME = SmimeExtractor()
