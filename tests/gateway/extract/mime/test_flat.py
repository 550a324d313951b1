"""The flat reading and the repair."""

from __future__ import annotations

from gateway.extract.mime.flat import flat, repaired


def test_every_part_header_starts_a_leaf():
    blob = b"x\r\n--q\r\nContent-Type: a/b\r\n\r\none\r\n--q\r\nContent-Type: c/d; name=n.txt\r\n\r\ntwo\r\n--q--\r\n"
    assert [(leaf.media, leaf.raw.strip(), leaf.names) for leaf in flat(blob)] == [("a/b", b"one", ()), ("c/d", b"two", ("n.txt",))]


def test_header_without_empty_line():
    assert [leaf.raw for leaf in flat(b"Content-Type: a/b\r\nTVqQ\r\n")] == [b"TVqQ\r\n"]


def test_text_without_part_headers_has_no_leaves():
    assert list(flat(b"Subject: x\r\n\r\nwords about content and types\r\n")) == []


def test_repair():
    assert repaired(b"\xef\xbb\xbfA: b\rC: d\r\r\0x") == b"A: b\r\nC: d\r\n\r\nx"
    assert repaired(b"From x\nA: b\r\n") == b"A: b\r\n"
    assert repaired(b"A: b\r\n\r\nx\r\n") == b"A: b\r\n\r\nx\r\n"
