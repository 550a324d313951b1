from __future__ import annotations

import struct

import pytest

from gateway.extract.base import Child
from gateway.extract.workbook.xlm import BIFF, extract, is_encrypted
from gateway.model.content import Observation
from tests.builders.archives import codes, take_apart
from tests.builders.documents import biff, xlm_workbook


@pytest.mark.parametrize(("state", "word"), [(0, "visible"), (1, "hidden"), (2, "very hidden")])
def test_macro_sheets_of_every_state(state: int, word: str) -> None:
    found = list(extract(xlm_workbook(state)))
    assert Observation("XLM-SHEET", f"M ({word})") in found
    assert {"XLM-AUTO-NAME", "XLM-CALL"} <= codes(found)
    assert any(isinstance(c, Child) and c.data == b'"cmd" EXEC()' for c in found)


def test_without_auto_name() -> None:
    assert "XLM-AUTO-NAME" not in codes(list(extract(xlm_workbook(auto=False))))


def test_plain_workbook_is_silent() -> None:
    data = biff((0x809, struct.pack("<HH", 0x600, 5)), (0x85, struct.pack("<IBBBB", 0, 0, 0, 1, 0) + b"S"), (0x0A, b""),
                (0x809, struct.pack("<HH", 0x600, 0x10)), (0x06, bytes(20) + b"\x03\0\x1e\x01\0"), (0x0A, b""))
    assert list(extract(data)) == []


def test_sheet_named_and_not_found_is_a_problem() -> None:
    data = biff((0x809, struct.pack("<HH", 0x600, 5)), (0x85, struct.pack("<IBBBB", 0, 2, 1, 1, 0) + b"M"), (0x0A, b""))
    assert {"XLM-SHEET", "MALFORMED"} <= codes(list(extract(data)))


def test_dde_link_and_other_workbooks() -> None:
    dde = struct.pack("<HHB", 0, 10, 0) + b"cmd\x03/c rem"
    assert "DOC-DDE" in codes(list(extract(biff((0x1AE, dde)))))
    own = b"\x01\0\x01\x04"
    assert list(extract(biff((0x1AE, own)))) == []


def test_encryption() -> None:
    data = biff((0x809, struct.pack("<HH", 0x600, 5)), (0x2F, bytes(6)))
    assert is_encrypted(data) and list(extract(data)) == []
    assert not is_encrypted(xlm_workbook())


@pytest.mark.parametrize("version", [0x0009, 0x0209, 0x0409, 0x0809])
def test_streams_without_a_compound_file(version: int) -> None:
    data = biff((version, struct.pack("<HHH", 0, 0x40, 0)), (0x0A, b""))
    assert "XLM-SHEET" in codes(list(take_apart(BIFF, data, "a.xls")))
    assert codes(list(take_apart(BIFF, biff((version, struct.pack("<HHH", 0, 0x10, 0)), (0x0A, b""))))) == set()


