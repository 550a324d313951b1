"""What a message may use grows with what it is."""

from __future__ import annotations

import math

from gateway.extract.allowance import EACH, GRACE, INBOUND, INSIDE, MEGABYTE, OUTBOUND, READ, READING, Allowance


def test_nobody_counts_where_nothing_is_said() -> None:
    assert math.isinf(Allowance().seconds())


def test_octets_pieces_and_what_is_unpacked_add_to_it() -> None:
    small = Allowance(1.5, INBOUND, 10_000)
    large = Allowance(1.5, INBOUND, 10 * MEGABYTE)
    assert 1.5 < small.seconds() < 1.51
    assert large.seconds() == 1.5 + 10 * INBOUND.wire
    for _ in range(100):
        large.add(MEGABYTE)
    assert large.seconds() == 1.5 + 10 * INBOUND.wire + 100 * INBOUND.inside + 100 * EACH


def test_a_bomb_adds_no_more_than_logs_do() -> None:
    bomb = Allowance(1.5, OUTBOUND, 10_000)
    bomb.add(500 * MEGABYTE)
    assert bomb.seconds() < 1.5 + EACH + (INSIDE + 1) * 10_000 / MEGABYTE


def test_slow_machines_have_longer() -> None:
    assert Allowance(1.5, INBOUND, 0, pace=3.0).seconds() == 4.5


def test_pictures_with_letters_add_by_their_pixels() -> None:
    scan = Allowance(1.5, OUTBOUND, 10_000)
    scan.look(8_700_000)
    assert 10.0 < scan.seconds() < 27.0


def test_there_is_a_most_and_a_little_behind_it() -> None:
    vast = Allowance(1.5, OUTBOUND, 500 * MEGABYTE, most=27.0)
    assert vast.seconds() == 27.0
    vast.grant()
    assert vast.seconds() == 27.0 + GRACE


def test_pictures_that_are_read_add_beyond_the_most() -> None:
    assert Allowance(1.5, OUTBOUND, read=1).seconds() == 1.5 + READ
    scan = Allowance(1.5, OUTBOUND, 500 * MEGABYTE, most=27.0, read=1)
    assert scan.seconds() == 27.0 + READ
    scan.read = 100
    assert scan.seconds() == READING
    scan.programs, scan.own = 20.0, lambda: 15.0
    assert scan.left() == 5.0
    assert Allowance(1.5, OUTBOUND, 500 * MEGABYTE, most=60.0, read=5).seconds() == 60.0
