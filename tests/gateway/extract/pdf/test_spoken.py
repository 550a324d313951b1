from __future__ import annotations

import pytest

from gateway.extract.pdf.spoken import text


@pytest.mark.parametrize(("body", "said"), [
    (b"/Span <</ActualText (A123456789)>> BDC 0 0 9 9 re f EMC /Span <</ActualText<FEFF67977F8E73B2>>> BDC EMC", "A123456789\n林美玲"),
    (b"/Span <</ActualText (1)>> BDC EMC /Span <</ActualText (2)>> BDC EMC /Span <</ActualText (\\(3)>> BDC EMC", "12(3"),
    (b"BT (A123456789) Tj ET", ""), (b"/ActualText 9 0 R", ""), (b"/ActualText (unended", ""),
])
def test_what_shapes_stand_for(body: bytes, said: str) -> None:
    assert text(body) == said
