"""QR codes in block characters, cells, rectangles and boxes."""

from __future__ import annotations

import io

import pytest
import segno
import zxingcpp
from PIL import Image

from gateway.extract.base import Child, Context, Node
from gateway.extract.page.modules import CODES, Rows, drawn, painted, written
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.deadline import Limits

ADDRESS = "https://h.invalid/login"
MATRIX: Rows = [list(map(bool, row)) for row in segno.make(ADDRESS, error="m", micro=False).matrix]
SIZE = len(MATRIX)
DARK = [(x, y) for y in range(SIZE) for x in range(SIZE) if MATRIX[y][x]]


def read(rows: Rows) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(painted(rows))).convert("L"))]


def signs(dark: str, light: str) -> str:
    return "\n".join("".join(dark if d else light for d in row) for row in MATRIX)


def halves(turned: bool) -> str:
    rows = [*MATRIX, [turned] * SIZE]
    pairs = (zip(rows[y], rows[y + 1], strict=True) for y in range(0, SIZE, 2))
    return "\n".join("".join(" ▀▄█"[(a is not turned) + 2 * (b is not turned)] for a, b in pair) for pair in pairs)


@pytest.mark.parametrize("code", [
    signs("██", "  "), signs("  ", "██"), signs("##", "  "), signs("⬛", "⬜"), signs("■", "□"), signs("█", "\u00a0"), halves(False),
    halves(True), "\n".join("   " + line for line in signs("██", "  ").split("\n"))])
def test_in_signs(code):
    assert [ADDRESS] in [read(rows) for rows in written(f"Please scan:\n\n{code}\n\nRegards\n")]


def cells(dark: str, light: str) -> str:
    return "".join("<tr>" + "".join(f"<td {dark if d else light}></td>" for d in row) + "</tr>" for row in MATRIX)


@pytest.mark.parametrize("markup", [
    f"<table>{cells('bgcolor=#000000', 'bgcolor=#ffffff')}</table>", f"<TABLE>{cells('style=background:#123', '').upper()}</TABLE>",
    f"<style>.k{{background-color:rgb(0,0,40)}}</style><table>{cells('class=k', 'class=w')}</table>",
    "<svg>" + "".join(f"<rect x='{x * 10}' y='{y * 10}' width='10' height='10' fill='#000'/>" for x, y in DARK) + "</svg>",
    "<svg><path d='" + "".join(f"M{x},{y}h1v1h-1z" for x, y in DARK) + "'/></svg>",
    "<svg><path d='" + "".join(f"M{x} {y}H{x + 1}V{y + 1}H{x}Z" for x, y in DARK) + "'/></svg>",
    "<svg><path stroke='#000' d='" + "".join(f"M{x} {y}.5h1" for x, y in DARK) + "'/></svg>",
    "".join(f"<i style='position:absolute;left:{x * 4}px;top:{y * 4}px;width:4px;height:4px;background:#000'></i>" for x, y in DARK),
    "<style>i{box-shadow:" + ",".join(f"{x * 5}px {y * 5}px 0 #000" for x, y in DARK) + "}</style>"])
def test_in_markup(markup):
    assert [ADDRESS] in [read(rows) for rows in drawn(markup)]


def children(data: bytes, kind: str, outbound: bool = False) -> list[Child]:
    node = Node(Artifact(1, 0, ArtifactKind.PART), data, kind)
    return [c for c in CODES.extract(node, Context(Limits(), outbound=outbound)) if isinstance(c, Child)]


def test_pictures_are_children():
    text = f"Scan this\n{halves(False)}\n".encode()
    assert [c.detected_type for c in children(text, "text/plain")] == ["image/bmp", "image/bmp"]
    page = f"<p>Scan<pre>{halves(False).replace(' ', '&nbsp;').replace('█', '&#9608;')}</pre>".encode()
    assert len(children(page, "text/html")) == 2


@pytest.mark.parametrize("text", [
    "<table>" + "<tr>" * 40 + "</table>", "<table>" + "<tr><td>1</td><td>2</td></tr>" * 200 + "</table>",
    "<table>" + ("<tr>" + "<td>1</td>" * 30 + "</tr>") * 40 + "</table>", "######## Heading ########\n" * 30,
    "\n".join("█" * n for n in range(1, 30)), "█" * 60 + "\n" + "text\n█████\n" * 40, "<svg><path d='" + "M0 0L10 3" * 90 + "'/></svg>"])
def test_tables_and_bars_are_no_codes(text):
    assert [c for c in children(text.encode(), "text/html") if zxingcpp.read_barcodes(Image.open(io.BytesIO(c.data)))] == []


@pytest.mark.parametrize("piece", ["<td ", "<tr><td>", "</table", "<rect x=1", "<path d='", "<path d='M1 1h1", "1px 1px 0 #000,", "<a style='",
                                   "█████\n", "███████ ", "<table><tr><td>", "position:absolute;", ".a{background:#000}"])
def test_linear(piece):
    assert len(children((piece * (400_000 // len(piece))).encode(), "text/html")) <= 6


@pytest.mark.parametrize(("data", "kind", "codes"), [
    (halves(False).encode(), "text/plain", 2), (signs("##", "  ").encode(), "text/plain", 0),
    (("<svg><path stroke='#000' d='" + "".join(f"M{x} {y}.5h1" for x, y in DARK) + "'/></svg>").encode(), "image/svg+xml", 1),
    (f"<table>{cells('bgcolor=#000000', 'bgcolor=#ffffff')}</table>".encode(), "text/html", 0)])
def test_what_leaves_is_looked_at_for_drawings_and_blocks(data, kind, codes):
    """Not for tables and rows of hashes: reports and logs are full of those."""
    found = children(data, kind, outbound=True)
    assert len(found) == codes and {child.label for child in found} <= {"drawn"}
