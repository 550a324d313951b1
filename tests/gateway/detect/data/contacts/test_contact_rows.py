from __future__ import annotations

import random
from dataclasses import replace

import pytest

from gateway.detect.data.contacts import contact_rows
from gateway.detect.data.table import layout
from gateway.identifiers import contact
from gateway.identifiers.terms import Labels
from gateway.model.content import Text

LINES = ("陳小明 A123456789 0912-345-678", "no number here at all", "John Smith, 02-2345-6789", "王 小明 0912345678", "id=123456789012 took 9 ms",
         "CHAN Tai Man 2345 6789", "tel LEE, Ann 23456789", "INFO 12345678 Started", "DHL 12345678 x", "mail a@b.example", "台北市信義路3號", "2026-05-12 12:33 done", "Ann Lee (415) 555-2671 x", "5 Main Street", "", "12 34 5678 (9)", "12^34567890")


def grids(text):
    grid = layout.from_text(1, Text(text, "body"), Labels())
    assert grid.characters is not None
    return grid, replace(grid, characters=None)


@pytest.mark.parametrize("seed", range(6))
def test_the_rows_of_a_long_text_are_those_of_a_short_one(seed, monkeypatch):
    monkeypatch.setattr("gateway.identifiers.characters.PIECE", 700)
    rng = random.Random(seed)
    long, short = grids("\n".join(rng.choice(LINES[seed % 5:]) for _ in range(400)))
    found, wanted = list(contact_rows.rows(long)), list(contact_rows.rows(short))
    told = [(row, line) for row, line, *_ in found]
    assert told == [one for one in ((row, line) for row, line, *_ in wanted) if one in told] != []
    assert set(told) >= {(row, line) for row, line, *_ in wanted if contact.phone(line) or contact.email(line) or contact.address(line)}
    names = {row: named for row, _, named, _, _ in wanted}
    for row, line, named, phone, name in found:
        assert line == long.line(row)
        assert named == names[row]
        assert phone in (None, contact.phone(line))
        assert name == ("陳小明" if line.startswith("陳小明 ") else "")


def test_few_rows_are_none():
    long, short = grids("no number\n" * 300 + "0912345678\n" * 4)
    assert list(contact_rows.rows(long)) == list(contact_rows.rows(short)) == []


def test_no_more_is_looked_at_than_is_asked_for(monkeypatch):
    monkeypatch.setattr("gateway.identifiers.characters.PIECE", 700)
    looked = []
    monkeypatch.setattr(contact_rows, "_phones", lambda piece, known=contact_rows._phones: looked.append(1) or known(piece))
    long, _ = grids("陳小明 0912345678\n" * 900)
    next(iter(contact_rows.rows(long)))
    assert len(looked) == 1 < len(list(long.characters.pieces()))


def test_a_text_without_names_is_left_at_once(monkeypatch):
    monkeypatch.setattr("gateway.identifiers.characters.PIECE", 700)
    long, _ = grids("tel 0912345678\n" * 900 + "\nAnn Lee\n\n0912345678\n")
    found = list(contact_rows.rows(long))
    assert len(found) < 80
    assert found[-1][0] == 903
    assert found[-1][2]
