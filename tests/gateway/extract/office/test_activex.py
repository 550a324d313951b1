from __future__ import annotations

from gateway.extract.office.activex import CLASSES, EQUATION, by_class, control


def test_forms_are_ordinary_others_are_not() -> None:
    assert control("{8BD21D40-EC42-11CE-9E0D-00AA006002F3}").code == "DOC-FORM-CONTROL"
    assert control("{D27CDB6E-AE6D-11CF-96B8-444553540000}").code == "DOC-ACTIVEX"


def test_root_classes() -> None:
    found = by_class(EQUATION.upper())
    assert found is not None and found.code == "OLE-EQUATION"
    assert by_class("00020906-0000-0000-c000-000000000046") is None


def test_classes_are_written_as_they_are_asked_for() -> None:
    assert all(name == name.lower() and len(name) == 36 and name.count("-") == 4 for name in CLASSES)
    assert by_class("{0002E559-0000-0000-C000-000000000046}").code == "OLE-CONTROL"          # type: ignore[union-attr]
    assert by_class("00020820-0000-0000-c000-000000000046") is None
