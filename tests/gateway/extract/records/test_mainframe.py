from __future__ import annotations

import random

import pytest

from gateway.extract.records import mainframe
from gateway.extract.records.mainframe import records, text_of, unbroken

RNG = random.Random(7)
ROWS = [f"{n:06d}A{RNG.randrange(10**9):09d}  CHEN TA WEN   {RNG.randrange(10**6):08d}" for n in range(30)]


def test_records_of_one_length_are_lines_again():
    for codec in ("cp037", "cp500", "cp1140"):
        assert text_of("".join(ROWS).encode(codec)).split("\n") == ROWS
    assert records("".join(ROWS)).split("\n") == ROWS


def test_long_files_are_cut_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [*ROWS, "氏名" + ROWS[0][2:], ROWS[1][:7]]      # the last one is shorter
    for piece in (1, 100, len(ROWS[0]) * 31, 1 << 18):
        monkeypatch.setattr(mainframe, "PIECE", piece)
        assert records("".join(rows)).split("\n") == rows
        assert records("".join(rows[:-1])).split("\n") == rows[:-1]


def test_lines_stay_lines_and_ideographs_are_left_out():
    assert text_of("\x85".join(ROWS).encode("cp037")).split("\n") == ROWS
    shifted = b"\x0e\x4b\x50\x4b\x51\x0f"
    assert text_of(b"".join(row.encode("cp037") + shifted + b"\x25" for row in ROWS)).split() == " ".join(ROWS).split()


def test_anything_else_is_not_read():
    for data in ("\n".join(ROWS).encode(), RNG.randbytes(5000), b"\x40" * 500, "客戶資料".encode("cp950") * 200,
                 "顧客の資料です".encode("cp932") * 200, "고객 자료".encode("cp949") * 200, "データ".encode("euc_jp") * 200, b"", bytes(4000)):
        assert text_of(data) == ""
    prose = " ".join(RNG.choice(("one", "two", "three", "fourteen", "9")) for _ in range(900))
    assert records(prose) == prose


def test_records_of_digits_alone():
    rng = random.Random(3)
    lines = [f"{i:06d}{rng.randrange(10**12):012d}{rng.randrange(10**7):011d}" for i in range(30)]
    assert unbroken("".join(lines)).split("\n") == lines
    assert unbroken("\n".join(lines)) == "" and unbroken("x" * 100) == "" and unbroken("some words of a long line " * 40) == ""


def test_records_of_one_length_in_octets():
    names = ("王小明", "李華", "歐陽娜娜", "陳美", "張志明", "林怡君")
    records_of = [b"%05d" % i + name.encode("cp950").ljust(12) + b"A12345678%d19800101" % i for i, name in enumerate(names)]
    records_of += [b"%05d" % i + "周芬".encode("cp950").ljust(12) + b"B98765432%d19%02d0203" % (i % 10, i) for i in range(6, 30)]
    data = b"".join(records_of)
    lines = unbroken(data.decode("cp950"), data, "cp950").split("\n")
    assert [line[:5] for line in lines] == [f"{i:05d}" for i in range(30)]
