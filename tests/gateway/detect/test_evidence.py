"""Masking and defanging."""

from __future__ import annotations

import pytest

from gateway.detect.evidence import defanged, masked


@pytest.mark.parametrize("secret", ["A123456789", "4111 1111 1111 1111", "0912-345-678", "wang.ming@bank.example"])
def test_masked(secret):
    assert secret not in masked(f"list {secret} end")
    assert masked(f"list {secret} end").startswith("list ")


def test_what_is_no_identifier_stays():
    assert masked("報價單 2026-11.pdf") == "報價單 2026-11.pdf"


def test_control_and_bidi_are_escaped():
    assert masked("a\u202eb\x07") == "a\\u202eb\\u0007"


@pytest.mark.parametrize(("url", "text"), [
    ("https://a.example/p?q=1#f", "hxxps://a[.]example/p"), ("http://u:p@h.example/", "hxxp://h[.]example/"),
    ("search-ms:x", "search-ms:x"),
])
def test_defanged(url, text):
    assert defanged(url) == text
