"""Scripts of Hangul documents: the skeleton is no code, anything else is."""

from __future__ import annotations

import struct
import zlib

import pytest

from gateway.extract.archive.zip import ZipExtractor
from gateway.extract.base import Child
from gateway.extract.office.binary.ole import OLE
from gateway.extract.office.hangul.hwpscript import code, decoded, is_hwpx
from gateway.extract.office.markup.odf import ODF
from gateway.model.artifact import ArtifactKind
from tests.builders.archives import take_apart
from tests.builders.documents import compound, package

HEADER = ("var Documents = XHwpDocuments;\r\nvar Document = Documents.Active_XHwpDocument;\r\n"
          'var 목록1 = Document.XHwpFormComboBoxs.ItemFromName("목록1");\r\n')
EMPTY = "function OnDocument_New()\r\n{\r\n\t//todo : \r\n}\r\n\r\nfunction OnDocument_Open()\r\n{\r\n\t/* todo */\r\n}\r\n\r\n"
ACTS = "function OnDocument_Open()\r\n{\r\n\tvar shell = new ActiveXObject('WScript.Shell');\r\n}\r\n"


def stream(*pieces: str) -> bytes:
    """DefaultJScript (HWP 5.0, 3.2.6)."""
    return b"".join(struct.pack("<L", len(p)) + p.encode("utf-16-le") for p in (*pieces, "", "")[:4]) + b"\xff\xff\xff\xff"


def hwp(script: bytes) -> bytes:
    return compound({"FileHeader": b"HWP Document File".ljust(256, b"\0"), "Scripts/DefaultJScript": zlib.compress(script)[2:-4],
                     "Scripts/JScriptVersion": zlib.compress(struct.pack("<LL", 1, 0))[2:-4]})


def hwpx(source: str, header: str = HEADER, suffix: str = "") -> bytes:
    parts = {"mimetype": "application/hwp+zip", f"Scripts/headerScripts{suffix}": header.encode("utf-16-le"),
             f"Scripts/sourceScripts{suffix}": source.encode("utf-16-le"), "META-INF/manifest.xml": "<manifest/>"}
    return package(parts, deflated=False)


@pytest.mark.parametrize("text", [HEADER, EMPTY, HEADER + EMPTY, "\ufeff" + HEADER, ""])
def test_the_skeleton_is_no_code(text: str) -> None:
    assert code(text.encode("utf-16-le")) == code(text.encode()) == ""


@pytest.mark.parametrize("text", [
    ACTS, HEADER + ACTS, "function OnDocument_Open() { a() }", "a();", "function f() {} f()", "var a = b();",
    "// nothing\na()", 'var a = Document.XHwpFormX.ItemFromName("a//"); b(); /*\n"); // */', "/* a", "function f(a = b()) {}"])
def test_anything_else_is(text: str) -> None:
    assert code(text.encode("utf-16-le")) and code(text.encode())


def test_pieces_with_lengths() -> None:
    assert decoded(stream(HEADER, ACTS)).startswith(HEADER + "\n" + ACTS)
    assert code(stream(HEADER, EMPTY)) == ""
    assert decoded(struct.pack("<L", 3) + b"a()") == "a()"
    assert decoded(b"\xfe\xff" + "a()".encode("utf-16-be")) == "a()"
    assert code(struct.pack("<L", 1 << 30) + b"a()")


def modules(found: list[object]) -> list[str]:
    return [c.names[0] for c in found if isinstance(c, Child) and c.kind is ArtifactKind.MACRO]


def test_documents_with_the_skeleton_have_no_macro() -> None:
    assert modules(take_apart(OLE, hwp(stream(HEADER, EMPTY)), "a.hwp")) == []
    assert modules(take_apart(OLE, hwp(stream(HEADER, ACTS)), "a.hwp")) == ["defaultjscript"]


@pytest.mark.parametrize("suffix", ["", ".js"])
def test_packages_with_the_skeleton_have_none_either(suffix: str) -> None:
    assert modules(take_apart(ODF, hwpx(EMPTY, suffix=suffix), "a.hwpx")) == []
    assert modules(take_apart(ODF, hwpx(ACTS, suffix=suffix), "a.hwpx")) == [f"sourceScripts{suffix}"]
    members = [c.names for c in take_apart(ZipExtractor(), hwpx(EMPTY, suffix=suffix), "a.hwpx") if isinstance(c, Child)]
    assert ("mimetype",) in members
    assert not any("Scripts" in name for names in members for name in names)


def test_other_archives_have_scripts_as_members() -> None:
    data = package({"mimetype": "application/epub+zip", "Scripts/sourceScripts.js": EMPTY}, deflated=False)
    assert ("Scripts/sourceScripts.js",) in [c.names for c in take_apart(ZipExtractor(), data, "a.zip") if isinstance(c, Child)]


@pytest.mark.parametrize("deflated", [False, True])
def test_a_package_says_what_it_is(deflated: bool) -> None:
    assert is_hwpx(package({"mimetype": "application/hwp+zip", "Contents/content.hpf": "<a/>"}, deflated=deflated))
    assert not is_hwpx(package({"mimetype": "application/epub+zip", "content.opf": "<a/>"}, deflated=deflated))
    assert not is_hwpx(package({"a": "x", "mimetype": "application/hwp+zip"}, deflated=False))
