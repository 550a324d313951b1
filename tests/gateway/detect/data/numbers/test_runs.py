from __future__ import annotations

import random

import pytest

from gateway.detect.data.numbers.runs import FOURS, SHAPE_NAMES, SHORT, scan
from gateway.detect.data.numbers.tokens import tokens

PARTS = [
    "2024-05-06", "19990101", "2020-12-31 12:00", "192.168.10.254", "10.123.123.123", "A123456789", "E 125 135 934 4", "4111-1111-1111-1111",
    "4111 1111 1111 1111 123", "610113 20030430 823X", "H727406(A)", "AB123456 (3)", "AB12345678CD", "0.12345678", "1,234.5678", "080-57-1085",
    "12 34 56 78 90", "123456-1234567", "12 - 34 - 567890", "34. -567. -890123", "王小明", "\t", "\n", ", ", ": ", "-", " ", "X", "·"]


def one_by_one(text):
    return sorted((t.shape, t.value, t.start, t.end, t.grouped) for t in tokens(text))


def written(shape, value, start, end):
    return ("D16", value.replace(value[4], ""), start, end, True) if shape == FOURS else (shape, value, start, end, False)


def by_arrays(text):
    runs = scan(text)
    plain = [written(SHAPE_NAMES[k], text[s:e].upper(), s, e) for s, e, k in zip(
        runs.start.tolist(), runs.end.tolist(), runs.shape.tolist(), strict=True)]
    return sorted(plain + [(t.shape, t.value, t.start, t.end, t.grouped) for s, e in (*runs.spans, *runs.short) for t in tokens(text, s, e)])


@pytest.mark.parametrize("seed", range(3))
def test_arrays_say_the_same_as_looking_at_one_run_after_the_other(seed):
    rng = random.Random(seed)
    for _ in range(700):
        pieces = (rng.choice([rng.choice(PARTS), str(rng.randrange(10 ** rng.randrange(1, 19)))]) for _ in range(rng.randrange(1, 12)))
        text = "".join(pieces)
        assert by_arrays(text) == one_by_one(text), text


def test_every_character_may_stand_anywhere():
    rng = random.Random(9)
    for _ in range(1500):
        text = "".join(rng.choice("0123456789012345678901234567890123456789 --.__//··ABXx(),\n王\t:") for _ in range(rng.randrange(60)))
        assert by_arrays(text) == one_by_one(text), text


def test_what_logs_are_full_of_is_not_looked_at():
    runs = scan("2026-05-12 12:30:44.123 from 10.20.30.40 took 1234 ms, 99.5 % of 12,345\n" * 20)
    assert (len(runs.start), runs.spans, runs.short) == (0, [], [])


@pytest.mark.parametrize("mark", " -")
def test_cards_in_fours_are_no_matter_for_one_at_a_time(mark):
    card = mark.join(("4111", "1111", "1111", "1111"))
    text = "\n".join((card, f"x {card}, {card}.", f"號{card}號", f"a{card} A {card}", f"{card}x", f"A-{card} {card}", f"{card}-1",
                      card.replace("1111", "111")))
    assert by_arrays(text) == one_by_one(text)
    runs = scan(text)
    assert [SHAPE_NAMES[k] for k in runs.shape].count(FOURS) >= 4
    assert not scan(f"{card}\n" * 90).spans


@pytest.mark.parametrize("mark", " -")
def test_telephone_numbers_are_looked_at_where_a_label_asks_for_them_only(mark):
    rng = random.Random(4)
    for _ in range(1500):
        parts = [str(rng.randrange(10 ** rng.randrange(1, 6))).zfill(rng.randrange(1, 6)) for _ in range(rng.randrange(1, 5))]
        text = rng.choice(("", "A", "A ", "AB", "1. ", "王")) + rng.choice((mark, mark, "-", ".")).join(parts) + rng.choice(
            ("", "X", "A", ",123", "(3)", "-A", " x"))
        assert by_arrays(text) == one_by_one(text), text
        assert {t.shape for s, e in scan(text).short for t in tokens(text, s, e)} <= set(SHORT), text
    assert len(scan(mark.join(("0912", "345", "678"))).short) == 1


def test_a_row_of_numbers_that_blanks_part():
    text = "陳小明 A123456789 0912345678 1234567890123456\n"
    assert [SHAPE_NAMES[i] for i in scan(text).shape] == ["LD9", "D10", "D16"]


def test_nothing_in_nothing():
    assert scan("").spans == scan("no digits here").spans == []
