from __future__ import annotations

from gateway.extract.records.objects import named_rows, nested, scalar
from gateway.extract.records.structured import records
from gateway.model.content import Table


def test_fields_of_objects_belong_to_the_record_they_stand_in():
    people = [{"name": name, "contact": {"mail": f"{name}@x.example", "home": {"city": "Taipei"}}, "born": "1970-01-02"} for name in "ab"]
    assert [item.rows for item in records([people]) if isinstance(item, Table)] == [
        (("name", "mail", "city", "born"), ("a", "a@x.example", "Taipei", "1970-01-02"), ("b", "b@x.example", "Taipei", "1970-01-02"))]


def test_objects_that_are_no_groups_of_fields_stay():
    for value in ({"id": {"S": "A123456789"}}, {"id": {"value": "1"}}, {"a": {"name": "x"}, "b": {"name": "y"}}, {"a": {"list": ["x"]}},
                  {"a": {}}, {"name": "x"}, "x", {"a": {str(i): i for i in range(41)}}):
        assert nested(value) == value
    deep = {"one": {"two": {"three": {"four": {"five": "x"}}}}}
    assert nested(deep) == deep


def test_a_list_of_one_is_what_is_in_it():
    person = {"name": "x", "contact": {"phones": [{"type": "mobile", "number": "1"}], "emails": ["m"]}}
    assert nested(person) == {"name": "x", "type": "mobile", "number": "1", "emails": "m"}
    assert nested({"name": "x", "emails": ["m", "n"]}) == {"name": "x", "emails": ["m", "n"]}


def test_rows_under_names_that_are_told_once():
    assert named_rows({"columns": ["id", "name"], "rows": [[1.0, "x"]]}) == [("id", "name"), ("1", "x")]
    assert named_rows({"columns": ["id", "name"], "rows": [[1]]}) == []
    assert scalar(1e18) == "1000000000000000000"
