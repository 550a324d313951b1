from __future__ import annotations

import struct

import pytest

from gateway.extract.office.richtext.lzfu import decompress


def test_the_example_of_the_specification() -> None:
    # [MS-OXRTFCP] 3.2.1
    data = bytes.fromhex("2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0")
    assert decompress(data) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


def test_stored_and_wrong() -> None:
    assert decompress(struct.pack("<IIII", 17, 5, 0x414C454D, 0) + b"{\\rt}") == b"{\\rt}"
    with pytest.raises(ValueError):
        decompress(b"x" * 20)
    with pytest.raises(ValueError):
        decompress(b"")
