from __future__ import annotations

from gateway.extract.office.richtext.rtftokens import BINARY, CLOSE, OCTET, OPEN, SYMBOL, TEXT, WORD, tokens


def test_every_kind() -> None:
    found = list(tokens(b"{\\rtf1\\u-20 \\'b1\\*x\\bin3 }{}y}"))
    assert found == [(OPEN, b"", None), (WORD, b"rtf", 1), (WORD, b"u", -20), (OCTET, b"b1", None), (SYMBOL, b"*", None), (TEXT, b"x", None),
                     (BINARY, b"}{}", 3), (TEXT, b"y", None), (CLOSE, b"", None)]


def test_odd_ends() -> None:
    assert list(tokens(b"\\")) == []
    assert list(tokens(b"\\bin99999999 ab")) == [(BINARY, b"ab", 99999999)]
