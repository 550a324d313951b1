"""Kinds of values in the configuration: how each is written, read and explained.

A kind's `read` takes what TOML gave and returns the value, or raises ValueError with one clause that says what is wrong
and what to write instead. Nothing here knows files or lines.
"""

from __future__ import annotations

import datetime
import ipaddress
import re
import urllib.parse
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.model.address import normalise_domain

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LANGUAGES = ("zh-Hant", "zh-Hans", "ja", "en")

SIZES = {"B": 1, "kB": 1000, "MB": 1000**2, "GB": 1000**3, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}
DURATIONS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}

_QUANTITY = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,6})?) ?([A-Za-z]{1,3})")
_HOST = re.compile(r"[0-9A-Za-z_](?:[0-9A-Za-z_.-]{0,253}[0-9A-Za-z])?")
_SELECTOR = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?(?:\.[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?){0,5}")
_LABEL = re.compile(r"(?:[0-9a-z_]|[^\x00-\x7f\s])(?:[0-9a-z_-]|[^\x00-\x7f\s])*")   # without case; length is judged apart
_LITERAL = re.compile(r"\[(?:IPv6:)?[0-9A-Fa-f:.]{2,45}\]", re.IGNORECASE)       # RFC 5321 section 4.1.3
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A TCP address. `host` is an IP address without brackets, or a name."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value. `words` is how the reference calls it, with its range and unit."""

    words: str
    read: Callable[[object], Any]


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f'a quoted text is wanted, not {_shown(value)}')
    if any(ord(c) < 32 or ord(c) == 127 for c in value):
        raise ValueError("control characters have no place here")
    return value


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, int) and value.bit_length() > 64:
        return "a number of so many digits"
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return repr(value)[:60].replace("'", '"')


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"a whole number without quotes is wanted, not {_shown(value)}")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"true or false is wanted, not {_shown(value)}")
    return value


def _quantity(value: object, units: dict[str, Any], example: str) -> float:
    match = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if match is None or match[2] not in units:
        raise ValueError(f'{_shown(value)} needs a number and a unit ({" ".join(units)}), such as "{example}"')
    return float(match[1]) * float(units[match[2]])


def duration(low: float = 0.0, high: float = 100 * 365 * 86400.0) -> Kind:
    """Seconds as a float."""

    def read(value: object) -> float:
        seconds = _quantity(value, DURATIONS, "90s")
        if not low <= seconds <= high:
            raise ValueError(f"{_shown(value)} is out of range: from {show_duration(low)} to {show_duration(high)}")
        return seconds

    return Kind("duration", read)


def size(low: int = 0, high: int = 1 << 50) -> Kind:
    """Octets as an int."""

    def read(value: object) -> int:
        octets = int(_quantity(value, SIZES, "50MiB"))
        if not low <= octets <= high:
            raise ValueError(f"{_shown(value)} is out of range: from {show_size(low)} to {show_size(high)}")
        return octets

    return Kind("size", read)


def count(low: int = 0, high: int = 1 << 31) -> Kind:
    def read(value: object) -> int:
        number = _number(value)
        if not low <= number <= high:
            raise ValueError(f"{_shown(number)} is out of range: from {low} to {high}")
        return number

    return Kind("number", read)


def choice(*words: str) -> Kind:
    def read(value: object) -> str:
        if value not in words:
            raise ValueError(f"{_shown(value)} is none of: {', '.join(words)}")
        return str(value)

    return Kind(" \\| ".join(words), read)


def listing(item: Kind, empty: bool = True, single: bool = False) -> Kind:
    """A list of one kind as a tuple; with `single` a lone value stands for a list of one. Repeats are errors."""

    def read(value: object) -> tuple[Any, ...]:
        if single and isinstance(value, str):
            value = [value]
        if not isinstance(value, list):
            raise ValueError(f"a list in [brackets] is wanted, not {_shown(value)}")
        if not value and not empty:
            raise ValueError("the list must not be empty")
        values = tuple(item.read(v) for v in value)
        for index, one in enumerate(values):
            if one in values[:index]:
                raise ValueError(f"{_shown(value[index])} stands twice in the list")
        return values

    return Kind(f"list of {item.words}", read)


