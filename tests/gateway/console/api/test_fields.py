from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from gateway.console.api.fields import Field, Wrong, read

GOOD: list[tuple[Field, Any]] = [
    (Field("a", "text", "x", longest=3), "名單x"), (Field("a", "text", "x", choice=("b", "c")), "c"),
    (Field("a", "id", "x"), "0" * 24), (Field("a", "integer", "x", least=1, most=9), 9), (Field("a", "flag", "x"), True),
    (Field("a", "words", "x", most=2), ["a", "b"]), (Field("a", "rows", "x"), [{"b": 1}]), (Field("a", "texts", "x"), {"b": "c"}),
]
BAD: list[tuple[Field, Any]] = [
    (Field("a", "text", "x", longest=3), "abcd"), (Field("a", "text", "x"), 5), (Field("a", "text", "x"), None),
    (Field("a", "text", "x", choice=("b",)), "c"), (Field("a", "id", "x"), "u" * 24), (Field("a", "id", "x"), "0" * 25),
    (Field("a", "integer", "x", least=1, most=9), 10), (Field("a", "integer", "x"), True), (Field("a", "integer", "x"), "5"),
    (Field("a", "integer", "x"), 1.5), (Field("a", "flag", "x"), 1), (Field("a", "words", "x", most=2), ["a", "b", "c"]),
    (Field("a", "words", "x"), "a"), (Field("a", "words", "x"), [5]), (Field("a", "rows", "x"), [5]), (Field("a", "rows", "x"), {}),
    (Field("a", "texts", "x"), {"b": 5}), (Field("a", "texts", "x"), []),
]


@pytest.mark.parametrize(("field", "value"), GOOD)
def test_what_is_right_by_check_and_schema(field: Field, value: Any) -> None:
    assert field.read(value) == value and Draft202012Validator(field.schema()).is_valid(value)


@pytest.mark.parametrize(("field", "value"), BAD)
def test_what_is_wrong_by_check_and_schema(field: Field, value: Any) -> None:
    assert not Draft202012Validator(field.schema()).is_valid(value)
    with pytest.raises(Wrong, match=r"^a "):
        field.read(value)


@pytest.mark.parametrize("text", ["2026-11-21T14:05:00+08:00", "2026-11-21T06:05:00Z"])
def test_times_with_their_offset(text: str) -> None:
    assert Field("a", "time", "x").read(text).startswith("2026-11-21T")


@pytest.mark.parametrize("text", ["2026-11-21T14:05:00", "2026-11-21", "x", "", 5, "2026-11-21T14:05:00+08:00" * 2])
def test_no_times(text: Any) -> None:
    with pytest.raises(Wrong, match="with its offset"):
        Field("a", "time", "x").read(text)


def test_of_a_query_string() -> None:
    number, flag, words = Field("n", "integer", "x"), Field("f", "flag", "x"), Field("w", "words", "x")
    assert read((number, flag, words), {"n": ["5"], "f": ["true"], "w": ["a", "b"]}, True) == {"n": 5, "f": True, "w": ["a", "b"]}
    for given in ({"n": ["5", "6"]}, {"n": ["five"]}, {"n": ["9" * 30]}, {"f": ["1"]}):
        with pytest.raises(Wrong):
            read((number, flag, words), given, True)


def test_unknown_and_missing() -> None:
    with pytest.raises(Wrong, match=r"there is no field 'b' here; there are: a"):
        read((Field("a", "text", "x"),), {"b": "c"}, False)
    with pytest.raises(Wrong, match="a is missing: why"):
        read((Field("a", "text", "why", required=True),), {}, False)
