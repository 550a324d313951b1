from __future__ import annotations

from gateway.extract.base import Context, Node
from gateway.extract.page.attributes import ATTRIBUTES
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.deadline import Limits


def read(page, outbound=True):
    node = Node(Artifact(1, 0, ArtifactKind.PART), page.encode(), "text/html")
    return [text.content for text in ATTRIBUTES.extract(node, Context(Limits(), outbound))]


def test_values_with_numbers():
    assert read('<div data-list="陳小明 A123456789">') == ["list: 陳小明 A123456789"]
    assert read('<div data-hkid="F236569(A)">') == ["hkid: F236569(A)"]
    assert read("<a href='https://x.example/?id=A123456789&amp;n=%E9%99%B3'>x</a>") == ["https://x.example/?id=A123456789&n=陳"]
    assert read("<style>/* 陳小明 A123456789 */</style>") == [" 陳小明 A123456789 "]


def test_what_the_page_itself_shows_and_small_numbers_are_left_alone():
    assert read('<img alt="A123456789 and more" style="width:1234567px" src="a.png">') == []
    assert read('<div data-list="only words here">') == []
    assert read('<div data-list="陳小明 A123456789">', outbound=False) == []
