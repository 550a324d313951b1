"""Readings of From: what the grammar says, what other programs may see, and what is customary and harmless."""

import base64
import time

import pytest

from gateway.model.author import LONGEST_FIELD, MOST_AUTHORS, authors, decoded, mailboxes, shown_addresses


def word(text, charset="utf-8"):
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


def field(value):
    octets = value if isinstance(value, bytes) else value.encode()
    return b"Received: x\r\nFrom: " + octets + b"\r\nTo: q@w.example\r\n"


@pytest.mark.parametrize(("value", "domains"), [
    ("a@x.com", ["x.com"]), ("Foo <a@x.com>", ["x.com"]), ('"Foo, Inc." <a@x.com>', ["x.com"]), ("Foo, Inc. <a@x.com>", ["x.com"]),
    ("a@x.com <a@x.com>", ["x.com"]), ("b@y.com <a@x.com>", ["x.com"]), ('"b@y.com" <a@x.com>', ["x.com"]),
    ('"b@y.com via List" <a@x.com>', ["x.com"]), ("a@x.com (Foo b@y.com)", ["x.com"]), ("a@x.com (Foo, Bar)", ["x.com"]),
    ("Foo <a@x.com> (work)", ["x.com"]), ("a @ x . com", ["x.com"]), ('"a@b"@x.com', ["x.com"]), ('"a\\"b"@x.com', ["x.com"]),
    ("Group: a@x.com;", ["x.com"]), ("a@x.com, b@x.com", ["x.com"]), ("a@X.COM.", ["x.com"]), ("Foo\r\n <a@x.com>", ["x.com"]),
    (word("王小明") + " <a@x.com>", ["x.com"]), (word("b@y.com") + " <a@x.com>", ["x.com"]), (word("王, 小明") + " <a@x.com>", ["x.com"]),
    ("a@[192.0.2.1]", ["[192.0.2.1]"]), ("王 <a@例え.test>", ["例え.test"]), ("<a@xn--r8jz45g.test>", ["例え.test"]),
    ("<a@bank．example>", ["bank.example"]), ("<a@ｂａｎｋ。example>", ["bank.example"]), ('"Foo <a@x.com>', ["x.com"]),
    ('"許功蓋" <a@x.com>'.encode("big5"), ["x.com"]), ("表ソ能 <a@x.com>".encode("shift_jis"), ["x.com"]),
    ('"日本" <a@x.com>'.encode("iso-2022-jp"), ["x.com"]), ("王 <a@x.com>".encode("gb18030"), ["x.com"]),
    (b"\xff\xfe <a@x.com>", ["x.com"]), ("root", []), ("", []), ("<>", []), ("a@x.com <>", ["x.com"]), ("Foo <foo>", []),
])
def test_customary_fields_have_one_reading(value, domains):
    read = authors(field(value))
    assert (list(read.domains), read.others, read.reasons) == (domains, (), ())


def test_grammatical_lists_of_several_authors():
    read = authors(field("A <a@x.com>, b@y.com"))
    assert read.domains == ("x.com", "y.com") and not read.contradictory


@pytest.mark.parametrize(("value", "author", "other", "reason"), [
    ("<b@y.com>a<a@x.com>", "x.com", "y.com", "several-addresses"),
    ("<a@x.com> b@y.com", "x.com", "y.com", "several-addresses"),
    ("<b@y.com@x.com>", "x.com", "y.com", "several-addresses"),
    ("b@y.com a@x.com", "x.com", "y.com", "several-addresses"),
    ("<@y.com,@z.com:a@x.com>", "x.com", "y.com", "route"),
    ("<@y.com:a@x.com>", "x.com", "y.com", "route"),
    ("a@x.com(,b@y.com)", "x.com", "y.com", "comment"),
    ("<a@x.com> (<b@y.com>)", "x.com", "y.com", "comment"),
    (word("B <b@y.com>") + " <a@x.com>", "x.com", "y.com", "encoded"),
    (word("b@y.com, ") + " <a@x.com>", "x.com", "y.com", "encoded"),
    ("=?utf-8?Q?b=40y=2Ecom=2C?= <a@x.com>", "x.com", "y.com", "encoded"),
    ("<" + word("b@y.com") + "@x.com>", "x.com", "y.com", "encoded"),
    ("<a@x.com\x00.y.com>", "x.com", "x.com.y.com", "control"),
    ("<b@y\x01.com>, a@x.com", "y", "y.com", "control"),
])
def test_hostile_fields_are_read_in_every_way(value, author, other, reason):
    read = authors(field(value))
    assert read.domains[0] == author and other in read.others and reason in read.reasons


