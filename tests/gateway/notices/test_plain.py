"""What comes from mail is shown as harmless text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.notices.plain import MAX_SHOWN, defanged, shown_time

CASES = [
    ("invoice.xlsm", "invoice[.]xlsm"),
    ("https://evil.example/x", "hxxps[:]//evil[.]example/x"),
    ("HTTP://a.b", "HxxP[:]//a[.]b"),
    ("a\r\nBcc: x", "a Bcc: x"),
    ("gpj.\u202eexe.doc", "gpj[.] exe[.]doc"),
    ("a\u200bb\x00c", "a b c"),
    ("名單 A123456789", "名單 A*******89"),
    ("card 4111 1111-1111 1111", "card **** ****-**** **11"),
    ("１２３４５６", "****５６"),
    ("Q3 of 2026, v12", "Q3 of 2026, v12"),
    ("report 2026-11-21", "report ****-**-21"),
    ("\ud800x", "x"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "shown"), CASES)
def test_defanged(text: str, shown: str) -> None:
    assert defanged(text) == shown


def test_long_text_is_cut() -> None:
    assert defanged("字" * 200) == "字" * (MAX_SHOWN - 1) + "…"


@given(st.text(max_size=200))
def test_nothing_is_clickable_and_nothing_breaks_the_line(text: str) -> None:
    shown = defanged(text)
    assert shown.isprintable() and "://" not in shown and "." not in shown.replace("[.]", "")


AT = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)


@pytest.mark.parametrize(("zone", "language", "shown"), [
    ("Asia/Taipei", "zh-Hant", "2026/11/21 14:05 (UTC+8)"),
    ("Asia/Shanghai", "zh-Hans", "2026-11-21 14:05 (UTC+8)"),
    ("Asia/Tokyo", "ja", "2026年11月21日 15時05分 (JST)"),
    ("Asia/Taipei", "en", "2026-11-21 14:05 (UTC+8)"),
    ("UTC", "en", "2026-11-21 06:05 (UTC)"),
    ("America/St_Johns", "en", "2026-11-21 02:35 (UTC-3:30)"),
])
def test_time(zone: str, language: str, shown: str) -> None:
    assert shown_time(AT, zone, language) == shown
