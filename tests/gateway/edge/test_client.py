"""The client without I/O: what may be said when, and what replies do to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.client import (
    ALLOWED,
    MAX_REPLY,
    Client,
    Extensions,
    Missing,
    ProtocolError,
    ReplyParser,
    State,
    Stuffer,
    Verb,
    mail_line,
    rcpt_line,
    xforward_line,
)
from gateway.edge.framing import DataFramer
from gateway.model.address import Mailbox
from gateway.model.reply import Reply
from gateway.model.transaction import Envelope, Recipient

EHLO = b"250-next.test\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250-DSN\r\n250 SMTPUTF8\r\n"


def ready(ehlo: bytes = EHLO) -> Client:
    client = Client()
    client.receive(b"220 next.test ESMTP\r\n")
    client.send(Verb.EHLO, "EHLO us")
    client.receive(ehlo)
    client.take()
    return client


def test_a_pipelined_transaction() -> None:
    client = ready()
    for verb, line in ((Verb.MAIL, "MAIL FROM:<>"), (Verb.RCPT, "RCPT TO:<a@b>"), (Verb.RCPT, "RCPT TO:<c@d>"), (Verb.DATA, "")):
        client.send(verb, line)
    assert client.take() == b"MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"
    answers = client.receive(b"250 2.1.0 ok\r\n250 2.1.5 ok\r\n550 5.1.1 no\r\n354 go\r\n")
    assert [(v, r.code) for v, r in answers] == [(Verb.MAIL, 250), (Verb.RCPT, 250), (Verb.RCPT, 550), (Verb.DATA, 354)]
    assert (client.state, client.refused) == (State.CONTENT, True)
    assert client.dot() == b".\r\n"
    assert client.receive(b"250 2.0.0 queued\r\n")[0][0] is Verb.DOT
    assert client.state is State.READY


def test_what_the_state_forbids_is_not_said() -> None:
    for verb, states in ALLOWED.items():
        for state in set(State) - states:
            client = ready()
            client.state = state
            with pytest.raises(ProtocolError):
                client.dot() if verb is Verb.DOT else client.send(verb)


@pytest.mark.parametrize("line", ["RCPT TO:<a@b>\r\nRCPT TO:<c@d>", "RCPT TO:<a\n@b>", "NOOP\0"])
def test_no_line_end_gets_into_a_command(line: str) -> None:
    client = ready()
    client.send(Verb.MAIL, "MAIL FROM:<>")
    with pytest.raises(ProtocolError):
        client.send(Verb.RCPT, line)


@given(st.integers(0, len(EHLO)))
def test_replies_in_any_pieces(cut: int) -> None:
    parser = ReplyParser()
    (reply,) = [*parser.feed(EHLO[:cut]), *parser.feed(EHLO[cut:])]
    offered = Extensions.of(reply)
    assert offered.size == 1000 and "DSN" in offered and "CHUNKING" not in offered


def test_enhanced_codes_are_taken_off_each_line() -> None:
    (reply,) = ReplyParser().feed(b"550-5.1.1 no such\r\n550 5.1.1 user\r\n")
    assert reply == Reply(550, "5.1.1", "no such\nuser")
    assert list(ReplyParser().feed(b"250\r\n")) == [Reply(250, "", "")]


@pytest.mark.parametrize("data", [b"hello\r\n", b"199 no\r\n", b"250-a\r\n251 b\r\n", b"600 x\r\n", b"\r\n", b"250-" + b"x" * MAX_REPLY])
def test_what_is_no_reply(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        list(ReplyParser().feed(data))


def test_a_reply_to_nothing() -> None:
    with pytest.raises(ProtocolError):
        ready().receive(b"250 hello\r\n")
    client = ready()
    client.receive(b"421 4.3.2 going down\r\n")
    assert client.state is State.CLOSED


@pytest.mark.parametrize(("sent", "answer"), [
    (Verb.DATA, b"250 2.0.0 kept"), (Verb.DATA, b"350 more"), (Verb.RCPT, b"354 go on"), (Verb.RSET, b"350 more"),
])
def test_a_yes_to_something_else_is_no_yes(sent: Verb, answer: bytes) -> None:
    """What a next hop that lost count says of another command must not become our 250."""
    client = Client()
    client.receive(b"220 next.test\r\n")
    for verb, reply in ((Verb.EHLO, b"250 next.test\r\n"), (Verb.MAIL, b"250 ok\r\n")):
        client.send(verb)
        client.receive(reply)
    client.send(sent)
    with pytest.raises(ProtocolError):
        client.receive(answer + b"\r\n")
    assert client.outstanding, "or it would look answered"


def test_no_yes_after_the_content_but_2xx() -> None:
    client = Client()
    client.receive(b"220 next.test\r\n")
    for verb, reply in ((Verb.EHLO, b"250 next.test\r\n"), (Verb.MAIL, b"250 ok\r\n"), (Verb.DATA, b"354 go on\r\n")):
        client.send(verb)
        client.receive(reply)
    client.dot()
    with pytest.raises(ProtocolError):
        client.receive(b"354 go on\r\n")


def test_a_refusal_in_the_middle_of_content_is_an_answer() -> None:
    client = ready()
    for verb, line in ((Verb.MAIL, "MAIL FROM:<>"), (Verb.RCPT, "RCPT TO:<a@b>"), (Verb.DATA, "")):
        client.send(verb, line)
    client.receive(b"250 a\r\n250 b\r\n354 c\r\n")
    assert client.receive(b"552 5.3.4 too big\r\n") == [(Verb.DOT, Reply(552, "5.3.4", "too big"))]
    assert client.state is State.CLOSED


def test_envelope_parameters_follow_what_was_offered() -> None:
    envelope = Envelope(Mailbox.parse("a@b.example"), (), "8BITMIME", True, "FULL", "Q+2Bq", "<>")
    everything = Extensions({"SIZE": "", "8BITMIME": "", "SMTPUTF8": "", "DSN": "", "AUTH": "PLAIN"})
    assert mail_line(envelope, everything, 10) == (
        "MAIL FROM:<a@b.example> SIZE=10 BODY=8BITMIME SMTPUTF8 RET=FULL ENVID=Q+2Bq AUTH=<>")
    assert mail_line(envelope, Extensions(), 10) == "MAIL FROM:<a@b.example>"
    recipient = Recipient(Mailbox.parse("C@d.example"), "NEVER", "rfc822;C@d.example")
    assert rcpt_line(recipient, everything) == "RCPT TO:<C@d.example> NOTIFY=NEVER ORCPT=rfc822;C@d.example"
    assert rcpt_line(recipient, Extensions()) == "RCPT TO:<C@d.example>"
    assert mail_line(Envelope(None, ()), Extensions()) == "MAIL FROM:<>"


def test_an_address_that_needs_smtputf8_needs_it_there_too() -> None:
    with pytest.raises(Missing) as missing:
        rcpt_line(Recipient(Mailbox.parse("收件人@b.example")), Extensions({"8BITMIME": ""}))
    assert missing.value.reply.code == 550
    with pytest.raises(Missing):
        mail_line(Envelope(Mailbox.parse("張@b.example"), ()), Extensions())


def test_xforward_says_only_what_the_other_side_knows() -> None:
    line = xforward_line({"NAME": "", "ADDR": "192.0.2.1", "HELO": "a=b c", "SOURCE": "REMOTE"}, "NAME ADDR HELO")
    assert line == "XFORWARD NAME=[UNAVAILABLE] ADDR=192.0.2.1 HELO=a+3Db+20c"
    assert xforward_line({"NAME": "x"}, "PORT") == ""


@given(st.lists(st.sampled_from([b"a", b"\r\n", b".", b"\r\n.", b"..", b"\r", b"\n", b"\0"]), max_size=20), st.integers(1, 5))
def test_stuffed_content_is_the_same_for_a_strict_reader(parts: list[bytes], step: int) -> None:
    body = b"".join(parts).replace(b"\r", b"").replace(b"\n", b"\r\n") + b"\r\n"
    stuffer = Stuffer()
    wire = b"".join(stuffer.feed(body[i:i + step]) for i in range(0, len(body), step)) + stuffer.close()
    piece = DataFramer().feed(wire + b".\r\n")
    assert (piece.content, piece.ended, piece.rest) == (body, True, b"")
