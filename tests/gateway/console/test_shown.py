from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.console.shown import HIDDEN, shown, shown_lines
from gateway.model.filename import BIDI


def test_what_hides_or_turns_text_is_an_escape() -> None:
    assert shown("a\u202egpj.exe") == "a\\u202egpj.exe"
    assert shown("a\r\nSet-Cookie: x\0") == "a\\u000d\\u000aSet-Cookie: x\\u0000"
    assert shown("x\u200by\ufeff\u2028") == "x\\u200by\\ufeff\\u2028"
    assert shown("\U000e0041") == "\\U000e0041"
    assert shown("\ud800") == "\\ud800"


def test_ordinary_text_stays() -> None:
    for text in ("王小明 <wang@bank.example>", "ﾊﾟｽﾜｰﾄﾞ", "が", "がぎ", "é", "👍", "a\u00a0b", "<script>"):
        assert shown(text) == text


def test_marks_do_not_pile_up() -> None:
    assert shown("e" + "\u0301" * 5) == "e\u0301\u0301" + "\\u0301" * 3


def test_it_is_cut() -> None:
    assert shown("x" * 500) == "x" * 400 + "…" and shown("y" * 400) == "y" * 400


def test_lines_are_kept_where_they_are_wanted() -> None:
    assert shown_lines("a\n\tb\r") == "a\n\tb\\u000d" and shown("a\nb") == "a\\u000ab"


@given(st.text())
def test_nothing_hidden_is_left(text: str) -> None:
    import unicodedata

    assert not [c for c in shown(text) if c in BIDI or (unicodedata.category(c) in HIDDEN and c != "\u00a0")]
