"""What a save has replaced still stands in the file, and some readers show it."""

from __future__ import annotations

import io

import pikepdf
import pytest

from gateway.extract.base import Child
from gateway.extract.pdf import revisions as pdfrevisions
from gateway.extract.pdf.document import PDF
from gateway.extract.pdf.revisions import ends_of_revisions
from gateway.model.content import Observation
from tests.builders.archives import codes, take_apart
from tests.builders.documents import pdf, pdf_file
from tests.builders.growth import linear

RUNS = "/OpenAction << /S /JavaScript /JS (this.exportDataObject\\({cName: 'a', nLaunch: 2}\\)) >>"
FILE = pdf("/Names << /EmbeddedFiles << /Names [(a) 6 0 R] >> >>", pdf_file("run.exe", b"MZ\x90"))


def saved(data: bytes, catalog: str = "", root: int = 1) -> bytes:
    """Appends a revision with another catalog."""
    previous = int(data.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    out = data + f"{root} 0 obj\n<< /Type /Catalog /Pages 2 0 R {catalog} >>\nendobj\n".encode()
    table = f"xref\n{root} 1\n{len(data):010} 00000 n \ntrailer\n<< /Size {max(9, root + 1)} /Root {root} 0 R /Prev {previous} >>\n"
    return out + table.encode() + b"startxref\n%d\n%%%%EOF\n" % len(out)


SIGNED = "/AcroForm << /SigFlags 3 /Fields [] >>"


@pytest.mark.parametrize("shadow", [saved(pdf(RUNS)), saved(saved(pdf(RUNS), SIGNED), SIGNED), saved(saved(pdf(), RUNS))])
def test_a_catalog_that_was_replaced_still_acts(shadow: bytes) -> None:
    found = [o for o in take_apart(PDF, shadow, "a.pdf") if isinstance(o, Observation) and o.code == "PDF-SCRIPT-ACTS"]
    assert [o.detail for o in found] == ["earlier revision: launches or opens files"]


@pytest.mark.parametrize("data", [saved(pdf(RUNS), RUNS), saved(pdf(RUNS), "", 8)])
def test_what_both_revisions_do_is_told_once(data: bytes) -> None:
    """A catalog that nothing refers to any more is an object of the last revision too."""
    found = [o for o in take_apart(PDF, data, "a.pdf") if isinstance(o, Observation)]
    assert [(o.code, o.detail) for o in found] == [("PDF-SCRIPT-ACTS", "launches or opens files")]


def test_files_of_an_earlier_revision_are_taken_out() -> None:
    assert [c.data for c in take_apart(PDF, saved(FILE), "a.pdf") if isinstance(c, Child)] == [b"MZ\x90"]


@pytest.mark.parametrize("catalog", ["", SIGNED, "/OpenAction [3 0 R /Fit]", "/Lang (zh-TW)"])
def test_ordinary_saves_say_nothing(catalog: str) -> None:
    assert codes(take_apart(PDF, saved(saved(pdf(catalog), SIGNED), SIGNED), "a.pdf")) == set()


def test_linearized_files_have_one_revision() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf("/OpenAction [3 0 R /Fit]"))) as document:
        document.save(out, linearize=True)
    assert len(ends_of_revisions(out.getvalue())) == 2 and codes(take_apart(PDF, out.getvalue(), "a.pdf")) == set()


def test_more_revisions_than_any_document_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfrevisions, "REVISIONS", 3)
    data = pdf()
    for _ in range(4):
        data = saved(data, "/OpenAction [3 0 R /Fit]")
    assert codes(take_apart(PDF, data, "a.pdf")) == set()
    assert codes(take_apart(PDF, saved(data), "a.pdf")) == {"COUNT"}


@pytest.mark.parametrize(("previous", "held"), [("/Prev {own}", True), ("/Prev 99999", False), ("/Prev 0 0 R", False), ("", False)])
def test_revisions_that_follow_themselves(previous: str, held: bool) -> None:
    data = pdf()
    own = data.rsplit(b"startxref\n", 1)[1].split(b"\n")[0].decode()
    looped = data.replace(b"/Root 1 0 R >>", f"/Root 1 0 R {previous.format(own=own)} >>".encode())
    assert pdfrevisions.looped(looped) == held and not pdfrevisions.looped(saved(saved(pdf())))
    assert ("DEPTH" in codes(take_apart(PDF, looped, "a.pdf"))) == held


def test_a_save_that_names_the_table_before_it_as_its_own_is_no_loop() -> None:
    data = pdf()
    own = data.rsplit(b"startxref\n", 1)[1].split(b"\n")[0]
    careless = data + b"trailer\n<< /Size 9 /Root 1 0 R /Prev " + own + b" >>\nstartxref\n" + own + b"\n%%EOF\n"
    assert not pdfrevisions.looped(careless)


def test_many_revisions_are_followed_in_one_pass() -> None:
    """Each of them says that its table begins at the first octet."""
    assert linear(pdfrevisions.looped, lambda n: b"%PDF" + bytes(n * 400) + b"startxref\n0\n%%EOF\n" * n, 1_500)


@pytest.mark.parametrize(("before", "held"), [(b"/Prev 4", True), (b"/Prev 12", False), (b"/Prev 4 0 R", False), (b"", False), (b"/Prev 9 0 R /Prev 4", True)])
def test_the_table_before_is_a_number_and_no_reference(before: bytes, held: bool) -> None:
    assert pdfrevisions.looped(b"%PDFtrailer<<" + before + b">>startxref\n4\n%%EOF") == held
