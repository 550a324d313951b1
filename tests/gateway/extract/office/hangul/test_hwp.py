"""Scripts and embedded files of Korean documents."""

from __future__ import annotations

import struct
import zlib

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from gateway.extract.base import Child, Problem
from gateway.extract.office.binary.ole import OLE
from gateway.extract.office.hangul.hwp import distributed, paragraphs, tables
from gateway.model.content import Table, Text
from gateway.model.deadline import Limits
from tests.builders.archives import codes, take_apart
from tests.builders.documents import compound

HEADER = b"HWP Document File".ljust(256, b"\0")


def raw(data: bytes) -> bytes:
    return zlib.compress(data)[2:-4]


def test_scripts_and_embedded_files_are_inflated():
    script = "new ActiveXObject('WScript.Shell')".encode("utf-16-le")
    data = compound({"FileHeader": HEADER, "Scripts/DefaultJScript": raw(script), "BinData/BIN0001.OLE": raw(b"\x08\0\0\0MZ" + bytes(100)),
                     "BinData/BIN0002.png": b"\x89PNG\r\n\x1a\n" + bytes(100)})
    found = take_apart(OLE, data, "a.hwp")
    assert {script, b"\x08\0\0\0MZ" + bytes(100)} <= {c.data for c in found if isinstance(c, Child)}


def test_a_bomb_is_an_incident():
    data = compound({"FileHeader": HEADER, "BinData/BIN0001.bmp": raw(bytes(30 << 20))})
    assert [p.code.value for p in take_apart(OLE, data, "a.hwp", limits=Limits(ratio_floor=1 << 20)) if isinstance(p, Problem)] == ["RATIO"]


@pytest.mark.parametrize("first", [b"\x0a", b"\x1d"])
def test_plain_scripts_go_on_too(first: bytes) -> None:
    source = first + b"\0\0\0function OnDocument_Open() {}"
    found = take_apart(OLE, compound({"FileHeader": HEADER, "Scripts/DefaultJScript": source, "BinData/BIN0001.dat": b"\xff" * 30}), "a.hwp")
    assert source in [c.data for c in found if isinstance(c, Child)]


@pytest.mark.parametrize(("flags", "locked"), [(1, False), (3, True), (0x11, True), (0x101, True), (5, False), (9, False)])
def test_enciphered_documents_are_said(flags: int, locked: bool) -> None:
    header = b"HWP Document File".ljust(32, b"\0") + bytes((0, 3, 0, 5)) + flags.to_bytes(4, "little") + bytes(216)
    found = take_apart(OLE, compound({"FileHeader": header, "BodyText/Section0": b"\xff" * 90}), "a.hwp")
    assert ("ENCRYPTED" in codes(found)) == locked


def for_distribution(plain: bytes, seed: int) -> bytes:
    """Enciphered as Hangul does it (HWP 5.0, 3.2.11 and 4.2.12)."""
    key = b"5\x005\x00A\x00B\x000\x00C\x008\x00D\x00" * 5
    record = bytearray(struct.pack("<L", seed) + bytes(252))
    record[4 + (seed & 15):4 + (seed & 15) + 80] = key
    state, noise = seed, []
    while len(noise) < 256:
        numbers = []
        for _ in range(2):
            state = (state * 214013 + 2531011) % (1 << 32)
            numbers.append(state >> 16 & 0x7FFF)
        noise += [numbers[0] & 255] * ((numbers[1] & 15) + 1)
    for at in range(4, 256):
        record[at] ^= noise[at]
    cipher = Cipher(algorithms.AES(key[:16]), modes.ECB()).encryptor()
    return struct.pack("<L", 0x1C | 256 << 20) + bytes(record) + cipher.update(plain + bytes(-len(plain) % 16)) + cipher.finalize()


@pytest.mark.parametrize("seed", [0, 7, 0x5A3C_91FF])
def test_documents_for_distribution_are_read(seed: int) -> None:
    script = "new ActiveXObject('WScript.Shell')".encode("utf-16-le")
    data = compound({"FileHeader": HEADER, "Scripts/DefaultJScript": for_distribution(raw(script), seed), "ViewText/Section0": for_distribution(raw(bytes(90)), seed)})
    assert script in [c.data for c in take_apart(OLE, data, "a.hwp") if isinstance(c, Child)]


def test_other_streams_stay_what_they_are() -> None:
    assert distributed(b"short") == b"short" and distributed(bytes(300)) == bytes(300)


def record(tag: int, body: bytes) -> bytes:
    return struct.pack("<L", tag | len(body) << 20) + body


def test_cells_stand_in_rows() -> None:
    section = record(0x4D, bytes(30))
    for row, said in enumerate((("氏名", "旅券番号"), ("林", "TK1234567"))):
        for column, text in enumerate(said):
            section += record(0x48, struct.pack("<HHLHH", 1, 0, 0, column, row) + bytes(24))
            section += record(0x42, bytes(22)) + record(0x43, f"{text}\r".encode("utf-16-le"))
    section += record(0x42, bytes(22)) + record(0x43, "完\r".encode("utf-16-le"))
    assert list(tables(section)) == [Table("table", (("氏名", "旅券番号"), ("林", "TK1234567")))]
    found = take_apart(OLE, compound({"FileHeader": HEADER, "BodyText/Section0": raw(section)}), "a.hwp")
    assert any(isinstance(item, Table) for item in found) and any(isinstance(item, Text) and "完" in item.content for item in found)
    assert list(tables(record(0x43, b"a\0"))) == [] == list(tables(record(0x4D, b"") + record(0x48, bytes(9))))


