"""lzop files as lzop 1.04 wrote them; nothing but its own damage stops them."""

import base64
import contextlib
import zlib

import pytest

from gateway.extract.archive import lzop
from gateway.extract.archive.compressed import COMPRESSED
from gateway.extract.bounded import Budget, Damaged, LimitReached
from gateway.model.deadline import Limits
from tests.builders.archives import codes, content, take_apart

LINES = b"".join(b"line %d of a table, and the same again\n" % (i * i) for i in range(60)) + bytes(3000) + bytes(range(64)) * 3
BEST = base64.b64decode(                      # lzop -9 a.txt
    "iUxaTwANChoKEEAgoAlAAwkDAAABAACBpGsEap8AAAAABWEudHh0TzYF+wAAFeYAAAHA4eUbpzdsaW5lIDAgb2YgYSB0YWJsZSwgYW5kIHRoZSBzYW1lIGFn"
    "YWluCpUEMSAElQA0IASVADkgBcUBNiAEmgAyNSAEmQAzIAU1ATQgBW0CNiAFoQM4IAXWBDEwIAYNBjIgBj4BNDQgBoQFIAYlBjkgBigGIAYuBjI1IAY9ATgg"
    "BX8CMzI0IAYMCCAGFAsgBj4GNDQgBj0BOCAFfgI1MiAFvgM1NyAF/QQ2IAY9BjYgBj0BNyAGfQI3IAa9AzggBv0EOSAGPgY5NiAHvA0gBsIIMTAgBgYKMTEg"
    "BkkLMSAHjgwxMiAG0g0xMyAHFQ80IAdZEDUgB50RNiAH4RI2IAclFDcgBmcVMTg0IAfsEiAG5hcyMCAH9RIxIAdmGjIwIAWPAjIzMCAF1wMyNDAgBR4FMjUg"
    "BmYGMjYgB0UBNyAHjQI4IAfVAzkgBh0FMyAHZgYzMSAGrAdAxiAGZRkzIAY+CjM0IAGFCwAgAAAAAAAAAOYAACAAAACaAAAALQECAwQFBgcICQoLDA0ODxAR"
    "EhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+PyBf/AARAAAAAAAA")
TWO = base64.b64decode(                       # lzop -o b.lzo x.txt run.js
    "iUxaTwANChoKEEAgoAlAAQUDAAQBAACBpGsEap8AAAAABXgudHh0T20GEAAAAAUAAAAFBiwCFWhlbGxvAAAAAIlMWk8ADQoaChBAIKAJQAEFAwAEAQAAgaRr"
    "BGqfAAAAAAZydW4uanNWLAZrAAAAtAAAACFPekRxA3dvcmxkICB7FAAPd29ybGQgd29ybGQgd29ybGQgEQAAAAAAAA==")
FAST = base64.b64decode(                      # lzop --crc32 -1 run.js
    "iUxaTwANChoKEEAgoBABAgEDABEAAACBpGsEasoAAAAABnJ1bi5qc61ahOEAAAC0AAAAIbT2XGUDd29ybGQgIHsUAA93b3JsZCB3b3JsZCB3b3JsZCARAAAA"
    "AAAA")


def budget(**limits):
    return Budget(Limits(**limits), 1 << 30)


def test_members_as_they_were():
    assert lzop.unpack(budget(), BEST) == (LINES, b"") and lzop.name(BEST) == b"a.txt"
    first, rest = lzop.unpack(budget(), TWO)
    assert first == b"hello" and lzop.name(rest) == b"run.js" and lzop.unpack(budget(), rest) == (b"world " * 30, b"")
    assert lzop.unpack(budget(), FAST)[0] == b"world " * 30


def test_names_are_those_of_the_headers_and_of_the_file():
    found = take_apart(COMPRESSED, BEST, "report.csv.lzo")
    assert found[0].names == ("a.txt", "report.csv") and content(found) == {"a.txt": LINES} and codes(found) == set()
    found = take_apart(COMPRESSED, TWO, "x.lzo")
    assert [(c.names, c.data) for c in found][1:] == [(("run.js",), b"world " * 30)]
    assert take_apart(COMPRESSED, BEST + b"MZ" * 40, "x.lzo")[-1].data == b"MZ" * 40


def test_every_damage_is_told():
    for end in range(len(TWO)):
        for octet in (0, 255):
            with contextlib.suppress(Damaged, LimitReached):
                lzop.unpack(budget(), TWO[:end] + bytes((octet,)) + TWO[end + 1:])
        assert "MALFORMED" in codes(take_apart(COMPRESSED, BEST[:end], "a.lzo", kind="application/x-lzop"))


def block(packed, size):
    head = TWO[9:TWO.index(b"x.txt") + 5]
    return lzop.MAGIC + head + zlib.adler32(head).to_bytes(4, "big") + size.to_bytes(4, "big") + len(packed).to_bytes(4, "big") + packed


def test_lengths_beyond_the_block():
    with pytest.raises(ValueError, match="more than the block"):
        lzop.lzo1x(b"\0" + bytes(1 << 16) + b"\1" + b"a" * 40, 1 << 16)
    with pytest.raises(ValueError, match="before the beginning"):
        lzop.lzo1x(b"\x15abcd\x40\x7f", 100)
    with pytest.raises(LimitReached, match="100 to 1"):
        lzop.unpack(budget(ratio_floor=1000), block(bytes(50), 60000))
