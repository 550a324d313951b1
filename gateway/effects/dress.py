"""What passing mail wears when it leaves: our trace, a warning, a word in its subject, our signature or seal.

| mail | changed | signed |
| --- | --- | --- |
| outbound, internal | nothing | DKIM, where a key speaks for its author |
| inbound | nothing | ARC only with `seal = "always"` |
| inbound, annotated | X-Sekisho-Warning; the subject where a tag is set | ARC, where it can be sealed |

Fields are only ever put on top; of what came, forged copies of our own fields leave, and a tag goes into the subject. A
subject that somebody signed gets its tag only where the change can be sealed.
"""

from __future__ import annotations

import base64
import os
import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.effects.header import Header, authentication_results, read_header, trace
from gateway.model.action import Relay
from gateway.model.author import decoded
from gateway.model.bodyhash import WHOLE_RELAXED, body_hash
from gateway.model.custody import Admission
from gateway.model.finding import Inspection
from gateway.model.ports import Signer
from gateway.model.transaction import AuthResult, Direction, Transaction

CHAINS = {"none": "none", "pass": "pass", "policy": "pass", "fail": "fail"}
"""Our result for the ARC chain -> what a seal says of it: whom we trust is nobody else's affair. Others are not sealed."""

_SIGNED = re.compile(rb"(?i)(?:\A|(?<=\r\n))(?:dkim-signature|arc-seal|domainkey-signature)[ \t]*:")
_SUBJECT = re.compile(rb"(?i)(?:\A|(?<=\r\n))subject[ \t]*:[ \t]*")
_FIELD_END = re.compile(rb"\r\n(?![ \t])")


@dataclass(frozen=True, slots=True)
class Dressed:
    """The octets in front of the message, and how many octets of the message they stand for."""

    head: bytes
    offset: int = 0
    notes: tuple[str, ...] = ()          # what could not be done, in our own words


@dataclass(frozen=True, slots=True)
class Dresser:
    """`warning` gives the sentence of the header line; "" puts none in."""

    hostname: str
    signer: Signer | None = None
    warning: Callable[[Inspection], str] = lambda inspection: ""
    subject_tag: str = ""
    seal_always: bool = False

    def hashes(self, direction: Direction) -> bool:
        """Whether a mail of this direction may get a signature or seal of ours, which needs the hash of its body."""
        return self.signer is not None and (direction is not Direction.INBOUND or self.seal_always or bool(self.subject_tag))

    def dress(self, transaction: Transaction, inspection: Inspection, header: Header, relays: Sequence[Relay]) -> Dressed:
        tags = tuple(dict.fromkeys(tag for relay in relays for tag in relay.tags))
        block, notes = header.cleaned(), []
        body_hash = inspection.summary.body_hashes.get(WHOLE_RELAXED, "")
        vouched, warning = b"", ""
        if transaction.direction is not Direction.INBOUND:
            vouched = self.signer.sign(block, body_hash) if self.signer is not None else b""
        else:
            annotated = any(relay.annotated for relay in relays)
            warning = self.warning(inspection) if annotated else ""
            block, vouched, notes = self._sealed(transaction, block, body_hash, annotated)
        head = trace(transaction, self.hostname, tags) + _warned(warning) + vouched
        if block == header.block:
            return Dressed(head, 0, tuple(notes))
        return Dressed(head + block, len(header.block), tuple(notes))

    def _sealed(self, transaction: Transaction, block: bytes, body_hash: str, annotated: bool) -> tuple[bytes, bytes, list[str]]:
        """The block with its tag, where it may have one; the seal over it; what could not be done."""
        tagged = with_tag(block, self.subject_tag) if annotated and self.subject_tag else block
        if tagged == block and not self.seal_always:
            return block, b"", []
        seal = self._seal(transaction, tagged, body_hash)
        if tagged != block and not seal and _SIGNED.search(block):
            return block, self._seal(transaction, block, body_hash) if self.seal_always else b"", [
                "the subject is signed and the change cannot be sealed: not tagged"]
        return tagged, seal, []

    def _seal(self, transaction: Transaction, block: bytes, body_hash: str) -> bytes:
        if self.signer is None:
            return b""
        value = authentication_results(transaction.auth, self.hostname, transaction.session).partition(": ")[2]
        return self.signer.seal(block, body_hash, value, CHAINS.get(_chain(transaction.auth), ""))


@dataclass(frozen=True, slots=True)
class Voucher:
    """The same for what custody sends: the fields to put on top of a notice or a release."""

    hostname: str
    signer: Signer

    def notice(self, fd: int, size: int) -> bytes:
        """Our own octets, a few kB: hashed here."""
        octets = os.pread(fd, size, 0)
        block, _, body = octets.partition(b"\r\n\r\n")
        return self.signer.sign(block + b"\r\n\r\n", body_hash(memoryview(body)))

    def release(self, fd: int, size: int, admission: Admission, inspection: Inspection, changed: bool) -> bytes:
        """Mail of our own is signed; strangers' mail is sealed where parts were taken out, and else leaves as it came.

        `inspection` is that of the octets that leave: the cell hashed their body.
        """
        digest = inspection.summary.body_hashes.get(WHOLE_RELAXED, "")
        block = read_header(fd, size, "", "", size).block
        if admission.direction is not Direction.INBOUND:
            return self.signer.sign(block, digest)
        if not changed:
            return b""
        known = [AuthResult(str(a["method"]), str(a["result"]), str(a.get("domain", "")))
                 for a in admission.inspection.get("auth", ())]
        value = authentication_results(known, self.hostname).partition(": ")[2]
        return self.signer.seal(block, digest, value, CHAINS.get(_chain(known), ""))


def _chain(results: Sequence[AuthResult]) -> str:
    return next((r.result for r in results if r.method == "arc"), "none")


def with_tag(block: bytes, tag: str) -> bytes:
    """The header block with `tag` in front of its subject, the rest octet for octet; as it is where it stands there already."""
    match = _SUBJECT.search(block)
    if match is None:
        return b"Subject: " + encoded(tag) + b"\r\n" + block
    end = _FIELD_END.search(block, match.end())
    value = block[match.end():end.start() if end else len(block)]
    shown = decoded(value.replace(b"\r\n", b"").decode("utf-8", "replace"))
    if tag in shown or encoded(tag) in value:
        return block
    word = tag + " " if value.startswith(b"=?") else tag         # readers drop the blank between two encoded words
    return block[:match.end()] + encoded(word).rstrip(b" ") + b" " + block[match.end():]


def encoded(text: str, width: int = 48) -> bytes:
    """As it is in ASCII; else as encoded words (RFC 2047) of which none is longer than 75 octets, folded between them."""
    if text.isascii():
        return text.encode("ascii")
    pieces, piece = [], ""
    for character in text:
        if piece and len((piece + character).encode()) > width * 3 // 4:
            pieces.append(piece)
            piece = ""
        piece += character
    return b"\r\n ".join(b"=?utf-8?B?" + base64.b64encode(p.encode()) + b"?=" for p in (*pieces, piece))


def _warned(sentence: str) -> bytes:
    if not sentence:
        return b""
    folded = "\r\n\t".join(textwrap.wrap(sentence, 76, break_long_words=False)) if sentence.isascii() else ""
    return b"X-Sekisho-Warning: " + (folded.encode("ascii") or encoded(sentence)) + b"\r\n"
