"""Only CR LF ends a line and only CR LF . CR LF ends a message, however the octets are cut."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.edge.framing import MAX_LINE, BadLine, ChunkFramer, DataFramer, count_stray, take_line


def frame(wire: bytes, cuts: list[int], normalise: bool = False) -> tuple[bytes, bool, bytes, int]:
    """(content, ended, rest, stray) of `wire` fed in pieces."""
    framer, content, at = DataFramer(normalise), b"", 0
    for cut in [*sorted({c % (len(wire) + 1) for c in cuts}), len(wire)]:
        piece = framer.feed(wire[at:cut])
        content += piece.content
        at = cut
        if piece.ended:
            return content, True, piece.rest + wire[at:], framer.stray
    return content, False, b"", framer.stray


ENDS = [b"\r", b"\n", b".", b"\r\n", b"..", b"\r\n.", b"\r\n.\r\n", b"\n.\n", b"\r.\r", b"\r\n.\r", b"\r\n.\n", b"\n.\r\n",
        b"\0", b"a", b"\xc2\x85", b"\x0b", b" "]
wires = st.lists(st.sampled_from(ENDS), max_size=14).map(b"".join)
cuts = st.lists(st.integers(0, 60), max_size=12)


@given(wires, cuts)
def test_the_first_true_end_is_the_only_end(before: bytes, at: list[int]) -> None:
    """Oracle: the first CR LF . CR LF of the stream, the start counting as a line start."""
    wire = before + b"\r\n.\r\nREST"
    end = (b"\r\n" + wire).index(b"\r\n.\r\n")
    content, ended, rest, stray = frame(wire, at)
    assert ended
    assert rest == wire[end + 3:]
    assert content == re.sub(rb"(\A|\r\n)\.", rb"\1", wire[:end])
    assert stray == count_stray(content)


@given(st.binary(max_size=200), cuts)
def test_what_was_stuffed_comes_back(body: bytes, at: list[int]) -> None:
    body = body.replace(b"\r", b"").replace(b"\n", b"\r\n") + b"\r\n"
    wire = re.sub(rb"(\A|\r\n)\.", rb"\1..", body) + b".\r\n"
    assert frame(wire, at) == (body, True, b"", 0)


@given(wires, cuts)
def test_normalised_content_has_no_stray_octet(before: bytes, at: list[int]) -> None:
    content, ended, _, _ = frame(before + b"\r\n.\r\n", at, normalise=True)
    assert ended and count_stray(content) == 0


@pytest.mark.parametrize("smuggled", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n.\r", b"\r\n.\0\r\n", b"\r\n.\r\r\n", b"\n.\r"])
def test_look_alikes_end_nothing_and_are_counted(smuggled: bytes) -> None:
    content, ended, rest, stray = frame(b"a" + smuggled + b"MAIL FROM:<x@y>\r\n.\r\n", [3])
    assert ended and rest == b"" and b"MAIL FROM" in content
    assert bool(stray) is (b"\0" not in smuggled)


@given(st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"a", b"\xff", b"\x85", b"\0"]), max_size=12).map(b"".join))
def test_stray_octets_are_counted_one_by_one(data: bytes) -> None:
    assert count_stray(data) == len(re.findall(rb"\r(?!\n)|(?<!\r)\n", data))


def test_empty_message() -> None:
    assert frame(b".\r\nQUIT\r\n", [1, 2]) == (b"", True, b"QUIT\r\n", 0)


@given(st.lists(st.sampled_from([b"a", b"\r\n", b"\r", b"\n", b".", b""]), max_size=10), st.booleans())
def test_chunks_keep_their_octets_unless_told_otherwise(pieces: list[bytes], normalise: bool) -> None:
    framer = ChunkFramer(normalise)
    content = b"".join(framer.feed(p) for p in pieces) + framer.close()
    whole = b"".join(pieces)
    wanted = re.sub(rb"\r\n|\r|\n", b"\r\n", whole) if normalise else whole
    assert content == (wanted if not wanted or wanted.endswith(b"\r\n") else wanted + b"\r\n")
    assert framer.stray == count_stray(whole)


def test_lines_are_taken_one_by_one() -> None:
    buffer = bytearray(b"EHLO a\r\nNOOP\r\nQU")
    assert [take_line(buffer), take_line(buffer), take_line(buffer)] == [b"EHLO a", b"NOOP", None]
    assert buffer == b"QU"


@pytest.mark.parametrize("line", [b"NOOP\n", b"\n", b"NOOP\rNOOP\r\n", b"NO\0OP\r\n", b"\r\r\n", b"a" * MAX_LINE])
def test_bad_lines(line: bytes) -> None:
    with pytest.raises(BadLine):
        take_line(bytearray(line))


def test_the_longest_line_passes() -> None:
    assert take_line(bytearray(b"a" * (MAX_LINE - 2) + b"\r\n")) == b"a" * (MAX_LINE - 2)
