"""The SMTP client as a state machine without I/O: commands become octets, octets become replies (RFC 5321, RFC 2920).

What was sent is remembered in order, so any number of commands can be under way. The tables say what may be sent in which
state and where a reply leads.
"""

from __future__ import annotations

import base64
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import lru_cache

from gateway.edge import replies
from gateway.edge.framing import dot_line
from gateway.model.reply import Reply
from gateway.model.transaction import Envelope, Recipient

SHORT = 80                               # octets of a reply line that is remembered with its reading
MAX_REPLY = 64 << 10                     # octets of one reply with all its lines
GO_ON = 354                              # says yes to DATA and to nothing else; what says yes to the rest is 2xx (RFC 5321 4.3.2)
_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?\Z", re.DOTALL)
_ENHANCED = re.compile(r"([245]\.[0-9]{1,3}\.[0-9]{1,3})(?: |\Z)")


class ProtocolError(Exception):
    """The peer does not speak SMTP, or we were about to say what the state does not allow."""


class State(Enum):
    __hash__ = object.__hash__           # Enum's own is written in Python, and each command asks for several

    CONNECTED = auto()                   # the greeting is awaited
    GREETED = auto()
    READY = auto()                       # EHLO done, no transaction
    MAIL = auto()                        # MAIL sent, perhaps not yet answered
    CONTENT = auto()                     # 354 seen, or a BDAT chunk sent
    CLOSED = auto()


class Verb(Enum):
    __hash__ = object.__hash__

    GREETING = auto()
    EHLO = auto()
    HELO = auto()
    STARTTLS = auto()
    AUTH = auto()
    XFORWARD = auto()
    MAIL = auto()
    RCPT = auto()
    DATA = auto()
    BDAT = auto()
    DOT = auto()
    LAST = auto()                        # BDAT LAST
    RSET = auto()
    QUIT = auto()


ALLOWED: Mapping[Verb, frozenset[State]] = {
    Verb.EHLO: frozenset({State.GREETED, State.READY}),
    Verb.HELO: frozenset({State.GREETED}),
    Verb.STARTTLS: frozenset({State.READY}),
    Verb.AUTH: frozenset({State.READY}),
    Verb.XFORWARD: frozenset({State.READY}),
    Verb.MAIL: frozenset({State.READY}),
    Verb.RCPT: frozenset({State.MAIL}),
    Verb.DATA: frozenset({State.MAIL}),
    Verb.BDAT: frozenset({State.MAIL, State.CONTENT}),
    Verb.LAST: frozenset({State.MAIL, State.CONTENT}),
    Verb.DOT: frozenset({State.CONTENT}),
    Verb.RSET: frozenset({State.READY, State.MAIL}),
    Verb.QUIT: frozenset({State.GREETED, State.READY, State.MAIL}),
}
ON_SEND: Mapping[Verb, State] = {        # states entered when a command leaves, so that a group can be pipelined
    Verb.MAIL: State.MAIL, Verb.RSET: State.READY, Verb.BDAT: State.CONTENT, Verb.LAST: State.READY, Verb.DOT: State.READY,
    Verb.QUIT: State.CLOSED,
}
ON_REPLY: Mapping[tuple[Verb, bool], State] = {    # (verb, positive) -> state entered when its reply comes
    (Verb.GREETING, True): State.GREETED, (Verb.GREETING, False): State.CLOSED,
    (Verb.EHLO, True): State.READY, (Verb.HELO, True): State.READY, (Verb.STARTTLS, True): State.GREETED,
    (Verb.DATA, True): State.CONTENT,
}


