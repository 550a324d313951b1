from __future__ import annotations

from gateway.extract.base import Child
from gateway.extract.office.code.macros import carved, extract, vote
from tests.builders.archives import codes
from tests.builders.documents import HARMLESS_MACRO, STARTS_AND_RUNS, vba_compressed, vba_streams


def read(**options: object) -> list[object]:
    return list(extract({k.lower(): v for k, v in vba_streams(**options).items()}))     # type: ignore[arg-type]


def test_modules_become_artifacts() -> None:
    found = read(modules={"Module1": STARTS_AND_RUNS})
    child = next(c for c in found if isinstance(c, Child))
    assert child.names == ("Module1",) and b"AutoOpen" in child.data and child.detected_type == "text/x-vba"
    assert {"VBA-PROJECT", "VBA-MODULE", "VBA-MRAPTOR"} <= codes(found)


def test_a_project_without_code_is_not_worth_a_word() -> None:
    assert read(modules={"ThisWorkbook": 'Attribute VB_Name = "ThisWorkbook"\r\nAttribute VB_Base = "0{x}"\r\n'}) == []


def test_stomped_is_told_even_without_source() -> None:
    assert "VBA-STOMPED" in codes(read(modules={"M": ""}, cache=b"\x01\x16" + bytes(900)))


def test_unreadable_project_is_told() -> None:
    assert "VBA-UNREAD" in codes(list(extract({"dir": b"garbage", "_vba_project": b""})))


def test_votes() -> None:
    assert vote(STARTS_AND_RUNS) and not vote(HARMLESS_MACRO)


def test_sources_are_carved_from_octets() -> None:
    assert "VBA-PROJECT" in codes(list(carved(b"junk" + vba_compressed(STARTS_AND_RUNS.encode()))))
    assert list(carved(b"nothing here")) == []
