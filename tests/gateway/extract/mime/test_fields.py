"""Parameters, encodings and names by every reading."""

from __future__ import annotations

import pytest

from gateway.extract.mime.fields import encodings, file_names, parameters, sloppy_names


@pytest.mark.parametrize(("raw", "main", "pairs"), [
    (b"text/plain", "text/plain", []),
    (b'Text/Plain; charset="utf-8"; format=flowed', "text/plain", [("charset", b"utf-8"), ("format", b"flowed")]),
    (b"multipart/mixed; boundary=----=_Part_1", "multipart/mixed", [("boundary", b"----=_Part_1")]),
    (b'attachment; filename="a;b.txt"', "attachment", [("filename", b"a;b.txt")]),
])
def test_well_formed(raw, main, pairs):
    assert parameters(raw) == (main, pairs, True)


@pytest.mark.parametrize("raw", [
    b"a/b; x=1; x=2", b"a/b; x (c)=1", b'a/b; x="unclosed', b"a/b (comment)", b"a/b; x", b"a/b; x = 1",
])
def test_ill_formed_is_said(raw):
    assert parameters(raw)[2] is False


def test_repeated_parameters_are_all_kept():
    assert [v for _, v in parameters(b"a/b; boundary=x; boundary=y")[1]] == [b"x", b"y"]


@pytest.mark.parametrize(("raw", "expected"), [
    (b"base64", ["base64"]), (b"BASE64", ["base64"]), (b"7bit", ["7bit"]), (b"base64, 7bit", ["base64", "7bit"]),
    (b"ba(c)se64", ["base64"]), (b"base64\0", ["base64"]), (b"=?utf-8?Q?base64?=", ["base64"]), (b"x-what", ["unknown"]),
    (b"x-uuencode (c)", ["x-uuencode"]), (b"X-UU", ["x-uu"]),
])
def test_encodings(raw, expected):
    assert encodings(raw)[0] == expected


def names(raw: bytes) -> list[str]:
    return file_names(parameters(raw)[1])


@pytest.mark.parametrize(("raw", "first"), [
    (b"a; filename=x.txt", "x.txt"),
    (b"a; filename*0=in; filename*1=v.bat", "inv.bat"),
    (b"a; filename*1=v.bat; filename*0=in", "inv.bat"),
    (b"a; filename*=utf-8''%E5%A0%B1.bat", "報.bat"),
    (b"a; filename*=utf-8'zh-Hant-TW'%E5%A0%B1.bat", "報.bat"),
    (b"a; filename*0*=big5''%B5o%B2%BC; filename*1=.bat", "發票.bat"),
    (b"a; filename*=utf-16le''i%00n%00v%00.%00b%00a%00t%00", "inv.bat"),
    (b"a; filename=\"=?big5?B?s/i7+bPmLnBkZg==?=\"", "報價單.pdf"),
    (b"a; filename=\"" + "見積書.pdf".encode("cp932") + b"\"", "見積書.pdf"),
    (b"a; filename=\"" + "报价单据.pdf".encode("gb18030") + b"\"", "报价单据.pdf"),
])
def test_names(raw, first):
    assert first in names(raw)


def test_plain_and_extended_names_are_both_candidates():
    assert {"a.txt", "b.bat"} <= set(names(b"a; filename=a.txt; filename*=utf-8''b.bat"))


def test_percent_encoding_in_a_plain_value():
    assert "x.bat" in names(b"a; filename=x%2Ebat")


def test_codec_names_from_mail_are_never_looked_up():
    assert names(b"a; filename*=zlib_codec''x.txt") == ["x.txt"]


def test_sloppy_names():
    assert sloppy_names(b"attachment filename = x.exe") == ["x.exe"]
    assert sloppy_names(b'attachment; x="y"filename=x.exe') == ["x.exe"]


@pytest.mark.parametrize("raw", [
    b'attachment; filename="a."exe', b"attachment; filename*=utf-16''%00a%00.%00e%00x%00e", b"attachment; filename*=utf-8''a.%2565xe",
    b'attachment; filename="=?utf-8?B?YS5leGU="', b"attachment; filename*=utf-16''%61%00%2e%00%65%00%78%00%65%00",
])
def test_names_that_only_some_reader_sees(raw):
    assert "a.exe" in file_names(parameters(raw)[1])


def test_a_colon_for_an_equals_sign():
    assert sloppy_names(b"attachment; filename:a.exe") == ["a.exe"]


@pytest.mark.parametrize("raw", [
    b'a; filename*0="a.bat"; filename*5=".txt"', b"a; filename*0=a.; filename*1=txt; filename*1=bat",
    b"a; filename*0=a.; filename*1=bat; filename*1=txt", b"a; filename*1=a.b; filename*2=at", b'a; filename*0="a."; filename*1="bat"%',
])
def test_pieces_of_a_name_in_every_order(raw):
    assert "a.bat" in names(raw)


def test_pieces_that_cut_the_charset_and_the_octets():
    assert "a.bat" in names(b"a; filename*0*=euc; filename*1*=-jp'ja; filename*2*='a%2; filename*3*=Ebat")


def test_letters_that_end_in_a_backslash():
    assert "表ソ能.vbs" in names('a; filename="表ソ能.vbs"'.encode("cp932"))


@pytest.mark.parametrize("raw", [
    b"=?utf-8?B?YXR0YWNobWVudDsgZmlsZW5hbWU9ImEuZXhlIg==?=", b"=?us-ascii?Q?attachment=3B_filename=3Da.exe?="])
def test_a_field_that_is_one_encoded_word(raw):
    assert file_names(parameters(raw)[1]) == ["a.exe"]


def test_a_field_that_starts_with_a_word_keeps_its_parameters():
    assert file_names(parameters(b'=?utf-8?q?attachment?=; filename="a.exe"')[1]) == ["a.exe"]


def test_words_that_are_decoded_by_themselves():
    """A word that breaks off within four characters goes on in the next one for some readers, and not for others."""
    names = file_names([("filename", b"=?utf-8?B?YS4?= =?utf-8?B?eC5iYXQ=?=")])
    assert "a.x.bat" in names and len(names) == 2
    assert file_names([("filename", b"=?utf-8?B?5aCx?= =?utf-8?B?5YO5?=")]) == ["報價"]
    assert file_names([("filename", b"=?utf-8?B?5aCx5YM=?= =?utf-8?B?uS5wZGY=?=")]) == ["報價.pdf"]    # cut within a character
