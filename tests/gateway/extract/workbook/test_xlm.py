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


@pytest.mark.parametrize(("kind", "text", "code"), [
    (4, "http://h.example/a.html", "DOC-REMOTE-QUERY"), (6, "\\\\h.example\\s\\a.txt", "DOC-REMOTE-QUERY"), (6, "C:\\a.txt", ""),
    (1, "DBQ=\\\\h.example\\s\\a.mdb", "DOC-REMOTE-DATASOURCE"), (5, "Provider=x;Data Source=erp", ""), (0, "http://h.example/", ""),
])
def test_places_of_queries_whose_record_tells_their_kind(kind: int, text: str, code: str) -> None:
    told = [(0xDC, struct.pack("<6H", kind | 0x40, 0, 0, 1, 0, 0)), (0xCD, struct.pack("<HB", len(text), 0) + text.encode())]
    assert codes(list(extract(biff(*told)))) == ({code} if code else set())
    assert codes(list(extract(biff(told[0], (0x0A, b""), told[1])))) == set()


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


def old_sheet(text: bytes) -> tuple[int, bytes]:
    return 0x17, bytes([len(text)]) + text


@pytest.mark.parametrize(("record", "code"), [
    (old_sheet(b"cmd\3/c rem"), "DOC-DDE"), (old_sheet(b"\1\1@h.example\3s\3[a.xls]S"), "DOC-REMOTE-WORKBOOK"), (old_sheet(b"\1[B.XLS]S"), "DOC-LOCAL-WORKBOOK"),
    (old_sheet(b"\2\4"), "DOC-LOCAL-WORKBOOK"), (old_sheet(b"\3Sheet 2"), ""), ((0x17, struct.pack("<HHHH", 1, 0, 0x0363, 0)), ""), ((0x17, b""), ""), ((0x17, b"\1\0" + bytes(6)), ""),
])
def test_sheets_elsewhere_before_excel_97(record: tuple[int, bytes], code: str) -> None:
    assert codes(extract(biff(record))) - {"DOC-LOCAL-WORKBOOK"} == ({code} if code else set()) - {"DOC-LOCAL-WORKBOOK"}


@pytest.mark.parametrize("kind", [0x805, 0x876, 0x804, 0x80A])
@pytest.mark.parametrize(("text", "held"), [
    ("Provider=x;Data Source=\\\\h.example\\s\\a.accdb", True), ("URL;https://h.example/q", True), ("Provider=x;Data Source=\\\\FS01\\s\\a.accdb", False),
    ("Provider=x;Data Source=C:\\a.accdb", False), ("DBQ=\\\\FS01\\s\\a;B=\\\\h.example\\s\\b", True),
])
def test_connections(kind: int, text: str, held: bool) -> None:
    for charset in ("latin-1", "utf-16-le"):
        assert codes(extract(biff((kind, bytes(12) + text.encode(charset))))) == ({"DOC-REMOTE-QUERY"} if held else set())


def placed(name: bytes, flags: int) -> tuple[int, bytes]:
    formula = struct.pack("<H", 5) + bytes(4) + b"\2\0\0\0\0\3" + bytes([len(name)]) + b"\0\0" + name
    return 0x5D, struct.pack("<HHHHH", 0x15, 0x12, 8, 1, 0x6011) + bytes(12) + struct.pack("<HHH", 8, 2, flags) + struct.pack("<HH", 9, len(formula)) + formula


@pytest.mark.parametrize(("name", "flags", "code"), [
    (b"Shell.Explorer.2", 0x11, "DOC-ACTIVEX"), (b"Acme.Loader.1", 0x11, "DOC-ACTIVEX"), (b"Forms.CommandButton.1", 0x11, "DOC-FORM-CONTROL"),
    (b"Forms.HTML:Text.1", 0x11, "DOC-ACTIVEX"), (b"Word.Document.12", 0x01, ""), (b"Package", 0x01, "OLE-PACKAGE"), (b"htmlfile", 0x01, "OLE-LINK"),
])
def test_objects_of_a_sheet(name: bytes, flags: int, code: str) -> None:
    assert codes(extract(biff(placed(name, flags)))) == ({code} if code else set())


def test_a_formula_behind_a_thousand_hyperlinks() -> None:
    honest = [(0x1B8, bytes(24) + f"https://h.example/{n}".encode("utf-16-le")) for n in range(1100)]
    tokens = b"\x17\x18\0file://h.example/s/a.exe\x42\x01" + struct.pack("<H", 359)
    formula = (0x06, bytes(20) + struct.pack("<H", len(tokens)) + tokens)
    found = codes(list(extract(biff((0x809, struct.pack("<HH", 0x600, 0x10)), *honest, formula, (0x0A, b"")))))
    assert {"DOC-LINK", "DOC-LINK-PROGRAM"} <= found
