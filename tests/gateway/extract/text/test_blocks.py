from __future__ import annotations

import base64
import gzip
import json
import os
import time
import zlib
from urllib.parse import quote, unquote_to_bytes

import pytest

from gateway.extract.base import Context, Node, Problem
from gateway.extract.text.blocks import BLOCKS, HEX, MOST_BLOCKS, hexed, unquoted, worth
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode

PLAIN = ("姓名,身分證字號\n" + "林美玲,V115718705\n" * 6).encode()


def children(data, outbound=True, kind="text/plain"):
    node = Node(Artifact(1, 0, ArtifactKind.PART), data, kind)
    return [c.data for c in BLOCKS.extract(node, Context(Limits(), outbound=outbound))] if BLOCKS.claims(node) else []


def test_the_last_line_of_a_dump_is_short():
    data = PLAIN[:len(PLAIN) // 16 * 16 + 2]
    lines = (f"{i:08x}  {data[i:i + 16].hex(' '):47s}  |{'.' * len(data[i:i + 16])}|" for i in range(0, len(data), 16))
    assert data in children("\n".join(lines).encode())


def test_the_last_octet_of_each_line_of_a_dump_before_the_ends_of_windows():
    assert PLAIN in children("\r\n".join(f"{i:04X}: {PLAIN[i:i + 16].hex(' ').upper()}" for i in range(0, len(PLAIN), 16)).encode())


def folded(text, width=76):
    return b"\n".join(text[i:i + width] for i in range(0, len(text), width))


@pytest.mark.parametrize("encode", [
    lambda p: base64.b64encode(p), lambda p: folded(base64.b64encode(p)), lambda p: base64.urlsafe_b64encode(p), lambda p: p.hex().encode(),
    lambda p: folded(p.hex().encode()), lambda p: json.dumps(folded(base64.b64encode(p)).decode() + "\n").encode(),
    lambda p: json.dumps(folded(base64.b64encode(p)).decode().splitlines(keepends=True), indent=2).encode(),
    lambda p: folded(p.hex().upper().encode(), 100).replace(b"\n", b"\n310\n"), lambda p: p.hex(" ").encode(), lambda p: base64.b32encode(p), lambda p: quote(p).encode()])
def test_text_in_an_encoding(encode):
    assert PLAIN in children(b"config:\n" + encode(PLAIN) + b"\n\nbye")


@pytest.mark.parametrize("between", ["'\n    '", '" +\n  "', '"\n"', '" .\n    "', '",\n "', '" \\\n"', "'\n + '"])
def test_literals_of_one_string(between):
    encoded = base64.b64encode(PLAIN).decode()
    lines = [encoded[i:i + 60] for i in range(0, len(encoded), 60)]
    assert PLAIN in children(f"data = ({between[-1]}{between.join(lines)}{between[-1]})\n".encode())


def test_in_armour_whatever_its_words():
    for name in ("CERTIFICATE", "PGP MESSAGE", "RSA PRIVATE KEY", "DATA"):
        body = f"-----BEGIN {name}-----\n".encode() + folded(base64.b64encode(PLAIN), 64) + f"\n-----END {name}-----\n".encode()
        assert PLAIN in children(b"see:\n" + body), name


def test_in_armour():
    for length in (len(PLAIN), len(PLAIN) // 3 * 3):      # with and without a sign of padding before the last line
        packed = folded(base64.b64encode(PLAIN[:length]), 64).strip()
        assert PLAIN[:length] in children(b"-----BEGIN DATA-----\n" + packed + b"\n-----END DATA-----\n", kind="application/x-pem")


def test_backslash_escapes():
    text = '"' + "".join(f"\\u{ord(c):04x}" if c > "~" else c for c in PLAIN.decode().replace("\n", " ")) + '"'
    assert any("林美玲,V115718705" in c.decode() for c in children(text.encode()))


def test_containers():
    packed = gzip.compress(os.urandom(200))
    assert packed in children(base64.b64encode(packed))


def test_noise_is_nothing():
    assert children(b"-----BEGIN CERTIFICATE-----\n" + folded(base64.b64encode(os.urandom(900)), 64) + b"\n-----END") == []
    assert children(os.urandom(64).hex().encode()) == []
    assert not worth(os.urandom(64))


def test_inbound_and_binary_are_left_alone():
    assert children(base64.b64encode(PLAIN), outbound=False) == []
    assert children(b"\xff" * 100 + base64.b64encode(PLAIN), kind="application/octet-stream") == []
    assert children(base64.b64encode(PLAIN), kind="image/png") == []


@pytest.mark.parametrize("data", [b"A" * 300_000, b"ab " * 100_000, b"%41" * 100_000 + b" ", b"A234567" * 40_000 + b"!", b"0x" * 100_000, b"\\u00" * 60_000,
                                  b"aaaaaaaa\n" * 30_000, b"%4" * 100_000, b"1," * 150_000, b"\\\\01" * 90_000, b"abc%2B" * 60_000 + b"!", b"00000000 " * 40_000, b"000000: 1234 " * 30_000])
def test_linear(data):
    started = time.process_time()
    children(data)
    assert time.process_time() - started < 3


def test_long_runs_that_end_badly_are_linear():
    """Nested repetition made one line of 3 kB cost minutes."""
    for run in (b"A" * 3000 + b"==A", b"ABCDEFGH" * 400 + b"x", (b"A" * 76 + b"\r\n") * 200 + b"==="):
        list(BLOCKS.extract(Node(Artifact(1, 0, ArtifactKind.PART), run, "text/plain"), Context(Limits(), outbound=True)))


def _dump(plain):
    lines = (plain[i:i + 16] for i in range(0, len(plain), 16))
    return "\n".join(f"{n * 16:08x}  {line.hex(' '):<48} |................|" for n, line in enumerate(lines)).encode()


@pytest.mark.parametrize("encode", [
    _dump, lambda p: b"<~" + base64.a85encode(p) + b"~>", lambda p: "".join(f"&#{ord(c)};" for c in p.decode()).encode(),
    lambda p: base64.b64encode(zlib.compress(p)), lambda p: base64.b64encode(zlib.compress(p)[2:-4]), lambda p: base64.b64encode(p.decode().encode("utf-16-le"))])
def test_dumps_references_packed_and_wide_text(encode):
    assert any("林美玲,V115718705" in c.decode("utf-8", "replace") for c in children(b"config:\n" + encode(PLAIN) + b"\n\nbye"))


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("encode", [lambda p: folded(base64.b64encode(p)), lambda p: p.hex().encode(), _dump])
def test_codings_that_powershell_redirected_to_a_file(encode, charset):
    assert PLAIN in children(encode(PLAIN).decode().replace("\n", "\r\n").encode(charset))
    assert children(("姓名\r\n" + "order 0123456789 of today\r\n" * 9).encode(charset)) == []


def _xxd(plain):
    lines = (plain[i:i + 16] for i in range(0, len(plain), 16))
    return "\n".join(f"{n * 16:08x}: {line.hex(' ', 2):<39}  {'12 34 56 78 9012'[:len(line)]}" for n, line in enumerate(lines)).encode()


def _quoted(plain):
    return b"https://x.example/p?d=" + quote(base64.b64encode(plain)).encode()


@pytest.mark.parametrize("encode", [
    _xxd, _quoted, lambda p: "".join(f"\\u{{{ord(c):x}}}" for c in p.decode()).encode(), lambda p: b"'" + b"".join(b"\\%03o" % c for c in p) + b"'",
    lambda p: b"".join(b"\\x%02x" % c if c > 127 else bytes((c,)) for c in p).replace(b"\n", b"\\012"),
    lambda p: b"{" + b", ".join(b"0x%02x" % c for c in p) + b"}", lambda p: b"[" + b", ".join(b"%d" % c for c in p) + b"]",
    lambda p: ("f(" + ",".join(str(ord(c)) for c in p.decode()) + ")").encode(), lambda p: " ".join(f"{c:08b}" for c in p).encode(),
    lambda p: "".join(c if c.isascii() and c.isalnum() else f"%{ord(c):02X}" if c.isascii() else f"%u{ord(c):04X}" for c in p.decode()).encode()])
def test_more_ways_of_programs_to_write_octets(encode):
    found = b"\n".join(children(b"data:\n" + encode(PLAIN) + b"\n\nbye")).decode("utf-8", "replace")
    assert "V115718705" in found and "林美玲" in found


def test_lists_of_amounts_are_no_text():
    assert children(b", ".join(b"%d" % (n * 37 % 200) for n in range(300))) == []
    assert children(b" ".join(b"%08d" % (n % 2) for n in range(300))) == []
    assert children(b"1.5, 2.5, 3.5, " * 40) == []


def test_addresses_in_a_log_are_read_as_one_text():
    log = b"".join(b'10.0.0.1 "GET /q?hkid=P089256%288%29&n=' + str(n).encode() + b' HTTP/1.1" 200\n' for n in range(300))
    found = children(log)
    assert len(found) == 1 and found[0].count(b"hkid=P089256(8)") == 300


def test_references_to_blanks_do_not_part_a_table():
    text = "身分證\tX\n陳碧雲\tV115718705\n"
    assert children("".join(f"&#x{ord(c):x};" for c in text).encode()) == [text.encode()]


def test_what_is_no_dump():
    assert children(b"deadbeef 12 34 56 78\n" * 2) == []
    assert children(b"<~ see above ~> &#20; 20% 30%") == []


@pytest.mark.parametrize("width", (32, 60, 64, 76, 128))
@pytest.mark.parametrize("end", (b"\n", b"\r\n", b" \n> ", b"\n\n"))
def test_lines_of_digits_of_any_width_are_one_block(width, end):
    digits = bytes(range(256)).hex().encode() * 3
    lines = [digits[i:i + width] for i in range(0, len(digits), width)]
    found = [m[0] for m in HEX.finditer(b"x: " + end.join(lines) + b" y")]
    assert found == ([line for line in lines if len(line) >= 64] if end == b"\n\n" else [end.join(lines)])


@pytest.mark.parametrize("piece", [3, 17, 64])
def test_percent_is_undone_piece_by_piece(monkeypatch, piece):
    monkeypatch.setattr("gateway.extract.text.blocks.PIECE", piece)
    text = b"%41%4%4g%%41 a%zz%C3%A9%" * 9 + b"%e4%b8%80%3"
    assert unquoted(text) == unquote_to_bytes(text)


def test_long_noise_is_not_worked_through_and_hides_nothing_behind_it():
    noise = base64.encodebytes(os.urandom(300_000))
    assert children(noise) == []
    assert PLAIN * 4000 in children(folded(base64.b64encode(PLAIN * 4000)))
    assert PLAIN in children(noise + b"\n-- \n" + base64.encodebytes(PLAIN))
    assert PLAIN in children(base64.encodebytes(PLAIN) + b"\n-- \n" + noise)


def test_many_blocks_hide_none_behind_them():
    """Two hundred decoys had the next block not looked at."""
    lines = [base64.b64encode(f"a line of a journal, number {n}, as any".encode()) for n in range(250)]
    found = children(b" ;\n".join([*lines, base64.b64encode(PLAIN)]))
    assert len(found) == MOST_BLOCKS + 1
    assert PLAIN in found[-1] and b"number 249" in found[-1]


def test_blocks_that_unpack_to_too_much_end():
    packed = [base64.b64encode(zlib.compress(b"a line of a journal\n" * 10_000 + b"%d" % n)) for n in range(300)]
    node = Node(Artifact(1, 0, ArtifactKind.PART), b" ;\n".join(packed), "text/plain")
    found = list(BLOCKS.extract(node, Context(Limits(ratio=20, ratio_floor=1 << 20), outbound=True)))
    assert [one.code for one in found if isinstance(one, Problem)] == [IncidentCode.SIZE]
    packed = base64.b64encode(zlib.compress(b"a line of a journal\n" * 100_000))
    node = Node(Artifact(1, 0, ArtifactKind.PART), packed, "text/plain")
    found = list(BLOCKS.extract(node, Context(Limits(ratio_floor=1 << 16), outbound=True)))
    assert found[0].code is IncidentCode.RATIO and found[1].data.startswith(b"a line")


def test_text_with_characters_without_a_width():
    assert worth("\n".join("客戶王小明 " + "\u200b".join(f"A12345678{n}") for n in range(9)).encode())


@pytest.mark.parametrize(("text", "coded"), [
    (b"hello name 123\n".hex() * 20, True), ("1234567890" * 40, False), (bytes(range(256)).hex(), False), ("no digits", False), ("", False), ("6", False)])
def test_texts_that_are_hex_digits_of_something(text: str, coded: bool) -> None:
    assert hexed(text) == coded


def test_base32_in_small_letters():
    coded = base64.b32encode(PLAIN).lower()
    assert PLAIN in children(b"config:\n" + folded(coded, 64) + b"\n\nbye")
    assert not children(b"seed:\n" + folded(coded[::-1], 64)) and not children(b"a word of many letters stands here\n" * 9)


def test_octets_in_hex_with_a_mark_at_the_end_of_each_line():
    for mark in ":-,":
        octets = PLAIN.hex(mark)
        assert PLAIN in children("\n    ".join(octets[i:i + 45] for i in range(0, len(octets), 45)).encode())


def test_references_a_line_each_are_one_text():
    lines = ["".join(f"&#{ord(c)};" for c in value) for value in ("V115718705", "A123456789")]
    assert children("\n".join(lines).encode()) == [b"V115718705\nA123456789"]


def test_references_among_letters_of_any_charset():
    refs = "".join(f"&#x{ord(c):x};" for c in "123456789")
    assert "陳碧雲 身分證 A123456789" in children(f"陳碧雲 &#36523;&#20998;&#35657; A{refs}".encode())[0].decode()


def test_octets_with_line_ends_as_programs_write_them():
    text = "\\n".join("".join(f"\\{ord(c):03o}" for c in value) for value in ("V115718705", "A123456789"))
    assert any(b"V115718705\nA123456789" in child for child in children(f"printf '{text}'".encode()))


def test_a_block_that_stands_there_again_is_told_once():
    block = base64.b64encode(PLAIN)
    assert children(b"\n\n--x--\n".join([block] * 5)) == [PLAIN]
