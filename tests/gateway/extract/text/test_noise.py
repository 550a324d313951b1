from __future__ import annotations

import base64
import random

import pytest

from gateway.extract.text import noise


def never(beginning: bytes) -> bool:
    return False


def octets(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


@pytest.mark.parametrize("run", [base64.encodebytes(octets(400_000)), base64.encodebytes(octets(400_000)).replace(b"\n", b"\r\n"),
                                 octets(300_000).hex().encode()])
def test_the_middle_of_a_long_run_is_left_out(run):
    data = b"Dear all,\nthe file: " + run + b"\nregards, 12345\n"
    kept = noise.shortened(data, never)
    assert len(kept) < 3 * noise.KEPT and kept[:1000] == data[:1000] and kept[-1000:] == data[-1000:]
    assert len(kept) > noise.KEPT


def test_what_means_something_stays_whole():
    data = b"".join(base64.encodebytes(octets(200_000, n)) + b"-- \n" for n in range(3))
    asked: list[bytes] = []

    def second(beginning: bytes) -> bool:
        asked.append(beginning)
        return len(asked) == 2

    kept = noise.shortened(data, second)
    parts = data.split(b"-- \n")
    assert len(asked) == 3 and parts[1] in kept and parts[0] not in kept and parts[2] not in kept
    assert all(part[:noise.KEPT // 2] in beginning for part, beginning in zip(parts, asked, strict=False))


def test_a_run_begins_with_the_word_before_it():
    coded = base64.encodebytes(octets(300_000))
    for before in (b"key: TVqQ", b"x\n", b"", b"word another"):
        (begin, end), = noise.runs(before + coded)
        assert len(before + coded) - end < 2
        assert begin == len(before) - len(before.rpartition(b" ")[2])


@pytest.mark.parametrize("text", [b"The committee met on 12 March.\n" * 20_000, b"C-1234567,Chen,0912345678,a@b.example\n" * 10_000,
                                  (base64.encodebytes(octets(20_000)) + b"\n") * 20, b"> " + base64.encodebytes(octets(300_000)).replace(b"\n", b"\n> ")])
def test_other_texts_stay_as_they_are(text):
    assert noise.shortened(text, never) == text