def test_more_sheets_or_records_than_any_workbook_has(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = (0x85, struct.pack("<IBBBB", 0, 0, 0, 1, 0) + b"S")
    start = (0x809, struct.pack("<HH", 0x600, 5))
    assert list(extract(biff(start, *[sheet] * 2000, (0x0A, b"")))) == []
    assert codes(list(extract(biff(start, *[sheet] * 2001, (0x0A, b""))))) == {"COUNT"}
    monkeypatch.setattr("gateway.extract.workbook.xlm.RECORDS", 4)
    assert list(extract(biff(start, sheet, (0x0A, b"")))) == []
    assert codes(list(extract(biff(start, sheet, (0x0A, b""), start, sheet)))) == {"COUNT"}


@pytest.mark.parametrize(("target", "code"), [("c:\\windows\\system32\\cmd.exe", "DOC-LINK-PROGRAM"), ("https://a.example/", "DOC-LINK"), ("Sheet2!A1", "")])
def test_hyperlinks_of_cells(target: str, code: str) -> None:
    found = list(extract(biff((0x809, struct.pack("<HH", 0x600, 0x10)), (0x1B8, bytes(24) + target.encode("utf-16-le")), (0x0A, b""))))
    assert codes(found) == ({code} if code else set())


@pytest.mark.parametrize(("function", "codes_of_it"), [(110, {"XLM-CALL"}), (185, set())])
@pytest.mark.parametrize("wide", [0, 1])
def test_names_that_call(function: int, codes_of_it: set[str], wide: int) -> None:
    """EXEC (110) and GET.CELL (185) behind a defined name ([MS-XLS] 2.4.150)."""
    tokens = b"\x17\x01\x00a\x42\x01" + struct.pack("<H", function)
    text = "abc".encode("utf-16-le" if wide else "latin-1")
    body = struct.pack("<HBBHHHBBBB", 0, 0, 3, len(tokens), 0, 0, 0, 0, 0, 0) + bytes([wide]) + text + tokens
    assert codes(list(extract(biff((0x809, struct.pack("<HH", 0x600, 5)), (0x18, body), (0x0A, b""))))) == codes_of_it


def test_of_many_queries_the_first_are_told() -> None:
    body = struct.pack("<HB", 16, 0) + b"URL;http://h/%03d"
    assert len(list(extract(biff(*[(0xCD, body % (n % 1000)) for n in range(1500)])))) == 1000


@pytest.mark.parametrize(("text", "code"), [
    ("URL;http://h.example/a.html", "DOC-REMOTE-QUERY"), ("TEXT;\\\\h.example\\s\\a.txt", "DOC-REMOTE-QUERY"), ("TEXT;C:\\a.txt", ""),
    ("ODBC;DBQ=\\\\h.example\\s\\a.mdb", "DOC-REMOTE-DATASOURCE"), ("ODBC;DSN=accounts;UID=a", ""), ("quarter; third", ""),
])
@pytest.mark.parametrize("wide", [False, True])
def test_queries_in_records(text: str, code: str, wide: bool) -> None:
    body = struct.pack("<HB", len(text), wide) + text.encode("utf-16-le" if wide else "ascii")
    assert codes(list(extract(biff((0xCD, body))))) == ({code} if code else set())


def test_functions_that_lead_to_programs() -> None:
    def book(address: bytes) -> bytes:
        tokens = b"\x17" + bytes([len(address), 0]) + address + b"\x42\x01\x67\x01"
        return biff((0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 6)), (0x06, bytes(20) + struct.pack("<H", len(tokens)) + tokens), (0x0A, b""))

    assert [o.code for o in extract(book(b"setup.lnk"))] == ["DOC-LINK-PROGRAM"]
    assert list(extract(book(b"https://h.example/"))) == []


def label(name: bytes) -> tuple[int, bytes]:
    return 0x18, struct.pack("<HBBHHHBBBB", 3, 0, len(name), 2, 0, 0, 0, 0, 0, 0) + b"\0" + name + b"\x1c\x1d"


def given(text: bytes) -> tuple[int, bytes]:
    code = b"\x23\1\0\0\0\x17" + bytes([len(text), 0]) + text + b"\x42\2\xff\0"
    return 0x06, bytes(20) + struct.pack("<H", len(code)) + code


def test_functions_of_newer_versions_ask_servers() -> None:
    assert "FORMULA-CALL" in codes(extract(biff(label(b"_xlfn.WEBSERVICE"))))
    assert not codes(extract(biff(label(b"_xlfn.IFERROR"), given(b"x"), given(b"https://h.example/a.png"))))
    assert codes(extract(biff(label(b"_xlfn.IMAGE"), given(b"\\\\h.example\\s\\a.png")))) == {"DOC-EXTERNAL-SHARE"}


@pytest.mark.parametrize(("body", "code"), [
    (bytes(6) + struct.pack("<HB", 22, 0) + b"\1\1@h.example\3s\3[a.xls]S", "DOC-REMOTE-WORKBOOK"),
    (bytes(6) + struct.pack("<HB", 11, 0) + b"\1[b.xls]Data", "DOC-LOCAL-WORKBOOK"),
])
def test_what_pivots_are_made_of(body: bytes, code: str) -> None:
    assert codes(extract(biff((0x51, body)))) == {code}


@pytest.mark.parametrize(("path", "held"), [(b"\\\\h.example\\s\\a.txt", True), ("http://h.example/a".encode("utf-16-le"), True), (b"C:\\a.txt", False)])
def test_texts_that_fill_a_sheet(path: bytes, held: bool) -> None:
    assert codes(extract(biff((0x805, bytes(44) + path)))) == ({"DOC-REMOTE-QUERY"} if held else set())
