"""The header block of passing mail: our lines on top, forged copies of them out, everything else octet for octet.

Forged are fields whose names are ours (X-Sekisho-*, MIME-Ambiguity-Results) and Authentication-Results that claim to be ours
(RFC 8601 section 5). They are taken out of the header block only: what looks like one in the body is content.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from gateway.auth.names import ascii_name
from gateway.model.transaction import AuthResult, Session, Transaction

STEP = 16 << 10                          # octets read at a time; most header blocks fit
WIDTH = 78                               # octets of a line, where words allow (RFC 5322 section 2.1.1)
_FIELD = re.compile(rb"(?i)(?:\A|(?<=\r\n))[^!-~ \t\r\n]*(received|authentication-results|mime-ambiguity-results"
                    rb"|x-sekisho-[!-9;-~]*)[^!-~\r\n]*:")
"""With what lenient readers overlook: control and 8-bit octets before the name, blanks and such octets behind it."""
_FIELD_END = re.compile(rb"\r\n(?![ \t])")
_UNSAFE = re.compile(r"[^A-Za-z0-9._:\[\]-]")
_UNQUOTABLE = re.compile(r"[^\x20-\x7e]|[\"\\()]")
_PROPERTY = {"spf": "smtp.mailfrom", "dkim": "header.d", "dmarc": "header.from", "iprev": "policy.iprev"}
_DOTS = re.compile(r"\s*\.\s*")


class HeaderTooBig(Exception):
    """No end of the header block within the limit."""


@dataclass(frozen=True, slots=True)
class Header:
    """What was found in the header block of one message."""

    block: bytes                         # with the empty line that ends it, where there is one
    received: int                        # Received fields
    looped: bool                         # one of them is of this very listener
    forged: tuple[tuple[int, int], ...]  # spans of the block that must not pass

    def cleaned(self) -> bytes:
        """The block without what was forged."""
        parts, at = [], 0
        for start, end in self.forged:
            parts.append(self.block[at:start])
            at = end
        return b"".join((*parts, self.block[at:]))


def read_header(fd: int, size: int, hostname: str, listener: str, limit: int, others: Collection[str] = ()) -> Header:
    """Reads no more than `limit` octets. `others` are authserv-ids beside our hostname. Raises HeaderTooBig."""
    block = os.pread(fd, STEP, 0)
    while (end := _block_end(block)) < 0 and len(block) < size:
        if len(block) >= limit:
            raise HeaderTooBig
        block += os.pread(fd, max(STEP, len(block)), len(block))
    block = block[:end] if end >= 0 else block
    if len(block) > limit:
        raise HeaderTooBig
    return examine(block, hostname, listener, others)


def examine(block: bytes, hostname: str, listener: str, others: Collection[str] = ()) -> Header:
    received, looped, forged = 0, False, []
    names = {ascii_name(name) for name in (hostname, *others)}
    ours = _own_trace(hostname, listener)
    for match in _FIELD.finditer(block):
        end = _FIELD_END.search(block, match.end())
        stop = end.end() if end is not None else len(block)
        name = match[1].lower()
        if name == b"received":
            received += 1
            looped = looped or ours.search(block, match.end(), stop) is not None
        elif name != b"authentication-results" or _authserv(block[match.end():stop]) in names:
            forged.append((match.start(), stop))
    return Header(block, received, looped, tuple(forged))


def trace(transaction: Transaction, hostname: str, tags: Sequence[str] = ()) -> bytes:
    """Our lines, topmost first: Received (RFC 5321 section 4.4), Authentication-Results (RFC 8601), ours."""
    lines = [_received(transaction, hostname)]
    if transaction.auth:
        lines.append(authentication_results(transaction.auth, hostname, transaction.session))
    lines.append(f"X-Sekisho-Id: {transaction.id}")
    if tags:
        lines.append("X-Sekisho-Tags: " + ", ".join(_printable(tag, 60) for tag in tags))
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def authentication_results(results: Sequence[AuthResult], hostname: str, session: Session | None = None) -> str:
    """Without the final line end. `session` adds what is known of its client: the address behind an ARC chain (RFC 8617
    section 10.2) and, as a method of no registry, the TLS of the connection."""
    words = []
    for r in results:
        word = f"{r.method}={r.result}"
        if r.detail:
            word += f' reason="{_printable(r.detail, 120)}"'
        if r.domain and r.method in _PROPERTY:
            word += f" {r.identity or _PROPERTY[r.method]}={_host(_ascii_domain(r.domain))}"
        if r.method == "arc" and session is not None:
            word += f" smtp.remote-ip={_host(session.client)}"
        words.append(word)
    if session is not None and session.tls:
        version, _, cipher = session.tls.partition(" ")
        words.append(f"x-tls=pass smtp.version={_host(version)}" + (f" smtp.cipher={_host(cipher)}" if cipher else ""))
    return ";\r\n\t".join([f"Authentication-Results: {hostname}", *(words or ["none"])])


def _received(transaction: Transaction, hostname: str) -> str:
    session, envelope = transaction.session, transaction.envelope
    address = f"IPv6:{session.client}" if ":" in session.client else session.client
    name = f"{_host(session.client_name)} " if session.client_name else ""
    words = [f"Received: from {_host(session.helo) or 'unknown'} ({name}[{_host(address)}])",
             f"by {hostname} (sekisho/{_host(listener_word(session.listener))}) with {session.protocol}"]
    if session.tls:
        words.append(f"(using {_printable(session.tls, 60)})")
    identity = f"id {transaction.id}"
    only = envelope.recipients[0].mailbox.text if len(envelope.recipients) == 1 else ""
    if only and only.isascii() and only.isprintable():
        words += [identity, f"for <{only}>;"]
    else:
        words.append(f"{identity};")
    words.append(_date(transaction.message.received_at.replace(microsecond=0)))
    return "\r\n\t".join(words)


@lru_cache(maxsize=16)
def _date(at: datetime) -> str:
    return format_datetime(at)


def listener_word(listener: str) -> str:
    return _UNSAFE.sub("-", listener)


@lru_cache(maxsize=64)
def _own_trace(hostname: str, listener: str) -> re.Pattern[bytes]:
    name, word = re.escape(hostname.encode()), re.escape(listener_word(listener).encode())
    return re.compile(rb"(?i)[ \t]by[ \t]+" + name + rb"[ \t]+\(sekisho/" + word + rb"\)")


def _block_end(block: bytes) -> int:
    """Just behind the empty line; -1 where there is none yet."""
    if block.startswith(b"\r\n"):
        return 2
    end = block.find(b"\r\n\r\n")
    return end + 4 if end >= 0 else -1


def _authserv(value: bytes) -> str:
    """The authserv-id of an Authentication-Results field as lenient readers find it: comments anywhere, quotes, a version
    behind it, blanks around its dots, a final dot, capitals, U-labels."""
    text = "".join(_uncommented(value.decode("utf-8", "replace"))).strip()
    if text.startswith('"'):
        word = re.sub(r"\\(.)", r"\1", text[1:]).partition('"')[0].strip()
    else:
        word = re.split(r"[;\s/=]", _DOTS.sub(".", text), maxsplit=1)[0]
    return ascii_name(word)


def _uncommented(text: str) -> Iterator[str]:
    """The characters up to the first semicolon, without comments (RFC 5322 section 3.2.2); a blank stands for each."""
    depth, escaped, quoted = 0, False, False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"' and not depth:
            quoted = not quoted
        elif character in "()" and not quoted:
            depth = max(0, depth + (1 if character == "(" else -1))
            if character == ")" and not depth:
                yield " "
            continue
        elif character == ";" and not depth and not quoted:
            return
        if not depth:
            yield character


def _host(text: str) -> str:
    """A name or address that a client gave, with nothing in it that means something in a header."""
    return _UNSAFE.sub("?", text)[:255]


def _printable(text: str, limit: int) -> str:
    return _UNQUOTABLE.sub("?", text)[:limit]


def _ascii_domain(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain
