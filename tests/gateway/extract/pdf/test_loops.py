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


def drawing(*names: str, draws: bytes = b"/X Do") -> str:
    inside = "".join(f"/{'XYZ'[at]} {name} 0 R" for at, name in enumerate(names))
    return (f"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << {inside} >> >> /Length {len(draws)} >> stream\n"
            f"{draws.decode()}\nendstream")


def stitched(*names: str) -> str:
    return f"<< /FunctionType 3 /Domain [0 1] /Functions [{' '.join(f'{name} 0 R' for name in names)}] /Bounds [] /Encode [0 1] >>"


PLAIN = "<< /FunctionType 2 /Domain [0 1] /N 1 >>"


@pytest.mark.parametrize(("objects", "held"), [
    ((drawing("6"),), True), ((drawing("7"), drawing("6")), True), ((drawing("7"), drawing()), False),
    ((drawing("6", draws=b"/Other Do"),), False), ((drawing("6", draws=b"BT (/X Door) Tj ET"),), False),
    (tuple(drawing(str(7 + at), draws=b"/X Do " * 40) for at in range(5)), True),
    (tuple(drawing(str(7 + at), draws=b"/X Do " * 2) for at in range(4)), False),
    ((stitched("7", "7"), stitched("6")), True), ((stitched("7", "7", "7"), stitched("8", "8"), PLAIN), False),
    (tuple(stitched(*[str(7 + at)] * 9) for at in range(8)), True),
], ids=["itself", "each-other", "another", "shared-names", "words", "exponential", "few", "functions", "shades", "stitches"])
def test_forms_and_functions_within_one_another(objects: tuple[str, ...], held: bool) -> None:
    assert ("DEPTH" in codes(take_apart(PDF, pdf("/X 6 0 R", objects), "a.pdf"))) == held
