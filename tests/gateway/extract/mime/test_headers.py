"""Header blocks, folded fields and encoded words."""

from __future__ import annotations

import base64

import pytest

from gateway.extract.mime.headers import decoded, parse_headers, split


def test_fields_in_order_unfolded():
    fields = parse_headers(b"Subject: a\r\n b\r\nX-Odd : c\r\nnot a field\r\nTo:d\r\n")
    assert [(f.name, f.raw) for f in fields] == [("subject", b"a b"), ("x-odd", b"c"), ("to", b"d")]


@pytest.mark.parametrize(("data", "expected"), [
    (b"A: b\r\n\r\nbody", (b"A: b\r\n", 8)), (b"A: b\n\nbody", (b"A: b\n", 6)), (b"\r\nbody", (b"", 2)), (b"A: b", (b"A: b", 4)),
    (b"A: b\n\nx\r\n\r\ny", (b"A: b\n", 6)),
])
def test_split(data, expected):
    assert split(data) == expected


@pytest.mark.parametrize(("raw", "text"), [
    (b"=?utf-8?B?5aCx5YO5?=", "報價"), (b"=?big5?Q?=B3=F8?= =?big5?Q?=BB=F9?=", "報價"), (b"=?iso-2022-jp?B?GyRCOCtAURsoQg==?=", "見積"),
    (b"a =?utf-8?Q?b_c?= d", "a b c d"), (b"plain", "plain"),
    (b"=?zlib_codec?B?eJw=?=", "x"), (b"=?utf-8*zh-TW?B?5aCx?=", "報"), (b"=?utf-8?B?*?=", ""),
    (b"=?utf 8?B?cnVuLmpz?=", "run.js"), (b"=??Q?run=2Ejs?=", "run.js"), (b"=?x\0y?q?run=2Ejs?=", "run.js"),
    (b"=?a=b?c=d", "=?a=b?c=d"), (b"what=? or =? B?", "what=? or =? B?"),
])
def test_encoded_words(raw, text):
    assert decoded(raw).startswith(text)


def test_characters_cut_between_words_are_joined():
    whole = "報價單".encode()
    a, b = base64.b64encode(whole[:4]), base64.b64encode(whole[4:])
    assert decoded(b"=?utf-8?B?" + a + b"?= =?utf-8?B?" + b + b"?=") == "報價單"


@pytest.mark.parametrize("words", [
    b"=?utf-8?B?aW52b?= =?utf-8?B?2ljZS5leGU=?=",
    b"=?utf-8?B?aW52b2?=\r\n =?utf-8?b?ljZ?= =?utf-8?B?S5leGU=?=",
    b"=?utf-8?B?aW52b2lj?= =?utf-8?B?ZS5leGU=?=",
    b"=?utf-8?B?aW52bw==?= =?utf-8?B?aWNlLmV4ZQ==?=",
    b"=?utf-8?B?aW52b2?= =?utf-8?Q?ice.exe?=",
])
def test_base64_that_goes_on_in_the_next_word(words):
    assert decoded(words).startswith("invo")
    assert decoded(words).endswith("ice.exe")


def test_a_value_broken_within_its_quotes_goes_on():
    (disposition, encoding) = parse_headers(b'Content-Disposition: attachment; filename="a.pdf\n.com"\r\nContent-Transfer-Encoding: base64\r\n')
    assert disposition.raw == b'attachment; filename="a.pdf.com"'
    assert encoding.raw == b"base64"
    assert [h.name for h in parse_headers(b'Subject: 24" screen\r\nX-A: b\r\n')] == ["subject", "x-a"]
    assert [h.raw for h in parse_headers(b"Subject: a\r\nstray\r\nX-A: b\r\n")] == [b"a", b"b"]
