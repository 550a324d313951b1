from __future__ import annotations

import io
import zipfile

import pytest

from gateway.extract.office.markup.package import Package, PartRefused, is_package
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode
from tests.builders.documents import docx, package


def opened(data: bytes, **limits: int) -> Package:
    return Package(data, Limits(**limits), 1 << 28)


def test_case_and_slashes_do_not_count() -> None:
    made = opened(package({"Word/Document.XML": "<x/>"}))
    assert "/word/document.xml" in made
    assert made.read("WORD/document.xml") == b"<x/>"


def test_octets_in_front_of_the_archive_are_seen_through() -> None:
    assert opened(b"stub" * 100 + package({"a": "b"})).read("a") == b"b"


def test_a_bomb_is_named_and_stops_early() -> None:
    data = package({"a.bin": bytes(30 << 20)})
    with pytest.raises(PartRefused) as error:
        opened(data).read("a.bin")
    assert error.value.problem.code is IncidentCode.RATIO


def test_sum_of_parts_is_bounded() -> None:
    made = Package(package({"a": b"x" * 1000, "b": b"y" * 1000}, deflated=True), Limits(), 1500)
    made.read("a")
    with pytest.raises(PartRefused):
        made.read("b")


def test_a_package_is_written_anew_without_packing() -> None:
    made = opened(package({"a.xml": "<a/>" * 100, "b/\u540d.bin": b"y" * 1000, "c": "c"}, deflated=True))
    parts = {name: made.read(name) for name in ("a.xml", "b/\u540d.bin")}
    with zipfile.ZipFile(io.BytesIO(made.stored(parts))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == parts
    again = opened(made.stored(parts))
    assert {entry.name: again.content(entry) for entry in again.found} == parts


def test_with_two_parts_of_one_name_nothing_is_written_anew() -> None:
    made = opened(package({"a.xml": "<a/>", "A.xml": "<b/>"}))
    assert made.doubled
    assert [made.content(entry) for entry in made.found] == [b"<a/>", b"<b/>"]
    assert made.stored({"a.xml": b"<a/>"}) == b""


def test_unknown_method_encryption_and_no_directory() -> None:
    data = bytearray(package({"a": "b" * 100}))
    at = data.find(b"PK\x01\x02")
    data[at + 10] = 12
    with pytest.raises(PartRefused, match="method 12"):
        opened(bytes(data)).read("a")
    data[at + 8] |= 1
    with pytest.raises(PartRefused) as error:
        opened(bytes(data)).read("a")
    assert error.value.problem.code is IncidentCode.ENCRYPTED
    with pytest.raises(PartRefused):
        opened(b"PK\x03\x04 nothing")


def test_only_office_packages_are_packages() -> None:
    assert is_package(docx())
    assert not is_package(package({"photo.jpg": b"\xff\xd8"}))
    assert not is_package(b"plain")
    in_pieces = docx()[:60] + b"a block" + docx()[60:]
    assert is_package(b"in front" + docx()) and not is_package(in_pieces)


def test_markup_that_unpacks_to_far_more_than_it_weighs() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="5"/><c r="B{n}" s="5"/></row>' for n in range(120_000))
    made = opened(package({"flood.xml": "<x>" + "<w:p/>" * 900_000 + "</x>", "sheet.xml": f"<x>{rows}</x>", "small.xml": "<x>" + "<a/>" * 500_000 + "</x>",
                           "white.bmp": b"BM" + bytes(7 << 20)}))
    with pytest.raises(PartRefused, match=r"flood\.xml unpacks more than 100 to 1") as error:
        made.read("flood.xml")
    assert error.value.problem.code is IncidentCode.RATIO
    assert len(made.read("sheet.xml")) > 4 << 20 and len(made.read("small.xml")) > 1 << 20 and len(made.read("white.bmp")) > 7 << 20


@pytest.mark.parametrize("comment", [b"PK\x05\x06 made by hand, not the end", b"PK\x05\x06" * 9, b"plain"])
def test_comments_that_hold_the_mark_of_an_end(comment: bytes) -> None:
    made = io.BytesIO(docx())
    with zipfile.ZipFile(made, "a") as archive:
        archive.comment = comment
    assert is_package(made.getvalue())
    assert "word/document.xml" in opened(made.getvalue())
