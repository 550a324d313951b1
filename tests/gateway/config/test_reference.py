"""The reference and the example are those of the schema. To write them anew: `python tests/builders/references.py`."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gateway.config import check, load
from gateway.config.reference import EXAMPLE, example, reference, toml
from gateway.config.schema import SECTIONS, TABLES, settings

DOCS = Path(__file__).parents[3] / "docs" / "reference"


@pytest.mark.parametrize(("file", "wanted"), [("config.md", reference()), ("example.toml", example())])
def test_the_files_are_up_to_date(file: str, wanted: str) -> None:
    assert (DOCS / file).read_text(encoding="utf-8") == wanted, "run: python tests/builders/references.py"


def test_every_setting_is_in_both() -> None:
    words = reference()
    for section in (*SECTIONS.values(), *TABLES.values()):
        for item in settings(section):
            assert f"| `{item.key}` |" in words and f"{item.key} = " in example()


def test_the_example_loads_and_means_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "sekisho.toml"
    path.write_text(example(), encoding="utf-8")
    assert check(path) == []
    config = load(path)
    assert config.limits == load(None).limits and config.console == load(None).console
    assert config.listeners[0].name == "inbound"


def test_the_example_with_every_default_open_is_the_same(tmp_path: Path) -> None:
    """What stands behind the comment signs is valid too."""
    path = tmp_path / "sekisho.toml"
    lines = [line.removeprefix("# ") if " = " in line and line.startswith("# ") and line.split()[1].isidentifier()
             and line.split()[2] == "=" else line for line in example().splitlines()]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert len(tomllib.loads("\n".join(lines))["limits"]) == len(settings(SECTIONS["limits"]))
    assert check(path) == []


def test_init_may_write_its_own_values() -> None:
    text = example({**EXAMPLE, ("quarantine", "key_file"): "/etc/sekisho/quarantine.key"})
    assert tomllib.loads(text)["quarantine"] == {"key_file": "/etc/sekisho/quarantine.key"}


@pytest.mark.parametrize("value", [True, 5, "a \"b\" \\ c", ["x", "y"], {"bank.jp": "ja"}, {}, [], "\x00\x1f\x7f\n隔離", date(2026, 12, 31),
                                   {"any": [{"not": {"from domain": ["x"]}}, {"persons": 3}]}])
def test_toml(value: Any) -> None:
    assert tomllib.loads(f"x = {toml(value)}")["x"] == value
