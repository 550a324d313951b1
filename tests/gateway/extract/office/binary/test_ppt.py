from __future__ import annotations

import struct
import zlib

import pytest

from gateway.extract.base import Child
from gateway.extract.office.binary.ppt import extract
from gateway.model.content import Observation, Text


def atom(kind: int, body: bytes, version: int = 0) -> bytes:
    return struct.pack("<HHI", version, kind, len(body)) + body


def test_text_objects_and_actions() -> None:
    inner = atom(0x0FA0, "客戶".encode("utf-16-le")) + atom(0x0FA8, b"plain") + atom(0x0FF3, bytes(8) + b"\x02" + bytes(7))
    packed = atom(0x1011, struct.pack("<I", 4) + zlib.compress(b"data"), version=0x10)
    found = list(extract(atom(1006, inner, 0xF) + packed, 1 << 20))
    assert Text("客戶\nplain", "slides") in found
    assert Observation("DOC-RUN-PROGRAM", "action 2") in found
    assert any(isinstance(c, Child) and c.data == b"data" for c in found)


def test_packed_bomb_is_a_problem() -> None:
    packed = atom(0x1011, struct.pack("<I", 4) + zlib.compress(bytes(5 << 20)), version=0x10)
    assert [p.code.value for p in extract(packed, 1 << 20)] == ["RATIO"]    # type: ignore[union-attr]


def test_links_to_programs_stand_in_hyperlink_containers() -> None:
    def link(text: str) -> bytes:
        return atom(0x0FD7, atom(0x0FD3, bytes(4)) + atom(0x0FBA, text.encode("utf-16-le"), version=0x10), 0xF)

    assert Observation("DOC-LINK-PROGRAM", "c:\\x\\a.bat") in list(extract(link("c:\\x\\a.bat"), 1 << 20))
    shown = atom(0x0FD7, atom(0x0FBA, "setup.exe".encode("utf-16-le")), 0xF)
    outside = shown + atom(0x0FBA, "c:\\x\\a.bat".encode("utf-16-le"))
    assert not any(isinstance(o, Observation) for o in extract(link("page 2") + outside, 1 << 20))


@pytest.mark.parametrize(("container", "text", "code"), [
    (0x1005, "\\\\h.example\\s\\a.avi", "DOC-EXTERNAL-SHARE"), (0x1010, "file://h.example/s/b.wav", "DOC-EXTERNAL-SHARE"),
    (0x1006, "C:\\films\\a.avi", ""), (0x0409, "\\\\h.example\\s\\a.avi", ""),
])
def test_films_and_sounds_elsewhere(container: int, text: str, code: str) -> None:
    film = atom(container, atom(0x1004, bytes(8)) + atom(0x0FBA, text.encode("utf-16-le")), 0xF)
    assert [o.code for o in extract(film, 1 << 20) if isinstance(o, Observation)] == ([code] if code else [])


@pytest.mark.parametrize(("name", "code"), [("Shell.Explorer.2", "DOC-ACTIVEX"), ("Forms.TextBox.1", "DOC-FORM-CONTROL"), ("", "DOC-ACTIVEX")])
def test_controls_by_their_class(name: str, code: str) -> None:
    said = atom(0x0FBA, name.encode("utf-16-le"), version=0x20) if name else b""
    shown = atom(0x0FBA, "Control 1".encode("utf-16-le"), version=0x10)
    control = atom(0x0FEE, atom(0x0FFB, bytes(4)) + shown + said, 0xF)
    assert {o.code for o in extract(control + atom(0x0FBA, "x.y".encode("utf-16-le"), version=0x20), 1 << 20) if isinstance(o, Observation)} == {code}


def test_slides_that_are_looked_for_in_a_library() -> None:
    synced = atom(0x3714, atom(0x0FBA, "https://h.example/a.pptx".encode("utf-16-le"), version=0x10), 0xF)
    assert "DOC-REMOTE-SLIDE" in {o.code for o in extract(synced, 1 << 20) if isinstance(o, Observation)}


def test_a_record_that_is_longer_than_what_it_stands_in_hides_nothing_behind_it() -> None:
    """As Apache POI writes placeholders: an atom of eight octets in a container of nine."""
    short = struct.pack("<HHI", 0xF, 0xF011, 9) + struct.pack("<HHI", 0, 0x0BC3, 8) + b"\r"
    told = atom(0xF00D, atom(0x0FA0, "王小明".encode("utf-16-le")), 0xF)
    shape = atom(0xF004, short + told, 0xF)
    assert list(extract(atom(1006, shape, 0xF) + atom(0x0FA8, b"next"), 1 << 20)) == [Text("王小明\nnext", "slides")]
    cut = struct.pack("<HHI", 0xF, 0xF00D, 12) + atom(0x0FA8, b"A123456789")
    assert next(iter(extract(cut + atom(0x0FA8, b"next"), 1 << 20))).content.startswith("A123456789")    # type: ignore[union-attr]


def test_links_to_programs_behind_many_others() -> None:
    links = [*(f"https://h.example/{n}" for n in range(1200)), "c:\\x\\a.bat"]
    data = b"".join(atom(0x0FD7, atom(0x0FBA, one.encode("utf-16-le"), version=0x10), 0xF) for one in links)
    assert "DOC-LINK-PROGRAM" in [o.code for o in extract(data, 1 << 20) if isinstance(o, Observation)]
