"""Digits and Chinese numerals in one number."""

from __future__ import annotations

import time

import pytest

from gateway.identifiers.normalise import view


@pytest.mark.parametrize(("text", "seen"), [
    ("卡號4521〇3456789零12", "卡號4521034567890" + "12"), ("A1二3四5六7八9", "A123456789"), ("〇912345678", "0912345678"),
    ("身分證A○23456789。", "身分證A023456789。"), ("45〇2 1034 5678 9〇12", "4502 1034 5678 9012"), ("◯3-1234-5678", "03-1234-5678")])
def test_read(text, seen):
    assert view(text).text == seen
    assert view(text + "\n" + "字" * 1200).text.partition("\n")[0] == seen


@pytest.mark.parametrize("text", [
    "0912○○○678", "1234-5678-9012-34〇〇", "2026零售", "○○○○1234", "〇〇〇-1234-5678", "12345○○○○○678", "12345678零售", "王二0912345678", "A-1一2二3", "第1234567二", "週一1234567"])
def test_masks_and_words_stay(text):
    assert view(text).text == text
    assert view(text + "\n" + "字" * 1200).text.partition("\n")[0] == text


@pytest.mark.parametrize("text", ["〇1" * 60000, "1二" * 60000, "〇" * 120000, "1〇 " * 40000, "12345一" * 20000])
def test_linear(text):
    started = time.process_time()
    view(text)
    assert time.process_time() - started < 2
