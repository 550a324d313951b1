from __future__ import annotations

import io
import pickle
import plistlib
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from gateway.extract.base import Context, Node, Problem
from gateway.extract.text import strings
from gateway.extract.text.strings import STRINGS
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Table, Text
from gateway.model.deadline import Limits

ROWS = "\n".join(f"{n}\x01王小明\x01A12345678{n}" for n in range(9))


def read(data, outbound=True):
    node = Node(Artifact(1, 0, ArtifactKind.PART), data, "application/octet-stream")
    return list(STRINGS.extract(node, Context(Limits(), outbound)))


@pytest.mark.parametrize("charset", ["utf-8", "cp950"])
def test_text_with_field_separators_of_programs(charset):
    found, *_ = read(ROWS.encode(charset))
    assert found.content == ROWS


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_chinese_text_in_utf_16_without_a_mark(charset):
    text = "我們的客戶資料如下，請您查收後回覆。" * 9
    assert [(f.data.decode(), f.label) for f in read(text.encode(charset))] == [(text, charset)]


def test_strings_of_a_binary():
    data = b"\x00\x02\xff\x90card 4111 1111 1111 1111\x00\x00\x03" + "A123456789".encode("utf-16-le") + b"\x00\x00\x05only words\x00"
    narrow, wide = read(data)
    assert (narrow.content, wide.content) == ("card 4111 1111 1111 1111", "A123456789")


def dbf(charset="cp950"):
    fields = ((b"NAME", 10), (b"IDNO", 10))
    head = 32 + 32 * len(fields) + 1
    size = 1 + sum(width for _, width in fields)
    records = b"".join(mark + "陳小明".encode(charset).ljust(10) + number for mark, number in ((b" ", b"A123456789"), (b"*", b"B223456789")))
    return (struct.pack("<4BIHH20x", 3, 126, 5, 6, 2, head, size) + b"".join(name.ljust(11, b"\0") + b"C" + bytes(4) + bytes([width]) + bytes(15)
            for name, width in fields) + b"\r" + records + b"\x1a")


def test_dbase_records_deleted_ones_too():
    table, = read(dbf())
    assert isinstance(table, Table)
    assert table.rows == (("NAME", "IDNO"), ("陳小明", "A123456789"), ("陳小明", "B223456789"))


def test_a_dbase_file_whose_sizes_differ_is_malformed():
    problem, = read(dbf()[:10] + b"\x63\x00" + dbf()[12:])
    assert isinstance(problem, Problem)


def test_a_dbase_file_of_more_rows_than_are_read_is_told(monkeypatch):
    monkeypatch.setattr(strings, "MOST_ROWS", 1)
    problem, = read(dbf())
    assert isinstance(problem, Problem) and "2 records" in problem.detail
    monkeypatch.setattr(strings, "MOST_ROWS", 2)
    monkeypatch.setattr(strings, "CELLS", 3)
    problem, = read(dbf())
    assert isinstance(problem, Problem)


def test_packed_columns_have_no_reader_and_say_so():
    problem, = read(b"PAR1" + bytes(100) + b"PAR1")
    assert (problem.code, problem.detail) == ("UNSUPPORTED", "no reader for Parquet")
    assert read(b"PAR1" + bytes(100), outbound=False) == []


def test_noise_gives_nothing():
    assert not any(isinstance(f, Text) for f in read(bytes(range(128, 256)) * 40 + bytes(9)))


def picture(kind, **options):
    out = io.BytesIO()
    Image.new("RGB", (60, 60), (9, 99, 200)).save(out, kind, **options)
    return out.getvalue()


def media(data, kind):
    node = Node(Artifact(1, 0, ArtifactKind.PART), data, kind)
    return "\n".join(text.content for text in STRINGS.extract(node, Context(Limits(), True)))


def test_words_of_pictures():
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", "A123456789", zip=True)
    said.add_itxt("Title", "陳小明 B123456789", zip=True)
    said.add_text("Plain", "card C123456789")
    found = media(picture("PNG", pnginfo=said), "image/png")
    assert "A123456789" in found and "陳小明 B123456789" in found and "card C123456789" in found
    assert "D123456789" in media(picture("JPEG", comment=b"D123456789"), "image/jpeg")
    assert "E123456789" in media(picture("JPEG") + b" E123456789 ", "image/jpeg")


def test_a_zlib_stream_is_unpacked():
    child, = read(zlib.compress(b"A123456789 " * 99))
    assert child.data == b"A123456789 " * 99


