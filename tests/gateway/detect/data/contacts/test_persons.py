from __future__ import annotations

from gateway.detect.data.contacts import persons
from gateway.detect.data.judge import Seen


def seen(value, row, grid=1):
    return Seen(value, grid, row, 0, 0, "body")


def test_two_types_in_one_row_are_one_person():
    accepted = {"card": {"c1": [seen("c1", 0)], "c2": [seen("c2", 1)]}, "tw.national_id": {"t1": [seen("t1", 0)], "t2": [seen("t2", 1)]}}
    assert persons.persons(accepted) == 2


def test_several_of_a_type_in_one_row_are_several_people():
    assert persons.persons({"tw.national_id": {v: [seen(v, 0)] for v in ("a", "b", "c")}}) == 3


def test_a_record_written_line_by_line_is_one_person():
    accepted = {"card": {"c": [seen("c", 2)]}, "tw.national_id": {"t": [seen("t", 0)]}, "tw.passport": {"p": [seen("p", 1)]}}
    assert persons.persons(accepted) == 1


def test_records_line_by_line_part_where_a_type_comes_again():
    accepted = {"card": {"c": [seen("c", 1)], "d": [seen("d", 3)]}, "tw.national_id": {"t": [seen("t", 0)], "u": [seen("u", 2)]}}
    assert persons.persons(accepted) == 2


def test_national_numbers_of_one_type_are_as_many_people():
    """A line that ends within a record ties each person to the next."""
    ids, cards = ({f"{kind}{n}": [seen(f"{kind}{n}", n), seen(f"{kind}{n}", n + shift, 2)] for n in range(5)} for kind, shift in (("t", 0), ("c", 1)))
    assert persons.persons({"tw.national_id": ids, "card": cards}) == 5
    assert persons.persons({"tw.passport": ids, "card": cards}) == 1


def test_values_of_a_row_are_told_apart_by_their_places():
    def at(value, place):
        return [Seen(value, 1, 0, 0, place, "body")]

    accepted = {"card": {"c2": at("c2", 30), "c1": at("c1", 10)}, "tw.national_id": {"t1": [*at("t1", 0), seen("t1", 1, 2)], "t2": [*at("t2", 20), seen("t2", 2, 2)]}}
    accepted["card"] |= {"c1": [*accepted["card"]["c1"], seen("c1", 1, 2)], "c2": [*accepted["card"]["c2"], seen("c2", 2, 2)]}
    assert persons.persons(accepted) == 2


def test_the_same_value_in_a_reply_chain_is_one():
    assert persons.persons({"tw.national_id": {"t": [seen("t", r) for r in range(9)]}}) == 1


def test_companies_are_no_persons():
    assert persons.persons({"tw.ubn": {"1": [seen("1", 0)], "2": [seen("2", 1)]}}) == 0


def test_numbers_of_several_countries_are_several_people():
    accepted = {name: {name: [seen(name, row)]} for row, name in enumerate(("tw.national_id", "hk.id", "jp.my_number"))}
    assert persons.persons(accepted) == 3


def test_two_names_are_two_records():
    accepted = {"card": {"c": [seen("c", 1)]}, "tw.national_id": {"t": [seen("t", 0)]}}
    assert persons.persons(accepted, lambda grid, row: ("陳小明", "林美玲")[row]) == 2
    assert persons.persons(accepted, lambda grid, row: "陳小明") == 1


def test_the_records_of_a_table_may_be_its_columns():
    def numbers(kinds, count, apart=1):
        return {kind: {f"{kind}{i}": [seen(f"{kind}{i}", row * apart)] for i in range(count)} for row, kind in enumerate(kinds)}

    assert persons.persons(numbers(("tw.passport", "tw.nhi_card", "card"), 4)) == 4
    assert persons.persons(numbers(("tw.passport", "tw.nhi_card"), 2)) == 4          # two lines of a sentence
    assert persons.persons(numbers(("tw.passport", "tw.nhi_card"), 4, apart=9)) == 8
    assert persons.persons(numbers(("tw.national_id", "cn.resident_id"), 4)) == 8
    one_more = numbers(("tw.passport", "tw.nhi_card"), 4)
    one_more["tw.passport"]["x"] = [seen("x", 0)]
    assert persons.persons(one_more) == 9


def test_people_of_one_sentence():
    accepted = {name: {name: [Seen(name, 1, 0, 0, place, "body")]} for name, place in (("tw.national_id", 5), ("card", 30), ("tw.passport", 60))}
    asked = []
    assert persons.persons(accepted, apart=lambda grid, row, places: bool(asked.append((grid, row, places))) or True) == 3
    assert asked == [(1, 0, [5, 30, 60])]
    assert persons.persons(accepted) == 1


def test_nobody_has_numbers_of_three_countries():
    def row(*names):
        return {name: {name: [seen(name, 0)]} for name in names}

    assert persons.persons(row("tw.national_id", "cn.resident_id", "jp.my_number", "kr.rrn")) == 4
    assert persons.persons(row("tw.national_id", "tw.resident_id", "hk.id", "card")) == 1
