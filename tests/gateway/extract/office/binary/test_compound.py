from __future__ import annotations

import pytest

from gateway.extract.office.binary.compound import Compound, Damaged
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


def test_sizes_beyond_the_file_are_not_followed() -> None:
    data = bytearray(compound({"A": b"x" * 9000}))
    at = data.find("A".encode("utf-16-le") + bytes(60))
    data[at + 120:at + 124] = b"\xff\xff\xff\x7f"
    made = Compound(bytes(data), 1 << 30)
    assert not made.honest() and Compound(compound({"A": b"x"}), 1 << 20).honest()
    assert made.read(("A",)) == b"" and "larger" in made.problems[0].detail
    root = data.find("Root Entry".encode("utf-16-le"))
    data[root + 120:root + 124] = b"\xff\xff\xff\x7f"
    with pytest.raises(Damaged):
        Compound(bytes(data), 1 << 30)
    data[44:48] = b"\xff\xff\xff\x7f"
    with pytest.raises(Damaged, match="sectors"):
        Compound(bytes(data), 1 << 30)


@pytest.mark.parametrize("bad", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600, b"x"])
def test_damage_is_told(bad: bytes) -> None:
    with pytest.raises(Damaged):
        Compound(bad, 1 << 20)
