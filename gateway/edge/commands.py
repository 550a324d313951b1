"""Arguments of SMTP commands (RFC 5321 section 4.1.2 and the extensions we offer). Pure; values keep their case.

Addresses are taken as the world writes them (dots anywhere in the local part: Japanese carriers gave such addresses out),
but never with control characters, spaces outside quotes, or octets that are no UTF-8.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from gateway.edge import replies
from gateway.model.address import Mailbox
from gateway.model.reply import Reply

MAX_LOCAL = 256                          # octets; RFC 5321 has 64, VERP and SRS make longer ones
MAX_DOMAIN = 255
_PATH = re.compile(
    r'[ \t]*<(?:@[^<>,:\s\x00-\x1f\x7f]+(?:,@[^<>,:\s\x00-\x1f\x7f]+)*:)?'      # a source route is read and dropped
    r'(?P<address>(?P<local>"(?:[^"\\\x00-\x1f\x7f]|\\[\x20-\x7e])*"|[^\s<>()\[\]\\,;:@"\x00-\x1f\x7f]+)'
    r'(?:@(?P<domain>\[[0-9A-Za-z:.]+\]|[^\s<>()\[\]\\,;:@"\x00-\x1f\x7f/?#%&=!]+))?)?>'
    r'(?P<rest>(?:[ \t].*)?)$'
)
_KEYWORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*\Z")
_VALUE = re.compile(r"[^\x00-\x20=\x7f]+\Z")
_NOTIFY = re.compile(r"(?i)(?:NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY)){0,2})\Z")
_XTEXT = re.compile(r"(?:[\x21-\x2a\x2c-\x3c\x3e-\x7e]|\+[0-9A-F]{2})*\Z")
_ORCPT = re.compile(r"[A-Za-z0-9-]+;[^\x00-\x20\x7f]+\Z")
_HEX = re.compile(r"\+([0-9A-F]{2})")
_LABEL = re.compile(r"[^\s.\x00-\x1f\x7f]{1,63}\Z")
_UNKNOWN_VALUES = ("[UNAVAILABLE]", "[TEMPUNAVAIL]")


class Refused(Exception):
    """The arguments are not acceptable; `reply` says why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply))
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Mail:
    path: Mailbox | None
    size: int = 0
    body: str = ""
    smtputf8: bool = False
    ret: str = ""
    envid: str = ""
    auth: str = ""


@dataclass(frozen=True, slots=True)
class Rcpt:
    mailbox: Mailbox
    notify: str = ""
    orcpt: str = ""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """Attributes of XCLIENT or XFORWARD, decoded; what was sent as unavailable is ''."""

    attributes: Mapping[str, str] = field(default_factory=dict)

    def updated(self, more: Forwarded) -> Forwarded:
        return Forwarded({**self.attributes, **more.attributes})


def parse_mail(argument: str, dsn: bool) -> Mail:
    """`FROM:<path> [parameters]`. Raises Refused."""
    address, rest = _path(argument, "FROM:", replies.BAD_SENDER)
    parameters = _parameters(rest)
    utf8 = "SMTPUTF8" in parameters
    if parameters.pop("SMTPUTF8", None) not in (None, ""):
        raise Refused(replies.BAD_SYNTAX)
    path = None if address is None else _mailbox(address, utf8, replies.BAD_SENDER)
    if path is not None and not path.domain:
        raise Refused(replies.BAD_SENDER)
    size = parameters.pop("SIZE", "0")
    body = parameters.pop("BODY", "").upper()
    if not (size.isascii() and size.isdigit() and len(size) <= 20) or body not in ("", "7BIT", "8BITMIME"):
        raise Refused(replies.BAD_SYNTAX)
    auth = parameters.pop("AUTH", "")
    ret = envid = ""
    if dsn:
        ret, envid = parameters.pop("RET", ""), parameters.pop("ENVID", "")
        if ret.upper() not in ("", "FULL", "HDRS") or not _XTEXT.match(envid) or len(envid) > 100:
            raise Refused(replies.BAD_SYNTAX)
    if parameters:
        raise Refused(replies.BAD_PARAMETER)
    return Mail(path, int(size), body, utf8, ret, envid, auth)