def mapping(key: Kind, value_kind: Kind) -> Kind:
    """A table with free keys, as a dict."""

    def read(value: object) -> dict[Any, Any]:
        if not isinstance(value, dict):
            raise ValueError(f"a table is wanted, not {_shown(value)}")
        return {key.read(k): value_kind.read(v) for k, v in value.items()}

    return Kind(f"table of {key.words} = {value_kind.words}", read)


def _endpoint(value: object) -> Endpoint:
    text = _string(value)
    host, colon, port = text.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit()) or not 1 <= int(port) <= 65535:
        raise ValueError(f'"{text}" is no address with port, such as "127.0.0.1:10025" or "[::1]:10025"')
    if host.startswith("[") and host.endswith("]"):
        return Endpoint(str(_ip(host[1:-1])), int(port))
    if "/" in text:
        raise ValueError(f'"{text}" is no address with port, such as "127.0.0.1:10025" or "[::1]:10025"')
    if ":" in host:
        raise ValueError(f'"{text}": an IPv6 address stands in brackets, such as "[::1]:10025"')
    if host.replace(".", "").isdigit():
        return Endpoint(str(_ip(host)), int(port))
    if not _HOST.fullmatch(host):
        raise ValueError(f'"{host}" is neither an IP address nor a host name')
    return Endpoint(host.lower(), int(port))


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise ValueError(f'"{text}" is no IP address') from None


def _network(value: object) -> Network:
    text = _string(value)
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        if "host bits" in str(error):
            loose = ipaddress.ip_network(text, strict=False)
            host = text.split("/")[0]
            raise ValueError(f'"{text}" names a host inside a network: write "{loose}" or "{host}"') from None
        raise ValueError(f'"{text}" is no network, such as "10.1.0.0/16" or "::1"') from None


def _domain(value: object) -> str:
    text = normalise_domain(_string(value))
    if not all(_LABEL.fullmatch(label) for label in text.split(".")):
        raise ValueError(f'{_shown(value)} is no domain, such as "bank.example"')
    if len(text) > 253 or any(len(label) > 63 for label in text.split(".")):
        raise ValueError(f"{_shown(value)} is too long for a domain")
    return text


def _mailbox(value: object) -> str:
    text = _string(value)
    local, at, domain = text.rpartition("@")
    if not at or not local or any(c.isspace() or c in "<>,;" for c in text):
        raise ValueError(f'{_shown(value)} is no mail address, such as "postmaster@bank.example"')
    if not _LITERAL.fullmatch(domain):
        _domain(domain)
    return text


def _address_or_domain(value: object) -> str:
    text = _string(value)
    return _mailbox(text).casefold() if "@" in text.lstrip("@") else _domain(text.lstrip("@"))


def _url(value: object) -> str:
    text = _string(value)
    parts = urllib.parse.urlsplit(text)
    local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    _ = parts.port                           # ValueError where it is out of range
    if parts.username or parts.password:
        raise ValueError("no user name or password in the address")
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment or len(text.split()) > 1:
        raise ValueError(f'{_shown(value)} is no plain address, such as "https://mail-guard.bank.example"')
    if parts.scheme == "http" and not local:
        raise ValueError(f'{_shown(value)} sends passwords in clear: write "https://..." (http is for loopback only)')
    return text.rstrip("/")


def _ldap_url(value: object) -> str:
    text = _string(value)
    parts = urllib.parse.urlsplit(text)
    if parts.scheme not in ("ldaps", "ldap") or not parts.hostname or parts.username or parts.path not in ("", "/") or parts.query:
        raise ValueError(f'{_shown(value)} is no directory server, such as "ldaps://directory.bank.example"')
    return text.rstrip("/")


