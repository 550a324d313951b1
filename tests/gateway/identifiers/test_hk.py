from __future__ import annotations

import pytest

from gateway.identifiers.hk import hkid


@pytest.mark.parametrize("value", ["H727406A", "WX8652404", "D1368533", "A1234563", "Z683365A"])
def test_identity_card(value):
    assert hkid(value)


@pytest.mark.parametrize("value", ["H7274069", "WX8652405", "11368533", "D136853B", "D136853", "1X8652404"])
def test_no_identity_card(value):
    assert not hkid(value)