def test_pickles_are_read_and_broken_ones_give_their_strings():
    data = pickle.dumps([{"name": "陳志明", "id_no": "A123456789"}] * 2, 4)
    assert [t.rows[1] for t in read(data) if isinstance(t, Table)] == [("陳志明", "A123456789")]
    assert "A123456789" in read(data[:-2] + b"\xffu.")[0].content


def test_strings_with_their_length_or_name_before_them():
    java = b"\xac\xed\x00\x05" + b"".join(b"t" + struct.pack(">H", len(v)) + v for v in (b"A123456789", b"0912345678", b"x"))
    assert [f.content for f in read(java)] == ["A123456789\n0912345678"]
    assert read(b"\x00\x01\xff\x02passport_no\x00\n\x00\x00\x00E88072568\x00\x01")[0].content == "passport_no: E88072568"


def test_arrays_of_numpy():
    octets = b"\x93NUMPY\x01\x00" + b"\x00" * 8 + "".join(v.ljust(12, "\0") for v in ("陳志明", "A123456789")).encode("utf-32-le") + b"\x01\x02"
    assert any("A123456789" in f.content for f in read(octets))


def test_octets_in_no_charset_give_their_strings_too():
    found = [f.content for f in read(b"\xff\xfe"[:0] + b"\xaaC463908(A)\xa4name\xab1234567890\x81" + b"\xff\xff" * 9)]
    assert any("C463908(A)" in text and "\xaa" not in text for text in found)


def test_text_with_codes_for_a_printer():
    text = "身分證字號：A123456789，請您查收，謝謝您的來電。"
    found = read(b"\x1b@\x1ba\x01" + text.encode("cp950") + b"\n\x1dV\x00")
    assert any(text in f.content for f in found)


@pytest.mark.parametrize("head", [b"AT&TFORM\0\0\0\x10DJVU", b"$FL2@(#) SPSS"])
def test_what_packs_its_words_is_told_beside_what_stands_there(head):
    found = read(head + b"\0" * 40 + b"Passport No 312345678 of Ann" + bytes(range(1, 9)))
    assert [item.code for item in found if isinstance(item, Problem)] == ["UNSUPPORTED"]
    assert any("312345678" in item.content for item in found if isinstance(item, Text))


def test_property_lists_of_apple_and_copies_of_a_terminal():
    records = [{"name": "Lee", "id_no": f"11010119900101{n:04d}"} for n in range(3)]
    found = list(read(plistlib.dumps(records, fmt=plistlib.FMT_BINARY)))
    assert [t.rows for t in found] == [(("id_no", "name"), *((r["id_no"], "Lee") for r in records))]
    assert any("110101199001010001" in t.content for t in read(plistlib.dumps(records, fmt=plistlib.FMT_BINARY)[:-3]))
    made, = read(b"\x1b[31mA123\x1b[0m456789\x01 \x02\n")
    assert made.data.startswith(b"A123456789")


def test_strings_of_protocol_buffers_end_before_the_next_key():
    data = b"".join(b"\x00\xff*\x0aH1273956%02d2\x077,00%d\x00" % (n, n) for n in range(3))
    lines = "\n".join(t.content for t in read(data)).split("\n")
    assert [line for line in lines if "H12" in line] == [f"H1273956{n:02d}" for n in range(3)]


@pytest.mark.parametrize("made", [np.array([["Ann", "4539148803436467"], ["Bob", "4556737586899855"]]),
                                  np.array([["Ann", "4539148803436467"], ["Bob", "4556737586899855"]], order="F"),
                                  np.array([(b"Ann", 4539148803436467), (b"Bob", 4556737586899855)], dtype=[("n", "S9"), ("c", "<i8")])])
def test_an_array_of_numpy_has_rows(made):
    out = io.BytesIO()
    np.save(out, made)
    table, = read(out.getvalue())
    assert table.rows[-2:] == (("Ann", "4539148803436467"), ("Bob", "4556737586899855"))


@pytest.mark.parametrize("head", [b"{'descr': '<U9', 'fortran_order': False, 'shape': (900000000, 900000000)}", b"{'descr': '|O', 'shape': 1}",
                                  b"[" * 5000, b""])
def test_a_broken_array_of_numpy_is_strings(head):
    assert all(isinstance(part, Text) for part in read(b"\x93NUMPY\1\0" + len(head).to_bytes(2, "little") + head + b"A123456789 x"))


def test_files_of_duckdb_have_no_reader():
    problem, *_ = read(b"12345678DUCK" + bytes(100))
    assert problem.detail == "no reader for DuckDB"
