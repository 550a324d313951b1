from __future__ import annotations

import struct

import pytest

from gateway.extract.office.sheets.ptg import clicks, functions, render


def test_biff8_strings_functions_and_chars() -> None:
    assert render(b"\x17\x03\x00cmd\x42\x01\x6e\x00", wide=False) == '"cmd" EXEC()'
    assert render(b"\x1e\x63\x00\x41\x6f\x00\x1e\x6d\x00\x41\x6f\x00\x08", wide=False) == '"cm"'
    assert render(b"\x42\x02\x60\x80", wide=False) == "FORMULA()"


def test_biff12_strings() -> None:
    assert render(b"\x17\x02\x00h\0i\0\x42\x01\x6e\x00", wide=True) == '"hi" EXEC()'


def test_functions_that_matter() -> None:
    assert functions('"x" EXEC() SUM() CALL()') == ["EXEC", "CALL"]


def test_garbage_ends_quietly() -> None:
    assert render(b"\xff\xff\xff", wide=False) == ""
    assert render(b"\x17", wide=False) == '""'
    assert render(b"\x19", wide=True) == ""


@pytest.mark.parametrize(("address", "code"), [
    ("file:///C:/a.exe", "DOC-LINK-PROGRAM"), ("ms-msdt:/id x", "DOC-LINK-SCHEME"), ("https://h.example/a.exe", ""), ("other.xlsx", ""),
])
def test_links_behind_cells(address: str, code: str) -> None:
    for wide in (False, True):
        def text(words: str, wide: bool = wide) -> bytes:
            return b"\x17" + (struct.pack("<H", len(words)) + words.encode("utf-16-le") if wide else bytes([len(words), 0]) + words.encode())

        for formula in (text(address) + b"\x42\x01\x67\x01", text(address[:5]) + text(address[5:]) + b"\x08" + text("open") + b"\x22\x02\x67\x01"):
            assert [o.code for o in clicks(formula, wide)] == ([code] if code else [])
        assert list(clicks(text(address) + b"\x42\x01\x6e\x00", wide)) == []
