"""Objects of JSON as the records they are: fields that stand in objects of their own, tables that name their columns once."""

from __future__ import annotations

from typing import Any

from gateway.extract import nesting

MOST_RECORDS = nesting.RECORDS           # of one file; beyond, it counts as too big to judge
COLUMNS = 16_384                         # of one record, as in a spreadsheet
GROUPED = 40                             # fields of an object within a record
VALUED = frozenset({"value", "val", "v", "text", "content", "data"})
"""Children, attributes or fields of what is one field of a record: what it says."""


def nested(value: Any, levels: int = 3) -> Any:
    """A record with the fields of the objects in it among its own: {"name": .., "contact": {"phone": ..}}; a list of one
    beside other fields is what is in it. As it is where an object is no group of fields (see `_group`) or two have fields of the
    same names."""
    if not isinstance(value, dict) or not levels or not any(isinstance(v, (dict, list)) for v in value.values()):
        return value
    found: dict[Any, Any] = {}
    for key, field in value.items():
        inner = nested(field[0] if isinstance(field, list) and len(field) == 1 < len(value) else field, levels - 1)
        if isinstance(inner, dict) and not _group(inner):
            return value
        fields = inner if isinstance(inner, dict) else {key: inner}
        if found.keys() & fields.keys():
            return value
        found |= fields
    return found


def _group(inner: dict[Any, Any]) -> bool:
    """Plain fields under names of their own: no list, no value in its wrapper ({"S": "A123456789"})."""
    return 0 < len(inner) <= GROUPED and not any(isinstance(v, (dict, list)) for v in inner.values()) and not all(
        len(name) < 3 or name.lower() in VALUED for name in map(str, inner))


def named_rows(value: dict[Any, Any]) -> list[tuple[str, ...]]:
    """The rows of an answer that names its columns once, apart from them, names first: {"columns": [..], "rows": [[..], ..]},
    also with an object around each name or cell, or with a column an object that counts its rows; [] for anything else."""
    lists = [found for v in value.values() if (found := _listed(v))]
    names = next((v for v in lists if all(isinstance(name, str) for name in map(inside, v))), None)
    rows = next((v for v in lists if v is not names and all(isinstance(row, list) for row in map(inside, v))), None)
    if names is not None and rows is not None:
        cells = [tuple(scalar(inside(cell)) for cell in inside(row)) for row in rows[:MOST_RECORDS]]
        return [tuple(map(inside, names)), *cells] if all(len(row) == len(names) for row in cells) else []
    columns = [v for v in value.values() if isinstance(v, dict)]
    if len(columns) == len(value) > 1 and all(v.keys() == columns[0].keys() for v in columns) and all(map(_counted, columns[0])):
        return [tuple(map(str, value)), *zip(*(map(scalar, v.values()) for v in columns), strict=True)]
    return []


def _counted(key: object) -> bool:
    return str(key).isdigit()


def _listed(value: Any) -> list[Any]:
    """A list, or the only one in an object: {"fields": [..]}."""
    inner = [v for v in value.values() if isinstance(v, list)] if isinstance(value, dict) else [value]
    return inner[0] if len(inner) == 1 and isinstance(inner[0], list) else []


def inside(value: Any) -> Any:
    """What an object around one name or cell holds: {"name": "id_no", "type": "STRING"}, {"v": "1"}, {"f": [..]}."""
    return next(iter(value.values()), "") if isinstance(value, dict) else value


def scalar(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e19:
        return str(int(value))
    return "" if value is None else str(value)