def link(command: str, length: int = 0) -> bytes:
    return b"\x47\4\0\2klh%" + bytes(5) + struct.pack("<H", length or len(command)) + command.encode("utf-16-le") + bytes(4)


@pytest.mark.parametrize(("command", "code"), [
    ("C\\:\\Windows\\System32\\cmd.exe;1;0;0;", "DOC-LINK-PROGRAM"), ("\\\\h.example\\s\\a.hta;1;0;0;", "DOC-LINK-PROGRAM"),
    ("search-ms\\:query=a;1;0;0;", "DOC-LINK-SCHEME"), ("http\\://www.example.kr/a.do\\?b=1;1;0;0;", ""), ("mailto\\:a@example.kr;2;0;0;", ""), ("", ""),
])
def test_links_of_the_text(command: str, code: str) -> None:
    found = take_apart(OLE, compound({"FileHeader": HEADER, "BodyText/Section0": raw(link(command))}), "a.hwp")
    assert ({code} if code else set()) == {c for c in codes(found) if c.startswith("DOC-LINK")}
    assert not codes(take_apart(OLE, compound({"FileHeader": HEADER, "BodyText/Section0": raw(link(command, 60_000)[:13])}), "a.hwp"))


def test_the_words_of_paragraphs():
    def paragraph(text: str) -> bytes:
        body = text.encode("utf-16-le")
        if len(body) < 0xFFF:
            return struct.pack("<L", 0x43 | 1 << 10 | len(body) << 20) + body
        return struct.pack("<LL", 0x43 | 0xFFF << 20, len(body)) + body

    other = struct.pack("<L", 0x42 | 4 << 20) + b"abcd"
    section = other + paragraph("성명\x0bABCDEF\x0b김철수\r") + paragraph("가" * 3000) + paragraph("\x18끝")
    assert list(paragraphs(section)) == ["성명\t김철수", "가" * 3000, "\t끝"]
    data = compound({"FileHeader": HEADER, "BodyText/Section0": raw(section)})
    assert any("김철수" in found.content for found in take_apart(OLE, data, "a.hwp") if isinstance(found, Text))


@pytest.mark.parametrize(("path", "code"), [
    ("\\\\h.example\\share\\양식.hwp", "DOC-REMOTE-SUBDOCUMENT"), ("http://h.example/a.hwp", "DOC-REMOTE-SUBDOCUMENT"),
    ("file://h.example/a.hwp", "DOC-REMOTE-SUBDOCUMENT"), ("C:\\문서\\양식.hwp", ""), ("양식.hwp", ""), ("", ""),
])
def test_documents_that_are_read_with_this_one(path: str, code: str) -> None:
    stream = path.encode("utf-16-le").ljust(520, b"\0") + b"\1\0\0\0"
    found = take_apart(OLE, compound({"FileHeader": HEADER, "DocOptions/_LinkDoc": stream}), "a.hwp")
    assert codes(found) == ({code} if code else set())


def bin_data(kind: int, path: str) -> bytes:
    body = struct.pack("<HH", kind, len(path)) + path.encode("utf-16-le") + struct.pack("<H", 0)
    return struct.pack("<L", 0x12 | 1 << 10 | len(body) << 20) + body


@pytest.mark.parametrize(("kind", "path", "held"), [
    (0, "\\\\h.example\\s\\a.png", True), (0, "file://198.51.100.7/a.bmp", True), (0, "C:\\a.bmp", False), (1, "\\\\h.example\\s\\a.png", False),
])
@pytest.mark.parametrize("packed", [True, False])
def test_linked_pictures(kind: int, path: str, held: bool, packed: bool) -> None:
    info = struct.pack("<L", 0x10 | 4 << 20) + bytes(4) + bin_data(kind, path)
    head = HEADER[:36] + struct.pack("<L", packed) + HEADER[40:]
    found = codes(take_apart(OLE, compound({"FileHeader": head, "DocInfo": raw(info) if packed else info}), "a.hwp"))
    assert ("DOC-EXTERNAL-SHARE" in found) == held


def test_document_information_without_measure() -> None:
    head = HEADER[:36] + struct.pack("<L", 1) + HEADER[40:]
    found = codes(take_apart(OLE, compound({"FileHeader": head, "DocInfo": raw(bytes(17 << 20))}), "a.hwp"))
    assert "RATIO" in found


def test_links_behind_many_others() -> None:
    section = b"".join(link(f"http\\://h.example/{n};1;0;0;") for n in range(1100)) + link("search-ms\\:query=a;1;0;0;")
    assert "DOC-LINK-SCHEME" in codes(take_apart(OLE, compound({"FileHeader": HEADER, "BodyText/Section0": raw(section)}), "a.hwp"))
