from __future__ import annotations

import io

import pikepdf
import pytest

from gateway.extract import pdfactions
from tests.builders.documents import pdf


def test_automatic_follows_next_and_ends_in_loops() -> None:
    data = pdf("/OpenAction 6 0 R", ("<< /S /GoTo /Next 7 0 R >>", "<< /S /GoTo /Next 6 0 R >>"))
    with pikepdf.open(io.BytesIO(data)) as document:
        assert {(6, 0), (7, 0)} <= pdfactions.automatic(document)


@pytest.mark.parametrize(("name", "data", "wanted"), [
    ("/ASCIIHexDecode", b"4d5A>", b"MZ"), ("/AHx", b"4D5", b"MP"), ("/ASCII85Decode", b"<~9jqo^~>", b"Man "), ("/RunLengthDecode", b"\x01ab\xfex\x80", b"abxxx"),
    ("/DCTDecode", b"x", b"x"),
])
def test_filters(name: str, data: bytes, wanted: bytes) -> None:
    assert pdfactions._unfilter(name, data, 1000) == wanted


def test_filters_are_bounded_and_unknown_ones_named() -> None:
    with pytest.raises(OverflowError):
        pdfactions._unfilter("/RunLengthDecode", b"\x81x" * 100, 1000)
    with pytest.raises(pdfactions.Unknown):
        pdfactions._unfilter("/Odd", b"", 1000)


def test_text_strings() -> None:
    assert pdfactions._decode(b"\xfe\xff\x5b\xa2") == "客" and pdfactions._decode("客".encode()) == "客" and pdfactions._decode("客戶".encode("cp950")) == "客戶"
