"""Every charset of our customers' mail; no codec that a sender names."""

from __future__ import annotations

import codecs

import pytest

from gateway.extract.charset import CHARSETS, codec, decode_named, guess, readings
from tests.builders.growth import linear

ZH_TW = "您好，附件為本月報價單與客戶資料，請於週五前回覆，謝謝。"
ZH_CN = "您好，附件为本月报价单和客户资料，请于周五前回复，谢谢。"
JA = "お世話になっております。添付の見積書をご確認ください。よろしくお願いいたします。"
BOXED = "氏名　橋本 翔太\n個人番号　｜5｜4｜1｜5｜8｜0｜3｜1｜3｜1｜2｜5｜\n電話　０９０－１２３４－５６７８\n"
ZH_HK = "香港衞生署嘅通告，請各位同事喺星期五之前交返表格。多謝！"
KO = "안녕하세요. 첨부한 견적서를 확인해 주시기 바랍니다. 감사합니다."


@pytest.mark.parametrize(("text", "encoding"), [
    (ZH_TW, "cp950"), (ZH_TW, "big5hkscs"), (ZH_HK, "big5hkscs"), (ZH_TW, "utf-8"), (ZH_TW, "gb18030"), (ZH_TW, "utf-16"), (ZH_CN, "gb18030"), (ZH_CN, "hz"),
    (ZH_CN, "gbk"), (JA, "cp932"), (BOXED, "cp932"), (JA, "euc_jp"), (JA, "iso2022_jp"), (KO, "cp949"), (KO, "iso2022_kr"),
])
def test_undeclared(text, encoding):
    assert text in [t for t, _ in readings(text.encode(encoding))]


@pytest.mark.parametrize(("text", "encoding", "declared"), [
    (ZH_TW, "cp950", "Big5"), (ZH_CN, "gb18030", "GB2312"), (JA, "cp932", "Shift_JIS"), (JA, "iso2022_jp", "ISO-2022-JP"), (JA, "utf-16-le", "utf-16le"), (KO, "cp949", "euc-kr"),
    ("<script>x[0]=\"a\";</script>", "cp037", "IBM037"), ("㈱①髙﨑", "cp932", "shift_jis"), ("naïve “quotes”", "cp1252", "iso-8859-1"),
])
def test_declared(text, encoding, declared):
    assert readings(text.encode(encoding), declared)[0][0] == text


@pytest.mark.parametrize(("text", "encoding", "declared"), [
    (ZH_TW, "cp950", "utf-8"), (JA, "cp932", "us-ascii"), (ZH_CN, "gb18030", "utf-8"), (ZH_TW, "utf-8", "us-ascii"), (JA, "iso2022_jp", "us-ascii"), (ZH_CN, "hz", "us-ascii"), (ZH_CN, "hz", "gb2312"), (JA, "iso2022_jp", "shift_jis"), (ZH_TW, "utf-7", "utf-8"), (KO, "utf-7", ""),
    (ZH_TW + "\n0912-345-678\n" * 9, "utf-16-le", "big5"), (ZH_TW + "\nname\n" * 9, "utf-16-be", "utf-8"), (JA, "utf-8", "x-unknown"),
])
def test_wrong_declaration(text, encoding, declared):
    assert text in [t for t, _ in readings(text.encode(encoding), declared)]


def test_every_name_has_a_codec():
    for name, target in CHARSETS.items():
        assert name == name.lower()
        assert codecs.lookup(target)._is_text_encoding


@pytest.mark.parametrize("name", ["zlib_codec", "bz2", "base64", "rot13", "hex", "uu", "quopri", "idna", "punycode", "unicode_escape", "mbcs", ""])
def test_dangerous_codecs_are_not_known(name):
    assert codec(name) is None
    assert decode_named(b"abc", name) == "abc"


@pytest.mark.parametrize("data", [b"", b"\xff", b"\x80\x81", bytes(range(256)), b"\x1b$B\xff", b"~{\xff~}", b"\xff\xfe\x00"])
def test_anything_decodes_to_something(data):
    assert readings(data) and isinstance(guess(data)[0], str)
    assert readings(data, "big5")


def test_ascii_has_one_reading():
    assert readings(b"plain") == [("plain", "utf-8")]


def test_shifts_of_hz_that_nothing_ends_are_read_once() -> None:
    assert linear(lambda data: readings(data), lambda n: b"~{ab" * n, 25_000)


@pytest.mark.parametrize("charset", ["utf-32-le", "utf-32-be"])
def test_utf_32_without_a_mark(charset):
    text = "姓名,身分證\n陳碧雲,V115718705 𠮷\n"
    assert readings(text.encode(charset)) == [(text, charset)]
    assert readings("abcdefgh".encode("utf-16-le"))[0][1] == "utf-16-le"
    assert readings(bytes(64))[0][1] != charset


def test_a_file_filled_up_with_noughts_is_no_utf_16():
    assert readings(b"<table><tr><td>SSN</td></tr></table>" + bytes(400))[0][1] == "utf-8"
    assert readings("plain text of some length".encode("utf-16-be"))[0][1] == "utf-16-be"


@pytest.mark.parametrize("text", ["a+b-c 1+1=2 +886-2-1234 C++ +abc- +def-", "x+Zm9v- y", "q=a+bcd+efg+hij&x=+1234"])
def test_what_is_no_utf_7(text):
    assert readings(text.encode(), "utf-8") == [(text, "utf-8")]


def test_utf_7_and_what_only_looks_like_it_are_both_read():
    data = (ZH_TW + " +886912345678-").encode("utf-7")
    assert [name for _, name in readings(data, "us-ascii")] == ["utf-7", "utf-8"]


def test_broken_utf7_of_a_name_is_still_utf7():
    assert decode_named(b"report+b-+AC4-exe", "utf-7").endswith(".exe") and decode_named(b"a+AC4-exe", "utf-7") == "a.exe"
