"""PROXY protocol header, versions 1 and 2 (HAProxy doc/proxy-protocol.txt), read from a growing buffer. Pure."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
MAX_V1 = 107                             # octets with CR LF (proxy-protocol.txt section 2.1)
MAX_V2 = 16 + 2048                       # header and TLVs: haproxy itself stays below 536
_FAMILIES = {0x11: 4, 0x21: 16}          # TCP over IPv4, TCP over IPv6 -> octets of an address


class BadProxyHeader(Exception):
    """Not a PROXY header, or a broken one: the connection is closed without a word."""


@dataclass(frozen=True, slots=True)
class ProxyHeader:
    """`client` is "" where the proxy speaks for itself (LOCAL, UNKNOWN): the TCP peer counts then."""

    client: str
    length: int                          # octets of the header


def parse_proxy(buffer: bytes) -> ProxyHeader | None:
    """None while the header is not complete. Raises BadProxyHeader."""
    if buffer[:12] == SIGNATURE[:len(buffer[:12])]:
        return _version2(buffer) if len(buffer) >= 16 else None
    if buffer[:6] == b"PROXY "[:len(buffer[:6])]:
        return _version1(buffer)
    raise BadProxyHeader("no PROXY header")


def _version1(buffer: bytes) -> ProxyHeader | None:
    end = buffer.find(b"\r\n", 0, MAX_V1)
    if end < 0:
        if len(buffer) >= MAX_V1:
            raise BadProxyHeader("version 1 header too long")
        return None
    words = buffer[:end].decode("latin-1").split(" ")
    if words[1] == "UNKNOWN":
        return ProxyHeader("", end + 2)
    if words[1] not in ("TCP4", "TCP6") or len(words) != 6:
        raise BadProxyHeader("version 1 header malformed")
    client, _ = (_address(word, words[1]) for word in words[2:4])
    for port in words[4:6]:
        if not (port.isascii() and port.isdigit() and int(port) <= 65535):
            raise BadProxyHeader("version 1 port malformed")
    return ProxyHeader(client, end + 2)


def _address(text: str, family: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise BadProxyHeader("address malformed") from None
    if "%" in text:                      # a scope is any text, and means something on its own machine only
        raise BadProxyHeader("address malformed")
    if f"TCP{address.version}" != family:
        raise BadProxyHeader("address of another family")
    return str(address)


def _version2(buffer: bytes) -> ProxyHeader | None:
    length = 16 + int.from_bytes(buffer[14:16], "big")
    if buffer[12] >> 4 != 2 or length > MAX_V2:
        raise BadProxyHeader("version 2 header malformed")
    if len(buffer) < length:
        return None
    command = buffer[12] & 15
    if command == 0:                     # LOCAL: a health check of the proxy itself
        return ProxyHeader("", length)
    if command != 1:
        raise BadProxyHeader("version 2 command unknown")
    octets = _FAMILIES.get(buffer[13])
    if octets is None:
        return ProxyHeader("", length)
    if length < 16 + 2 * octets + 4:
        raise BadProxyHeader("version 2 address truncated")
    return ProxyHeader(str(ipaddress.ip_address(buffer[16:16 + octets])), length)
