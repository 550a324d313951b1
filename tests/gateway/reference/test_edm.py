from __future__ import annotations

import pytest

from gateway.model.errors import ConfigError
from gateway.reference.edm import Hasher, Index, key_file
from gateway.reference.edm_build import build

KEY = bytes(range(32))


def made(tmp_path, rows, header="name,phone,birth"):
    table = tmp_path / "t.csv"
    table.write_text("\n".join([header, *rows]), "utf-8")
    target = tmp_path / "t.edm"
    with target.open("w+b") as out:
        build("t", table, out, KEY)
    return target


def opened(path, key=KEY):
    with path.open("rb") as file:
        return Index(file.fileno(), key)


def test_find_gives_row_and_column(tmp_path):
    index = opened(made(tmp_path, [f"林美{n:02d},09{n:08d},1980-01-01" for n in range(300)]))
    hits = index.find([index.hash(f"9{n:08d}") for n in (7, 299)] + [index.hash("912345678")])
    assert [(h.token, h.row, index.columns[h.column]) for h in sorted(hits, key=lambda h: h.token)] == [(0, 7, "phone"), (1, 299, "phone")]
    assert index.hash("19800101") >> 32 in index.fields(7)


def test_a_value_of_two_rows_gives_both(tmp_path):
    index = opened(made(tmp_path, ["a b,0912345678,", "c d,0912345678,"]))
    assert {h.row for h in index.find([index.hash("912345678")])} == {0, 1}


def test_values_that_too_many_share_are_no_keys(tmp_path):
    index = opened(made(tmp_path, [f"x{n} y,0912345678," for n in range(1001)]))
    assert index.find([index.hash("912345678")]) == []


def test_the_index_shows_no_value_and_opens_with_its_key_only(tmp_path):
    path = made(tmp_path, ["林美玲,0912345678,1980-01-01"])
    content = path.read_bytes()
    for clear in ("林美玲", "0912345678", "912345678", "19800101", "1980-01-01"):
        assert clear.encode() not in content
    with pytest.raises(ConfigError, match="another key"):
        opened(path, bytes(32))


def test_a_cut_or_foreign_file_is_refused(tmp_path):
    path = made(tmp_path, ["林美玲,0912345678,1980-01-01"])
    short = tmp_path / "short.edm"
    short.write_bytes(path.read_bytes()[:6000])
    with pytest.raises(ConfigError, match="cut short"):
        opened(short)
    foreign = tmp_path / "foreign.edm"
    foreign.write_bytes(b"PK\x03\x04" + bytes(5000))
    with pytest.raises(ConfigError, match="not an index"):
        opened(foreign)


def test_hashes_depend_on_the_key():
    assert Hasher(KEY)("x") != Hasher(bytes(32))("x")
    assert Hasher(KEY)("x") == Hasher(KEY)("x") < 1 << 64


def test_key_file(tmp_path):
    path = tmp_path / "edm.key"
    with pytest.raises(ConfigError):
        key_file(path)
    path.write_bytes(b"short")
    with pytest.raises(ConfigError, match="32 octets"):
        key_file(path)
