"""Names as every reader may see them."""

from __future__ import annotations

import pytest

from gateway.extract.names import extensions, observe


@pytest.mark.parametrize(("name", "expected"), [
    ("report.pdf", {"pdf"}),
    ("report.pdf.exe", {"exe"}),
    ("invoice\u202efdp.exe", {"exe"}),
    ("x.EXE", {"exe"}),
    ("x.exe.", {"exe"}),
    ("x.exe ... ", {"exe"}),
    ("x.exe\u3000", {"exe"}),
    ("x.ｅｘｅ", {"exe"}),
    ("x.e\u200bxe", {"exe"}),
    ("x．exe", {"exe"}),
    ("..\\..\\x.scr", {"scr"}),
    ("a.pdf                     .js", {"js"}),
    ("a.exe\0.pdf", {"exe", "pdf"}),
    ("www.example.com.pdf", {"pdf"}),
    ("README", set()),
    ("", set()),
    ("...", set()),
])
def test_extensions(name, expected):
    assert extensions([name]) == expected


def test_alternate_stream_gives_both_sides():
    assert {"txt", "exe"} <= extensions(["notes.txt:evil.exe"])
    assert "exe" in extensions(["x.exe::$DATA"])


@pytest.mark.parametrize(("name", "code"), [
    ("a\u202excod.exe", "NAME-BIDI"), ("a.exe\0.txt", "NAME-NUL"), ("a\u200b.exe", "NAME-INVISIBLE"),
    ("a.pdf          .exe", "NAME-BLANKS"), ("a.exe.", "NAME-TRAILING"), ("../a", "NAME-PATH"),
    ("C:\\a", "NAME-PATH"), ("a" * 300, "NAME-LONG"), ("a.{00000000-0000-0000-0000-000000000001}", "NAME-CLASS"), ("a\x07b", "NAME-CONTROL"),
])
def test_oddities(name, code):
    assert code in [o.code for o in observe([name])]


@pytest.mark.parametrize("name", ["報價單.pdf", "見積書 2026年11月.xlsx", "四半期（決算）.docx", "a b.txt", "O'Brien.doc"])
def test_ordinary_names_are_not_odd(name):
    assert observe([name]) == []
