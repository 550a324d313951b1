"""Cleaning of names; more cases stand beside gateway.extract.names."""

from __future__ import annotations

import pytest

from gateway.model.filename import basename, extension, extensions, spellings, visible


def test_spellings():
    assert list(spellings("..\\x.exe. ")) == ["x.exe", "x.exe"]
    assert set(spellings("a.txt\0b.exe")) == {"a.txt", "b.exe"}
    assert list(spellings("")) == []


@pytest.mark.parametrize(("name", "text"), [("a\u202eb", "ab"), ("ｅｘｅ", "exe"), ("e\u200bxe", "exe"), ("報價單", "報價單"), ("a\x07b", "ab")])
def test_visible(name, text):
    assert visible(name) == text


def test_basename_and_extension():
    assert basename("a/b\\c.txt") == "c.txt"
    assert (basename("x.exe/"), basename("../x.exe\\/"), basename("//")) == ("x.exe", "x.exe", "")
    assert (extension("a.TXT"), extension("a"), extension("a.b.c"), extension("a." + "x" * 40)) == ("txt", "", "c", "")
    assert extensions(["a.b", "c.d"]) == {"b", "d"}


@pytest.mark.parametrize("name", [
    "a.exe?", "a.exe,", "a.exe|", "a.e xe", "a." + "b" * 5000 + ".exe", "a.exe\x1b(B", "a.\x1b$Bexe", "a.e\x1b(Jxe",
])
def test_endings_that_some_client_mends(name):
    assert "exe" in extensions([name])


def test_variation_selectors_do_not_hide_an_ending():
    assert extensions(["a.exe\ufe0f", "b.j\U000e0100s"]) == {"exe", "js"}
    assert extensions(["❤\ufe0f.pdf"]) == {"pdf"}


def test_percent_codes_as_browsers_undo_them():
    assert extensions(["a%2Eexe"]) >= {"exe"} and extensions(["a.%65xe"]) >= {"exe"} and extensions(["%E5%A0%B1%2Ejs"]) >= {"js"}
    assert extensions(["Report%20Q3.pdf"]) == {"pdf"} and extensions(["100%.doc"]) == {"doc"}


@pytest.mark.parametrize("name", ["報告．ｅｘｅ", "報告。exe", "報告｡ｅｘｅ", "a․exe", "a﹒exe", "a.еxe", "a.ехе"])
def test_endings_that_are_drawn_like_another_one(name):
    assert "exe" in extensions([name])


def test_full_stops_of_sentences():
    assert extensions(["您好。附件.pdf"]) == {"pdf"} and extensions(["отчёт.тхт"]) >= {"тхт"} and extensions(["完了。"]) == frozenset()
