from __future__ import annotations

import pytest

from gateway.detect.data import neighbours
from gateway.detect.data.numbers import tokens
from gateway.detect.data.table import layout
from gateway.identifiers.terms import Labels
from gateway.model.content import Text

KINDS = frozenset({"passport"})


@pytest.mark.parametrize("text, expected", [
    ("護照 351234567、361234568", KINDS), ("護照 351234567及361234568", KINDS), ("護照\t351234567\n361234568", frozenset()),
    ("護照 351234567、李大華 361234568", KINDS), ("護照 351234567 訂單 361234568", frozenset()),
    ("護照 351234567\n訂單 361234568", frozenset()), ("護照 ('351234567',\n    '361234568')", KINDS)])
def test_the_next_value_of_a_list(text, expected):
    grid = layout.from_text(1, Text(text, "body"), Labels())
    first, second = tokens.tokens(grid.text)
    last = (1, grid.row(first.start), first.end, KINDS)
    assert neighbours.label(grid, grid.row(second.start), second, last) == expected
    assert not neighbours.label(grid, grid.row(second.start), second, (2, *last[1:]))


@pytest.mark.parametrize("text, expected", [
    ("The passport number of our new client Mary Anne Smith is 351234567", True), ("The passport of Ms Chen, who was here in 2025, is 351234567", False),
    ("The passport number of our client Mr. J. Smith is 351234567", True),
    ("The passport was lost. The order of our old client Mary Smith is 351234567", False), ("Our order of the new client Mary Smith is 351234567", False)])
def test_a_sentence_names_its_number_before_whose_it_is(text, expected):
    grid = layout.from_text(1, Text(text, "body"), Labels())
    assert ("passport" in neighbours.said(grid, Labels(), 0, grid.text.index("351234567"))) is expected


def test_a_firm_speaks_for_no_number_behind_the_next_one():
    text = "13007402294;黄强 510107196201277573"
    grid = layout.from_text(1, Text(text, "body"), Labels())
    first, second = tokens.tokens(grid.text)
    assert neighbours.label(grid, 0, second, (1, 0, first.end, frozenset({"company"}))) == frozenset()
    assert neighbours.label(grid, 0, second, (1, 0, first.end, KINDS)) == KINDS
