from __future__ import annotations

from gateway.detect.data import layout
from gateway.detect.data.splits import split_cells
from gateway.identifiers.terms import Labels
from gateway.model.content import Table


def found(*rows):
    grid = layout.from_table(1, Table("t", rows), Labels())
    return {(t.shape, t.value, column) for t, column in split_cells(grid)}


def test_pieces_of_neighbouring_cells():
    assert ("LD9", "A123456789", (1, 4)) in found(("x y", "A123", "456", "789", "05/30"))
    assert ("D16", "3567353050027343", (1, 4)) in found(("Andrew", "356735", "305002", "7343", "10/31"))


def test_a_row_number_in_front_does_not_hide_it():
    assert ("D16", "3567353050027343", (1, 4)) in found(("1", "356735", "305002", "7343"))


def test_whole_numbers_are_no_pieces():
    assert found(("123456789012", "4111111111111111")) == set()
