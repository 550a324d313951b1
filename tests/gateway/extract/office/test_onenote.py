from __future__ import annotations

import struct

import pytest

from gateway.extract.base import Child
from gateway.extract.office import onenote
from gateway.extract.office.onenote import ALTERNATIVE, HEADERS, ONENOTE, PACKAGED, STORE, file_names
from gateway.model.artifact import ArtifactKind
from tests.builders.archives import codes, content, take_apart


def stored(data: bytes) -> bytes:
    return STORE + struct.pack("<QIQ", len(data), 0, 0) + data + bytes(16)


def section(*files: bytes, names: str = "") -> bytes:
    return HEADERS[0] + bytes(32) + ALTERNATIVE + bytes(100) + names.encode("utf-16-le") + b"\0\0" + b"".join(stored(f) for f in files)


def test_embedded_files_with_names() -> None:
    found = take_apart(ONENOTE, section(b"<script>x</script>", names="\0run.hta"), "n.one")
    assert content(found)["run.hta"] == b"<script>x</script>" and "ONENOTE-FILE" in codes(found)


def test_pictures_are_ordinary() -> None:
    found = take_apart(ONENOTE, section(b"\x89PNG\r\n\x1a\n" + bytes(40)), "n.one")
    assert "ONENOTE-FILE" not in codes(found)
    assert [c.kind for c in found if isinstance(c, Child)] == [ArtifactKind.IMAGE]


@pytest.mark.parametrize(("body", "code"), [
    (b"%PDF-1.7\n", "ONENOTE-DOCUMENT"), (b"PK\x03\x04", "ONENOTE-DOCUMENT"), (b"\xd0\xcf\x11\xe0", "ONENOTE-DOCUMENT"),
    (b"MZ", "ONENOTE-FILE"), (b"@echo off", "ONENOTE-FILE"), (b"<%PDF-", "ONENOTE-FILE")])
def test_documents_have_readers_that_judge_them(body: bytes, code: str) -> None:
    found = take_apart(ONENOTE, section(body + bytes(40), names="\0a.dat"), "n.one")
    assert {"ONENOTE-DOCUMENT", "ONENOTE-FILE"} & codes(found) == {code}
    assert content(found)["a.dat"].startswith(body)


def test_stores_behind_another_header_and_cut_ones() -> None:
    assert content(take_apart(ONENOTE, bytes(50) + stored(b"MZ")))
    assert "MALFORMED" in codes(take_apart(ONENOTE, section() + STORE + struct.pack("<QIQ", 1 << 40, 0, 0) + b"MZ"))
    assert "UNSUPPORTED" in codes(take_apart(ONENOTE, HEADERS[0] + bytes(32) + PACKAGED))


def test_names() -> None:
    assert file_names("\0C:\\x\\請款.exe\0\0".encode("utf-16-le")) == ["請款.exe"]


def test_more_text_than_any_section_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onenote, "RUNS", 3)
    text = "some text".encode("utf-16-le") + b"\0\0"
    assert "COUNT" in codes(take_apart(ONENOTE, section() + text * 9, "a.one"))
    assert "COUNT" not in codes(take_apart(ONENOTE, section() + text, "a.one"))


@pytest.mark.parametrize(("link", "code"), [
    ("file:///\\\\h.example\\s\\a.exe", "DOC-LINK-PROGRAM"), ("\\\\h.example\\s\\a.docx", "DOC-LINK-SHARE"), ("https://h.example/", ""),
])
def test_links_in_the_text(link: str, code: str) -> None:
    found = codes(take_apart(ONENOTE, section(names=f'\ufddfHYPERLINK "{link}"'), "n.one"))
    assert {c for c in found if c.startswith("DOC-")} == ({code} if code else set())
