"""PROXY headers, whole and in pieces, right and wrong."""

from __future__ import annotations

import ipaddress
import struct

import pytest

from gateway.edge.proxy import SIGNATURE, BadProxyHeader, parse_proxy

V1 = b"PROXY TCP4 192.0.2.7 198.51.100.1 40000 25\r\n"


def v2(command: int = 0x21, family: int = 0x11, client: str = "192.0.2.7", tail: bytes = b"") -> bytes:
    packed = ipaddress.ip_address(client).packed
    body = packed + packed + struct.pack("!HH", 40000, 25) + tail
    return SIGNATURE + bytes((command, family)) + struct.pack("!H", len(body)) + body


@pytest.mark.parametrize(("header", "client"), [
    (V1, "192.0.2.7"),
    (b"PROXY TCP6 2001:db8::7 2001:db8::1 1 25\r\n", "2001:db8::7"),
    (b"PROXY UNKNOWN\r\n", ""),
    (b"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", ""),
    (v2(), "192.0.2.7"),
    (v2(family=0x21, client="2001:db8::7"), "2001:db8::7"),
    (v2(tail=b"\x04\x00\x02ab"), "192.0.2.7"),
    (v2(command=0x20), ""),              # LOCAL: the proxy's own health check
    (v2(family=0x00), ""),
])
def test_headers_in_any_pieces(header: bytes, client: str) -> None:
    for cut in range(len(header)):
        assert parse_proxy(header[:cut]) is None
    found = parse_proxy(header + b"EHLO x\r\n")
    assert found is not None and (found.client, found.length) == (client, len(header))


@pytest.mark.parametrize("header", [
    b"EHLO x\r\n", b"PROXY TCP4 192.0.2.7 198.51.100.1 40000\r\n", b"PROXY TCP4 2001:db8::7 198.51.100.1 1 2\r\n",
    b"PROXY TCP4 a b 1 2\r\n", b"PROXY TCP4 192.0.2.7 198.51.100.1 70000 25\r\n", b"PROXY TCP4  192.0.2.7 198.51.100.1 1 25\r\n",
    b"PROXY " + b"x" * 120, b"\r\n\r\n\0\r\nQUIX\n" + bytes(20), v2(command=0x11), v2(command=0x2f),
    SIGNATURE + b"\x21\x11\x00\x04abcd", SIGNATURE + b"\x21\x11\xff\xff", b"PROXY TCP6 2001:db8::7%any)text 2001:db8::1 1 25\r\n",
])
def test_bad_headers(header: bytes) -> None:
    with pytest.raises(BadProxyHeader):
        parse_proxy(header)
