from __future__ import annotations

import pytest

from gateway.extract.pdf import filters as pdffilters


@pytest.mark.parametrize(("name", "data", "wanted"), [
    ("/ASCIIHexDecode", b"4d5A>", b"MZ"), ("/AHx", b"4D5", b"MP"), ("/ASCII85Decode", b"<~9jqo^~>", b"Man "), ("/RunLengthDecode", b"\x01ab\xfex\x80", b"abxxx"),
    ("/DCTDecode", b"x", b"x"),
])
def test_filters(name: str, data: bytes, wanted: bytes) -> None:
    assert pdffilters.unfilter(name, data, 1000) == wanted


def test_filters_are_bounded_and_unknown_ones_named() -> None:
    with pytest.raises(OverflowError):
        pdffilters.unfilter("/RunLengthDecode", b"\x81x" * 100, 1000)
    with pytest.raises(pdffilters.Unknown):
        pdffilters.unfilter("/Odd", b"", 1000)
