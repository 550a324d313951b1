"""Builders of case octets."""

from __future__ import annotations

import pytest

from gateway.model.errors import ConfigError
from signatures.schema import build


@pytest.mark.parametrize(("entry", "data"), [
    ({"text": "密碼"}, "密碼".encode()), ({"utf16": "ab"}, b"a\0b\0"), ({"hex": "4d5a 90"}, b"MZ\x90"), ({"join": ["a", "b"]}, b"ab"),
    ({"text": "x", "pad": 2}, b"\0\0x"),
])
def test_build(entry, data):
    assert build(entry, "here") == data


@pytest.mark.parametrize("entry", [{}, {"text": "a", "hex": "00"}, {"hex": "zz"}, {"other": "a"}, {"text": 1}, {"join": [1]}])
def test_bad_case_says_where(entry):
    with pytest.raises(ConfigError, match=r"^here"):
        build(entry, "here")
