"""Text nodes."""

from __future__ import annotations

from gateway.extract.base import Context, Node
from gateway.extract.text import TEXT
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Text
from gateway.model.deadline import Limits


def node(data: bytes, type: str = "text/plain", charset: str = "") -> Node:
    return Node(Artifact(1, 0, ArtifactKind.PART), data, type, charset)


def test_decoded_by_its_charset():
    items = list(TEXT.extract(node("報價單".encode("cp950"), charset="big5"), Context(Limits())))
    assert isinstance(items[0], Text) and (items[0].content, items[0].charset) == ("報價單", "cp950")


def test_claims_text_but_not_html():
    assert TEXT.claims(node(b"")) and TEXT.claims(node(b"", "text/csv")) and TEXT.claims(node(b"", "application/x-pem"))
    assert not TEXT.claims(node(b"", "text/html")) and not TEXT.claims(node(b"", "application/pdf"))
