from __future__ import annotations

from gateway.identifiers.bank import tw_account


def test_ten_to_sixteen_digits_that_are_not_all_alike():
    assert tw_account("538738621485")
    assert not tw_account("538738621")
    assert not tw_account("00000000000000")
    assert not tw_account("12345678901234567")
