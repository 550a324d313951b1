"""Arguments of MAIL, RCPT, XCLIENT, XFORWARD: what passes keeps its spelling, what does not gets a 5xx."""

from __future__ import annotations

import pytest

from gateway.edge.commands import Refused, parse_forwarded, parse_mail, parse_rcpt


@pytest.mark.parametrize(("argument", "path"), [
    ("FROM:<a@b.example>", "a@b.example"),
    ("from: <a@b.example>", "a@b.example"),
    ("FROM:<>", None),
    ("FROM:<@relay.example,@other.example:a@b.example>", "a@b.example"),
    ("FROM:<Mixed.Case+Tag=a@B.Example>", "Mixed.Case+Tag=a@B.Example"),
    ("FROM:<o'brien@b.example>", "o'brien@b.example"),
    ("FROM:<a..b.@docomo.example>", "a..b.@docomo.example"),      # Japanese carriers gave such addresses out
    ('FROM:<"two words"@b.example>', '"two words"@b.example'),
    ('FROM:<"a>b"@b.example>', '"a>b"@b.example'),
    ("FROM:<a@[192.0.2.1]>", "a@[192.0.2.1]"),
    ("FROM:<a@[IPv6:2001:db8::1]>", "a@[IPv6:2001:db8::1]"),
    ("FROM:<" + "s" * 64 + "@b.example>", "s" * 64 + "@b.example"),
])
def test_senders(argument: str, path: str | None) -> None:
    found = parse_mail(argument, dsn=False).path
    assert (found.text if found else None) == path


@pytest.mark.parametrize("argument", [
    "", "FROM", "FROM:", "TO:<a@b.example>", "FROM:<a@b.example", "FROM:<a b@c.example>", "FROM:<@>", "FROM:<a>",
    "FROM:a@b.example", "FROM:<a@b.example> <c@d.example>", "FROM:<a@b.example>SIZE=1", "FROM:<a@b..example>",
    "FROM:<a\x01@b.example>", "FROM:<a\x7f@b.example>", "FROM:<a@b.example> SIZE=abc", "FROM:<a@b.example> SIZE=-1",
    "FROM:<a@b.example> SIZE=" + "9" * 40, "FROM:<a@b.example> SIZE=1 SIZE=2", "FROM:<a@b.example> BODY=BINARYMIME",
    "FROM:<a@b.example> SMTPUTF8=yes", "FROM:<a@b.example> FROB=1", "FROM:<a@b.example> RET=FULL", "FROM:<" + "a" * 257 + "@b.example>",
    "FROM:<張@b.example>", "FROM:<\udcff@b.example> SMTPUTF8", "FROM:<a@" + "b" * 64 + ".example>", "FROM:<a@b c>",
])
def test_bad_senders(argument: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_mail(argument, dsn=False)
    assert 500 <= refused.value.reply.code < 600


def test_parameters_keep_their_case() -> None:
    mail = parse_mail("FROM:<張@b.example> SIZE=12 body=8bitmime smtputf8 RET=hdrs ENVID=QQ+2B314aB AUTH=<>", dsn=True)
    assert (mail.size, mail.body, mail.smtputf8, mail.ret, mail.envid, mail.auth) == (12, "8BITMIME", True, "hdrs", "QQ+2B314aB", "<>")


def test_recipients() -> None:
    rcpt = parse_rcpt("TO:<Some.One+tag@Corp.test> NOTIFY=SUCCESS,failure ORCPT=rfc822;Some.One+2Btag@corp.test", True, False)
    assert (rcpt.mailbox.text, rcpt.notify, rcpt.orcpt) == ("Some.One+tag@Corp.test", "SUCCESS,failure", "rfc822;Some.One+2Btag@corp.test")
    assert parse_rcpt("TO:<Postmaster>", False, False).mailbox.domain == ""
    assert parse_rcpt("TO:<收件人@例え.test>", False, True).mailbox.text == "收件人@例え.test"


@pytest.mark.parametrize("argument", [
    "", "TO:", "TO:<>", "TO:<a@b", "TO:<a b@c.example>", "TO:<@>", "TO:<user>", "TO:<a@b.example> NOTIFY=NEVER,SUCCESS",
    "TO:<a@b.example> NOTIFY=LATER", "TO:<a@b.example> ORCPT=nothing", "TO:<a@b.example> ORCPT=rfc822;" + "a" * 500,
    "TO:<a\nb@c.example>",
])
def test_bad_recipients(argument: str) -> None:
    with pytest.raises(Refused):
        parse_rcpt(argument, True, False)


def test_delivery_report_options_only_where_they_were_offered() -> None:
    with pytest.raises(Refused) as refused:
        parse_rcpt("TO:<a@b.example> NOTIFY=NEVER", False, False)
    assert refused.value.reply.code == 555


def test_forwarded_attributes() -> None:
    names = frozenset({"NAME", "ADDR", "HELO"})
    found = parse_forwarded("NAME=mx+2Bone.example ADDR=IPv6:2001:db8::1 helo=[UNAVAILABLE]", names)
    assert found.attributes == {"NAME": "mx+one.example", "ADDR": "2001:db8::1", "HELO": ""}
    for bad in ("", "NAME", "FROB=1", "ADDR=nowhere", "ADDR=IPv6:fe80::1%25)text", "NAME=a NAME=b", "NAME=a+0Db", "NAME=a+zz"):
        with pytest.raises(Refused):
            parse_forwarded(bad, names)
