"""Files in script literals and data URIs."""

from __future__ import annotations

import base64
import tracemalloc

import pytest

from gateway.extract.bounded import LimitReached
from gateway.extract.script import literals as literals_room
from gateway.extract.script.literals import data_uris, literals, mass, opaque, payloads

PROGRAM = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + bytes(100)
B64 = base64.b64encode(PROGRAM).decode()


@pytest.mark.parametrize("script", [
    f"var d='{B64}';", f'atob("{B64[:60]}" + "{B64[60:]}")', f"x=['{B64[:40]}','{B64[40:]}'].join('')", f"x=`{B64}`",
    f"x='{PROGRAM.hex()}'", f"x='{B64[::-1]}'.split('').reverse().join('')", f"x='{PROGRAM.hex()[::-1]}'",
    "x='" + "".join(f"\\x{c:02x}" for c in PROGRAM) + "'", "unescape('" + "".join(f"%{c:02x}" for c in PROGRAM) + "')",
    f"x=/'/; y='{PROGRAM.hex()}'",
    "x='" + "\\\r\n".join(B64[n:n + 50] for n in range(0, len(B64), 50)) + "'",
    "new Uint8Array([" + ",".join(map(str, PROGRAM)) + "])", "[" + ", ".join(hex(c) for c in PROGRAM) + "]",
])
def test_payload_is_found(script):
    assert any(data.startswith(PROGRAM[:64]) for _, data in payloads(script))


@pytest.mark.parametrize("script", [
    "var a = 'hello world, this is a rather long sentence without any payload in it';", "x = [1,2,3,4]", "", "'unclosed",
    "var t = 'TVqQ AAMA, all of these words are separate; but together they would be base64 of something: " + "no, " * 60 + "';",
    "var s = '" + base64.b64encode(b"just some words, nothing else to see in here, really").decode() + "'",
])
def test_ordinary_scripts_hold_nothing(script):
    assert list(payloads(script)) == []


def test_data_uri():
    assert list(data_uris(f"<a href='data:application/octet-stream;base64,{B64}'>")) == [("application/octet-stream", PROGRAM)]
    assert list(data_uris("data:text/html,%3Cscript%3Ealert(1)%3C/script%3E")) == [("text/html", b"<script>alert(1)</script>")]
    assert list(data_uris("no data: here, really")) == []


def test_neighbours_are_joined_and_others_are_not():
    assert list(literals("'a' + \"b\", `c`; 'd'")) == ["abc", "d"]


@pytest.mark.parametrize("script", ["'" * 50_001, '"\\' * 50_000, "1, " * 50_000, "1" + " " * 100_000, "'a'+" * 20_000, "`" + "\\a" * 100_000])
def test_hostile_scripts_are_linear(script):
    list(payloads(script))


def test_opaque_literals_are_counted():
    noise = bytes((n * 73 + n // 7 * 31) % 256 for n in range(2000))
    assert opaque(literals(f"x='{base64.b64encode(noise).decode()}'")) == 2000
    assert opaque(literals("x='" + "word " * 400 + "'")) == 0
    table = b"".join(bytes((n % 7, 0, 8, 0)) for n in range(3000))
    assert opaque(literals(f"x='{base64.b64encode(table).decode()}'")) == 0
    assert opaque(literals(f"x='{base64.b64encode(table[:4000]).decode()}'")) == 4000


def test_long_lists_of_numbers_cost_little_memory():
    script = "[" + "77,90,144,0," * 100_000 + "1]"
    tracemalloc.start()
    try:
        found = list(payloads(script))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20 << 20
    assert all(len(data) == 400_001 for _, data in found)
    assert not list(payloads("[" + "300,1," * 50 + "1]"))


def test_the_mass_of_a_page():
    assert mass(["x" * 50, "y" * 40, "z" * 39, "some words " * 9]) == 90
    assert mass(["https://cdn.example/" + "x" * 90, "data:image/png;base64," + "A" * 90]) == 0


def test_halves_of_wide_characters_are_no_fault():
    assert list(payloads(r"x='[\ud800-\udbff] and 5% of them, in a literal of some length'")) == []
    found = list(payloads("x='\\ud800" + "".join(f"%{c:02x}" for c in PROGRAM) + "'"))
    assert all(how == "percent" for how, _ in found)


def test_what_a_page_deciphers_itself_is_no_file_of_its_own():
    salted = base64.b64encode(b"Salted__" + bytes((n * 73 + n // 7 * 31) % 256 for n in range(600))).decode()
    assert list(payloads(f"var c='{salted}'")) == []
    assert opaque(literals(f"var c='{salted}'")) == 608


def test_libraries_write_the_beginnings_of_workbooks():
    root = '<manifest:manifest xmlns:manifest=\\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\\">\\n'
    found = [[how for how, _ in payloads("", list(literals(f'x="{text}"')))] for text in (root, f"{root}</manifest:manifest>")]
    assert found == [[], ["escaped"]]


@pytest.mark.parametrize("decoy", ["x='" + "long words of a page " * 2 + "';", "0123456789abcdef" * 8 + ";"])
def test_more_long_texts_than_are_read_are_told(monkeypatch: pytest.MonkeyPatch, decoy: str) -> None:
    monkeypatch.setattr(literals_room, "MAX_LITERALS", 9)
    assert len(list(payloads(decoy * 8 + f"y='{base64.b64encode(PROGRAM).decode()}'"))) == 1
    with pytest.raises(LimitReached):
        list(payloads(decoy * 10))
