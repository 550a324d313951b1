from __future__ import annotations

import pytest

from gateway.extract.pdf import loops as pdfloops
from gateway.extract.pdf.document import PDF
from tests.builders.archives import codes, take_apart
from tests.builders.documents import pdf

CHAPTERS = ("<< /First 7 0 R /Last 8 0 R /Count 3 >>", "<< /Title (a) /Parent 6 0 R /Next 8 0 R /First 9 0 R >>",
            "<< /Title (b) /Parent 6 0 R /Prev 7 0 R >>", "<< /Title (c) /Parent 7 0 R >>")


@pytest.mark.parametrize(("objects", "held"), [
    (CHAPTERS, False), (("<< /First 6 0 R >>",), True), (("<< /First 7 0 R >>", "<< /Title (a) /Next 7 0 R >>"), True), (("<< /First 99 0 R >>",), False), (("[]",), False),
])
def test_outlines_that_lead_back_to_themselves(objects: tuple[str, ...], held: bool) -> None:
    assert ("DEPTH" in codes(take_apart(PDF, pdf("/Outlines 6 0 R", objects), "a.pdf"))) == held


def test_longer_than_any_table_of_contents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfloops, "ENTRIES", 2)
    assert "DEPTH" in codes(take_apart(PDF, pdf("/Outlines 6 0 R", CHAPTERS), "a.pdf"))
