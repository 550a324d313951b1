from __future__ import annotations

import pytest

from gateway.identifiers import travel


@pytest.mark.parametrize("field", ["L898902C36", "7408122", "1204159", "D231458907", "ZE184226B<<<<<1"])      # ICAO 9303-4, 9303-5
def test_check_digits_of_the_standard_are_right(field):
    assert travel.check_digit(field[:-1]) == field[-1] and travel.checked(field)


@pytest.mark.parametrize("field", ["L898902C37", "L898902C3く", "L89|902C36", "6", ""])
def test_what_does_not_end_with_one_is_not_checked(field):
    assert not travel.checked(field)
