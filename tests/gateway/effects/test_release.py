"""Finding a mark in a header block, and the digest of what stands below it."""

from __future__ import annotations

import hashlib
import os

import pytest

from gateway.effects.release import digest_below, find

VALUE = "v=1; id=" + "0" * 24 + "; n=1; exp=1790000000; k=" + "a" * 16 + "; h=" + "b" * 64
LINE = f"X-Sekisho-Release: {VALUE}\r\n".encode()


@pytest.mark.parametrize("above", [b"", b"Received: from a by b;\r\n\tdate\r\n"])
def test_found_and_what_is_below(above: bytes) -> None:
    below = b"Subject: x\r\n\r\nbody\r\n"
    line = find(above + LINE + below)
    assert line is not None and line.value == VALUE and line.below == len(above + LINE)
    fd = os.memfd_create("test")
    os.write(fd, above + LINE + below)
    assert digest_below(fd, line.below, len(above + LINE + below)) == hashlib.sha256(below).hexdigest()
    os.close(fd)


def test_folded_by_a_server_between() -> None:
    assert find(LINE.replace(b"; k=", b";\r\n\tk=") + b"\r\n").value == VALUE  # type: ignore[union-attr]


def test_the_topmost_counts() -> None:
    line = find(LINE + LINE.replace(b"b" * 64, b"c" * 64) + b"\r\n")
    assert line is not None and line.value == VALUE and line.below == len(LINE)


@pytest.mark.parametrize("block", [
    b"Subject: x\r\n\r\n", b"X-Sekisho-Release: yes\r\n\r\n", b"Subject: x-sekisho-release: v=1\r\n\r\n",
    LINE.replace(b"v=1", b"v=2") + b"\r\n", LINE.replace(b"X-Sekisho", b" X-Sekisho") + b"\r\n", b""])
def test_what_is_none(block: bytes) -> None:
    assert find(block) is None
