"""The schema itself: every setting has a sentence, a readable default, and a place in the reference."""

from __future__ import annotations

import dataclasses

import pytest

from gateway.config import load
from gateway.config.schema import LAYER_GROUPS, LAYERS, REQUIRED, SECTIONS, TABLES, Setting, settings
from gateway.inspection import lockdown
from gateway.model.deadline import Limits

ALL = [(section, s) for section, kind in {**SECTIONS, **TABLES}.items() for s in settings(kind)]


@pytest.mark.parametrize(("section", "one"), ALL, ids=[f"{section}.{s.key}" for section, s in ALL])
def test_every_setting_is_explained_and_its_default_is_right(section: str, one: Setting) -> None:
    assert one.doc.endswith(".") and len(one.doc) > 10
    if one.default is not REQUIRED:
        one.kind.read(one.default)


def test_the_limits_of_an_inspection_are_those_of_the_model() -> None:
    assert load(None).limits.for_inspection() == Limits()


def test_the_layers_are_those_of_the_cell() -> None:
    assert set(LAYERS) == set(lockdown.LAYERS) and set(LAYER_GROUPS) == set(lockdown.GROUPS)


def test_sections_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        load(None).gateway.processes = 9                      # type: ignore[misc]
