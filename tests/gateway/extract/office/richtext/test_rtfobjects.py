from __future__ import annotations

import pytest

from gateway.extract.base import Child
from gateway.extract.office.richtext.rtf import RTF
from gateway.extract.office.richtext.rtfobjects import drawn, embedded, hidden, odd, picture, valued
from tests.builders.archives import codes, take_apart
from tests.builders.documents import ole1
from tests.builders.growth import linear

PROGRAM = b"MZ" + bytes(90)


def children(rtf: bytes) -> list[bytes]:
    return [c.data for c in take_apart(RTF, rtf, "a.rtf") if isinstance(c, Child)]


def test_an_object_by_its_digits_or_octets() -> None:
    data = ole1("Package", b"abc")
    assert [c.data for c in embedded(data.hex().encode(), b"", b"") if isinstance(c, Child)] == [b"abc"]
    assert [c.data for c in embedded(b"", b"", data) if isinstance(c, Child)] == [b"abc"]


@pytest.mark.parametrize("kind", ["pict", "datastore", "themedata", "datafield", "fontemb", "blipuid"])
def test_files_among_digits(kind: str) -> None:
    assert children(b"{\\rtf1 {\\*\\%s %s}}" % (kind.encode(), PROGRAM.hex().encode())) == [PROGRAM]
    assert [c.data for c in hidden(kind, b"", PROGRAM) if isinstance(c, Child)] == [PROGRAM]


@pytest.mark.parametrize(("kind", "data"), [("pict", b"\x89PNG\r\n\x1a\n"), ("pict", b"\x01\0\x09\0"), ("datastore", b"\xd0\xcf\x11\xe0\xa1\xb1"), ("themedata", b"PK\3\4")])
def test_what_word_processors_write_there_is_left_alone(kind: str, data: bytes) -> None:
    assert children(b"{\\rtf1 {\\*\\%s %s}}" % (kind.encode(), data.hex().encode())) == []


@pytest.mark.parametrize(("field", "held"), [
    ("DDE{\\*\\zz junk}AUTO cmd", True), ("{\\b DDE}{\\*\\u9 {\\i x}}AUTO cmd", True), ("{\\*\\zz DDEAUTO cmd}PAGE", False),
])
def test_what_nobody_shows_is_no_part_of_a_field(field: str, held: bool) -> None:
    assert ("DOC-DDE" in codes(take_apart(RTF, f"{{\\rtf1 {{\\field{{\\*\\fldinst {field}}}}}}}".encode(), "a.rtf"))) == held


def test_digits_that_go_on_as_octets() -> None:
    data = ole1("Package", b"a" * 40)
    for cut in (9, 30, len(data) - 3):
        assert children(b"{\\rtf1{\\object{\\*\\objdata %s\\bin%d %s}}}" % (data[:cut].hex().encode(), len(data) - cut, data[cut:])) == [b"a" * 40]


def test_pictures_as_files_of_their_own() -> None:
    png, bitmap, metafile = b"\x89PNG\r\n\x1a\n....", b"\x28\0\0\0" + bytes(60), b"\x01\0\x09\0" + bytes(30)
    assert [c.data for c in picture(png.hex().encode(), b"")] == [png]
    assert [c.data[:2] for c in picture(b"", bitmap)] == [b"BM"]
    assert [c.data[22:] for c in picture(metafile.hex().encode(), b"")] == [metafile]
    assert list(picture(b"zz", b"")) == list(picture(b"0123", b"")) == []


@pytest.mark.parametrize(("inside", "code"), [
    ("{\\sp{\\sn pibName}{\\sv \\\\\\\\h.invalid\\\\s\\\\a.png}}", "DOC-EXTERNAL-SHARE"),
    ("{\\sp{\\sn fillBlipName}{\\sv \\'5c\\'5ch.invalid/s/a.png}}", "DOC-EXTERNAL-SHARE"),
    ("{\\sp{\\sn pihlShape}{\\sv {\\*\\hl{\\hlfr a}{\\hlsrc file:///C:/Windows/a.exe}}}}", "DOC-LINK-PROGRAM"),
    ("{\\sp{\\sn pibName}{\\sv http://h.invalid/a.png}}", ""), ("{\\sp{\\sn pibName}{\\sv C:\\\\Users\\\\a.png}}", ""),
    ("{\\sp{\\sn wzName}{\\sv \\\\\\\\h\\\\s}}", ""), ("{\\*\\hl{\\hlsrc https://h.example/}}", ""),
])
def test_what_drawings_fetch(inside: str, code: str) -> None:
    assert {o.code for o in drawn(("{\\rtf1{\\shp{\\*\\shpinst" + inside + "}}}").encode())} == ({code} if code else set())


def test_drawings_are_read_in_one_pass() -> None:
    for piece in (b"\\sn pibName}{\\sv ", b"\\hlsrc ", b"\\sn pibName"):
        assert linear(lambda data: list(drawn(data)), lambda n, piece=piece: piece * n, 3_000)


@pytest.mark.parametrize("value", [
    "{\\i \\\\\\\\h.example}\\\\s\\\\a.png", "\\u92?\\u92?h.example\\\\s\\\\a", "\\'5c\\'5ch.example\\\\s", "file://h.example/a", "\\b \\'66ile://h.example/a\\b0",
])
def test_values_of_drawings_by_any_name(value: str) -> None:
    found = list(valued(("{\\sp{\\sn \\'70ibName}{\\sv " + value + "}}").encode()))
    assert [o.code for o in found] == ["DOC-EXTERNAL-SHARE"] and "h.example" in found[0].detail


@pytest.mark.parametrize("value", ["C:\\\\a.png", "\\\\\\\\fs01\\\\s\\\\a.png", "see \\\\\\\\h.example\\\\s", "12", "https://h.example/", "}\\\\\\\\h.example\\\\s"])
def test_values_that_lead_nowhere(value: str) -> None:
    assert list(valued(("{\\sp{\\sn a}{\\sv " + value + "}}").encode())) == []


def test_many_properties_hide_none() -> None:
    assert [o.code for o in valued(b"{\\sp{\\sn x}{\\sv 1}}" * 20_000 + b"{\\sp{\\sn x}{\\sv \\}{a}\\\\\\\\h.example}}" + b"{\\sv \\\\\\\\h.example\\\\s}")] == ["DOC-EXTERNAL-SHARE"]


def test_values_are_read_in_one_pass() -> None:
    for piece in (b"{\\sv \\\\\\\\", b"\\sv{", b"{\\sv file:}"):
        assert linear(lambda data: list(valued(data)), lambda n, piece=piece: piece * n, 2_000)


@pytest.mark.parametrize(("count", "held"), [(1, False), (64, False), (65, True), (600, True)])
def test_numbers_with_more_characters_than_any_has(count: int, held: bool) -> None:
    assert bool(list(odd(b"{\\rtf1{\\*\\pnseclvl1\\dfrmtxtx0" + b"\\dfrxst65" * count + b"}}"))) == held
