"""Who calls: what the connection, a proxy and the client's own words make of it, and which of them give rights."""

from __future__ import annotations

import pytest

from gateway.edge.caller import Caller, origin
from gateway.edge.commands import parse_forwarded
from gateway.edge.proxy import ProxyHeader
from gateway.edge.verbs import XCLIENT, XFORWARD
from tests.builders.edge import listener

PEER, PROXIED, TOLD, ORIGIN = "127.0.0.1", "192.0.2.1", "192.0.2.2", "192.0.2.3"


@pytest.fixture
def caller() -> Caller:
    found = Caller.at(PEER, listener(1), secure=False)
    found.hello("mail.partner.example", True)
    return found


def test_a_caller_as_the_pipeline_sees_it(caller: Caller) -> None:
    seen = caller.described("inbound", False, None)
    assert (seen.listener, seen.peer, seen.client, seen.helo, seen.protocol, seen.tls, seen.trusted) == (
        "inbound", PEER, PEER, "mail.partner.example", "ESMTP", "", True)


@pytest.mark.parametrize(("extended", "secure", "utf8", "protocol"), [
    (False, False, False, "SMTP"), (True, False, False, "ESMTP"), (True, True, False, "ESMTPS"), (True, True, True, "UTF8SMTPS")])
def test_protocols_by_their_registered_names(caller: Caller, extended: bool, secure: bool, utf8: bool, protocol: str) -> None:
    caller.hello("x", extended)
    caller.secure = secure
    seen = caller.described("inbound", utf8, ("TLS_AES_256_GCM_SHA384", "TLSv1.3", 256) if secure else None)
    assert seen.protocol == protocol and seen.tls == ("TLSv1.3 TLS_AES_256_GCM_SHA384" if secure else "")


def test_a_proxy_is_believed_and_whom_it_names_is_not(caller: Caller) -> None:
    caller.named(ProxyHeader(PROXIED, 9), listener(1))
    assert (caller.peer, caller.client, caller.trusted) == (PEER, PROXIED, False)
    caller.named(ProxyHeader("", 9), listener(1))      # the proxy speaks for itself
    assert (caller.client, caller.trusted) == (PEER, True)


def test_what_is_said_is_judged_and_gives_no_right(caller: Caller) -> None:
    caller.xclient = parse_forwarded(f"ADDR={TOLD} NAME=told.example HELO=told.helo LOGIN=wang", frozenset(XCLIENT))
    seen = caller.described("inbound", False, None)
    assert (seen.peer, seen.client, seen.client_name, seen.helo, seen.login) == (PEER, TOLD, "told.example", "told.helo", "wang")
    assert caller.client == PEER
    caller.xforward = parse_forwarded(f"ADDR={ORIGIN}", frozenset(XFORWARD))
    assert caller.described("inbound", False, None).client == ORIGIN         # of this transaction
    assert origin(caller.described("inbound", False, None)) == {
        "NAME": "told.example", "ADDR": ORIGIN, "PROTO": "ESMTP", "HELO": "told.helo", "SOURCE": "REMOTE"}
    caller.forget_transaction()
    assert caller.described("inbound", False, None).client == TOLD


def test_back_to_the_greeting(caller: Caller) -> None:
    caller.xclient, caller.xforward = (parse_forwarded(f"ADDR={a}", frozenset(XCLIENT)) for a in (TOLD, ORIGIN))
    caller.forget()
    assert (caller.helo, caller.extended) == ("", False) and caller.described("inbound", False, None).client == TOLD
