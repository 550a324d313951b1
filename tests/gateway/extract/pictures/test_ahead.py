"""Pictures with letters beyond what is read are told before they are read; photographs and icons are not counted."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from gateway.extract.base import Context, Node, Problem
from gateway.extract.pictures import ahead
from gateway.extract.pictures.reading import PICTURES
from gateway.inspection.tools import CALLS
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode


def lettered(size: tuple[int, int] = (700, 400)) -> bytes:
    picture, out = Image.new("L", size, "white"), io.BytesIO()
    for top in range(20, size[1], 60):
        ImageDraw.Draw(picture).text((20, top), "Ann Bell  North Street 5  some words", "black", ImageFont.load_default(30))
    picture.save(out, "PNG")
    return out.getvalue()


def ticket() -> bytes:
    out = io.BytesIO()
    made = zxingcpp.create_barcode("https://h.example/t/" + "5" * 60, zxingcpp.BarcodeFormat.QRCode)
    Image.fromarray(zxingcpp.write_barcode_to_image(made, scale=9)).save(out, "PNG")
    return out.getvalue()


def photograph() -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((900, 600)).save(out, "JPEG")
    return out.getvalue()


def nodes(data: bytes, count: int, kind: str = "image/png") -> list[Node]:
    return [Node(Artifact(number, 0, ArtifactKind.IMAGE), data, kind) for number in range(1, count + 1)]


def waiting(found: list[Node], lettered: int = 0) -> Context:
    return Context(Limits(), outbound=True, ahead=lambda: found, lettered=lettered)


def test_each_needs_a_call_and_many_need_two() -> None:
    assert 2 * ahead.MOST == CALLS


@pytest.mark.parametrize(("data", "count", "kind", "before", "crowd"), [
    (lettered(), 33, "image/png", 0, True), (lettered(), 32, "image/png", 0, False), (lettered(), 25, "image/png", 8, True),
    (photograph(), 60, "image/jpeg", 0, False), (ticket(), 60, "image/png", 0, False), (lettered((200, 100)), 60, "image/png", 0, False), (b"no picture", 60, "image/png", 0, False),
    (lettered(), 60, "image/heic", 0, False), (lettered(), 60, "text/plain", 0, False), (lettered()[:900], 60, "image/png", 0, False),
])
def test_what_is_counted(data: bytes, count: int, kind: str, before: int, crowd: bool) -> None:
    assert ahead.crowded(waiting(nodes(data, count, kind), before)) == crowd


def test_each_is_looked_at_once() -> None:
    context = waiting(nodes(lettered(), 33))
    assert ahead.crowded(context) and len(context.letters) == 33
    context.ahead = lambda: [Node(node.artifact, b"", node.type) for node in nodes(b"", 33)]
    assert ahead.crowded(context)


def test_photographs_are_not_all_looked_at() -> None:
    context = waiting(nodes(photograph(), 100, "image/jpeg"))
    assert not ahead.crowded(context) and len(context.letters) == ahead.LOOKS


def test_none_is_read_of_so_many() -> None:
    found = nodes(lettered(), 40)
    context = waiting(found[1:])
    told = [item for node in found for item in PICTURES.extract(node, context)]
    assert [type(item) for item in told] == [Problem] and told[0].code is IncidentCode.COUNT and context.lettered == 0
