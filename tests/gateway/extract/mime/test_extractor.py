"""Messages as nodes of the walk."""

from __future__ import annotations

from gateway.extract.base import Child, Context, Node, Problem
from gateway.extract.mime.extractor import MIME
from gateway.model.artifact import Artifact, ArtifactKind
from gateway.model.content import Text
from gateway.model.deadline import Limits
from gateway.model.finding import IncidentCode

MAIL = b"From: a@b\r\nSubject: =?utf-8?B?5aCx5YO5?=\r\nX-Note: hidden words\r\nDKIM-Signature: v=1\r\n\r\nbody"


def node(data: bytes) -> Node:
    return Node(Artifact(0, None, ArtifactKind.MESSAGE), data, "message/rfc822")


def test_header_words_are_texts_and_machine_fields_are_not():
    texts = [i for i in MIME.extract(node(MAIL), Context(Limits())) if isinstance(i, Text)]
    assert [(t.source, t.content, t.hidden) for t in texts] == [("header Subject", "報價", False), ("header X-Note", "hidden words", True)]


def test_single_part_message_has_one_child():
    children = [i for i in MIME.extract(node(MAIL), Context(Limits())) if isinstance(i, Child)]
    assert [(c.data, c.label) for c in children] == [(b"body", "1")]


def test_huge_header_is_a_problem():
    items = list(MIME.extract(node(b"X: " + b"a" * 2000 + b"\r\n\r\n"), Context(Limits(header_bytes=1000))))
    assert any(isinstance(i, Problem) for i in items)


def test_claims_messages_only():
    assert MIME.claims(node(b""))
    assert not MIME.claims(Node(Artifact(0, None, ArtifactKind.PART), b"", "text/plain"))


def test_more_header_fields_than_any_mail_has():
    def held(head: bytes) -> list[IncidentCode]:
        return [i.code for i in MIME.extract(node(head + b"\r\nbody"), Context(Limits())) if isinstance(i, Problem)]

    assert held(b"From: a@b\r\n" + b"X-Note: a\r\n" * 2_000) == [IncidentCode.COUNT]
    assert held(b"From: a@b\r\nSubject: a" + b"\r\n b" * 20_000 + b"\r\n") == [IncidentCode.COUNT]
    assert held(b"From: a@b\r\n" + b"Received: from a by b\r\n\tfor c\r\n" * 900 + b"To: a@b" + b",\r\n a@b" * 3_000 + b"\r\n") == []


def test_date_and_author_may_be_a_password():
    context = Context(Limits())
    mail = b"From: =?utf-8?B?5bCP5piO?=\r\n <alice@sender.example>\r\nDate: Sat, 21 Nov 2026 09:00:00 +0800\r\n\r\nhello"
    list(MIME.extract(Node(Artifact(0, None, ArtifactKind.MESSAGE), mail, "message/rfc822"), context))
    assert {"20261121", "alice"} <= set(context.implied)


def test_pages_saved_as_a_message_are_known_by_their_names():
    for name, saved in (("a.mht", {3}), ("b.MHTML", {3}), ("c.eml", set())):
        context = Context(Limits())
        list(MIME.extract(Node(Artifact(3, 0, ArtifactKind.PART, (name,)), MAIL, "message/rfc822"), context))
        assert context.saved == saved


def test_names_of_addressees_that_may_have_numbers_are_texts_of_outbound_mail():
    data = b'To: "WANG A123456789" <u1@x.example>,\r\n =?utf-8?b?546L?= <u2@x.example>\r\nCc: Li <u12345@x.example>\r\nFrom: A123456789 <a@x.example>\r\n\r\nx'
    found = [(item.source, item.content) for item in MIME.extract(node(data), Context(Limits(), outbound=True)) if isinstance(item, Text)]
    assert [source for source, _ in found] == ["header To"] and "A123456789" in found[0][1] and "王" in found[0][1]
    assert not [item for item in MIME.extract(node(data), Context(Limits())) if isinstance(item, Text)]
