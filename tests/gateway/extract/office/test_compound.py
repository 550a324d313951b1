from __future__ import annotations

import pytest

from gateway.extract.office.compound import Compound, Damaged
from tests.builders.documents import compound


def test_storages_streams_and_classes() -> None:
    data = compound({"A/B": b"x" * 10, "C": b"y" * 9000}, root="00020906-0000-0000-c000-000000000046",
                    classes={"A": "0003000c-0000-0000-c000-000000000046"})
    made = Compound(data, 1 << 20)
    storages = {s.path: s for s in made.storages()}
    assert made.root_id.startswith("00020906")
    assert storages[("A",)].read("b") == b"x" * 10 and storages[()].read("c") == b"y" * 9000
    assert storages[("A",)].class_id.startswith("0003000c")
    assert storages[()].read("nothing") == b""


def test_sum_of_streams_is_bounded() -> None:
    made = Compound(compound({"A": b"x" * 9000}), 0)
    made.left = 10
    assert made.read(("A",)) == b"" and made.problems


@pytest.mark.parametrize("bad", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600, b"x"])
def test_damage_is_told(bad: bytes) -> None:
    with pytest.raises(Damaged):
        Compound(bad, 1 << 20)
