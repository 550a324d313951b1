"""How single values are written, and what the answer to a wrong one is."""

from __future__ import annotations

import datetime
import ipaddress
from pathlib import Path

import pytest

from gateway.config import values as v
from gateway.config.values import Endpoint, Kind

GOOD: list[tuple[Kind, object, object]] = [
    (v.duration(), "90s", 90.0),
    (v.duration(), "1.5h", 5400.0),
    (v.duration(), "90d", 7776000.0),
    (v.duration(), "250ms", 0.25),
    (v.size(), "50MiB", 50 << 20),
    (v.size(), "1 GB", 1000**3),
    (v.size(), "512B", 512),
    (v.count(1, 9), 9, 9),
    (v.FLAG, False, False),
    (v.choice("a", "b"), "b", "b"),
    (v.ENDPOINT, "127.0.0.1:25", Endpoint("127.0.0.1", 25)),
    (v.ENDPOINT, "[::1]:25", Endpoint("::1", 25)),
    (v.ENDPOINT, "MX.bank.example:25", Endpoint("mx.bank.example", 25)),
    (v.NETWORK, "10.0.0.0/8", ipaddress.ip_network("10.0.0.0/8")),
    (v.NETWORK, "192.0.2.7", ipaddress.ip_network("192.0.2.7/32")),
    (v.DOMAIN, "Bank.Example.", "bank.example"),
    (v.DOMAIN, "xn--kprw13d.example", "台湾.example"),
    (v.DOMAIN, "localhost", "localhost"),
    (v.DOMAIN, "_dmarc.Bank-1.example", "_dmarc.bank-1.example"),
    (v.DOMAIN, "郵件.銀行.example", "郵件.銀行.example"),
    (v.MAILBOX, "Postmaster@bank.example", "Postmaster@bank.example"),
    (v.MAILBOX, "printer@[192.0.2.7]", "printer@[192.0.2.7]"),
    (v.MAILBOX, "printer@[IPv6:2001:db8::7]", "printer@[IPv6:2001:db8::7]"),
    (v.ADDRESS_OR_DOMAIN, "Ann@Bank.Example", "ann@bank.example"),
    (v.ADDRESS_OR_DOMAIN, "@bank.example", "bank.example"),
    (v.URL, "https://guard.bank.example/", "https://guard.bank.example"),
    (v.URL, "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    (v.PATH, "/var/lib/x", Path("/var/lib/x")),
    (v.LANGUAGE, "zh-Hant", "zh-Hant"),
    (v.TIMEZONE, "Asia/Taipei", "Asia/Taipei"),
    (v.NAME, "block-1.a_b", "block-1.a_b"),
    (v.DATABASE, "sqlite", "sqlite"),
    (v.DATABASE, "postgresql://sekisho@db/mail", "postgresql://sekisho@db/mail"),
    (v.DATABASE, "postgresql:///mail", "postgresql:///mail"),
    (v.BLOBS, "s3://bucket/prefix", "s3://bucket/prefix"),
    (v.optional(v.ENDPOINT), "", None),
    (v.listing(v.ENDPOINT, single=True), "h:1", (Endpoint("h", 1),)),
    (v.listing(v.ENDPOINT, single=True), ["h:1", "h:2"], (Endpoint("h", 1), Endpoint("h", 2))),
    (v.mapping(v.ADDRESS_OR_DOMAIN, v.LANGUAGE), {"Bank.jp": "ja"}, {"bank.jp": "ja"}),
]

BAD: list[tuple[Kind, object, str]] = [
    (v.duration(), 90, '90 needs a number and a unit (ms s m h d w), such as "90s"'),
    (v.duration(), "90", '"90" needs a number and a unit'),
    (v.duration(), "90 sec", "needs a number and a unit"),
    (v.duration(), "-5s", "needs a number and a unit"),
    (v.duration(5, 600), "1h", '"1h" is out of range: from 5s to 10m'),
    (v.size(), "50MIB", "such as \"50MiB\""),
    (v.size(1024), "1B", "out of range: from 1KiB"),
    (v.count(1, 9), 10, "10 is out of range: from 1 to 9"),
    (v.count(1, 9), "3", 'a whole number without quotes is wanted, not "3"'),
    (v.count(1, 9), True, "not true"),
    (v.count(1, 9), 1.0, "a whole number"),
    (v.FLAG, "yes", 'true or false is wanted, not "yes"'),
    (v.choice("a", "b"), "c", '"c" is none of: a, b'),
    (v.choice("a", "b"), ["a"], "a list is none of"),
    (v.TEXT, 5, "a quoted text is wanted, not 5"),
    (v.TEXT, "a\r\nBcc: x", "control characters"),
    (v.ENDPOINT, "127.0.0.1", "no address with port"),
    (v.ENDPOINT, "127.0.0.1:0", "no address with port"),
    (v.ENDPOINT, "127.0.0.1:99999", "no address with port"),
    (v.ENDPOINT, "127.0.0.1:２５", "no address with port"),
    (v.ENDPOINT, "::1:25", "stands in brackets"),
    (v.ENDPOINT, "127.0.0.256:25", '"127.0.0.256" is no IP address'),
    (v.ENDPOINT, "a b:25", "neither an IP address nor a host name"),
    (v.ENDPOINT, ":25", "neither an IP address nor a host name"),
    (v.ENDPOINT, "http://127.0.0.1:8080", "no address with port"),
    (v.TEXT, datetime.date(2026, 1, 2), "a quoted text is wanted, not 2026-01-02"),
    (v.CLOCK_TIME, datetime.time(8, 30), "a quoted text is wanted, not 08:30:00"),
    (v.URL, "https://guard.bank.example/ x", "no plain address"),
    (v.NETWORK, "10.0.0.1/8", 'names a host inside a network: write "10.0.0.0/8" or "10.0.0.1"'),
    (v.NETWORK, "10.0.0.0/33", "is no network"),
    (v.NETWORK, "localhost", "is no network"),
    (v.DOMAIN, "*.bank.example", "is no domain"),
    *((v.DOMAIN, junk, "is no domain") for junk in (
        "https://bank.example", "bank.example:25", "/bank", "::/0", "10.0.0.0/8", "-bank.example", "bank..example", ".example",
        "bank.example\"", "a b", "a,b", "[192.0.2.7]", "bank.example\\", "a%b", "銀　行.example")),
    (v.DOMAIN, "a@bank.example", "is no domain"),
    (v.DOMAIN, "", "is no domain"),
    (v.DOMAIN, "a" * 64 + ".example", "too long"),
    (v.MAILBOX, "postmaster", "is no mail address"),
    (v.MAILBOX, "postmaster@bank.example/x", "is no domain"),
    (v.MAILBOX, "postmaster@[bank]", "is no domain"),
    (v.URL, "https://guard.bank.example:99999/", "out of range"),
    (v.URL, "https://[::1", "Invalid IPv6"),
    (v.count(1, 9), 1 << 14000, "a number of so many digits is out of range: from 1 to 9"),
    (v.MAILBOX, "Post Master <p@bank.example>", "is no mail address"),
    (v.URL, "http://guard.bank.example", "passwords in clear"),
    (v.URL, "javascript:alert(1)", "no plain address"),
    (v.URL, "https://u:p@guard.example", "no user name or password"),
    (v.PATH, "state", '"state" is relative'),
    (v.LANGUAGE, "zh-TW", '"zh-TW" is no language we write: zh-Hant, zh-Hans, ja, en'),
    (v.TIMEZONE, "Asia/Taipeh", "is no time zone"),
    (v.TIMEZONE, "../../etc/passwd", "is no time zone"),
    (v.NAME, "a b", "is no name"),
    (v.DATABASE, "mysql://x/y", 'neither "sqlite" nor "postgresql://user@host/name"'),
    (v.DATABASE, "postgresql://u:secret@h/d", "no password in the address"),
    (v.listing(v.NAME), "a", "a list in [brackets] is wanted"),
    (v.listing(v.NAME), ["a", "a"], '"a" stands twice'),
    (v.listing(v.NAME, empty=False), [], "must not be empty"),
    (v.mapping(v.NAME, v.NAME), ["a"], "a table is wanted"),
]


@pytest.mark.parametrize(("kind", "written", "meaning"), GOOD)
def test_good(kind: Kind, written: object, meaning: object) -> None:
    assert kind.read(written) == meaning


@pytest.mark.parametrize(("kind", "written", "answer"), BAD)
def test_bad(kind: Kind, written: object, answer: str) -> None:
    with pytest.raises(ValueError) as caught:
        kind.read(written)
    assert answer in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_password_is_not_repeated_in_the_answer() -> None:
    for kind, text in ((v.DATABASE, "postgresql://u:secret@h/d"), (v.URL, "https://u:secret@h/")):
        with pytest.raises(ValueError) as caught:
            kind.read(text)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(("seconds", "text"), [(90, "90s"), (120, "2m"), (3600, "1h"), (86400, "1d"), (604800, "7d"),
                                               (14 * 86400, "2w"), (0.25, "250ms"), (60, "60s"), (0, "0s")])
def test_show_duration(seconds: float, text: str) -> None:
    assert v.show_duration(seconds) == text


@pytest.mark.parametrize(("octets", "text"), [(50 << 20, "50MiB"), (1 << 30, "1GiB"), (1000, "1000B"), (0, "0B")])
def test_show_size(octets: int, text: str) -> None:
    assert v.show_size(octets) == text


def test_an_endpoint_is_written_as_it_is_read() -> None:
    for text in ("127.0.0.1:25", "[::1]:25", "mx.bank.example:25"):
        assert str(v.ENDPOINT.read(text)) == text
