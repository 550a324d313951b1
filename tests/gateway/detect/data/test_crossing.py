from __future__ import annotations

import json
from itertools import pairwise

import pytest

from gateway.detect.data import crossing
from gateway.model.content import Table
from tests.gateway.detect.data.test_own import people, reference, scan  # noqa: F401

SHIFTED = [(1, 3), (1, 2), (3, 4), (5, 3), (0, 1)]
WAYS = {
    "lines": lambda rows: "\n".join("  ".join(row) for row in rows),
    "sentences": lambda rows: "\n".join("請聯絡" + "，".join(row) + "。" for row in rows),
    "blocks": lambda rows: "\n\n".join("\n".join(row) for row in rows),
    "cards": lambda rows: "".join("BEGIN:VCARD\n" + "\n".join(f"X:{cell}" for cell in row) + "\nEND:VCARD\n" for row in rows),
    "items": lambda rows: "\n".join("- " + "\n  ".join(f"k: {cell}" for cell in row) for row in rows),
    "objects": lambda rows: json.dumps([{f"k{i}": cell for i, cell in enumerate(row)} for row in rows], ensure_ascii=False),
    "indented objects": lambda rows: json.dumps([list(row) for row in rows], ensure_ascii=False, indent=1),
    "elements": lambda rows: "<l>" + "".join("<c>" + "".join(f"<k>{cell}</k>" for cell in row) + "</c>" for row in rows) + "</l>",
    "labels": lambda rows: "\n".join("\n".join(f"k{i}: {cell}" for i, cell in enumerate(row)) for row in rows)}


@pytest.mark.parametrize("write", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("columns", SHIFTED)
def test_fields_of_customers_side_by_side_in_a_list_are_no_record(people, reference, write, columns):  # noqa: F811
    """The second field is of the next customer: no two fields of one of them stand together."""
    first, second = columns
    some = people[40:60]
    shifted = [(a[first], b[second]) for a, b in pairwise(some)]
    assert scan(reference, write(shifted)).get("EDM-customers", 0) == 0
    assert scan(reference, write([(p[first], p[second]) for p in some])).get("EDM-customers") == len(some)


@pytest.mark.parametrize("order", [
    [1, 0, 3, 2, 5, 4, 7, 6, 9, 8], [2, 3, 4, 5, 6, 7, 8, 9, 0, 1], [9, 0, 1, 2, 3, 4, 5, 6, 7, 8], [3, 7, 0, 9, 1, 8, 2, 5, 4, 6]])
def test_a_list_in_any_other_order(people, reference, order):  # noqa: F811
    some = people[70:80]
    text = "\n".join(f"{p[1]} / {some[other][3]}" for p, other in zip(some, order, strict=True))
    own = sum(n == other for n, other in enumerate(order))
    assert scan(reference, text).get("EDM-customers", 0) <= own


@pytest.mark.parametrize("write", [
    "{1}\n{3}\n", "{1}\n電話：{3}\n\n", "姓名：{1}\n電話：{3}\n", "{3}\n  {1}\n", "{1}\n-----\n{3}\n", "[{1}]\ntel={3}\n", "{1} [{3}] ",
    "{1} {2}\n{3} {4}\n", "{0} {1}\n    2026-10-01 1,000\n    {5}\n", "{5}:\n  name: {1}\n", '{{"name":"{1}","contact":{{"phone":"{3}"}}}},',
    '{{"contact":{{"phone":"{3}"}},"name":"{1}"}},', "<c><n>{1}</n><t><p>{3}</p></t></c>", "- {1}\n- {3}\n"],
    ids=lambda write: write.replace("\n", " "))
def test_a_record_over_several_lines_or_objects_is_one(people, reference, write):  # noqa: F811
    some = people[90:102]
    assert scan(reference, "".join(write.format(*p) for p in some)).get("EDM-customers") == len(some)


@pytest.mark.parametrize("width", [20, 27, 33, 48, 61, 76])
def test_a_wrapped_list_has_whole_records_too(people, reference, width):  # noqa: F811
    some = people[110:126]
    text = "".join(f"{p[1]} {p[3]}　" for p in some)
    cut = [at for at in range(width, len(text), width) if text[at - 1] in " 　"] or [len(text)]
    wrapped = "\n".join(text[a:b] for a, b in zip([0, *cut], [*cut, len(text)], strict=True))
    assert scan(reference, wrapped).get("EDM-customers") == len(some)


def test_cards_side_by_side(people, reference):  # noqa: F811
    some = people[130:140]
    text = "\n".join(f"{a[1]}      {b[1]}\n{a[3]}      {b[3]}" for a, b in zip(some[::2], some[1::2], strict=True))
    assert scan(reference, text).get("EDM-customers") == 10


def test_a_list_in_another_order_beside_whole_records(people, reference):  # noqa: F811
    """Whole records count wherever they stand."""
    some = people[140:160]
    shifted = "\n".join(f"{a[1]}  {b[3]}" for a, b in pairwise(some))
    whole = "\n".join(f"{p[1]}  {p[3]}" for p in people[160:165])
    assert scan(reference, shifted + "\n\n\n" + whole).get("EDM-customers") == 5


def test_an_account_beside_a_number_in_groups(people, reference):  # noqa: F811
    some = people[10:20]
    for blank in (" ", "  "):
        text = "\n".join(f"{p[5]}{blank}{p[3][:3]} {p[3][3:6]} {p[3][6:9]} {p[3][9:]}" for p in some)
        assert scan(reference, text).get("EDM-customers") == 10


@pytest.mark.parametrize(("text", "marks", "apart"), [
    ("aa\nbb\ncc\ndd", {1: {0: (0,), 1: (4,)}, 2: {0: (3,), 1: (7,)}}, {1, 2}),
    ("aa\nbb\ncc\ndd", {1: {0: (0,), 1: (3,)}, 2: {0: (6,), 1: (9,)}}, set()),
    ("aa\nbb\ncc\ndd", {1: {0: (0,), 1: (4,)}, 2: {0: (3,), 1: (7,)}, 3: {0: (6,), 1: (7,)}}, set()),
    ("aabbccdd", {1: {0: (0,), 1: (4,)}, 2: {0: (3,), 1: (7,)}}, set())])
def test_records_that_mix_customers(text, marks, apart):
    assert crossing.apart(text, marks, {}) == apart


def test_a_list_in_one_cell_of_a_page_is_read_by_its_lines(people, reference):  # noqa: F811
    shifted = " ".join(f"{a[1]} {b[3]}" for a, b in pairwise(people[170:180]))
    assert scan(reference, tables=[Table("cells of the pages", ((shifted,),))]).get("EDM-customers") is None
    rows = tuple((p[1], p[3]) for p in people[170:180])
    assert scan(reference, tables=[Table("cells of the pages", rows)]).get("EDM-customers") == 10
