from __future__ import annotations

import struct

import pytest

from gateway.extract.bounded import LimitReached
from gateway.extract.office.binary import worddoc
from gateway.extract.office.binary.worddoc import extract, fib, story
from gateway.model.content import Observation, Table, Text


def document(text: str, wide: bool = True) -> tuple[bytes, bytes]:
    raw = text.encode("utf-16-le") if wide else text.encode("cp1252")
    head = bytearray(0x400)
    struct.pack_into("<HHHHHH", head, 0, 0xA5EC, 0xC1, 0, 0x404, 0, 0x0200)
    place = 0x400 if wide else (0x400 * 2) | 0x40000000
    plc = struct.pack("<II", 0, len(text)) + struct.pack("<HIH", 0, place, 0)
    clx = b"\x01\x02\x00\xaa\xbb" + b"\x02" + struct.pack("<I", len(plc)) + plc
    struct.pack_into("<II", head, 0x1A2, 0, len(clx))
    return bytes(head) + raw, clx


def test_wide_and_narrow_pieces() -> None:
    data, table = document("客戶名單\r王小明 A123456789\r")
    assert list(extract(data, {"1table": table})) == [Text("客戶名單\n王小明 A123456789\n", "body")]
    data, table = document("Hello caf\xe9\r", wide=False)
    assert list(extract(data, {"1table": table})) == [Text("Hello café\n", "body")]


def test_cells_become_rows() -> None:
    found = list(story("清單\r姓名\x07電話\x07\x07王小明\x07 0912345678\x07\x07完\r"))
    assert Table("table", (("姓名", "電話"), ("王小明", "0912345678"))) in found
    assert any(isinstance(t, Text) and "清單" in t.content and "完" in t.content for t in found)


def test_fields_through_the_piece_table_and_raw() -> None:
    data, table = document("Hi \x13 DDEAUTO cmd x \x14 y\x15\r")
    assert any(isinstance(o, Observation) and o.code == "DOC-DDE" for o in extract(data, {"1table": table}))
    data, table = document("Hi\r")
    assert any(isinstance(o, Observation) and o.code == "DOC-DDE" for o in extract(data + b"\x13DDEAUTO cmd /c\x14\x15", {"1table": table}))
    data, table = document("Hi \x13 PAGE \x143\x15\r")
    assert not any(isinstance(o, Observation) for o in extract(data, {"1table": table}))


def test_nested_quote() -> None:
    found = list(story("\x13 \x13 QUOTE 68 68 69 \x14\x15 cmd x \x14\x15"))
    assert any(isinstance(o, Observation) and o.code == "DOC-DDE" for o in found)


def test_no_block() -> None:
    assert fib(b"x" * 100) is None
    assert [p.code.value for p in extract(b"", {})] == ["MALFORMED"]      # type: ignore[union-attr]


def test_remote_template_in_the_associated_strings() -> None:
    def associated(template: str) -> set[str]:
        data, table = document("Hi\r")
        block = b"\xff\xff\x02\0\0\0" + b"\0\0" + struct.pack("<H", len(template)) + template.encode("utf-16-le")
        head = bytearray(data)
        struct.pack_into("<II", head, 0x19A, len(table), len(block))
        return {o.code for o in extract(bytes(head), {"1table": table + block}) if isinstance(o, Observation)}

    assert associated("http://h.example/t.dotm") == {"DOC-REMOTE-TEMPLATE"}
    assert associated("C:\\Templates\\Normal.dotm") == set()


@pytest.mark.parametrize(("table", "count"), [(b"\xff\x01\x02\0" + bytes(48) + b"\x40", 2), (b"\xff\x40", 0), (b"", 0), (b"\xff\x01\0\0", 0)])
def test_macros_of_word_6(table: bytes, count: int) -> None:
    head = struct.pack("<HH", 0xA5DC, 0x65).ljust(0x118, b"\0") + struct.pack("<II", 0x300, len(table))
    document = head.ljust(0x300, b"\0") + table
    assert worddoc.old_macros(document) == count
    assert any(isinstance(o, Observation) and o.code == "VBA-PROJECT" for o in worddoc.extract(document, {})) == bool(count)


def strings(*texts: str) -> bytes:
    return b"\xff\xff" + struct.pack("<HH", len(texts), 0) + b"".join(struct.pack("<H", len(t)) + t.encode("utf-16-le") for t in texts)


