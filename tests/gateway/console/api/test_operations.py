from __future__ import annotations

import re

from gateway.console.api.operations import BASE, OPERATIONS
from gateway.console.api.schema import SCHEMAS
from quarantine import tokens


def test_what_programs_are_offered_and_nothing_else() -> None:
    assert {o.verb for o in OPERATIONS} == tokens.OFFERED


def test_addresses_are_unambiguous() -> None:
    id = "0" * 24
    for operation in OPERATIONS:
        path = BASE + operation.path.replace("{id}", id)
        same = [o for o in OPERATIONS if o.pattern.fullmatch(path) and o.method == operation.method]
        assert same == [operation], path
        assert re.fullmatch(r"(/[a-z-]+|/\{id\})+", operation.path)


def test_answers_and_fields_are_described() -> None:
    for operation in OPERATIONS:
        assert operation.answer == "octets" or operation.answer in SCHEMAS
        assert operation.summary[0].isupper() and not operation.summary.endswith(".")
        assert all(f.doc.endswith(".") for f in operation.fields)
        assert operation.method == "POST" or not any(f.kind in ("rows", "texts") for f in operation.fields)
