from __future__ import annotations

import pytest

from gateway.extract.base import Child, Problem
from gateway.extract.office.sheets import xlmtext
from gateway.extract.office.sheets.xlmtext import auto_name, macro_sheet
from gateway.model.content import Observation


@pytest.mark.parametrize("name", ["Auto_Open", "auto_open_x", "_xlnm.Auto_Open", "AUTO_CLOSE", "auto\u200b_open"])
def test_names_that_run(name: str) -> None:
    assert auto_name(name)


@pytest.mark.parametrize("name", ["Automobile", "Print_Area", "total_auto_open", "自動"])
def test_names_that_do_not(name: str) -> None:
    assert not auto_name(name)


def test_formulas_of_a_macro_sheet_become_text() -> None:
    found = list(macro_sheet("xl/macrosheets/sheet1.xml", b'<xm:macrosheet xmlns:xm="m"><row><c><f>EXEC("cmd")</f><v>0</v></c></row></xm:macrosheet>'))
    child = next(c for c in found if isinstance(c, Child))
    assert b'=EXEC("cmd")' in child.data
    assert Observation("XLM-CALL", "EXEC") in child.observations


def test_more_formulas_than_are_read_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlmtext, "LINES", 5)
    rows = "".join(f"<c><f>A{n}</f></c>" for n in range(9))
    assert any(isinstance(one, Problem) for one in macro_sheet("s", f"<r>{rows}</r>".encode()))
    assert not any(isinstance(one, Problem) for one in macro_sheet("s", b"<r><c><f>A1</f></c></r>"))