@pytest.mark.parametrize(("place", "path", "code"), [
    (1, "http://h.example/a.dot", "DOC-REMOTE-TEMPLATE"), (8, "\\\\h.example\\s\\a.mdb", "DOC-REMOTE-DATASOURCE"),
    (9, "\\\\h.example\\s\\a.doc", "DOC-REMOTE-DATASOURCE"), (2, "http://h.example/", ""), (1, "Normal.dotm", ""), (8, "C:\\list.xls", ""),
])
def test_files_a_document_is_tied_to(place: int, path: str, code: str) -> None:
    data, _ = document("Hi\r")
    head = bytearray(data)
    table = strings(*(path if n == place else "" for n in range(18)))
    struct.pack_into("<II", head, 0x19A, 0, len(table))
    found = [o.code for o in worddoc.associated(bytes(head), table)]
    assert found == ([code] if code else [])


@pytest.mark.parametrize(("path", "held"), [(b"\\\\h.example\\s\\a.png", True), (b"C:\\a.png", False), (b"https://h.example/a.png", False)])
def test_pictures_that_are_only_named(path: bytes, held: bool) -> None:
    picture = struct.pack("<IHH", 200, 0x44, 0x66).ljust(0x44, b"\0") + bytes([len(path)]) + path
    assert [o.code for o in worddoc.linked_pictures(bytes(40) + picture)] == (["DOC-EXTERNAL-SHARE"] if held else [])
    assert list(worddoc.linked_pictures(b"\x44\0\x66\0")) == []


@pytest.mark.parametrize(("path", "code"), [
    ("https://h.example/part.doc", "DOC-REMOTE-SUBDOCUMENT"), ("\\\\h.example\\s\\part.doc", "DOC-REMOTE-SUBDOCUMENT"), ("C:\\docs\\part.doc", ""),
    ("\\\\FS01\\docs\\part.doc", ""), ("https://h.example/logo.png", ""), ("", ""),
])
def test_files_a_document_refers_to(path: str, code: str) -> None:
    data, _ = document("Hi\r")
    head = bytearray(data.ljust(0x300, b"\0"))
    table = b"\xff\xff" + struct.pack("<HH", 2, 8)
    table += b"".join(struct.pack("<H", len(t)) + t.encode("utf-16-le") + bytes(8) for t in ("a.doc", path))
    struct.pack_into("<II", head, 0x2DA, 0, len(table))
    assert [o.code for o in worddoc.files(bytes(head), table)] == ([code] if code else [])
    assert list(worddoc.files(bytes(head), table[:9])) == []


def test_what_one_field_says_and_another_fetches() -> None:
    text = '\x13 SET a "http://h.example/a.doc" \x14\x15\x13 INCLUDETEXT \x13 REF a \x14\x15 \x14\x15'
    assert "DOC-REMOTE-INCLUDETEXT" in {o.code for o in worddoc.story(text) if isinstance(o, Observation)}
    assert not [o for o in worddoc.story(text.replace("SET", "REF")) if isinstance(o, Observation)]


def test_fields_behind_many_others(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "".join(f"\x13 PAGEREF _Toc{n} \x14 1 \x15\r" for n in range(5100)) + "\x13 DDEAUTO cmd x \x14 y\x15\r"
    assert any(isinstance(o, Observation) and o.code == "DOC-DDE" for o in story(text))
    monkeypatch.setattr(worddoc, "MOST_FIELDS", 5000)
    with pytest.raises(LimitReached, match="more than 5000 fields"):
        list(story(text))


def test_headers_and_footers_are_told_apart_as_well() -> None:
    body, notes, margins = "第一頁\r", "註\r", "極機密\t第 \x13 PAGE \x141\x15 頁\r"
    data, table = document(body + notes + margins)
    head = bytearray(data)
    struct.pack_into("<III", head, 0x4C, len(body), len(notes), len(margins))
    found = list(extract(bytes(head), {"1table": table}))
    assert Text("極機密\t第 1 頁\n", "header") in found
    assert Text("第一頁\n註\n極機密\t第 1 頁\n", "body") in found
    struct.pack_into("<III", head, 0x4C, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
    assert not any(isinstance(item, Text) and item.source == "header" for item in extract(bytes(head), {"1table": table}))
