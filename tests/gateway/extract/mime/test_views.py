"""One reading with all meanings kept: spans, delimiters, what makes a message irregular."""

from __future__ import annotations

import pytest

from gateway.extract.mime.views import View, delimiters, describe, span_of_header, without_line_end

MAIL = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n"


def test_leaves_are_spans_into_one_blob():
    leaves = list(View(100).read(MAIL))
    assert [leaf.raw for leaf in leaves] == [b"one", b"two"]
    assert all(leaf.blob is MAIL for leaf in leaves)


@pytest.mark.parametrize(("line", "closing"), [
    (b"--b", False), (b"--b  \t", False), (b"--b--", True), (b"--b-- x", True), (b"--b-", False),
])
def test_delimiter_lines(line, closing):
    assert [c for _, _, c in delimiters(b"x\r\n" + line + b"\r\ny", 0, 100, b"b")] == [closing]


@pytest.mark.parametrize("line", [b"x--b", b"--bc", b" --b", b"--b is no boundary"])
def test_lines_that_are_no_delimiters(line):
    assert list(delimiters(b"x\r\n" + line + b"\r\ny", 0, 100, b"b")) == []


def test_line_end_before_a_delimiter_is_not_content():
    assert without_line_end(b"ab\r\n", 0, 4) == 2
    assert without_line_end(b"ab\n", 0, 3) == 2
    assert without_line_end(b"ab", 0, 2) == 2


def test_header_span():
    assert span_of_header(b"xxA: b\r\n\r\nc", 2, 11) == (b"A: b\r\n", 10)
    assert span_of_header(b"\r\nbody", 0, 6) == (b"", 2)
    assert span_of_header(b"A: b\n\nx\r\n\r\n", 0, 11) == (b"A: b\n", 6)


@pytest.mark.parametrize(("head", "irregular"), [
    (b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n", False),
    (b"Content-Type: text/plain;\r\n charset=utf-8\r\n", False),
    (b"Content-Type: text/plain\r\nContent-Type: text/plain\r\n", True),
    (b"Content-Type: text/plain; charset=a; charset=b\r\n", True),
    (b"Content-Transfer-Encoding: base64 (x)\r\n", True),
    (b"Content-Type: text\r\n", True),
    (b"junk\r\nContent-Type: text/plain\r\n", True),
    (b"Content-Type: text/plain\0\r\n", True),
])
def test_irregular_headers(head, irregular):
    assert describe(head, "text/plain").irregular is irregular


def test_charset_is_kept_for_the_reader_of_the_text():
    assert describe(b"Content-Type: text/plain; charset=Big5\r\n", "text/plain").charset == "Big5"


def test_attached_pages_without_a_name_are_opened_as_files():
    html = b"Content-Type: text/html\r\nContent-Disposition: %s\r\n"
    for apart in (b"attachment", b"(x) Attachment", b"unheard-of", b"attachment; filename=\"\""):
        assert describe(html % apart, "text/plain").names == ["ATT00001.htm"]
    assert describe(html.replace(b"text/html", b"application/xhtml+xml") % b"attachment", "text/plain").names == ["ATT00001.xhtml"]
    assert describe(html % b"inline", "text/plain").names == describe(b"Content-Disposition: attachment\r\n", "text/plain").names == []


def test_description_names_a_file_only_where_nothing_else_does():
    assert describe(b"Content-Description: a.exe\r\n", "text/plain").names == ["a.exe"]
    assert describe(b"Content-Description: Please see www.example.com\r\n", "text/plain").names == []
    assert describe(b"Content-Description: a.exe\r\nContent-Disposition: attachment; filename=b.txt\r\n", "x/y").names == ["b.txt"]