def parse_rcpt(argument: str, dsn: bool, utf8: bool) -> Rcpt:
    """`TO:<path> [parameters]`. Raises Refused."""
    address, rest = _path(argument, "TO:", replies.BAD_RECIPIENT)
    if address is None:
        raise Refused(replies.BAD_RECIPIENT)
    mailbox = _mailbox(address, utf8, replies.BAD_RECIPIENT)
    if not mailbox.domain and mailbox.local.casefold() != "postmaster":
        raise Refused(replies.BAD_RECIPIENT)
    parameters = _parameters(rest)
    notify = orcpt = ""
    if dsn:
        notify, orcpt = parameters.pop("NOTIFY", ""), parameters.pop("ORCPT", "")
        if (notify and not _NOTIFY.match(notify)) or (orcpt and not (_ORCPT.match(orcpt) and len(orcpt) <= 500)):
            raise Refused(replies.BAD_SYNTAX)
    if parameters:
        raise Refused(replies.BAD_PARAMETER)
    return Rcpt(mailbox, notify, orcpt)


def parse_forwarded(argument: str, allowed: frozenset[str]) -> Forwarded:
    """`NAME=value ...` in xtext, of XCLIENT and XFORWARD (Postfix XCLIENT_README). Raises Refused."""
    attributes: dict[str, str] = {}
    for word in argument.split():
        name, equals, value = word.partition("=")
        name = name.upper()
        if not equals or name not in allowed or name in attributes or not _XTEXT.match(value):
            raise Refused(replies.BAD_SYNTAX)
        text = _HEX.sub(lambda m: chr(int(m[1], 16)), value)
        if len(text) > 255 or not text.isprintable():
            raise Refused(replies.BAD_SYNTAX)
        attributes[name] = "" if text.upper() in _UNKNOWN_VALUES else text
    if not attributes:
        raise Refused(replies.BAD_SYNTAX)
    if attributes.get("ADDR"):
        attributes["ADDR"] = _address(attributes["ADDR"])
    return Forwarded(attributes)


def _path(argument: str, keyword: str, bad: Reply) -> tuple[str | None, str]:
    """(address or None for `<>`, what follows)."""
    if argument[:len(keyword)].upper() != keyword:
        raise Refused(replies.BAD_SYNTAX)
    match = _PATH.match(argument[len(keyword):])
    if match is None:
        raise Refused(bad)
    return match["address"], match["rest"]


def _mailbox(address: str, utf8: bool, bad: Reply) -> Mailbox:
    if not address.isascii():
        if not utf8:
            raise Refused(replies.NEED_SMTPUTF8)
        if not address.isprintable():    # lone surrogates stand for octets that are no UTF-8
            raise Refused(bad)
    mailbox = _checked(address)
    if mailbox is None:
        raise Refused(bad)
    return mailbox


@lru_cache(maxsize=2048)                 # the same people write and read all day
def _checked(address: str) -> Mailbox | None:
    """None where a part is too long, or the domain no name."""
    mailbox = Mailbox.parse(address)
    if len(mailbox.local.encode()) > MAX_LOCAL or len(mailbox.domain.encode()) > MAX_DOMAIN:
        return None
    domain = address.rpartition("@")[2] if mailbox.domain else ""
    if domain and not domain.startswith("[") and not all(_LABEL.match(label) for label in domain.removesuffix(".").split(".")):
        return None
    return mailbox


def _parameters(text: str) -> dict[str, str]:
    """Keyword in upper case -> value with its case."""
    found: dict[str, str] = {}
    for word in text.split():
        name, equals, value = word.partition("=")
        key = name.upper()
        if not _KEYWORD.match(name) or key in found or (equals and not _VALUE.match(value)):
            raise Refused(replies.BAD_SYNTAX)
        found[key] = value
    return found


def _address(text: str) -> str:
    if "%" in text:                      # a scope means something on its own machine only, and is any text
        raise Refused(replies.BAD_SYNTAX)
    try:
        return str(ipaddress.ip_address(text[5:] if text[:5].upper() == "IPV6:" else text))
    except ValueError:
        raise Refused(replies.BAD_SYNTAX) from None
