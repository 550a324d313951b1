"""The schema itself: every setting has a sentence, a readable default, and a place in the reference."""

from __future__ import annotations

import dataclasses

import pytest

from gateway.config import load
from gateway.config.schema import REQUIRED, SECTIONS, TABLES, Setting, settings

ALL = [(section, s) for section, kind in {**SECTIONS, **TABLES}.items() for s in settings(kind)]


@pytest.mark.parametrize(("section", "one"), ALL, ids=[f"{section}.{s.key}" for section, s in ALL])
def test_every_setting_is_explained_and_its_default_is_right(section: str, one: Setting) -> None:
    assert one.doc.endswith(".") and len(one.doc) > 10
    if one.default is not REQUIRED:
        one.kind.read(one.default)


def test_sections_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        load(None).gateway.processes = 9                      # type: ignore[misc]