def _path(value: object) -> Path:
    path = Path(_string(value))
    if not path.is_absolute():
        raise ValueError(f"{_shown(value)} is relative: write the whole path from / on")
    return path


def _language(value: object) -> str:
    if value not in LANGUAGES:
        raise ValueError(f"{_shown(value)} is no language we write: {', '.join(LANGUAGES)}")
    return str(value)


def _timezone(value: object) -> str:
    text = _string(value)
    try:
        zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'{_shown(value)} is no time zone, such as "Asia/Taipei" or "Asia/Tokyo"') from None
    return text


def _clock_time(value: object) -> str:
    text = _string(value)
    if not re.fullmatch(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", text, re.ASCII):
        raise ValueError(f'{_shown(value)} is no time of day, such as "08:30"')
    return text


def _name(value: object) -> str:
    text = _string(value)
    if not _NAME.fullmatch(text):
        raise ValueError(f'{_shown(value)} is no name: 1 to 64 letters, digits and ".", "_", "-", as in "block-exe"')
    return text


def _selector(value: object) -> str:
    text = _string(value)
    if len(text) > 120 or not _SELECTOR.fullmatch(text):
        raise ValueError(f'{_shown(value)} is no selector: letters, digits, "-" and ".", such as "s2026a"')
    return text.lower()


def _date(value: object) -> datetime.date:
    if isinstance(value, str):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            pass                             # said below, as for every other thing that is no date
    elif isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    raise ValueError(f"{_shown(value)} is no date, such as 2026-12-31")


def _service(value: object, word: str, scheme: str, example: str) -> str:
    text = _string(value)
    if text == word:
        return text
    parts = urllib.parse.urlsplit(text)
    if parts.scheme != scheme or not (parts.netloc or parts.path):
        raise ValueError(f'{_shown(value)} is neither "{word}" nor "{example}"')
    if parts.password:
        raise ValueError("no password in the address: put it into a file and name that file")
    return text


def optional(kind: Kind, none: Any = None) -> Kind:
    """"" stands for `none`."""
    return Kind(kind.words, lambda value: none if value == "" else kind.read(value))


TEXT = Kind("text", _string)
FLAG = Kind("true \\| false", _flag)
ENDPOINT = Kind("address:port", _endpoint)
NETWORK = Kind("network", _network)
DOMAIN = Kind("domain", _domain)
MAILBOX = Kind("mail address", _mailbox)
ADDRESS_OR_DOMAIN = Kind("mail address or domain", _address_or_domain)
URL = Kind("URL", _url)
LDAP_URL = Kind("ldap URL", _ldap_url)
PATH = Kind("absolute path", _path)
LANGUAGE = Kind("language", _language)
TIMEZONE = Kind("time zone", _timezone)
CLOCK_TIME = Kind("time of day", _clock_time)
NAME = Kind("name", _name)
SELECTOR = Kind("selector", _selector)
DATE = Kind("date", _date)
DATABASE = Kind("text", lambda v: _service(v, "sqlite", "postgresql", "postgresql://user@host/name"))
BLOBS = Kind("text", lambda v: _service(v, "file", "s3", "s3://bucket/prefix"))


def show_duration(seconds: float) -> str:
    """`90s`, `5m`, `90d`: the largest unit that gives a whole number."""
    for unit in ("w", "d", "h", "m", "s"):
        number = seconds / DURATIONS[unit]
        if number == int(number) and number >= (2 if unit in "wm" else 1):
            return f"{int(number)}{unit}"
    return f"{round(seconds * 1000)}ms" if seconds % 1 else f"{int(seconds)}s"


def show_size(octets: int) -> str:
    for unit in ("GiB", "MiB", "KiB"):
        if octets and octets % SIZES[unit] == 0:
            return f"{octets // SIZES[unit]}{unit}"
    return f"{octets}B"
