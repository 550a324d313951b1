"""Header blocks: what is forged goes, what is content stays, loops are seen."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.effects.header import HeaderTooBig, authentication_results, examine, read_header, trace
from gateway.model.address import Mailbox
from gateway.model.deadline import Deadline
from gateway.model.transaction import AuthResult, Direction, Envelope, Message, Recipient, Session, Transaction

HOST, NAME = "mx.bank.test", "inbound"


def transaction(**session: object) -> Transaction:
    basis = Session("inbound", "192.0.2.1", "192.0.2.1", "mail.partner.test", "helo.partner.test")
    return Transaction(
        "0123456789abcdefghjkmnpq", replace(basis, **session),  # type: ignore[arg-type]
        Envelope(Mailbox.parse("a@partner.test"), (Recipient(Mailbox.parse("b@corp.test")),)),
        Message(0, 0, "", datetime(2026, 11, 21, 1, 2, 3, tzinfo=UTC)), Direction.INBOUND, Deadline(0.0))


@pytest.mark.parametrize(("line", "forged"), [
    (b"X-Sekisho-Id: 1\r\n", True), (b"x-sekisho-verdict : clean\r\n\tfolded\r\n", True), (b"MIME-Ambiguity-Results: none\r\n", True),
    (b"Authentication-Results: mx.bank.test; spf=pass\r\n", True), (b"Authentication-Results: MX.BANK.TEST 1;\r\n dkim=pass\r\n", True),
    (b"Authentication-Results:\r\n\t(a (nested\\) comment)) mx.bank.test; none\r\n", True),
    (b'Authentication-Results: "mx.bank.test"; none\r\n', True),
    (b"authentication-results\t:\r\n mx.bank.test;\r\n\tspf=pass\r\n", True), (b"Authentication-Results: mx.bank.test\r\n", True),
    (b"Authentication-Results: mx.bank.test/1; dkim=pass\r\n", True), (b"Authentication-Results: mx.bank.test.; none\r\n", True),
    (b"Authentication-Results: mx(a).bank(b\r\n c).test(d) (e) 1; none\r\n", True), (b"Authentication-Results: mx . bank . test; none\r\n", True),
    (b'Authentication-Results: "mx\\.bank.test" 1; none\r\n', True), (b'Authentication-Results: ( "( ) mx.bank.test; none\r\n', False),
    (b"Authentication-Results:mx.bank.test;spf=pass\r\n", True), (b"Authentication-Results" + b" " * 30 + b": mx.bank.test; none\r\n", True),
    (b"\x00" * 30 + b"X-Sekisho-Id\x00 : 1\r\n", True), (b"\x01Authentication-Results\x80 : mx.bank.test; spf=pass\r\n", True),
    (b"Authentication-Results: gw2.bank.test; spf=pass\r\n", True), (b"Authentication-Results: \xe9\x8a\x80\xe8\xa1\x8c.test; none\r\n", True),
    (b"Authentication-Results: XN--%s.test; none\r\n" % "銀行".encode("idna")[4:], True),
    (b"Authentication-Results: spf=pass smtp.mailfrom=mx.bank.test\r\n", False), (b"Authentication-Results: x (mx.bank.test); none\r\n", False),
    (b'Authentication-Results: "x;" mx.bank.test; none\r\n', False), (b"ARC-Authentication-Results: i=1; mx.bank.test; none\r\n", False),
    (b"Authentication-Results: mx.partner.test; spf=pass\r\n", False),
    (b"Authentication-Results: mx.bank.test.evil.example; spf=pass\r\n", False),
    (b"X-Sekishot: x\r\n", False), (b"Subject: X-Sekisho-Id: 1\r\n", False), (b"X-Fold: a\r\n X-Sekisho-Id: 1\r\n", False),
])
def test_forged_fields(line: bytes, forged: bool) -> None:
    block = b"From: a@b\r\n" + line + b"To: c@d\r\n\r\n"
    header = examine(block, HOST, NAME, ("gw2.bank.test", "銀行.test"))
    assert bool(header.forged) is forged
    assert header.cleaned() == (b"From: a@b\r\nTo: c@d\r\n\r\n" if forged else block)


def test_first_and_last_field_can_go() -> None:
    header = examine(b"X-Sekisho-A: 1\r\nFrom: x\r\nX-Sekisho-B: 2\r\n\r\n", HOST, NAME)
    assert header.cleaned() == b"From: x\r\n\r\n"


@given(st.lists(st.sampled_from([b"X-Sekisho-Id: 1\r\n", b"From: x\r\n", b" fold\r\n", b"Received: from a by b\r\n", b"no colon\r\n",
                                 b"Authentication-Results: mx.bank.test; x\r\n"]), max_size=12))
def test_cleaning_is_complete_and_takes_nothing_else(lines: list[bytes]) -> None:
    block = b"".join(lines) + b"\r\n"
    cleaned = examine(block, HOST, NAME).cleaned()
    assert not examine(cleaned, HOST, NAME).forged
    kept, dropping = [], False
    for line in lines:
        dropping = dropping if line.startswith(b" ") else line.startswith((b"X-Sekisho", b"Authentication-Results"))
        if not dropping:
            kept.append(line)
    assert cleaned == b"".join(kept) + b"\r\n"


def test_received_fields_and_our_own_trace() -> None:
    ours = trace(transaction(), HOST)
    foreign = b"Received: from a by mx.bank.test with SMTP\r\nReceived: from b\r\n"
    header = examine(ours + foreign + b"\r\n", HOST, NAME)
    assert (header.received, header.looped) == (3, True)
    assert not examine(foreign + b"\r\n", HOST, NAME).looped
    assert not examine(ours + b"\r\n", HOST, "outbound").looped, "out by one listener and in by another is no loop"
    assert not examine(ours + b"\r\n", "mx2.bank.test", NAME).looped
    body = b"From: x\r\n\r\n" + ours
    assert examine(body[:11], HOST, NAME).received == 0


def test_our_lines() -> None:
    assert trace(transaction(tls="TLSv1.3 TLS_AES_256_GCM_SHA384", protocol="ESMTPS"), HOST, ("external",)) == (
        b"Received: from helo.partner.test (mail.partner.test [192.0.2.1])\r\n"
        b"\tby mx.bank.test (sekisho/inbound) with ESMTPS\r\n\t(using TLSv1.3 TLS_AES_256_GCM_SHA384)\r\n"
        b"\tid 0123456789abcdefghjkmnpq\r\n\tfor <b@corp.test>;\r\n\tSat, 21 Nov 2026 01:02:03 +0000\r\n"
        b"X-Sekisho-Id: 0123456789abcdefghjkmnpq\r\nX-Sekisho-Tags: external\r\n")


def test_what_a_client_said_cannot_break_the_header() -> None:
    lines = trace(transaction(helo="a\x1b[31m\r\nBcc: x (y)<z>;張", client="2001:db8::1", client_name=""), HOST)
    assert lines.startswith(b"Received: from a?[31m??Bcc:?x??y??z??? ([IPv6:2001:db8::1])\r\n")


def test_blind_recipients_are_not_named() -> None:
    many = transaction()
    many = replace(many, envelope=replace(many.envelope, recipients=many.envelope.recipients * 2))
    assert b"for <" not in trace(many, HOST)


def test_authentication_results() -> None:
    results = (AuthResult("spf", "pass", "例え.test"), AuthResult("dkim", "fail", "partner.test", 'bad "key"\r\n'),
               AuthResult("arc", "none"))
    assert authentication_results(results, HOST) == (
        "Authentication-Results: mx.bank.test;\r\n\tspf=pass smtp.mailfrom=xn--r8jz45g.test;\r\n"
        "\tdkim=fail reason=\"bad ?key???\" header.d=partner.test;\r\n\tarc=none")


def test_what_is_known_of_the_client_stands_beside_the_results() -> None:
    session = transaction(tls="TLSv1.3 TLS_AES_256_GCM_SHA384", client="2001:db8::1").session
    results = (AuthResult("iprev", "pass", "2001:db8::1", "mx.partner.test"), AuthResult("arc", "pass", "l.test"))
    assert authentication_results(results, HOST, session) == (
        "Authentication-Results: mx.bank.test;\r\n\tiprev=pass reason=\"mx.partner.test\" policy.iprev=2001:db8::1;\r\n"
        "\tarc=pass smtp.remote-ip=2001:db8::1;\r\n\tx-tls=pass smtp.version=TLSv1.3 smtp.cipher=TLS_AES_256_GCM_SHA384")
    assert authentication_results((), HOST) == "Authentication-Results: mx.bank.test;\r\n\tnone"


@pytest.mark.parametrize(("content", "block"), [
    (b"A: b\r\n\r\nbody\r\n\r\n", b"A: b\r\n\r\n"), (b"\r\nbody\r\n", b"\r\n"), (b"A: b\r\n", b"A: b\r\n"), (b"", b""),
    (b"A: " + b"x" * 40000 + b"\r\n\r\nbody\r\n", b"A: " + b"x" * 40000 + b"\r\n\r\n"),
])
def test_where_the_header_ends(content: bytes, block: bytes) -> None:
    fd = os.memfd_create("test")
    os.write(fd, content)
    assert read_header(fd, len(content), HOST, NAME, 1 << 20).block == block
    os.close(fd)


def test_a_header_without_end() -> None:
    fd = os.memfd_create("test")
    content = b"A: x\r\n" * 20000
    os.write(fd, content)
    with pytest.raises(HeaderTooBig):
        read_header(fd, len(content), HOST, NAME, 65536)
    os.close(fd)
