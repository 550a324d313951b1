from __future__ import annotations

from gateway.extract.office.kinds import MOST, Kinds
from gateway.model.content import Observation


def test_many_of_one_kind_never_crowd_out_another() -> None:
    links = [Observation("DOC-LINK", f"https://h.example/{n}") for n in range(2 * MOST)]
    program = Observation("DOC-LINK-PROGRAM", "file://h.example/a.exe")
    told = list(Kinds([*links, program, program]))
    assert told == [*links[:MOST], program]


def test_each_once_and_nothing_for_nothing() -> None:
    kinds = Kinds(most=2)
    for one in (None, Observation("A", "1"), Observation("A", "1"), Observation("A", "2"), Observation("A", "3"), None):
        kinds.add(one)
    assert [one.detail for one in kinds] == ["1", "2"] and not list(Kinds())
