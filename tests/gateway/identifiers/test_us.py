from __future__ import annotations

import pytest

from gateway.identifiers.us import ssn


@pytest.mark.parametrize(("value", "valid"), [
    ("080571085", True), ("451737610", True), ("000571085", False), ("666571085", False), ("900571085", False), ("080001085", False),
    ("080570000", False), ("078051120", False), ("08057108", False)])
def test_areas_that_are_issued(value, valid):
    assert ssn(value) is valid
