import pytest

from gateway.detect.base import Scope
from gateway.model.transaction import Direction


@pytest.mark.parametrize(("direction", "outbound"), [(Direction.INBOUND, False), (Direction.OUTBOUND, True), (Direction.INTERNAL, True)])
def test_what_does_not_come_from_outside_is_outbound(direction, outbound):
    assert Scope(direction, "", (), ()).outbound is outbound