@dataclass(frozen=True, slots=True)
class Extensions:
    """What EHLO offered: upper-case keyword -> arguments."""

    offered: Mapping[str, str] = field(default_factory=dict)

    def __contains__(self, keyword: str) -> bool:
        return keyword in self.offered

    @property
    def size(self) -> int:
        """Octets of the largest message; 0 where there is no fixed limit."""
        value = self.offered.get("SIZE", "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 20 else 0

    @classmethod
    def of(cls, reply: Reply) -> Extensions:
        offered: dict[str, str] = {}
        for line in reply.text.split("\n")[1:]:
            keyword, _, arguments = line.strip().partition(" ")
            offered[keyword.upper()] = arguments
        return cls(offered)


class ReplyParser:
    """Replies out of a stream of octets."""

    def __init__(self) -> None:
        self._buffer = b""
        self._lines: list[str] = []
        self._code = ""
        self._octets = 0

    def feed(self, data: bytes) -> Iterator[Reply]:
        """Raises ProtocolError, after what could be read before."""
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            reply = self._line(line)
            if reply is not None:
                yield reply
        if self._octets + len(self._buffer) > MAX_REPLY:
            raise ProtocolError("endless reply")

    @property
    def halfway(self) -> bool:
        """A reply has begun and not ended."""
        return bool(self._buffer or self._code)

    def _line(self, line: bytes) -> Reply | None:
        if not self._code and len(line) <= SHORT and (known := _single(line)) is not None:
            return known
        match = _LINE.match(line.removesuffix(b"\r"))
        if match is None or (self._code and match[1].decode() != self._code):
            raise ProtocolError("no SMTP reply")
        self._code = match[1].decode()
        self._octets += len(line)
        self._lines.append((match[3] or b"").decode("utf-8", "replace"))
        if match[2] == b"-":
            return None
        reply = _reply(int(self._code), self._lines)
        self._lines, self._code, self._octets = [], "", 0
        return reply


@lru_cache(maxsize=256)                  # a next hop says the same things all day
def _single(line: bytes) -> Reply | None:
    """A reply of one line; None for anything else."""
    match = _LINE.match(line.removesuffix(b"\r"))
    if match is None or match[2] == b"-":
        return None
    return _reply(int(match[1]), [(match[3] or b"").decode("utf-8", "replace")])


def _reply(code: int, lines: Sequence[str]) -> Reply:
    match = _ENHANCED.match(lines[-1])
    if match is None:
        return Reply(code, "", "\n".join(lines))
    prefix = match[1]
    return Reply(code, prefix, "\n".join(line.removeprefix(prefix).lstrip() for line in lines))


class Client:
    """One connection. Collect octets with `take()`, hand in what arrives with `receive()`."""

    def __init__(self) -> None:
        self.state = State.CONNECTED
        self.extensions = Extensions()
        self.resets = 0                  # RSETs sent on this connection
        self.refused = False             # a command of a transaction was refused: do not use the connection again
        self._out: list[bytes] = []
        self._expected: deque[Verb] = deque((Verb.GREETING,))
        self._parser = ReplyParser()

    @property
    def outstanding(self) -> int:
        return len(self._expected)

    def take(self) -> bytes:
        data = b"".join(self._out)
        self._out.clear()
        return data

    def send(self, verb: Verb, line: str = "") -> None:
        """Queues one command; its text is the verb's name where `line` is empty. Raises ProtocolError."""
        if self.state not in ALLOWED[verb]:
            raise ProtocolError(f"{verb.name} in state {self.state.name}")
        if "\r" in line or "\n" in line or "\0" in line:
            raise ProtocolError("line end inside a command")
        self._out.append((line or verb.name).encode("utf-8", "surrogateescape") + b"\r\n")
        self._sent(verb)

    def dot(self) -> bytes:
        """The end of the content after DATA; its reply is awaited from here on."""
        if self.state not in ALLOWED[Verb.DOT]:
            raise ProtocolError(f"dot in state {self.state.name}")
        self._sent(Verb.DOT)
        return b".\r\n"

    def receive(self, data: bytes, answers: list[tuple[Verb, Reply]] | None = None) -> list[tuple[Verb, Reply]]:
        """Raises ProtocolError for what is no reply or answers nothing. What was answered before it stands in `answers`: a yes
        to our dot is a yes, whatever nonsense comes behind it."""
        found = [] if answers is None else answers
        for reply in self._parser.feed(data):
            found.append(self._answered(reply))
        return found

    @property
    def halfway(self) -> bool:
        """Octets are here that belong to a reply which has not ended."""
        return self._parser.halfway

    def _sent(self, verb: Verb) -> None:
        self._expected.append(verb)
        self.state = ON_SEND.get(verb, self.state)
        self.resets += verb is Verb.RSET

    def _answered(self, reply: Reply) -> tuple[Verb, Reply]:
        if not self._expected:
            if reply.code == 421:        # RFC 5321 section 3.8: a server that goes away may say so at any time
                self.state = State.CLOSED
                return Verb.QUIT, reply
            if self.state is State.CONTENT and not reply.positive:
                self.state, self.refused = State.CLOSED, True      # refused before our dot: the content is of no use now
                return Verb.DOT, reply
            raise ProtocolError("reply to nothing")
        verb = self._expected[0]
        if reply.positive and not (reply.code == GO_ON if verb is Verb.DATA else reply.code < 300):
            raise ProtocolError(f"{verb.name} answered {reply.code}")      # which leaves it unanswered
        self._expected.popleft()
        self.state = ON_REPLY.get((verb, reply.positive), self.state)
        if verb is Verb.EHLO and reply.positive:
            self.extensions = Extensions.of(reply)
        if reply.code == 421:
            self.state = State.CLOSED
        if not reply.positive and verb not in (Verb.EHLO, Verb.XFORWARD):
            self.refused = True
        return verb, reply


class Missing(Exception):
    """The next hop lacks an extension without which this envelope cannot go there."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply))
        self.reply = reply


def mail_line(envelope: Envelope, extensions: Extensions, size: int = 0) -> str:
    """MAIL with the parameters the next hop knows. Raises Missing."""
    path = "" if envelope.reverse_path is None else envelope.reverse_path.text
    if not path.isascii() and "SMTPUTF8" not in extensions:
        raise Missing(replies.NO_SMTPUTF8)
    words = [f"MAIL FROM:<{path}>"]
    if size and "SIZE" in extensions:
        words.append(f"SIZE={size}")
    if envelope.body and "8BITMIME" in extensions:
        words.append(f"BODY={envelope.body}")
    if envelope.smtputf8 and "SMTPUTF8" in extensions:
        words.append("SMTPUTF8")
    if "DSN" in extensions:
        words += [f"{key}={value}" for key, value in (("RET", envelope.ret), ("ENVID", envelope.envid)) if value]
    if envelope.auth and "AUTH" in extensions:
        words.append(f"AUTH={envelope.auth}")
    return " ".join(words)


def rcpt_line(recipient: Recipient, extensions: Extensions) -> str:
    """RCPT with this recipient's own delivery-report options. Raises Missing."""
    if not recipient.mailbox.text.isascii() and "SMTPUTF8" not in extensions:
        raise Missing(replies.NO_SMTPUTF8)
    words = [f"RCPT TO:<{recipient.mailbox.text}>"]
    if "DSN" in extensions:
        words += [f"{key}={value}" for key, value in (("NOTIFY", recipient.notify), ("ORCPT", recipient.orcpt)) if value]
    return " ".join(words)


def auth_plain(user: str, password: str) -> str:
    return "AUTH PLAIN " + base64.b64encode(f"\0{user}\0{password}".encode()).decode()


def xforward_line(attributes: Mapping[str, str], offered: str) -> str:
    """XFORWARD with the attributes both sides know, in xtext; '' where there is none (Postfix XFORWARD_README)."""
    known = offered.upper().split()
    words = [f"{name}={_xtext(value) or '[UNAVAILABLE]'}" for name, value in attributes.items() if name in known]
    return " ".join(["XFORWARD", *words]) if words else ""


def _xtext(value: str) -> str:
    return "".join(c if "!" <= c <= "~" and c not in "+=" else "".join(f"+{o:02X}" for o in c.encode()) for c in value[:255])


def stuff(content: bytes) -> bytes:
    """Content that is whole, dot-stuffed."""
    stuffer = Stuffer()
    return stuffer.feed(content) + stuffer.close()


class Stuffer:
    """Dot-stuffing of content that comes in chunks cut anywhere."""

    __slots__ = ("_held", "_skip")

    def __init__(self) -> None:
        self._held = b"\r\n"             # a virtual line end before the first line
        self._skip = 2

    def feed(self, chunk: bytes) -> bytes:
        data = self._held + chunk
        keep = 2 if data.endswith(b"\r\n") else 1 if data.endswith(b"\r") else 0
        self._held = data[len(data) - keep:] if keep else b""
        return self._stuffed(data[:len(data) - keep] if keep else data)

    def close(self) -> bytes:
        data, self._held = self._held, b""
        return self._stuffed(data)

    def _stuffed(self, data: bytes) -> bytes:
        if dot_line(data) >= 0:
            data = data.replace(b"\r\n.", b"\r\n..")
        if self._skip and data:
            data, self._skip = data[self._skip:], 0
        return data