@pytest.mark.parametrize(("block", "authors_", "others", "reason"), [
    (b"From: a@x.com\r\nFrom: b@y.com\r\n", ["x.com", "y.com"], (), "several-fields"),
    (b"From: a@x.com\r\nFROM : b@y.com\r\n", ["x.com", "y.com"], (), "several-fields"),
    (b"X: q\rFrom: a@x.com\r\nFrom: b@y.com\r\n", ["x.com", "y.com"], (), "several-fields"),
    (b"X: q\nFrom: a@x.com\r\nFrom: b@y.com\r\n", ["x.com", "y.com"], (), "several-fields"),
    (b" From: a@x.com\r\nFrom: b@y.com\r\n", ["y.com"], ("x.com",), "odd-field-name"),
    (b"From\x00: a@x.com\r\nFrom: b@y.com\r\n", ["y.com"], ("x.com",), "odd-field-name"),
    (b"\xef\xbb\xbfFrom: a@x.com\r\nFrom: b@y.com\r\n", ["y.com"], ("x.com",), "odd-field-name"),
    (b"From: a@x.com\r\n" + b"From: a@x.com\r\n" * 20, ["x.com"], (), "several-fields"),
    (b"From: " + b"x" * LONGEST_FIELD + b" <a@x.com>\r\n", [], (), "too-long"),
    (b"From: " + b", ".join(b"a@x.com" for _ in range(MOST_AUTHORS + 1)) + b"\r\n", ["x.com"], (), "too-many"),
    (b"From: A\x00 <a@x.com>\r\n", ["x.com"], (), "control"),
])
def test_hostile_header_blocks(block, authors_, others, reason):
    read = authors(block)
    assert (list(read.domains), read.others) == (authors_, others) and reason in read.reasons


@pytest.mark.parametrize("block", [
    b"Subject: Re:\r\n From: b@y.com\r\nFrom: a@x.com\r\n", b"X-From: b@y.com\r\nFrom: a@x.com\r\n",
    b"From: a@x.com\r\nFrom: Foo <a@x.com>\r\n", b"From: a@x.com\r\nResent-From: b@y.com\r\nSender: c@z.com\r\n",
    b"From-Line: b@y.com\r\nfrom: a@x.com\r\n", b"From: a@x.com",
])
def test_other_fields_are_not_the_author(block):
    read = authors(block)
    assert (read.domains, read.contradictory, read.sender_only) == (("x.com",), False, False)


def test_without_from_the_sender_stands_in():
    assert authors(b"Sender: a@x.com\r\nTo: b@y.com\r\n").sender_only and authors(b"").domains == ()
    assert authors(b"Sender: a@x.com\r\n").domains == ("x.com",)


@pytest.mark.parametrize("charset", ["utf-8", "big5", "gb18030", "iso-2022-jp", "shift_jis", "euc-jp"])
def test_names_in_the_charsets_of_the_region(charset):
    [author] = authors(field(word("山田", charset) + " <a@x.com>")).authors
    assert author.name == "山田"
    assert decoded("=?utf-7?Q?+AEA-?= =?no/such?Q?x?= =?big5?B?////?=").startswith("+AEA-")


def test_names_and_other_fields():
    [author] = authors(field(word("王 小明") + " <a.b@x.com>")).authors
    assert (author.name, author.local, author.domain) == ("王 小明", "a.b", "x.com")
    assert [a.domain for a in mailboxes(b' "B, C" <b@y.com>, d@z.com')] == ["y.com", "z.com"]
    assert decoded("a =?utf-8?q?b_?= =?utf-8?q?c?= d =?x?q?=") == "a b c d =?x?q?="
    assert shown_addresses("Boss (ceo＠Bank.example) a@b") == [("ceo", "bank.example")]


@pytest.mark.parametrize("blob", [
    b'"' * 9000, b"(" * 9000, b"<" * 9000, b'\\"' * 4500, b"=?a?b?" * 1500, b"a@" * 4500, b"," * 9000, b"\x1b$B" * 3000, b" " * 9000,
    b"x\r\nFrom: " * 100_000, b"\r\n " * 300_000, b"=?utf-8?q?" + b"=" * 4000 + b"?=", b"\x00" * 9000,
])
def test_bombs_cost_little(blob):
    started = time.process_time()
    read = authors(b"From: " + blob + b"\r\n")
    assert time.process_time() - started < 1.0 and len(read.authors) <= MOST_AUTHORS


@pytest.mark.parametrize(("name", "charset"), [
    ("王小明", "big5"), ("許功蓋", "big5"), ("王小明", "gb18030"), ("王小明", "gb2312"), ("表ソ能", "shift_jis"), ("山田太郎", "shift_jis"),
    ("山田太郎", "euc_jp"), ("山田太郎", "iso-2022-jp"), ("김철수", "euc_kr"),
])
@pytest.mark.parametrize("form", ['{} <a@x.com>', '"{}" <a@x.com>', "a@x.com ({})"])
def test_names_in_undeclared_charsets_are_read_in_each_that_fits(name, charset, form):
    before, after = form.split("{}")
    read = authors(field(before.encode() + name.encode(charset) + after.encode()))
    (author,) = read.authors
    shown = {other.strip('" ') for other in (author.name, *author.others)}
    assert name in shown and read.domains == ("x.com",) and not read.contradictory


@pytest.mark.parametrize("value", ["王小明 <a@x.com>", "Wang <a@x.com>"])
def test_declared_names_have_one_reading(value):
    assert authors(field(value)).authors[0].others == ()
