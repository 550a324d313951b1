"""Settings of the cell say what the cell and the model say."""

from __future__ import annotations

from gateway.config import load
from gateway.config.cell import LAYER_GROUPS, LAYERS
from gateway.inspection import lockdown
from gateway.model.deadline import Limits


def test_the_limits_of_an_inspection_are_those_of_the_model() -> None:
    assert load(None).limits.for_inspection() == Limits()


def test_the_layers_are_those_of_the_cell() -> None:
    assert set(LAYERS) == set(lockdown.LAYERS) and set(LAYER_GROUPS) == set(lockdown.GROUPS)
