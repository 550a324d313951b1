"""Strings of PostScript pages."""

from __future__ import annotations

import base64
import zlib

import pytest

from gateway.extract.base import Context, Node, Problem
from gateway.extract.pdf.postscript import POSTSCRIPT, lines
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Text
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode
from tests.builders.growth import linear


@pytest.mark.parametrize(("page", "said"), [
    (b"40 780 moveto (No 4539) show (148803436467) show 40 766 moveto (next) show", ["No 4539148803436467", "next"]),
    (b"/F0 10/Times@0 SF(IBAN GB98NWBK)72 48 Q(2633)-.1 E(0963496194)-.15 E(Ann)72 60 Q", ["IBAN GB98NWBK26330963496194", "Ann"]),
    (b"1200 360 y(T)-8 b(axpay)o(er)50 b(216-48-3052)1200 400 y(x)", ["Taxpayer216-48-3052", "x"]),
    (b"40 700 moveto (Passport) show 200 700 moveto (312345678) show", ["Passport 312345678"]),
    (rb"40 700 moveto (a\(b\)\101\
c (d)) show", ["a(b)Ac (d)"]),
    (b"% (no)\n/x (name) def", ["name"]), (b"<00410042> show", [])])
def test_lines(page: bytes, said: list[str]) -> None:
    assert lines(page) == said


def test_definitions_are_not_shown() -> None:
    assert lines(b"%!PS\n/a (error) def\n%%EndProlog\n40 700 moveto (shown) show") == ["shown"]


def test_outbound_only() -> None:
    node = Node(Artifact(1, 0, ArtifactKind.PART), b"%!PS\n(a) show", "application/postscript")
    assert list(POSTSCRIPT.extract(node, Context(Limits()))) == []
    assert list(POSTSCRIPT.extract(node, Context(Limits(), outbound=True))) == [Text("a", "page")]


@pytest.mark.parametrize("unit", [b"(", b"\\(", b"((", b"(a) 1 2 ", b"1 "])
def test_linear(unit: bytes) -> None:
    assert linear(lines, lambda count: unit * count, 20_000)


def test_a_line_without_end_is_broken():
    found = lines(b"%!PS\n" + b"(123456789 ) show " * 5000)
    assert len(found) == 13 and "".join(found) == "123456789 " * 5000


@pytest.mark.parametrize("head", [b"/ASCII85Decode filter", b"  /ASCII85Decode  filter /FlateDecode filter", b"/ASCIIHexDecode filter"])
def test_what_it_decodes_and_executes_is_a_program_of_its_own(head: bytes) -> None:
    program = b"(%pipe%calc) (w) file"
    packed = zlib.compress(program) if b"Flate" in head else program
    body = packed.hex().encode() + b">" if b"Hex" in head else base64.a85encode(packed) + b"~>"
    node = Node(Artifact(1, 0, ArtifactKind.PART), b"%!PS\ncurrentfile " + head + b" cvx exec\n" + body, "application/postscript")
    (child,) = POSTSCRIPT.extract(node, Context(Limits()))
    assert (child.data, child.detected_type) == (b"%!PS\n" + program, "application/postscript")


@pytest.mark.parametrize("text", [
    b"currentfile /ASCII85Decode filter /LZWDecode filter cvx exec\nxyz~>", b"currentfile /ASCII85Decode filter cvx exec\n\xff\xff~>",
    b"currentfile /ASCII85Decode filter /DCTDecode filter image\nxyz~>", b"currentfile eexec\n00ff", b"currentfile /FlateDecode filter cvx exec\nx",
])
def test_pictures_and_fonts_are_left_alone(text: bytes) -> None:
    assert list(POSTSCRIPT.extract(Node(Artifact(1, 0, ArtifactKind.PART), b"%!PS\n" + text, "application/postscript"), Context(Limits()))) == []


def test_more_than_any_page_needs_is_told() -> None:
    packed = base64.a85encode(zlib.compress(bytes(9 << 20))) + b"~>"
    data = b"%!PS\ncurrentfile /ASCII85Decode filter /FlateDecode filter cvx exec\n" + packed
    (problem,) = POSTSCRIPT.extract(Node(Artifact(1, 0, ArtifactKind.PART), data, "application/postscript"), Context(Limits()))
    assert isinstance(problem, Problem) and problem.code is IncidentCode.RATIO
