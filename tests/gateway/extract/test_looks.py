"""Guesses by content."""

from __future__ import annotations

import pytest

from gateway.extract.looks import card_like, html_like, mail_like, text_like, written


@pytest.mark.parametrize("data", [b"", b"words\r\n", "報價單".encode("cp950"), "見積書".encode("cp932"), "見積".encode("iso2022_jp"),
                                  "hi there".encode("utf-16-le"), ("<p>hi there " * 9).encode("utf-32-le"), ("hi there " * 9).encode("utf-32-be"), b"\xff\xfea\0", b"form\x0cfeed", b"end\x1a"])
def test_text(data):
    assert text_like(data)


@pytest.mark.parametrize("data", [bytes(100), bytes(range(256)), b"".join(n.to_bytes(4, "little") for n in range(1, 200)), bytes(3) + b"a" + bytes(200), b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0", b"\x89PNG\r\n\x1a\n\0\0\0\x0d"])
def test_not_text(data):
    assert not text_like(data)


@pytest.mark.parametrize("data", [b"<!DOCTYPE html>", b"  <html>", b"<HTML ", b"words <script>x", b"<!-- x -->"])
def test_html(data):
    assert html_like(data)


@pytest.mark.parametrize("data", [b"a < b", b"<name>", b"<?xml version='1.0'?><a/>", b"1 <2> 3"])
def test_not_html(data):
    assert not html_like(data)


@pytest.mark.parametrize("data", [
    b"From: a\r\nTo: b\r\nSubject: c\r\n\r\nhi", b"Received: x\n by y\nFrom: a\nDate: d\n\nhi", b"From x\nFrom: a\nTo: b\nDate: c\n\n",
    b"Content-Type: text/plain\r\nMIME-Version: 1.0\r\n\r\n",
])
def test_mail(data):
    assert mail_like(data)


@pytest.mark.parametrize("data", [b"Dear Bob,\r\nSubject: see below\r\n", b"Note: x\r\nPS: y\r\n\r\n", b"key: value\n", b"", b"From: only\r\n\r\n"])
def test_not_mail(data):
    assert not mail_like(data)


def test_certainly_text():
    assert written(b"nothing but words, and enough of them\r\n")
    assert not written(b"words") and not written(b"x" * 40 + b"\x80") and not written("報價單".encode() * 9)


@pytest.mark.parametrize(("data", "named", "kind"), [
    (b"BEGIN:VCALENDAR\r\n", False, "text/calendar"), (b"\r\nbegin:vcard\n", False, "text/vcard"), (b"junk\r\nBEGIN:VCALENDAR\r\n", True, "text/calendar"),
    (b"junk\r\nBEGIN:VCARD\r\n", True, "text/vcard"), (b"junk\r\nBEGIN:VCALENDAR\r\n", False, ""), (b"notes\n", True, "")])
def test_calendars_and_cards(data, named, kind):
    assert card_like(data, named) == kind


def test_one_field_is_enough_behind_the_line_of_a_mailbox():
    line = b"From a@b.example Sat Nov 21 09:00:00 2026"
    assert mail_like(line + b"\nSubject: x\n\nhi\n") and mail_like(line + b" +0800\r\nFrom: a@b.example\r\n\r\nhi")
    assert not mail_like(b"Subject: x\n\nhi\n") and not mail_like(line + b"\nwe go on\n") and not mail_like(b"From here on\nSubject: none\n\nhi")
