from __future__ import annotations

import random
import re

import pytest

from gateway.extract.text.escapes import PIECE, undone
from tests.builders.growth import linear


@pytest.mark.parametrize("sign", [b"=", b"%"])
@pytest.mark.parametrize("seed", range(20))
def test_as_a_pattern_would_do_it(sign: bytes, seed: int) -> None:
    pick = random.Random(seed)
    text = bytes(pick.choices(b"=%4fFgA1\n\xe5", k=2000))
    found = re.compile(sign + rb"([0-9A-Fa-f]{2})")
    assert undone(text, sign) == found.sub(lambda m: bytes((int(m[1], 16),)), text)
    assert undone(text, sign, kept=False) == found.sub(b"", text)


@pytest.mark.parametrize("before", range(4))
def test_a_sign_where_two_pieces_meet(before: int) -> None:
    text = b"x" * (PIECE - before) + b"=41=zz=4" + b"y" * 10
    assert undone(text, b"=") == b"x" * (PIECE - before) + b"A=zz=4" + b"y" * 10
    assert undone(b"", b"=") == b""


def test_the_cost_grows_with_the_text() -> None:
    assert linear(lambda text: undone(text, b"="), lambda count: b"=e4" * count, 500_000)
