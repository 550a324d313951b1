from __future__ import annotations

import struct

from gateway.extract.base import Child
from gateway.extract.office.sheets import biff12


def record(kind: int, body: bytes) -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return head + bytes([len(body)]) + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def test_workbook_names_states_and_auto_open() -> None:
    data = record(131, b"") + record(156, struct.pack("<II", 2, 1) + wide("rId1") + wide("M")) + record(39, bytes(9) + wide("Auto_Open"))
    assert biff12.is_workbook(data) and not biff12.is_sheet(data)
    book = biff12.workbook(data)
    assert book.sheets == [("rId1", "M", "very hidden")] and book.auto_names == ["Auto_Open"]


def test_macro_sheet_formula() -> None:
    code = b"\x17\x02\x00h\0i\0\x42\x01\x6e\x00"
    data = record(129, b"") + record(9, bytes(8) + bytes(8) + b"\0\0" + struct.pack("<I", len(code)) + code)
    child = next(c for c in biff12.macro_sheet("xl/macrosheets/sheet1.bin", data) if isinstance(c, Child))
    assert child.data == b'"hi" EXEC()'


def test_dde_link_and_ordinary_link() -> None:
    assert [o.code for o in biff12.links(record(360, struct.pack("<H", 1) + wide("cmd") + wide("/c x")))] == ["DOC-DDE"]
    assert list(biff12.links(record(360, struct.pack("<H", 0) + wide("rId1")))) == []


def test_truncated_records_end() -> None:
    assert list(biff12.records(b"\x83")) == []
    assert biff12.workbook(b"\x83\x01\xff\xff\xff\xff").sheets == []


def test_where_a_part_leads() -> None:
    address = "file:///C:/a.exe"
    code = b"\x17" + struct.pack("<H", len(address)) + address.encode("utf-16-le") + b"\x42\x01\x67\x01"
    cell = record(9, bytes(8) + bytes(8) + b"\0\0" + struct.pack("<I", len(code)) + code)
    assert [o.code for o in biff12.outward(record(129, b"") + cell)] == ["DOC-LINK-PROGRAM"]
    assert list(biff12.outward(record(129, b"") + record(9, bytes(30)))) == []


def test_functions_of_newer_versions_ask_servers() -> None:
    book = biff12.workbook(record(131, b"") + record(39, bytes(9) + wide("_xlfn.WEBSERVICE")) + record(39, bytes(9) + wide("_xlfn.IFS")))
    assert book.calls == ["_xlfn.WEBSERVICE"]


def test_connections_lead_elsewhere() -> None:
    def told(address: str) -> list[str]:
        return [o.code for o in biff12.connections(record(201, b"\4\0" + wide(address)))]
    assert told("http://h.example/a.htm") == told("\\\\h.example\\s\\a.txt") == told("file://h.example/a") == ["DOC-REMOTE-QUERY"]
    assert told("C:\\data\\a.txt") == told("https://bank.sharepoint.com/a") == []


def test_names_that_call() -> None:
    for code, calls in ((b"\x17\x03\0c\0m\0d\0\x42\x01\x6e\x00", ["EXEC"]), (b"\x1e\x05\0", []), (b"\x17\x01\0a\0\x42\x02\xb9\x00", [])):
        name = bytes(9) + wide("abc") + struct.pack("<I", len(code)) + code + bytes(4)
        assert biff12.workbook(record(131, b"") + record(39, name)).calls == calls
