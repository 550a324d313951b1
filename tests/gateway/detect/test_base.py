import pytest

from gateway.detect.base import Allowance, Scope, TooMuch
from gateway.model.transaction import Direction


@pytest.mark.parametrize(("direction", "outbound"), [(Direction.INBOUND, False), (Direction.OUTBOUND, True), (Direction.INTERNAL, True)])
def test_what_does_not_come_from_outside_is_outbound(direction, outbound):
    assert Scope(direction, "", (), ()).outbound is outbound


def test_an_allowance_is_used_up():
    some = Allowance(2)
    some.spend()
    some.spend()
    with pytest.raises(TooMuch):
        some.spend()
