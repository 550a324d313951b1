from __future__ import annotations

import base64
import binascii
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


def coded_lines(how: str) -> bytes:
    data = octets(700_000)
    if how == "uuencode":
        return b"".join(binascii.b2a_uu(data[i:i + 45]) for i in range(0, len(data), 45))
    return base64.a85encode(data, wrapcol=76) if how == "ascii85" else base64.encodebytes(data)


@pytest.mark.parametrize("how", ["uuencode", "ascii85", "base64"])
def test_what_looks_for_numbers_does_not_read_the_middle_of_a_coding(how):
    coded = coded_lines(how)
    middle = coded.index(b"\n", len(coded) // 2) + 1
    put = b"A123456789 Chen Ta-wen\nB223-456-789\n"
    text = b"Dear all,\n" + coded[:middle] + put + coded[middle:] + b"\nregards, 12345\n"
    kept = noise.thinned(text)
    assert len(kept) < len(text) / 4 and kept.startswith(text[:1000]) and kept.endswith(text[-1000:])
    assert b"A123456789 Chen Ta-wen\n" in kept and b"B223-456-789\n" in kept


LOG = b"2026-05-10 12:00:%02d.123 INFO [w-%02d] user=%s took %d ms\n"


@pytest.mark.parametrize("text", [
    b"The committee met on 12 March and 14 April.\n" * 20_000,
    b"".join(b"C-%07d,Chen,09%08d,a%d@b.example\n" % (n * 7919 % 9999999, n * 104729 % 99999999, n) for n in range(20_000)),
    b"".join(LOG % (n % 60, n % 99, base64.b64encode(octets(18, n)), n) for n in range(12_000)),
    octets(400_000).hex().encode(), "客戶名單如下，請查收。\n".encode() * 20_000, bytes(500_000), octets(300_000),
])
def test_texts_tables_and_logs_are_read_in_full(text):
    assert noise.thinned(text) == text
