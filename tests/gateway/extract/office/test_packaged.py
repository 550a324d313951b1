"""Objects of OLE 1.0 in files of Write and its kin."""

from __future__ import annotations

import pytest

from gateway.extract.office import packaged
from gateway.extract.office.packaged import PACKAGED
from tests.builders.archives import codes, content, take_apart
from tests.builders.documents import ole1, ole_native

SCRIPT = b"@echo off\r\nstart calc.exe\r\n"


def page(*objects: bytes) -> bytes:
    """A page of Write: its head, words, objects."""
    return b"\x31\xbe\0\0\0\xab" + bytes(122) + b"Report\r\n" + b"".join(objects) + bytes(128)


def test_packages_are_taken_out() -> None:
    found = take_apart(PACKAGED, page(ole1("Package", ole_native("run.bat", SCRIPT)), ole1("Paint.Picture", b"BM" + bytes(60))), "a.wri")
    assert content(found)["run.bat"] == SCRIPT and "OLE-PACKAGE" in codes(found)


@pytest.mark.parametrize("data", [page(b"\x01\x05\0\0\x07\0\0\0\x08\0\0\0Package\0"), page(b"\x01\x05\0\0\x02\0\0\0\x08\0\0\0\x01\x02\x03")])
def test_nothing_else_is(data: bytes) -> None:
    assert take_apart(PACKAGED, data, "a.wri") == []


def test_a_long_file_is_not_copied_for_each_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "LARGEST", 400)
    found = take_apart(PACKAGED, page(*(ole1("Package", ole_native(f"{n}.bat", SCRIPT * 99)) for n in range(3))), "a.wri")
    assert list(content(found)) == ["0.bat", "1.bat", "2.bat"] and all(len(data) < 400 for data in content(found).values())


def test_no_more_than_a_page_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "MOST", 1)
    found = take_apart(PACKAGED, page(*(ole1("Package", ole_native(f"{n}.bat", SCRIPT)) for n in range(3))), "a.wri")
    assert list(content(found)) == ["0.bat"]
