"""Addresses that lead beyond the web, in bodies of messages and in pages that are files."""

from __future__ import annotations

import pytest

from gateway.extract.page.beyond import beyond_web


def codes(tag: str, address: str, opened: bool = False) -> list[str]:
    return [o.code for o in beyond_web(tag, address, opened)]


@pytest.mark.parametrize(("tag", "address", "code"), [
    ("a", "file://h.example/s/a.exe", "DOC-LINK-PROGRAM"), ("a", "\\\\h\\s\\a.lnk", "DOC-LINK-PROGRAM"),
    ("a", "file:///C:/Windows/System32/calc.exe", "DOC-LINK-PROGRAM"), ("img", "file://203.0.113.9/s/a.png", "DOC-EXTERNAL-SHARE"),
    ("body", "\\\\h.example@80\\s\\", "DOC-LINK-PROGRAM"), ("img", "//h.example@ssl/s/a", "DOC-LINK-PROGRAM"),
])
def test_in_every_page(tag, address, code):
    assert codes(tag, address) == codes(tag, address, True) == [code]


@pytest.mark.parametrize(("tag", "address"), [
    ("img", "file://h.example/s/logo.png"), ("body", "\\\\h.example\\s\\logo.png"), ("style", "\\\\h.example\\s\\a.css"),
    ("video", "file:////h.example/s/a.jpg"),
])
def test_shares_with_a_full_name_only_in_files(tag, address):
    assert codes(tag, address) == [] and codes(tag, address, True) == ["DOC-EXTERNAL-SHARE"]


@pytest.mark.parametrize(("tag", "address"), [
    ("img", "//cdn.example/a.png"), ("img", "file://server01/sig/logo.jpg"), ("img", "\\\\192.168.1.5\\s\\logo.png"),
    ("img", "\\\\files.firm.local\\s\\logo.png"), ("a", "\\\\h.example\\s\\report.pdf"), ("img", "file:///C:/Users/a/logo.png"),
    ("a", "setup.exe"), ("script", "file:///C:/Temp/x_files/a.js"),
])
def test_others(tag, address):
    assert codes(tag, address) == codes(tag, address, True) == []
