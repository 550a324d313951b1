from __future__ import annotations

import dataclasses

from gateway.config.setting import REQUIRED, setting
from gateway.config.values import TEXT


def test_a_setting_carries_what_the_reader_and_the_reference_need() -> None:
    made = dataclasses.make_dataclass("Section", [("name", str, setting(TEXT, REQUIRED, "What it is called.", "the first"))])
    (field,) = dataclasses.fields(made)
    assert field.metadata == {"kind": TEXT, "default": REQUIRED, "doc": "What it is called.", "filled": "the first"}
    assert field.default is dataclasses.MISSING, "the reader gives every value; nothing is left to the class"
