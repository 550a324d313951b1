from __future__ import annotations

import pytest

from gateway.extract.office.code.activex import CLASSES, EQUATION, by_class, control, named, octets
from gateway.extract.office.markup.ooxml import OOXML
from tests.builders.archives import codes, take_apart
from tests.builders.documents import class_id, docx, relations


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


def test_by_names_and_octets() -> None:
    assert named("Forms.CommandButton.1").code == "DOC-FORM-CONTROL"
    assert {named(name).code for name in ("Shell.Explorer.2", "Forms.HTML:Text.1", "", "Acme.X.1")} == {"DOC-ACTIVEX"}
    assert octets(class_id(EQUATION) + b"more") == EQUATION and octets(b"short") == ""


@pytest.mark.parametrize(("ident", "held"), [("8856f961-340a-11d0-a96b-00c04fd705a2", True), ("4c599241-6926-101b-9992-00000b65c6f9", False)])
def test_what_a_control_keeps_says_which_it_is(ident: str, held: bool) -> None:
    parts = {"word/activeX/a.bin": class_id(ident) + bytes(40), "word/activeX/_rels/a.xml.rels": relations(("activeXControlBinary", "a.bin")), "word/activeX/a.xml": "<x/>"}
    assert ("OLE-BROWSER" in codes(take_apart(OOXML, docx(more=parts), "a.docx"))) == held
