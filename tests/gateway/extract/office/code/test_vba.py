from __future__ import annotations

import pytest

from gateway.extract.office.code import vba
from tests.builders.documents import HARMLESS_MACRO, STARTS_AND_RUNS, vba_compressed, vba_streams


def lower(streams: dict[str, bytes]) -> dict[str, bytes]:
    return {k.lower(): v for k, v in streams.items()}


def test_decompress_literals_and_copies() -> None:
    assert vba.decompress(vba_compressed(b"x" * 10_000)) == b"x" * 10_000
    # [MS-OVBA] 3.2.3: maximum compression
    assert vba.decompress(bytes.fromhex("0103b002614500")) == b"a" * 73
    # [MS-OVBA] 3.2.2: normal compression
    normal = bytes.fromhex("012fb00023616161626364658266007061676869 6a01380861 6b6c00306d6e6f700671027004107273747576107778797a003c")
    assert vba.decompress(normal).startswith(b"#aaabcdefaaaaghijaaaaaklaaamnopq")


@pytest.mark.parametrize("bad", [b"", b"\0\0\0", b"\x02abc"])
def test_what_is_not_compressed(bad: bytes) -> None:
    with pytest.raises(vba.NotCompressed):
        vba.decompress(bad)


def test_output_is_bounded() -> None:
    assert len(vba.decompress(bytes.fromhex("01") + bytes.fromhex("03b002614500") * 10_000, limit=5000)) < 10_000


@pytest.mark.parametrize(("codepage", "charset", "text"), [
    (932, "cp932", "請求書の確認"), (936, "cp936", "发票确认"), (949, "cp949", "청구서"), (950, "cp950", "請款單確認")])
def test_asian_code_pages(codepage: int, charset: str, text: str) -> None:
    source = f'Attribute VB_Name = "M"\r\nSub A()\r\nMsgBox "{text}"\r\nEnd Sub\r\n'
    made = vba.project(lower(vba_streams({"模": source} if charset == "cp950" else {"M": source}, codepage, charset)))
    assert made.codepage == codepage and text in made.modules[0].source and not made.stomped


def test_purged_and_plain() -> None:
    made = vba.project(lower(vba_streams({"M": HARMLESS_MACRO})))
    assert made.purged and not made.stomped and not made.damaged


def test_source_gone_beside_compiled_code_is_stomped() -> None:
    assert vba.project(lower(vba_streams({"M": ""}, cache=b"\x01\x16" + bytes(900)))).stomped


def test_names_only_in_the_cache_are_stomped() -> None:
    streams = lower(vba_streams({"M": HARMLESS_MACRO}, cache=bytes(400), project=bytes(80) + b"Shell\0AutoOpen\0" + bytes(80)))
    assert "Shell" in vba.project(streams).stomped[0]
    honest = lower(vba_streams({"M": STARTS_AND_RUNS}, cache=bytes(400), project=bytes(80) + b"Shell\0AutoOpen\0" + bytes(80)))
    assert not vba.project(honest).stomped


def test_more_compiled_lines_than_source_is_stomped() -> None:
    cache = bytes(300) + b"\xfe\xca\x01\x00\x40\x00" + bytes(300)
    assert vba.project(lower(vba_streams({"M": HARMLESS_MACRO}, cache=cache))).stomped


def test_as_many_compiled_lines_as_source_lines_is_ordinary() -> None:
    cache = bytes(300) + b"\xfe\xca\x01\x00\x03\x00" + bytes(300)
    assert not vba.project(lower(vba_streams({"M": HARMLESS_MACRO}, cache=cache))).stomped


def test_module_without_directory_and_hidden_module() -> None:
    streams = lower(vba_streams({"M": STARTS_AND_RUNS}))
    del streams["dir"]
    assert "AutoOpen" in vba.project(streams).modules[0].source
    streams = lower(vba_streams({"M": HARMLESS_MACRO}))
    streams["x"] = vba_compressed(STARTS_AND_RUNS.encode())
    made = vba.project(streams)
    assert any("AutoOpen" in m.source for m in made.modules) and made.damaged


def test_wrong_offset_is_found_by_its_mark() -> None:
    streams = lower(vba_streams({"M": STARTS_AND_RUNS}))
    streams["m"] = bytes(57) + streams["m"]
    module = vba.project(streams).modules[0]
    assert module.damaged and "AutoOpen" in module.source
