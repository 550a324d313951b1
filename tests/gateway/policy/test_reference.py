"""The reference of the policy language is that of its tables."""

from __future__ import annotations

from pathlib import Path

from gateway.policy.parse import packaged
from gateway.policy.reference import reference
from gateway.policy.words import CONDITIONS

FILE = Path(__file__).parents[3] / "docs" / "reference" / "policy.md"


def test_the_file_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == reference(), "run: python tests/builders/references.py"


def test_every_condition_and_every_packaged_rule_is_in_it() -> None:
    words = reference()
    assert all(f"| `{key}` |" in words for key in CONDITIONS)
    assert all(f"| `{entry.table['id']}` |" in words for entry in packaged())


def test_tables_are_whole() -> None:
    """A bar inside a cell is escaped, so every row has as many cells as its heading."""
    width = 0
    for line in reference().splitlines():
        cells = line.replace("\\|", "").count("|")
        if not line.startswith("|"):
            width = 0
        elif width:
            assert cells == width, line
        else:
            width = cells
