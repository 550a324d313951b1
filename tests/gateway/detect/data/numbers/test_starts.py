from __future__ import annotations

import random

import numpy as np
import pytest

from gateway.detect.data.numbers import glued, splits, tokens
from gateway.detect.data.numbers.starts import Starts
from gateway.detect.data.table import layout
from gateway.identifiers import characters
from gateway.identifiers.characters import matches
from gateway.identifiers.terms import Labels
from gateway.model.content import Text

ALPHABET = {
    "ibans": "DE 0123-AX", "bics": "ABCDEFG01 王", "wrapped": "01234\n\n\r AB,.王", "odd": "0123456,,;:|=*+~ A", "spelled": "0123AX  |[]·王か\n",
    "taiwanese": "A1289 王", "chinese": "0129X ", "apart": ["A ", "AB-", "C\n", "1234567", "123456789", "12", " ", "王"],
    "cells": "012A X\t\t\t\n 王"}
PATTERNS = {"ibans": tokens.IBAN, "bics": tokens.BIC, "wrapped": tokens.WRAPPED, "odd": tokens.ODD, "spelled": tokens.SPELLED,
            "taiwanese": glued.TAIWANESE, "apart": tokens.APART}


def grid(text):
    return layout.from_text(1, Text(text, "body"), Labels())


def random_text(name, seed, length=3000):
    rng = random.Random(f"{name}{seed}")
    return "".join(rng.choice(ALPHABET[name]) if rng.random() < 0.98 else boxes(rng) for _ in range(length))


def boxes(rng):
    """What no alphabet gives by chance."""
    if rng.random() < 0.5:
        return rng.choice("A1 王") + rng.choice("AB") + str(rng.randrange(10**8, 10**10)) + rng.choice("A1 王")
    if rng.random() < 0.5:
        return rng.choice("3 ") + rng.choice(("19", "20")) + "800101" + str(rng.randrange(100, 9999)) + rng.choice(("X1", "7", "12", ""))
    mark = rng.choice(("|", "][", " . "))
    return mark + mark.join(str(rng.randrange(10)) for _ in range(rng.randrange(6, 20))) + mark


@pytest.mark.parametrize("name", PATTERNS)
@pytest.mark.parametrize("seed", range(5))
def test_no_match_begins_anywhere_else(name, seed):
    made = grid(random_text(name, seed))
    text = made.view.text if name in ("odd", "spelled") else made.text
    wanted = [m.span() for m in PATTERNS[name].finditer(text)]
    places = getattr(Starts.of(made), name)
    assert [m.span() for m in matches(PATTERNS[name], text, places)] == wanted != []
    assert len(places) < len(text) / 2


@pytest.mark.parametrize("seed", range(5))
def test_glued_numbers_are_those_of_every_place(seed):
    rng = random.Random(seed)
    parts = ["A123456789", "110101198001011237", "11010119800101123X", "0912345678", "13800138000", "19800101", "tel", "id", "1", " ", "\n", "王", "77"]
    made = grid("".join(rng.choice(parts) for _ in range(2000)))
    starts = Starts.of(made)
    wanted = list(glued.glued(made.text))
    assert list(glued.glued(made.text, starts.taiwanese, starts.chinese)) == wanted != []
    assert list(glued.repeated(made.text, starts.repeated)) == list(glued.repeated(made.text))


@pytest.mark.parametrize("seed", range(5))
def test_repeated_numbers_begin_where_they_are_found(seed):
    rng = random.Random(seed)
    parts = ["A123456", "B1234567", "B123456A", "1" * 12, "2" * 36, "x", " ", "\n", "王", "Z"]
    made = grid("".join(rng.choice(parts) for _ in range(2000)))
    wanted = [m.span() for m in glued.REPEATED.finditer(made.text)]
    assert [m.span() for m in matches(glued.REPEATED, made.text, Starts.of(made).repeated)] == wanted != []


@pytest.mark.parametrize("seed", range(5))
def test_split_cells_are_found_from_their_cells(seed):
    text = random_text("cells", seed)
    made = grid(text)
    wanted = [m.span() for m in splits.NEIGHBOURS.finditer(made.text)]
    assert [m.span() for m in matches(splits.NEIGHBOURS, made.text, splits._starts(made))] == wanted != []


def test_short_texts_are_searched_everywhere():
    assert Starts.of(grid("x" * (characters.LEAST - 1))) == Starts()
    short = grid("免許証 12,34,56,78,90,12")
    assert [t.value for t in Starts().odd_ones(short, np.array([[0, 5]]))] == ["123456789012"]


def test_what_begins_in_no_span_is_left_out():
    made = grid("x" * 1000 + " 12,34,56,78,90,12 " + "x" * 1000)
    for spans, values in (([[0, 900], [990, 1100]], ["123456789012"]), ([[0, 900], [1100, 1300]], []), ([], [])):
        found = Starts.of(made).odd_ones(made, np.array(spans, np.int64).reshape(-1, 2))
        assert [t.value for t in found] == values


@pytest.mark.parametrize("seed", range(8))
def test_in_few_spans_the_same_begins_as_in_all_of_the_text(seed):
    """What is wrapped, oddly grouped, spelled, apart or marked: only the spans are looked at, and what stands around them."""
    rng = random.Random(f"few{seed}")
    parts = ["4111*1111**1111 1111", "A12-3456.789", "E字第125135934號", "1,2,34,56 ", "A 123456789", "12345\n  6789012", "0 9 1 2 3 4 5 6",
             "A|1|2|3|4|5|6|7|8|9", "王", "x ", "\n", "-", "7"]
    made = grid("".join(rng.choice(parts) for _ in range(4000)))
    begin = np.sort(np.array(rng.sample(range(0, len(made.text), 400), 12))) + rng.randrange(60)
    spans = np.stack((begin, begin + rng.randrange(40, 200)), axis=1)
    some, everything = Starts.of(made, spans), Starts.of(made)
    assert len(some.odd) < len(everything.odd) / 2
    assert list(some.odd_ones(made, spans)) == list(everything.odd_ones(made, spans)) != []
