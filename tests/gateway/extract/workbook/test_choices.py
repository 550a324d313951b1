from __future__ import annotations

import pytest

from gateway.extract.workbook.choices import choices

CELLS = b'<sheetData><row r="2"><c r="A2"><v>1</v></c><c r="F2" t="s"><v>1</v></c></row>'


def found(beside: str, cells: bytes = CELLS, strings: tuple[str, ...] = ("Item", "SSN")) -> list[tuple[tuple[str, ...], ...]]:
    return list(choices(beside.encode(), cells, lambda: list(strings)))


@pytest.mark.parametrize("beside", [
    '<dataValidations><dataValidation type="list" sqref="F3:F9"><formula1>"219-09-9999,457-55-5462"</formula1></dataValidation>',
    '<conditionalFormatting sqref="F2:F9"><cfRule type="cellIs"><formula>"219-09-9999"</formula></cfRule>'
    '<cfRule type="cellIs"><formula>&quot;457-55-5462&quot;</formula></cfRule></conditionalFormatting>',
    '<dataValidation type="list" sqref="F7"><formula1>"219-09-9999, 457-55-5462"</formula1></dataValidation>'])
def test_values_under_the_heading(beside: str) -> None:
    assert found(beside) == [(("SSN",), ("219-09-9999",), ("457-55-5462",))]


@pytest.mark.parametrize(("cell", "heading"), [
    (b'<c r="F2" t="inlineStr"><is><t>Card</t></is></c>', "Card"), (b'<c r="F2" t="str"><v>ID</v></c>', "ID")])
def test_headings_that_stand_in_the_cell(cell: bytes, heading: str) -> None:
    beside = '<dataValidation type="list" sqref="F3"><formula1>"457-55-5462"</formula1></dataValidation>'
    assert found(beside, b"<sheetData><row>" + cell + b"</row>") == [((heading,), ("457-55-5462",))]


@pytest.mark.parametrize("beside", ['<dataValidation type="list" sqref="F3"><formula1>"yes,no,maybe"</formula1></dataValidation>',
                                    '<dataValidation type="list" sqref="F3"><formula1>Sheet2!$A$1:$A$9</formula1></dataValidation>',
                                    '<dataValidation type="list" sqref="Z3"><formula1>"457-55-5462"</formula1></dataValidation>',
                                    "<conditionalFormatting " * 20_000])
def test_no_numbers_or_no_heading(beside: str) -> None:
    assert found(beside) == []


def test_a_heading_beyond_the_strings_is_none() -> None:
    assert found('<dataValidation type="list" sqref="F3"><formula1>"457-55-5462"</formula1></dataValidation>', strings=()) == []
