from __future__ import annotations

import random
import subprocess
import sys

import numpy as np
import pytest

from gateway.detect.data.numbers import bulk, tokens
from gateway.detect.data.numbers.starts import Starts
from gateway.detect.data.table import layout
from gateway.identifiers.terms import Labels
from gateway.model.content import Text
from tests.gateway.identifiers import makers

RNG = random.Random(3)


def sorted_out(text):
    return bulk.sort(layout.from_text(1, Text(text, "body"), Labels()))


def ids(count):
    return [makers.tw_id(RNG) for _ in range(count)]


def test_numbers_without_label_come_together():
    found = sorted_out("".join(f"see {value} and go on\n" for value in ids(40)))
    assert found.single == []
    assert [(b.shape, b.kinds, b.column, len(b.values)) for b in found.batches] == [("LD9", frozenset(), -1, 40)]


def test_numbers_behind_labels_come_with_the_label():
    found = sorted_out("".join(f"客戶的身分證字號：{value}，謝謝\n" for value in ids(40)))
    assert found.single == []
    assert [(b.labelled, "tw.national_id" in b.kinds, len(b.values)) for b in found.batches] == [(True, True, 40)]


def test_columns_are_kept_apart():
    rows = "".join(f"{n},{value},09{n:08d},備註{n}\n" for n, value in enumerate(ids(40)))
    found = sorted_out("序,身分證字號,帳號,備註\n" + rows)
    assert {(b.shape, b.column) for b in found.batches} == {("LD9", 1), ("D10", 2)}
    assert all(b.kinds for b in found.batches)


def test_lists_after_one_label_are_left_to_the_detector():
    values = ids(3)
    found = sorted_out("身分證字號：" + "、".join(values))
    assert [t.value for t in found.single] == values


def test_shapes_that_need_a_label_are_dropped_where_there_is_none():
    found = sorted_out("".join(f"number {n:010d} and {n:09d}\n" for n in range(40)))
    assert (found.single, found.batches) == ([], [])


@pytest.mark.parametrize("text", ["", "nothing at all", "123"])
def test_nothing(text):
    found = sorted_out(text)
    assert (found.single, found.batches) == ([], [])


def test_nothing_is_loaded_at_first_use():
    """Behind the lockdown there is no file to load a module from; codecs are loaded before it."""
    program = """
import sys
from gateway.detect.data import under
from gateway.detect.data.numbers import bulk
from gateway.detect.data.table import layout
from gateway.identifiers.terms import Labels
from gateway.model.content import Text
before = set(sys.modules)
for line in ("\u8eab\u5206\u8b49\u5b57\u865f,a\\nA123456789,1\\n", "card no 4111111111111111 \u200b12345678901\\n", "id 1234567890123 x\\n",
             "passport no:\\n351234567\\n"):
    grid = layout.from_text(1, Text(line * 200, "body"), Labels())
    bulk.sort(grid, under.known(grid, Labels()))
print(sorted(n for n in set(sys.modules) - before if not n.startswith("encodings.")))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_forms_with_names_and_values_side_by_side():
    lines = [f"持卡人\t陳志明\t\t\t護照號碼\tG{n}3140179\n電話\t0912345678\t\t\t備註\t{n}9140179\n" for n in range(1, 9)]
    found = sorted_out("".join(lines) * 4)
    assert [t.value for t in found.single if t.shape == "LD8"] == [f"G{n}3140179" for n in range(1, 9)] * 4
    assert not any(b.shape == "LD8" for b in found.batches)


def test_a_text_without_runs_of_digits_has_places_behind_its_labels_only():
    found = sorted_out("1\t2\t3\n" * 500 + "身分證字號：A-1 2 3\n" + "1\t2\t3\n" * 500)
    (begin, end), = found.labelled.tolist()
    assert 3000 <= begin <= 3010 and end - begin == bulk.BEHIND
    assert not len(sorted_out("1\t2\t3\n" * 500).labelled)


def test_telephone_numbers_count_as_neighbours_and_as_accounts_under_their_label():
    rows = "".join(f"0912-345-{n:03d}\n" for n in range(300))
    assert sorted_out(rows).single == []
    found = sorted_out("銀行帳號\n" + rows)
    assert {t.shape for t in found.single} == {"D10"} and len(found.single) == 300


def test_account_numbers_of_many_lands_say_the_same_together_as_one_by_one():
    rng = random.Random(8)
    mixed = [f"{rng.choice(('', '', 'x', 'Ｘ', '帳'))}{rng.choice(('DE', 'GB', 'NL', 'ZZ'))}{rng.randrange(100):02d}"
             f"{rng.choice(('', 'WEST', ' ABNA', 'west'))}{rng.randrange(10 ** 18):018d}{rng.choice(('', '', 'Z', ' 12', '號'))}"
             for _ in range(3 * bulk.MANY)]
    text = ", ".join(mixed) + "\n" + "DE89370400440532013000"
    grid = layout.from_text(1, Text(text, "body"), Labels())
    starts = Starts.of(grid).ibans
    batches, rest = bulk.ibans(grid, starts, np.empty((0, 2), np.int64))
    together = [(batch.values[i], int(batch.starts[i]), int(batch.ends[i])) for batch in batches for i in range(len(batch.values))]
    one_by_one = [(t.value, t.start, t.end) for t in tokens.ibans(grid.text)]
    assert sorted(together + [(t.value, t.start, t.end) for t in tokens.ibans(grid.text, rest)]) == sorted(one_by_one)
    assert len(rest) < len(starts) and ("DE89370400440532013000", len(text) - 22, len(text)) in together
    assert bulk.ibans(grid, starts, np.array([[0, len(text)]]))[0] == []
    assert bulk.ibans(grid, starts[:9], np.empty((0, 2), np.int64))[0] == []
