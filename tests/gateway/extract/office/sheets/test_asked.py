"""Texts of workbooks that ask for a command to be pasted."""

from __future__ import annotations

import struct

import pytest

from gateway.extract.base import Context, Node
from gateway.extract.office.binary.ole import OLE
from gateway.extract.office.sheets import asked
from gateway.extract.workbook.xlm import records
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Text
from gateway.model.deadline import Limits
from tests.builders.documents import biff, compound
from tests.builders.growth import linear

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def markup(data: str, shared: bool) -> list[str]:
    return [text.content for text in asked.of_markup(data.encode(), shared, lambda text: text.replace("&amp;", "&"))]


def test_a_text_in_several_types_is_one() -> None:
    strings = (f"<sst {MAIN}><si><r><rPr><b/></rPr><t>press Win &amp; R: ms</t></r> <r><rPr><sz val='9'/></rPr>"
               '<t xml:space="preserve">hta https://h.example/a</t></r></si><si><t>Sum</t></si></sst>')
    assert [text.split() for text in markup(strings, True)] == [["press", "Win", "&", "R:", "mshta", "https://h.example/a", "Sum"]]
    assert markup(strings.replace("hta https", "g https"), True) == []
    assert markup(f"<sst {MAIN}><si><t>PoWeRsHeLl</t></si></sst>", True) != []
    parts = "<sst><si><r><t>cmd /c</t></r>\n<r><rPr>\n<b/>\n</rPr>\n<t xml:space='preserve'> start</t></r></si></sst>"
    assert [text.strip() for text in markup(parts, True)] == ["cmd /c start"]


@pytest.mark.parametrize(("sheet", "told"), [
    ('<c t="inlineStr"><is><r><t>cur</t></r><r><t>l x</t></r></is></c>', "curl x"),
    ('<c t="inlineStr"><is><x:r><x:t>cur</x:t></x:r><x:r><x:t>l x</x:t></x:r></is></c>', "curl x"),
    ('<dataValidation promptTitle="a" prompt="paste cmd /c x" sqref="A1"/>', "paste cmd /c x"),
    ('<dataValidation prompt="Choose a branch" sqref="A1"/>', None), ("<c><v>1</v></c><f>cmd</f>", None),
])
def test_cells_and_what_is_shown_beside_one(sheet: str, told: str | None) -> None:
    assert [text.strip() for text in markup(f"<worksheet {MAIN}>{sheet}</worksheet>", False)] == ([told] if told else [])


def test_binary_parts() -> None:
    def item(kind: int, before: bytes, text: str) -> bytes:
        body = before + struct.pack("<I", len(text)) + text.encode("utf-16-le")
        return bytes((kind, len(body))) + body

    data = item(19, b"\0", "press Win + R") + item(6, bytes(8), "mshta http://h") + item(7, bytes(8), "other")
    assert [text.content for text in asked.of_binary(data)] == ["press Win + R\nmshta http://h"]
    assert not list(asked.of_binary(item(19, b"\0", "Sum of the quarter")))


def wide(text: str, flags: int = 1, between: bytes = b"", after: bytes = b"") -> bytes:
    return struct.pack("<HB", len(text), flags) + between + text.encode("utf-16-le" if flags & 1 else "latin-1") + after


def told(*found: tuple[int, bytes]) -> list[str]:
    return [text.content for text in asked.of_stream(biff(*found), records)]


def test_strings_of_old_workbooks() -> None:
    strings = bytes(8) + wide("cmd", 0) + wide("按下", 9, struct.pack("<H", 1), bytes(4)) + wide("ok", 4, struct.pack("<I", 3), b"xyz")
    assert told((0xFC, strings), (0x3C, wide("貼上")), (0x85, b"")) == ["cmd\n按下\nok\n貼上"]
    assert told((0xFC, bytes(8) + struct.pack("<HB", 6, 0) + b"cmd "), (0x3C, b"\1" + "貼上".encode("utf-16-le"))) == ["cmd 貼上"]
    assert told((0x204, bytes(6) + wide("mshta http://h", 0))) == ["mshta http://h"]
    assert told((0xFC, bytes(8) + wide("Sum", 0))) == []
    assert told((0xFC, bytes(8) + b"\xff\xff\x0dcmd"), (0x3C, b""), (0x3C, b"\x08")) == []


def test_only_inbound() -> None:
    stream = biff((0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 6)), (0xFC, bytes(8) + wide("cmd /c x", 0)), (0x0A, b"")) + bytes(4096)
    node = Node(Artifact(0, None, ArtifactKind.PART, ("a.xls",)), compound({"Workbook": stream}), "application/x-ole-storage")
    for outbound in (False, True):
        found = [item for item in OLE.extract(node, Context(Limits(), outbound=outbound)) if isinstance(item, Text) and item.source == "cells"]
        assert [text.content for text in found] == ([] if outbound else ["cmd /c x"])


def test_cost() -> None:
    assert linear(lambda data: list(asked.of_stream(data, records)), lambda n: biff((0xFC, bytes(8) + b"cmd"), *[(0x3C, b"\1")] * n), 20_000)
    assert linear(lambda text: markup(text, True), lambda n: "<sst>cmd" + "</t></r><r><a>" * n, 50_000)
